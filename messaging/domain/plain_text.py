"""What is left of a text that somebody has typed: what a screen can show."""

import re

import regex

# Unicode's categories Cc, without line break and tab, and Cs: neither will ever hold another
# character. Its own separators of lines (UAX #14) and ASCII's of fields are no text either.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
SEPARATORS = str.maketrans(
    {**dict.fromkeys("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"), "\x1f": " "}
)
BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
# White space, what Unicode says to ignore where it is not understood (Hangul fillers, marks of
# direction and the like), an empty Braille pattern, and the controls of annotations.
NOTHING = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]*")


def clean(text: str) -> str:
    """The text without what no screen can show: control characters, and halves of characters. What
    separates lines or fields becomes a line break or a space. Blank lines around it and white space
    at its end go, indentation stays; a text that shows nothing at all is empty.

    A lone surrogate cannot be encoded as UTF-8: one of them would close every socket that it is
    sent to.
    """
    if UNSEEN.search(text):
        text = UNSEEN.sub("", text.replace("\r\n", "\n").translate(SEPARATORS))
    text = BLANK_LINES.sub("", text).rstrip()
    return "" if NOTHING.fullmatch(text) else text
