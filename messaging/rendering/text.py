"""Render the text of a message without changing what it says."""

import re

from django.utils.html import format_html, format_html_join

from messaging.rendering.links import linked

# Quoted lines begin as in e-mail (RFC 3676).
QUOTATION = re.compile(r"(?:> .*\n?)+")
LINE = re.compile(r"(> )(.*\n?)")


def worded(text: str) -> str:
    """Return a text as escaped HTML, with links, and a quotation if it begins with quoted lines."""
    quotation = QUOTATION.match(text)
    if not quotation:
        return linked(text)
    lines = format_html_join(
        "", '<span class="quote__mark">{}</span>{}', LINE.findall(quotation[0])
    )
    rest = linked(text[quotation.end() :])
    return format_html('<span class="quote" role="blockquote">{}</span>{}', lines, rest)
