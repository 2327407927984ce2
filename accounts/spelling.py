"""One thing typed in several ways: on another keyboard, in another script, by another system."""

import unicodedata


def code(text: str) -> str:
    """Return the letters and digits of a code, as plain ones.

    Digits of any script mean the same. Spaces and hyphens between groups mean nothing, and neither
    does the Japanese long vowel mark, which is on the key of the hyphen.
    """
    plain = unicodedata.normalize("NFKC", text).replace("ー", "")
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())


def password(text: str) -> str:
    """As it is hashed: one system sends `é` as one character, another as two (NIST SP 800-63B,
    section 3.1.1.2).
    """
    return unicodedata.normalize("NFKC", text)


def passwords(text: str) -> list[str]:
    """Return what may have been hashed when this was chosen as a password: as it is today, or as it
    was typed.

    The old hashes stay until the password is changed: a new hash would end the person's other
    sessions.
    """
    return list(dict.fromkeys([password(text), text]))
