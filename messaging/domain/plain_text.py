"""Clean the text that a person has typed."""

import re

import regex

# Unicode's category Cc without line feed and tab, its category Cs, and its line and paragraph
# separators (UAX #14). Later versions of Unicode add nothing to these categories.
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SEPARATORS = str.maketrans(
    {**dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"), "\x1f": " "}
)
BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
# White space, default ignorable characters (Hangul fillers, direction marks and others), the blank
# Braille pattern, and annotation controls.
BLANK = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]*")


def clean(text: str) -> str:
    """Return the text without control characters and lone surrogates. A lone surrogate cannot be
    encoded as UTF-8, and would close each socket that it is sent to.

    Separators become line breaks or spaces. Blank lines at the beginning and white space at the end
    are removed. A text without a visible character becomes empty.
    """
    if CONTROL_CHARACTERS.search(text):
        text = CONTROL_CHARACTERS.sub("", text.replace("\r\n", "\n").translate(SEPARATORS))
    text = BLANK_LINES.sub("", text).rstrip()
    return "" if BLANK.fullmatch(text) else text
