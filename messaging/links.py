"""Addresses in a text as links that open beside the conversation: following one in place would end it."""

from django.utils.html import Urlizer, escape
from django.utils.safestring import SafeString, mark_safe


class _Linker(Urlizer):
    """Django's own finder of addresses, which escapes everything else; the server fetches nothing."""

    url_template = '<a href="{href}" target="_blank" rel="noopener noreferrer nofollow"{attrs}>{url}</a>'


_link = _Linker()


def linked(text: str) -> SafeString:
    """The text as HTML, escaped, with its addresses as links."""
    if not any(sign in text for sign in ".@:"):  # without one of these there is no address in it
        return escape(text)
    return mark_safe(_link(text, autoescape=True))  # noqa: S308 - escaped by Urlizer, as in Django's own urlize filter
