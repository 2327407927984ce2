"""Find the addresses in a text, and turn them into links."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice

from django.utils.safestring import SafeString

Part = tuple[int, int, str]  # where a part of a text begins and ends, and its HTML

MAX_LINKS = 20  # per message
LONGEST_LINK = 2048  # characters, as in Django's `urlize`, because a link contains it twice

# An address ends at a space, a quotation mark, closing punctuation of any script, an invisible
# character, or an East Asian bracket that is not one of a pair inside it. ASCII punctuation ends it
# only if nothing follows.
ENDS = r"\s<>\"`“”„«»‹›…،؛؟۔।॥።、。，．：；！？"  # noqa: RUF001
ENDS += r"\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
PAIRS = ("（）", "「」", "『』", "【】", "《》", "〈〉", "［］", "｛｝", "〔〕")  # noqa: RUF001
ENDS += "".join(PAIRS)
RUN = f"(?:[^{ENDS}]|" + "|".join(f"{pair[0]}[^{ENDS}]*+{pair[1]}" for pair in PAIRS) + ")*+"
LATIN = r"0-9A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
OTHER = rf"[^\x00-\u036f\u1e00-\u1eff\u2000-\u206f\u3000-\u303f{ENDS}]"
# A change of script ends a domain, because no top-level domain mixes scripts (`.org看`).
TOUCHED = rf"[^{ENDS}/?#]*\.[A-Za-z]+(?::[0-9]+)?(?={OTHER}[^{ENDS}/?#.]*+(?!\.[^{ENDS}/?#.]))"
# Without a scheme or "www.", an address begins with the first letter of a run in one script.
WORD = f"(?:[{LATIN}]++|{OTHER}++)"
WORDS = rf"(?<!{OTHER}(?={OTHER})){WORD}(?:(?:\.|[_+-]+){WORD})*+"
LABEL = f"(?:[{LATIN}-]++|{OTHER}++)"
ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9+.-])(?ai:https?)://(?=\w|\[[\w:])(?:{TOUCHED}|{RUN})"
    rf"|(?<![{LATIN}@./:_+-])(?:"
    rf"(?P<www>(?ai:www)\.(?=\w)(?:{TOUCHED}|{RUN}))"
    rf"|(?P<mail>{WORDS}@{LABEL}(?:\.{LABEL})++)"
    rf"|(?P<domain>{WORDS}(?<=\.(?ai:com|edu|gov|int|mil|net|org))(?::[0-9]+)?(?:[/?#]{RUN})?))"
)
INNER_DOT = re.compile(r"\.\S")  # every address has one of these or "://"; most texts have neither
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
SCHEMES = {None: "", "www": "http://", "mail": "mailto:", "domain": "http://"}
LINK = '<a href="{}{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>'


def linked(text: str) -> SafeString:
    """Return a text as escaped HTML with its addresses as links."""
    return replaced(text, find_links(text))


def replaced(text: str, parts: Iterable[Part]) -> SafeString:
    """Return a text as escaped HTML in which these parts are replaced by their HTML. The parts are
    sorted. Skip a part inside another one.
    """
    html: list[str] = []
    done = 0
    for start, end, part in parts:
        if start >= done:
            html += escape(text[done:start]), part
            done = end
    return SafeString("".join(html) + escape(text[done:]))


def find_links(text: str) -> Iterator[Part]:
    """Find the addresses of a text. Their links open in a new tab, because leaving the page would
    end the conversation.

    `href` contains the address as typed, only escaped for HTML. Text in any script may adjoin an
    address, because many scripts have no spaces. The search takes linear time.
    """
    if not ("://" in text or INNER_DOT.search(text)):
        return
    for found in islice(ADDRESS.finditer(text), MAX_LINKS):
        address = _without_what_closes(found[0])
        if len(address) <= LONGEST_LINK:
            shown = escape(address)
            link = LINK.format(SCHEMES[found.lastgroup], shown, shown)
            yield found.start(), found.start() + len(address), link


def _without_what_closes(address: str) -> str:
    """Remove trailing punctuation, emphasis markers, and closing brackets that were opened before
    the address.
    """
    surplus = {
        closing: address.count(closing) - address.count(opening) for opening, closing in BRACKETS
    }
    end = len(address)
    while (last := address[end - 1]) in ".,:;!?'’*_" or surplus.get(last, 0) > 0:
        if last in surplus:
            surplus[last] -= 1
        end -= 1
    return address[:end]
