"""Addresses in a text as links that open beside the conversation: following one in place would end it."""

from django import template
from django.utils.html import Urlizer
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


class _Linker(Urlizer):
    """Django's own finder of addresses, which escapes everything else; the server fetches nothing."""

    url_template = '<a href="{href}" target="_blank" rel="noopener noreferrer nofollow"{attrs}>{url}</a>'


_link = _Linker()


@register.filter
def linked(text: str) -> SafeString:
    return mark_safe(_link(text, autoescape=True))  # noqa: S308 - escaped by Urlizer, as in Django's own urlize filter
