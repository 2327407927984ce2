"""Find *emphasis*, **strong emphasis**, `code` and code blocks in a text, as defined by CommonMark.
No other part of Markdown is enabled. Markers stay in the page, hidden, so that the text of an
element is still what was written, which is edited, copied, quoted and reported.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from messaging.rendering.links import Part

# A marker takes up to 10 microseconds, a line 4, another character next to nothing. A text with
# more of them is not formatted, so that no text of 4,000 characters takes more than 5 ms.
MAX_MARKERS = 120  # outside code blocks
MAX_LINES = 250

PARSER = MarkdownIt("zero").enable(["fence", "escape", "backticks", "emphasis", "balance_pairs"])

MARKER = re.compile(r"[*_`]")
BACKTICKS = re.compile(r"`+")
# Asterisks inside a word or a number mean something else: 2*3*4.
INSIDE = re.compile(r"(?a:(?<=\w)\*+(?=\w))")
FENCED = re.compile(r"(?ms)( {0,3}(`{3,})[ \t]*\n?)(.*?)((?:^ {0,3}\2`*[ \t]*\n?)?)")
# The parser treats all punctuation alike, and a full stop takes the least time. A tilde must not
# open a code block, because a text without a marker isn't parsed.
PUNCTUATION = str.maketrans(dict.fromkeys("!#$%&+-:<=>@[]^{}~", "."))

HIDDEN = '<span class="markup">{}</span>'
CODE = f"{HIDDEN}<code>{{}}</code>{HIDDEN}"
# A block that scrolls must be reachable with the keyboard.
BLOCK = f'{HIDDEN}<code class="code" tabindex="0">{{}}</code>{HIDDEN}'


def has_markers(text: str) -> bool:
    return "*" in text or "_" in text or "`" in text


def find_formatting(text: str, addresses: Iterable[Part]) -> list[Part]:
    """Find the markers and the code of a text. Ignore markers inside these addresses."""
    if text.count("\n") > MAX_LINES:
        return []
    source = _for_parser(text, addresses)
    blocks: list[Token] = []
    PARSER.block.parse(source, PARSER, {}, blocks)
    lines = [0, *(found.end() for found in re.finditer("\n", text)), len(text)]
    paragraphs, fences = (
        [
            (lines[block.map[0]], lines[block.map[1]])
            for block in blocks
            if block.map and block.type == kind
        ]
        for kind in ("paragraph_open", "fence")
    )
    if sum(len(MARKER.findall(source, *place)) for place in paragraphs) > MAX_MARKERS:
        return []
    parts = [part for place in paragraphs for part in _inline(text, source, *place)]
    return parts + [part for place in fences for part in _block(text, *place)]


def _for_parser(text: str, addresses: Iterable[Part]) -> str:
    """Replace everything but markers with letters, keeping the length."""
    parts: list[str] = []
    done = 0
    for start, end, _ in addresses:
        parts += text[done:start], "x" * (end - start)
        done = end
    source = "".join([*parts, text[done:]]).translate(PUNCTUATION)
    return INSIDE.sub(lambda found: "x" * len(found[0]), source)


def _inline(text: str, source: str, start: int, end: int) -> Iterator[Part]:
    """Find the markers and the code of a paragraph. Tokens don't say where they are, but each
    follows the one before it.
    """
    if not MARKER.search(source, start, end):
        return
    place = start
    for token in PARSER.inline.parse(source[start:end].replace("\n", " "), PARSER, {}, []):
        before = place
        if token.type == "code_inline":
            size = len(token.markup)
            closing = (run for run in BACKTICKS.finditer(text, before + size, end))
            place = next(run.end() for run in closing if len(run[0]) == size)
            size += (place - before - 2 * size - len(token.content)) // 2  # a space on each side
            inner = text[before + size : place - size]
            yield (
                before,
                place,
                CODE.format(
                    text[before : before + size], escape(inner), text[place - size : place]
                ),
            )
        elif token.nesting:
            place += len(token.markup)
            marker = HIDDEN.format(token.markup)
            tag = f"{marker}<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>{marker}"
            yield before, place, tag
        else:
            place += len(token.markup or token.content)


def _block(text: str, start: int, end: int) -> Iterator[Part]:
    """Return a code block. A word after the opening marker is its first line."""
    if (found := FENCED.fullmatch(text, start, end)) and found[3].strip():
        yield start, end, BLOCK.format(found[1], escape(found[3]), found[4])
