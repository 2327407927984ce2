"""One thing typed in several ways: on another keyboard, in another script, by another system."""

import unicodedata


def code(text: str) -> str:
    """The letters and digits of a code, in plain ones: digits of any script mean the same, and spaces
    and hyphens between groups mean nothing."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())
