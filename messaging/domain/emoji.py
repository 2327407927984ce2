"""Recognise the emoji that Unicode recommends for general interchange (RGI, UTS #51)."""

from emoji import EMOJI_DATA, STATUS

# Without a variation selector, keyboards and older systems mean the same emoji.
VARIATION_SELECTOR = "\ufe0f"

_qualified = {
    emoji.replace(VARIATION_SELECTOR, ""): emoji
    for emoji, entry in EMOJI_DATA.items()
    if entry["status"] <= STATUS["fully_qualified"]
}
# Each emoji, also without its variation selectors, to its fully qualified form.
EMOJI = {emoji: _qualified[emoji.replace(VARIATION_SELECTOR, "")] for emoji in EMOJI_DATA}
LONGEST = max(map(len, EMOJI))  # code points
