"""Addresses in a text as links that open beside the conversation: following one in place would end
it.

An address leads where it was written to: what was typed goes into `href` as it is, escaped for HTML
and nothing else. Text in any script may touch it, since many are written without spaces. A search
takes time in proportion to the text.
"""

import re
from html import escape
from itertools import islice

from django.utils.safestring import SafeString

MOST = 20  # links in one message
LONGEST = 2048  # characters, as in Django's own `urlize`: a link is written twice

# What ends an address: spaces, quotation marks, closing punctuation of all scripts, what is not
# seen, and brackets of East Asian texts, unless they stand in it as a pair. ASCII's own punctuation
# ends it only where nothing follows.
ENDS = r"\s<>\"`“”„«»‹›…،؛؟۔।॥።、。，．：；！？"  # noqa: RUF001
ENDS += r"\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
PAIRS = ("（）", "「」", "『』", "【】", "《》", "〈〉", "［］", "｛｝", "〔〕")  # noqa: RUF001
ENDS += "".join(PAIRS)
RUN = f"(?:[^{ENDS}]|" + "|".join(f"{pair[0]}[^{ENDS}]*+{pair[1]}" for pair in PAIRS) + ")*+"
LATIN = r"0-9A-Za-z\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff"
OTHER = rf"[^\x00-\u036f\u1e00-\u1eff\u2000-\u206f\u3000-\u303f{ENDS}]"
# A domain ends where text touches it: none ends in letters of two kinds, such as `.org看`.
TOUCHED = rf"[^{ENDS}/?#]*\.[A-Za-z]+(?::[0-9]+)?(?={OTHER}[^{ENDS}/?#.]*+(?!\.[^{ENDS}/?#.]))"
# Where neither scheme nor "www." says where an address begins, it does with the first letter of one
# kind.
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
INNER_DOT = re.compile(r"\.\S")  # or "://" is in every address; most texts have neither
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
SCHEMES = {None: "", "www": "http://", "mail": "mailto:", "domain": "http://"}
LINK = '<a href="{}{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>'


def linked(text: str) -> SafeString:
    """The text as HTML, escaped, with its addresses as links."""
    parts: list[str] = []
    done = 0
    may_hold_some = "://" in text or INNER_DOT.search(text)
    for found in islice(ADDRESS.finditer(text), MOST) if may_hold_some else ():
        address = _without_what_closes(found[0])
        if len(address) <= LONGEST:
            shown = escape(address)
            parts += (
                escape(text[done : found.start()]),
                LINK.format(SCHEMES[found.lastgroup], shown, shown),
            )
            done = found.start() + len(address)
    return SafeString("".join(parts) + escape(text[done:]))


def _without_what_closes(address: str) -> str:
    """Without the punctuation at its end, and without brackets there that were opened before it."""
    surplus = {
        closing: address.count(closing) - address.count(opening) for opening, closing in BRACKETS
    }
    end = len(address)
    while (last := address[end - 1]) in ".,:;!?'’" or surplus.get(last, 0) > 0:
        if last in surplus:
            surplus[last] -= 1
        end -= 1
    return address[:end]
