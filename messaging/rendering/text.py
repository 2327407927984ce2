"""Render the text of a message. Addresses become links and quoted lines become a quotation; the
words stay as they are.
"""

import re

from django.utils.html import format_html, format_html_join

from messaging.rendering.links import linked

# Quoted lines are marked as in e-mail (RFC 3676).
QUOTATION = re.compile(r"(?:> .*\n?)+")
QUOTED_LINE = re.compile(r"(> )(.*\n?)")


def render_text(text: str) -> str:
    """Return a text as escaped HTML with links. Quoted lines at its start become a quotation."""
    quotation = QUOTATION.match(text)
    if not quotation:
        return linked(text)
    lines = format_html_join(
        "", '<span class="quote__mark">{}</span>{}', QUOTED_LINE.findall(quotation[0])
    )
    rest = linked(text[quotation.end() :])
    return format_html('<span class="quote" role="blockquote">{}</span>{}', lines, rest)
