"""One thing typed in several ways: on another keyboard, in another script, by another system."""

import unicodedata


def code(text: str) -> str:
    """The letters and digits of a code, in plain ones: digits of any script mean the same, and spaces
    and hyphens between groups mean nothing."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())


def password(text: str) -> str:
    """As it is hashed: one system sends `é` as one character, another as two (NIST SP 800-63B, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def passwords(text: str) -> list[str]:
    """Return what may have been hashed when this was chosen as a password: as it is today, or as it was typed.

    The old hashes stay until the password is changed: a new hash would end the person's other sessions.
    """
    return list(dict.fromkeys([password(text), text]))
