"""Compiled templates render the same as Django, without whitespace."""

from html import escape
from runpy import run_path
from typing import Any
from unittest.mock import Mock

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from messaging.rendering import compiled
from messaging.rendering.compiled import draw, draw_each
from tests.support.flat_html import flat

POSTED = "messaging/broadcasts/message_posted.html"
PERSON = "messaging/_person.html"
NAMES = ["key", "message_id", "conversation_id", "peer_name", "text", "posted_at", "clock", "seal"]
SHAPES: list[dict[str, Any]] = [
    {"is_mine": is_mine, "state": state}
    for is_mine in (True, False)
    for state in ("sending", "away")
]


@pytest.fixture(autouse=True)
def new_patterns():
    compiled._rendered.cache_clear()
    yield
    compiled._rendered.cache_clear()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@given(words=st.lists(st.text(), min_size=len(NAMES), max_size=len(NAMES)))
def test_the_result_equals_what_the_template_renders(shape, words):
    values = dict(zip(NAMES, words, strict=True))
    drawn = draw(POSTED, values, **shape)
    assert flat(drawn) == flat(get_template(POSTED).render({**values, **shape}))
    assert f"hx-disable>{escape(values['text'])}</p>" in drawn, "each line break of it is kept"


def test_only_the_expected_markup_is_sent_with_a_message():
    """There are no line breaks and no indents."""
    values = dict(
        zip(NAMES, ["1-a", "a", "1", "bob", "one\n  two", "at", "10:00", "s"], strict=True)
    )
    assert draw(POSTED, values | {"proof": "p"}, "en", is_mine=False, state="sending") == (
        '<ol hx-swap-oob="beforeend:#conversation-1-transcript">'
        '<li class="message message--theirs" id="message-1-a" tabindex="-1">'
        '<div class="message__body"><span class="visually-hidden" translate="no">'
        " bob: </span>"
        '<p class="message__text" dir="auto" translate="no" hx-disable>one\n  two</p>'
        '<div class="message__foot" aria-live="off">'
        '<time class="message__time" datetime="at" data-seal="s" data-proof="p">10:00 UTC</time>'
        "</div></div></li></ol>"
        '<p hx-swap-oob="innerHTML:#conversation-1-typing"></p>'
    )


def test_every_value_is_escaped_unless_it_is_safe_html():
    values = dict.fromkeys(NAMES, "<b>&") | {"text": mark_safe("<i>so</i>")}
    drawn = draw(POSTED, values, is_mine=True, state="away")
    assert "<b>" not in drawn
    assert "&lt;b&gt;&amp;" in drawn
    assert "<i>so</i>" in drawn


def test_text_that_looks_like_a_placeholder_is_only_text():
    for words in ("{text}", "{{text}}", "8307911900583079119", "{0}", "{", "}"):
        values = dict.fromkeys(NAMES, words) | {"text": "the text"}
        assert draw(POSTED, values, is_mine=False, state="sending").count("the text") == 1


def test_a_placeholder_in_a_url_takes_a_number():
    drawn = draw(PERSON, {"peer_id": "7", "peer_name": "bob"}, is_online=True)
    assert f'href="{reverse("messaging:conversation", args=[7])}"' in drawn


def test_a_list_is_rendered_like_each_of_its_items():
    rows = [
        {"peer_id": str(number), "peer_name": name}
        for number, name in enumerate(["bob", "<b>", "{peer_id}", "&"])
    ]
    each = [get_template(PERSON).render(row | {"is_online": False}) for row in rows]
    assert flat(draw_each(PERSON, rows, is_online=False)) == flat("".join(each))
    assert draw_each(PERSON, [], is_online=False) == ""


def test_a_result_can_be_inserted_into_another_one():
    row = draw_each(PERSON, [{"peer_id": "7", "peer_name": "<b>"}], is_online=True)
    roster = draw(
        "messaging/_roster.html", {"rows": row, "query": "<i>"}, is_search=True, site_url=""
    )
    assert row in roster
    assert "&lt;b&gt;" in row
    assert "<i>" not in roster


def rendered_by(draw, get_template):
    """Count the templates that are rendered for each shape, three times."""
    for shape in SHAPES * 3:
        draw(POSTED, dict.fromkeys(NAMES, "word"), **shape)
    return get_template.call_count


def test_a_template_is_rendered_once_for_each_shape(monkeypatch):
    spy = Mock(wraps=get_template)
    monkeypatch.setattr(compiled, "get_template", spy)
    assert rendered_by(draw, spy) == len(SHAPES)


def test_in_debug_mode_a_changed_template_is_noticed_at_once(monkeypatch, settings):
    settings.DEBUG = True
    spy = Mock(wraps=get_template)
    monkeypatch.setattr("django.template.loader.get_template", spy)
    assert rendered_by(run_path(compiled.__file__)["draw"], spy) == 3 * len(SHAPES)


def test_a_template_without_output_is_empty():
    """Even a space would reveal the number of fragments."""
    assert compiled.on_one_line("\n  \n") == ""
    assert compiled.on_one_line("\n<b\n  hidden\n>\n  text\n</b>\n") == "<b hidden> text </b>"
    assert compiled.on_one_line("<p>\n  <i>a</i>\n  b\n</p>\n<p>") == "<p><i>a</i> b</p><p>"
