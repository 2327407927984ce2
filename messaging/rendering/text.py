"""A text as it is drawn: what it quotes at its beginning, and the rest. The drawn text is still the
text itself.
"""

import re

from django.utils.html import format_html, format_html_join

from messaging.rendering.links import linked

# Lines that quote begin as in e-mail (RFC 3676).
QUOTATION = re.compile(r"(?:> .*\n?)+")
LINE = re.compile(r"(> )(.*\n?)")


def worded(text: str) -> str:
    """The text as HTML, escaped: addresses as links, and lines at its beginning that quote
    something as a quotation.
    """
    quotation = QUOTATION.match(text)
    if not quotation:
        return linked(text)
    lines = format_html_join(
        "", '<span class="quote__mark">{}</span>{}', LINE.findall(quotation[0])
    )
    rest = linked(text[quotation.end() :])
    return format_html('<span class="quote" role="blockquote">{}</span>{}', lines, rest)
