"""Render the text of a message. Addresses become links, quoted lines become a quotation, marked
words are formatted, and a few emoji alone are large; the words stay as they are.
"""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

from messaging.domain.emoji import is_only_emoji
from messaging.domain.files import split_name
from messaging.rendering.formatting import find_formatting, has_markers
from messaging.rendering.links import find_links, linked, replaced

# Quoted lines are marked as in e-mail (RFC 3676).
QUOTATION = re.compile(r"(?:> .*\n?)+")
QUOTE_MARK = re.compile(r"(?m)^> ")
HIDDEN_MARK = '<span class="quote__mark">&gt; </span>'
QUOTE = '<span class="quote" role="blockquote">{}</span>'

NAME = '{}<b class="file__extension" dir="ltr">{}</b>'

MAX_LARGE = 3  # emoji, if there is nothing else
LARGE = '<span class="emoji">{}</span>'


def render_text(text: str) -> SafeString:
    """Return a text as escaped HTML. Without tags, it is the same text."""
    if is_only_emoji(text, MAX_LARGE):
        return format_html(LARGE, text)
    if quotation := QUOTATION.match(text):
        rest = _formatted(text[quotation.end() :])
        return SafeString(_quoted(quotation[0]) + rest)
    return _formatted(text)


def render_name(name: str) -> SafeString:
    """Return the name of a file as escaped HTML in which the extension stands out. The extension is
    isolated, so that the direction of the name's letters cannot move it.
    """
    stem, extension = split_name(name)
    return format_html(NAME, stem, extension) if extension else format_html("{}", name)


def _quoted(lines: str) -> str:
    """Return a quotation. Its addresses are not links, because they are in the message above."""
    html = _formatted(QUOTE_MARK.sub("", lines), has_links=False)
    # Line breaks in the HTML are those of the text. After the last one, only tags may follow.
    *whole, rest = (f"{HIDDEN_MARK}{line}" for line in html.split("\n"))
    if lines.endswith("\n"):
        rest = rest.removeprefix(HIDDEN_MARK)
    return QUOTE.format("\n".join([*whole, rest]))


def _formatted(text: str, *, has_links: bool = True) -> SafeString:
    if not has_markers(text):
        return linked(text) if has_links else replaced(text, ())
    links = list(find_links(text))
    formatting = find_formatting(text, links)
    return replaced(text, sorted([*formatting, *(links if has_links else ())]))
