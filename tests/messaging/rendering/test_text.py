"""Lines quoted at the beginning of a text are rendered as a quotation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.rendering.text import render_text
from tests.messaging.rendering.test_links import HOSTILE, Reader

QUOTE = ("span", {"class": "quote", "role": "blockquote"})
MARK = ("span", {"class": "quote__mark"})


def quoted(text):
    """Return the number of quoted lines. Only links may be other elements."""
    elements = [element for element in Reader(render_text(text)).elements if element[0] != "a"]
    assert elements[:1] in ([], [QUOTE])
    assert all(element == MARK for element in elements[1:])
    return len(elements[1:])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("> see you at five\nyes", 1),
        ("> one\n> two\n\nyes", 2),
        ("> only this", 1),
        ("> ", 1),
        ("> > deeper\nyes", 1),
        ("> <b>&amp;\n<i>", 1),
        (">none", 0),
        (">", 0),
        (" > none", 0),
        ("no\n> later", 0),
        ("", 0),
        ("a > b", 0),
    ],
)
def test_lines_at_the_beginning_are_a_quotation(text, lines):
    assert quoted(text) == lines
    assert Reader(render_text(text)).text == text


def test_addresses_are_links_in_the_answer_alone():
    elements = Reader(render_text("> https://example.org\nhttps://example.net")).elements
    assert [attributes["href"] for tag, attributes in elements if tag == "a"] == [
        "https://example.net"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "👍",
        "❤",
        "❤️ 👍🏽",
        "👨‍👩‍👧‍👦🇩🇪1️⃣",
        "👍 👍 👍",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_one_to_three_emoji_alone_are_large(text):
    assert render_text(text) == f'<span class="emoji">{text}</span>'


@pytest.mark.parametrize(
    "text",
    [
        "👍👍👍👍",
        "👍!",
        "👍 x",
        "x👍",
        "1",
        "🇩",
        "👨\u200d👨",
        "> 👍",
        "*👍*",
        "\u3000",
        "é",
        "👍\u200d",
        "看",
    ],
)
def test_emoji_beside_anything_else_are_not(text):
    assert 'class="emoji"' not in render_text(text)
    assert Reader(render_text(text)).text == text


@given(st.text(st.sampled_from("> \n<>&;\"'a\u2028\u202e:/.w")))
def test_the_drawn_text_is_the_text(text):
    quoted(text)
    assert Reader(render_text(text)).text == text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[-8:])
def test_a_hostile_quotation_stays_one(text):
    assert quoted(f"> {text}\n{text}") == 1


def test_a_text_of_quotations_alone_costs_little():
    text = "> \n" * 1300 + "> x"
    assert quoted(text) == 1301
