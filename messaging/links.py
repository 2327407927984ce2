"""Addresses in a text as links that open beside the conversation: following one in place would end it."""

import re
from html import escape

from django.utils.html import Urlizer
from django.utils.safestring import SafeString, mark_safe

MOST = 20  # links in one message: each costs as much as a hundred words


class _Linker(Urlizer):
    """Django's own finder of addresses, which escapes everything else; the server fetches nothing."""

    def __init__(self) -> None:
        self.left = MOST

    def handle_word(self, word, **how):
        if self.left <= 0:
            return escape(word)
        drawn = super().handle_word(word, **how)
        self.left -= "</a>" in drawn
        return drawn

    url_template = '<a href="{href}" target="_blank" rel="noopener noreferrer nofollow"{attrs}>{url}</a>'


# What ends an address that does not say with what it begins, as the finder has it.
ENDS = re.compile(r"\.(?:com|edu|gov|int|mil|net|org)")


def linked(text: str) -> SafeString:
    """The text as HTML, escaped, with its addresses as links."""
    if not _may_hold_address(text.lower()):
        return mark_safe(escape(text))  # noqa: S308 - escaped
    return mark_safe(_Linker()(text, autoescape=True))  # noqa: S308 - escaped by Urlizer, as in Django's own urlize filter


def still_linked(html: str) -> SafeString:
    """What was made of a text with `linked`, after it has waited somewhere that knows no HTML from other text."""
    return mark_safe(html)  # noqa: S308 - by `linked`


def _may_hold_address(text: str) -> bool:
    """Whether it is worth the time to look word by word, which takes longer than all the rest of a message."""
    return "://" in text or "@" in text or ("." in text and ("www." in text or ENDS.search(text) is not None))
