"""Recognise the emoji that Unicode recommends for general interchange (RGI, UTS #51)."""

import regex
from emoji import EMOJI_DATA, STATUS

# Some keyboards and older systems omit the variation selectors.
VARIATION_SELECTOR = "\ufe0f"

_qualified = {
    emoji.replace(VARIATION_SELECTOR, ""): emoji
    for emoji, entry in EMOJI_DATA.items()
    if entry["status"] <= STATUS["fully_qualified"]
}
# Map each emoji, with and without its variation selectors, to its fully qualified form.
EMOJI = {emoji: _qualified[emoji.replace(VARIATION_SELECTOR, "")] for emoji in EMOJI_DATA}
FIRST = {emoji[0] for emoji in EMOJI}
LONGEST = max(map(len, EMOJI))  # code points
CHARACTER = regex.compile(r"\X")  # a grapheme cluster


def is_only_emoji(text: str, most: int) -> bool:
    """Return whether a text consists of at most this many emoji, and perhaps spaces between
    them.
    """
    # For most texts, the last or first character decides.
    if text[-1:].isascii() or text[0] not in FIRST or len(text) > 2 * most * LONGEST:
        return False
    found = [each for each in CHARACTER.findall(text) if not each.isspace()]
    return 0 < len(found) <= most and EMOJI.keys() >= set(found)
