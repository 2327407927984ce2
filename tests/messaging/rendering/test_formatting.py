"""Marked words are formatted according to CommonMark, and the page keeps the original text."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.rendering.formatting import MAX_LINES, MAX_MARKERS
from messaging.rendering.text import render_text
from tests.browser.hostile import VECTORS
from tests.messaging.rendering.test_links import HOSTILE, REPEATED, Reader

BLOCK = '<code class="code" tabindex="0">'
SAFE = {
    ("em",),
    ("strong",),
    ("code",),
    ("code", "class", "tabindex"),
    ("span", "class"),
    ("span", "class", "role"),
    ("a", "href", "target", "rel"),
}


def shown(text):
    """Return the HTML without hidden markers and without the attributes of links."""
    html = re.sub(r'<span class="quote__mark">&gt; </span>', "", render_text(text))
    html = re.sub(r'<span class="markup">[^<]*</span>', "", html)
    return re.sub(r"<a [^>]*>", "<a>", html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("an *important* word", "an <em>important</em> word"),
        ("an _important_ word", "an <em>important</em> word"),
        ("a **very important** word", "a <strong>very important</strong> word"),
        ("***both***", "<em><strong>both</strong></em>"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("*two\nlines*", "<em>two\nlines</em>"),
        ("run `make *` now", "run <code>make *</code> now"),
        ("`` `a` ``", "<code>`a`</code>"),
        ("``a`b``", "<code>a`b</code>"),
        ("*`a`*", "<em><code>a</code></em>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        # Text that is not formatted.
        ("snake_case_word and CONST_A_B", "snake_case_word and CONST_A_B"),
        ("2*3*4 and 2**3**4", "2*3*4 and 2**3**4"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("* one\n* two", "* one\n* two"),
        ("*open", "*open"),
        ("close*", "close*"),
        ("**a*", "*<em>a</em>"),
        ("`a", "`a"),
        ("``a`", "``a`"),
        (r"\*a\* \`b\` ¯\_(ツ)_/¯", r"\*a\* \`b\` ¯\_(ツ)_/¯"),
        ("*a\\\n  b*", "<em>a\\\n  b</em>"),
        ("*a\n\nb*", "*a\n\nb*"),
        ("`a\n\nb`", "`a\n\nb`"),
        ("***", "***"),
        ("*  *", "*  *"),
        # No other part of Markdown is supported.
        ("# a\n- *b*\n---", "# a\n- <em>b</em>\n---"),
        ("[*a*](b) ![c](d)", "[<em>a</em>](b) ![c](d)"),
        ("~~a~~ &amp; *b*", "~~a~~ &amp;amp; <em>b</em>"),
        ("~~~\n*a*\n~~~", "~~~\n<em>a</em>\n~~~"),
        ("    *a*", "    <em>a</em>"),
        ("a  \n*b*", "a  \n<em>b</em>"),
        # Code blocks
        ("```\nx = *y*\n```", f"{BLOCK}x = *y*\n</code>"),
        ("so:\n```\n\n  x\n```\nok", f"so:\n{BLOCK}\n  x\n</code>ok"),
        ("````\n```\n````", f"{BLOCK}```\n</code>"),
        ("```\nnever closed", f"{BLOCK}never closed</code>"),
        ("```py\nx\n```", f"{BLOCK}py\nx\n</code>"),
        ("```", "```"),
        ("```\n```", "```\n```"),
        ("```a```", "<code>a</code>"),
        # Addresses
        ("*https://a.b/c*", "<em><a>https://a.b/c</a></em>"),
        ("**see www.a.b.**", "<strong>see <a>www.a.b</a>.</strong>"),
        ("_see a@b.org or a.com_", "<em>see <a>a@b.org</a> or <a>a.com</a></em>"),
        ("https://a.b/_c_/*d*/e", "<a>https://a.b/_c_/*d*/e</a>"),
        ("`https://a.b` www.c.d", "<code>https://a.b</code> <a>www.c.d</a>"),
        ("```\nhttps://a.b\n```", f"{BLOCK}https://a.b\n</code>"),
    ],
)
def test_marked_words_are_formatted_and_the_rest_stays(text, html):
    assert shown(text) == html
    assert Reader(render_text(text)).text == text


@pytest.mark.parametrize(
    ("text", "quote", "rest"),
    [
        ("> *a*\n*b*", "<em>a</em>\n", "<em>b</em>"),
        ("> *a\n> b*\nc", "<em>a\nb</em>\n", "c"),
        ("> *a\nb*", "*a\n", "b*"),
        ("> ```\n> a\n> ```\nb", f"{BLOCK}a\n</code>", "b"),
        ("> `https://a.b/_c_` https://a.b/_c_", "<code>https://a.b/_c_</code> https://a.b/_c_", ""),
    ],
)
def test_words_in_a_quotation_are_formatted_by_themselves(text, quote, rest):
    assert shown(text) == f'<span class="quote" role="blockquote">{quote}</span>{rest}'
    assert Reader(render_text(text)).text == text


PIECES = ["*", "**", "_", "`", "``", "```", "```\n", "\n", "> ", "\\", " ", "a", "é", "中", "1"]
PIECES += ["https://a.b/_c_", "www.a.b*", "\r\n", "\t", "    ", "!", "&", "<", "~~~", "\u2028"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("> a\n> ")
@example("``` `\n")
@example("` a`` `")
@example("*`a\n  b ` c*")
def test_without_tags_it_is_what_was_written(text):
    read = Reader(render_text(text))
    assert read.text == text
    assert {(tag, *attributes) for tag, attributes in read.elements} <= SAFE


@pytest.mark.parametrize("around", ["*{}*", "**{}**", "`{}`", "```\n{}\n```", "> _{}_\n*{}*"])
@pytest.mark.parametrize("vector", VECTORS)
def test_hostile_words_are_escaped_in_any_format(vector, around):
    text = around.format(vector, vector)
    read = Reader(render_text(text))
    assert read.text == text
    assert {(tag, *attributes) for tag, attributes in read.elements} <= SAFE


def test_a_text_with_too_many_markers_or_lines_is_shown_as_it_is():
    pair = "*a* "
    assert "<em>" in render_text(pair * (MAX_MARKERS // 2))
    assert shown(pair * (MAX_MARKERS // 2 + 1)) == pair * (MAX_MARKERS // 2 + 1)
    assert "<em>" in render_text("*a*" + "\n" * MAX_LINES)
    assert "<em>" not in render_text("*a*" + "\n" * (MAX_LINES + 1))


def test_markers_in_a_code_block_do_not_count():
    code = "a_b = c_d * e_f\n" * (MAX_MARKERS // 2)
    assert shown(f"```\n{code}```") == f"{BLOCK}{code}</code>"


# The maximum number of markers, followed by the most expensive other text.
MARKED = ["*_", "**a ", "*a ", "a*", "_a* ", "`a", "`a`", "(*", "*!", "中*", "*a\n\n", "*", "`"]
FILLERS = ["x" * 4000, "!" * 4000, "a " * 2000, "a.b " * 1000, "www.a.b " * 500, "&" * 4000]
FILLERS += ["\n" * 200, "a\n\n" * 60, "中" * 4000]
ADVERSE = HOSTILE + [part * 4000 for part in ["*_", "**a ", "`", "_", "*\n", "```\n", "\\*"]]
ADVERSE += ["".join("`" * length + "a" for length in range(1, 90))]
ADVERSE += [f"*a* {part * 4000}" for part in REPEATED]
for marked in MARKED:
    most = marked * (MAX_MARKERS // sum(map(marked.count, "*_`")))
    ADVERSE += [most + filler for filler in FILLERS]


@pytest.mark.parametrize("text", ADVERSE)
def test_no_text_costs_much(text):
    for adverse in (text[:4000], f"> {text[:1990]}\n{text[:1990]}".replace("\n\n", "\n> \n")):
        assert Reader(render_text(adverse)).text == adverse
        times = []
        for _ in range(3):
            before = time.thread_time()
            render_text(adverse)
            times.append(time.thread_time() - before)
        assert min(times) < 0.02  # 1 to 3 ms of processor time; unlimited, 40 ms and more
