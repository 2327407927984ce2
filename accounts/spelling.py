"""Compare texts that keyboards, scripts and systems spell differently."""

import unicodedata

import regex

# Characters that look like Latin letters, from scripts that can imitate whole words.
LOOK_ALIKES = {
    **str.maketrans("01345789", "oleastbg"),
    **str.maketrans("авеԁѕһніјӏкмпоԛргтѵԝхус", "abedshhijlkmnoqprtvwxyc"),
    **str.maketrans("αβεζηικμνορτυχ", "abezhikmnoptyx"),
    **str.maketrans("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz"),  # noqa: RUF001
}


def normalise_code(text: str) -> str:
    """Return the letters and digits of a code. Digits of any script become 0 to 9.

    The Japanese long vowel mark is removed like a hyphen, which is on the same key.
    """
    plain = unicodedata.normalize("NFKC", text).replace("ー", "")
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if sign.isalnum())


def normalise_password(text: str) -> str:
    """Return a password in the form that is hashed (NIST SP 800-63B, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def possible_passwords(text: str) -> list[str]:
    """Return the texts that may have been hashed. Older releases hashed the password as typed.
    Their hashes are kept, because a new hash would end the user's other sessions.
    """
    return list(dict.fromkeys([normalise_password(text), text]))


def skeleton(folded: str) -> str:
    """Strip marks and separators from a folded text, and replace look-alikes with Latin letters."""
    letters: str = regex.sub(r"[\p{M}._-]", "", unicodedata.normalize("NFKD", folded))
    return letters.translate(LOOK_ALIKES).replace("rn", "m")
