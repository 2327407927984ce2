"""Addresses in a text become links in a new tab. Everything else stays text."""
# ruff: noqa: RUF001 - these tests need characters of many scripts

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.rendering.links import linked


class Reader(HTMLParser):
    """Parse HTML into elements with attributes, and text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def addresses(text):
    return [attributes["href"] for _, attributes in Reader(linked(text)).elements]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see http://example.org", ["http://example.org"]),
        ("see https://example.org/a?b=c#d", ["https://example.org/a?b=c#d"]),
        ("www.example.org is there", ["http://www.example.org"]),
        ("https://a.example and https://b.example", ["https://a.example", "https://b.example"]),
        ("https://a.example\nhttps://b.example", ["https://a.example", "https://b.example"]),
        ("Have you read https://example.org?", ["https://example.org"]),
        ("It is https://example.org/a.", ["https://example.org/a"]),
        ("(https://example.org/a)", ["https://example.org/a"]),
        ("https://example.org/a_(b)", ["https://example.org/a_(b)"]),
        ("https://example.org, then more", ["https://example.org"]),
        ('"https://example.org"', ["https://example.org"]),
        ("https://example.org/?a=1&b=2", ["https://example.org/?a=1&b=2"]),
        # Unchanged.
        ("https://example.org/c%23", ["https://example.org/c%23"]),
        ("https://example.org/group%2Fproject", ["https://example.org/group%2Fproject"]),
        ("https://example.org/?wsdl", ["https://example.org/?wsdl"]),
        ("https://example.org/?a=1;b=2", ["https://example.org/?a=1;b=2"]),
        ("https://example.org/caf%E4", ["https://example.org/caf%E4"]),
        ("HTTPS://Example.ORG/A?", ["HTTPS://Example.ORG/A"]),
        ("https://example.org/Alzheimer's_disease", ["https://example.org/Alzheimer's_disease"]),
        ("https://münchen.example/straße", ["https://münchen.example/straße"]),
        ("https://日本go.jp/ https://例え.jp", ["https://日本go.jp/", "https://例え.jp"]),
        ("http://[::1]:8000/a", ["http://[::1]:8000/a"]),
        ("https://somebody:secret@example.org/", ["https://somebody:secret@example.org/"]),
        (
            "example.com/a;b and example.org:8000",
            ["http://example.com/a;b", "http://example.org:8000"],
        ),
        (
            "mu\u0308ller.com, xn--mller-kva.com.",
            ["http://mu\u0308ller.com", "http://xn--mller-kva.com"],
        ),
        # Adjacent text in any script.
        ("请看https://example.org/a", ["https://example.org/a"]),
        ("请看https://example.org，然后", ["https://example.org"]),
        ("https://example.org请看", ["https://example.org"]),
        ("https://example.org:8000で", ["https://example.org:8000"]),
        ("смотриwww.example.org/a。", ["http://www.example.org/a"]),
        ("请看example.com", ["http://example.com"]),
        ("пример.com", ["http://пример.com"]),
        ("请联系alice@example.org。", ["mailto:alice@example.org"]),
        # Closing punctuation stays outside, pairs inside.
        ("“https://example.org/a”", ["https://example.org/a"]),
        ("„https://example.org/a“", ["https://example.org/a"]),
        ("«https://example.org/a»", ["https://example.org/a"]),
        ("‘https://example.org/a’,", ["https://example.org/a"]),
        ("（https://example.org/a）然后", ["https://example.org/a"]),
        ("「https://example.org/a」", ["https://example.org/a"]),
        ("《https://example.org/a》…", ["https://example.org/a"]),
        ("https://example.org/苹果（公司）。", ["https://example.org/苹果（公司）"]),
        ("([{https://example.org/a}])", ["https://example.org/a"]),
        ("https://example.org/?a[]=(1).", ["https://example.org/?a[]=(1)"]),
        ("'https://example.org/a'.", ["https://example.org/a"]),
        ("إلى https://example.org/a، ثم", ["https://example.org/a"]),
        ("https://example.org/\u202egpj.exe", ["https://example.org/"]),
        # Other text is not an address.
        (
            "example.com.example wait...com git+https://example.org ftp://example.org http\u017f://example.com",
            [],
        ),
        ("https://" + "a" * 2041, []),
        ("nothing to see", []),
        ("a.b", []),
        ("", []),
    ],
)
def test_addresses_become_links_without_trailing_punctuation(text, links):
    assert addresses(text) == links
    assert Reader(linked(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:alert(1)",
        "file:///etc/passwd",
        "blob:http",
        "//example.org",
        "javascript://www.example.org/%0aalert(1)",
    ],
)
def test_executable_addresses_are_not_linked(text):
    assert addresses(text) == []
    assert Reader(linked(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="https://example.org" onclick="alert(1)">x</a>',
        "<form ws-send hx-trigger=load><input name=type></form>",
        '<p hx-swap-oob="true" id="panes">',
        "</p></li><li>",
        "<!-- a -->",
        "&lt;b&gt;",
        "'\"&<>",
        'https://example.org/"onmouseover="alert(1)',
        "https://example.org/'onmouseover='alert(1)",
        "https://example.org/<b>",
        "https://example.org/&quot;onmouseover=alert(1)",
        'www.example.org/"><script>alert(1)</script>',
        'a"onclick="b"@example.org',
    ],
)
def test_quotes_and_markup_stay_text(text):
    assert all(
        tag == "a" and set(attributes) == {"href", "target", "rel"}
        for tag, attributes in Reader(linked(text)).elements
    )
    assert re.sub(r"</?a\b[^>]*>", "", linked(text)).count("<") == 0
    assert Reader(linked(text)).text == text


def test_a_link_opens_in_a_new_tab_and_sends_no_referrer():
    [(_, link)] = Reader(linked("https://example.org")).elements
    assert link == {
        "href": "https://example.org",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


@given(st.text(st.sampled_from("htps:/w.@&;<>\"'=()[] \nabc\u202e\u00e9,%")))
def test_any_text_yields_links_and_nothing_else(text):
    for tag, attributes in Reader(linked(text)).elements:
        assert tag == "a"
        assert set(attributes) == {"href", "target", "rel"}
        assert re.match("https?://|mailto:", attributes["href"])


LETTERS = st.text(st.characters(categories=["L", "M", "So"], min_codepoint=0x370), max_size=3)
TYPED = st.text("aZ09-._~:/?#@!$&'*+,;=%é中", max_size=30).map(
    lambda path: f"https://example.org/{path}z"
)
FOLLOWS = st.sampled_from(
    ["", " ", "\n", ".", ", ", "?!", ")", "”", "）", "，", "。", "」", "'", "…", "؟", "<b>"]
)


@given(LETTERS, TYPED, FOLLOWS)
def test_a_link_leads_to_the_address_as_written(before, typed, follows):
    assert addresses(f"{before}{typed}{follows}") == [typed]


HOSTILE = [
    "(" * 4000,
    "http://" * 500,
    "a@" * 2000,
    "&;" * 2000,
    "www." * 1000,
    ")" * 4000,
    "a." * 2000,
]
HOSTILE += [
    "https://a.b" + ")" * 3990,
    "https://a.b" + "&lt;" * 997,
    "www.a.b " * 500,
    "[" * 2000 + "]" * 2000,
]


# Each is repeated up to the longest message that a server can allow.
REPEATED = [
    "//a.com/",
    "https://a/(",
    "www.",
    "http://",
    "a@",
    "a@a.",
    "a.",
    "a.com",
    "a-",
    "看",
    "看.",
    "看@",
    "（",
    "(",
    ")",
]
REPEATED += [
    "https://看（",
    "https://a.b看.",
    "https://a（",
    "[]",
    "&;",
    "ab ",
    "'",
    "\u0301",
    "https://a.b ",
    "a_",
    ".com/",
]


@pytest.mark.parametrize("beginning", ["", "https://a"])
@pytest.mark.parametrize("part", REPEATED)
def test_a_hostile_text_costs_little(beginning, part):
    text = beginning + (part * 20_000)[: 20_000 - len(beginning)]
    assert Reader(linked(text)).text == text
    before = time.thread_time()
    linked(text)
    assert time.thread_time() - before < 1  # 2 to 4 ms; quadratic work takes several seconds


def test_only_the_first_addresses_of_a_message_become_links():
    text = " ".join(f"https://example.org/{number}" for number in range(200)) + " <b>"
    assert addresses(text) == [f"https://example.org/{number}" for number in range(20)]
    assert Reader(linked(text)).text == text
