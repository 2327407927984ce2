"""The append-only renderer shows everything once, and nothing that should be removed."""

import ast
import re
from datetime import UTC, datetime

import pytest

from messaging.delivery import events
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Message
from messaging.noscript import renderer
from messaging.noscript.renderer import EVENTS, AppendOnlyRenderer
from messaging.rendering.htmx import HtmxRenderer
from tests.support.fresh_copy import ROOT

ALICE, BOB, CAROL = Person(1, "alice"), Person(2, "bob"), Person(3, "carol")
ID = "2a9e0d6c-0000-4000-8000-000000000001"
OTHER = "2a9e0d6c-0000-4000-8000-000000000002"


def message(text="hello", sender=BOB, recipient=ALICE, id=ID):
    posted_at = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
    return Message(id, sender, Conversation.of(sender, recipient), text, posted_at)


def told(message, owner=ALICE):
    """Return the draft of the owner's copy."""
    return next(draft for draft in events.copies(message) if draft.owner == owner.id)


def note(name, peer=BOB, sender=ALICE, id=ID, **shape):
    words = {"key": f"{sender.id}-{id}", "message_id": id, "peer_name": peer.name, "proof": "token"}
    return Draft(ALICE.id, Conversation.of(ALICE, peer), Event(name, words, shape), ALICE.id)


def cleared(peer=BOB, *, is_mine=False):
    words = {"conversation_id": str(peer.id), "peer_name": peer.name, "clearing_id": "c1"}
    event = Event("conversation_cleared", words, {"is_mine": is_mine, "is_counted": True})
    by = ALICE if is_mine else peer
    return Draft(ALICE.id, Conversation.of(ALICE, peer), event, by.id)


@pytest.fixture
def page():
    """Return the renderer of Alice's page."""
    return AppendOnlyRenderer("her-window", "")


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def said_at_once():
    """Return the methods that render fragments which wait in no mailbox."""
    tree = ast.parse((ROOT / "messaging" / "rendering" / "htmx.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    drawing = [call for call in calls if getattr(call.func, "id", "") in {"_draw", "_render"}]
    names = [name for call in drawing for name in ast.walk(call.args[0])]
    return {name.value for name in names if isinstance(name, ast.Constant)}


def used_in(file):
    """Return the renderer methods that a module calls."""
    tree = ast.parse(file.read_text())
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {
        each.attr
        for each in attributes
        if "renderer" in {getattr(each.value, "attr", ""), getattr(each.value, "id", "")}
    }


def test_every_mailbox_event_has_a_template():
    drawn = {template.stem for template in (ROOT / "templates/messaging/broadcasts").glob("*.html")}
    assert {"notice", "message_refused", "heartbeat"} < said_at_once() < drawn
    assert drawn - said_at_once() == EVENTS.keys()


def test_every_fragment_of_a_window_has_a_counterpart():
    used = set().union(*map(used_in, (ROOT / "messaging" / "consumers").glob("*.py")))
    assert {"mail", "cursor_moved", "notice", "too_many_windows", "presence"} <= used
    assert used <= set(dir(AppendOnlyRenderer))
    assert used <= vars(HtmxRenderer).keys()


def test_a_run_of_messages_names_sender_and_recipient_once(page):
    html = page.mail(told(message("good morning")))
    assert words(html) == "bob to you Write good morning 12:34 UTC"
    assert words(page.mail(told(message("are you there?", id=OTHER)))) == "are you there? 12:34 UTC"
    own = page.mail(told(message("yes", sender=ALICE, recipient=BOB)))
    assert words(own).startswith("You to bob")
    assert "message--mine" in own
    assert words(page.mail(told(message("and I?", sender=CAROL)))).startswith("carol to you")


def test_text_is_escaped(page):
    html = page.mail(told(message("<script>alert(1)</script> https://example.org/?a=1&b=2")))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html


def test_a_person_without_a_known_name_is_called_this_person(page):
    assert words(page.mail(told(message(sender=Person(2, ""))))).startswith("this person to you")


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("message_delivered", {"state": "delivered"}, "delivered"),
        ("message_delivered", {"state": "away"}, "to reconnect"),
        ("message_expired", {"state": "waiting"}, "Not delivered. No window was open in time"),
        ("message_unreachable", {}, "Not delivered. bob can’t be reached"),
    ],
)
def test_a_state_links_to_its_message(page, name, shape, said):
    assert page.mail(note(name, **shape)) == "", (
        "a message that another window has said, before this one opened"
    )
    page.mail(told(message(sender=ALICE, recipient=BOB)))
    html = page.mail(note(name, **shape))
    assert said in words(html)
    assert f'href="#message-1-{ID}"' in html
    assert (f"/take-back/{ID}/?proof=token" in html) is (name == "message_delivered")


def test_each_part_ends_with_an_image_that_confirms_the_cursor(page):
    parts = [page.start(""), page.cursor_moved("epoch.7"), page.cursor_moved("epoch.7")]
    pictures = [
        re.findall(
            r'<img src="/plain/shown/\?load=[^&"]+&amp;cursor=([^&"]*)&amp;part=(\d+)"', part
        )
        for part in parts
    ]
    assert pictures == [[("", "0")], [("epoch.7", "1")], [("epoch.7", "2")]]
    assert all(part.rstrip().endswith("</li>") for part in parts)
    assert "window=her-window&amp;cursor=epoch.7" in parts[1], (
        "where it goes on after a broken connection"
    )


def test_two_loads_of_a_page_share_no_image_address():
    assert AppendOnlyRenderer("w", "").load != AppendOnlyRenderer("w", "").load


def test_an_unsent_message_reloads_a_page_that_shows_it(page):
    page.cursor_moved("epoch.6")
    page.mail(told(message("a slip")))
    assert page.mail(note("message_unsent", sender=BOB)) == ""
    assert page.mail(told(message("later", id=OTHER))) == "", "the emptied page is given that"
    end = page.cursor_moved("epoch.9")
    again = "/plain/transcript/?window=her-window&amp;cursor=epoch.6&amp;why=unsent"
    assert f'http-equiv="refresh" content="0;url={again}"' in end
    assert end.rstrip().endswith("</html>")


def test_unsending_reloads_no_page_that_does_not_show_the_message(page):
    page.mail(told(message("hello")))
    page.mail(note("message_unsent", sender=BOB, id=OTHER))
    page.mail(note("message_unsent", sender=CAROL))
    assert "refresh" not in page.cursor_moved("epoch.1")


def test_a_page_that_forgot_older_messages_reloads_in_case_it_showed_one(page, monkeypatch):
    monkeypatch.setattr(renderer, "MAX_SHOWN", 1)
    page.mail(told(message("one")))
    page.mail(told(message("two", id=OTHER)))
    page.mail(note("message_unsent", sender=BOB))
    assert "refresh" in page.cursor_moved("epoch.3")


def test_clearing_reloads_a_page_that_shows_the_conversation(page):
    assert "bob cleared" in words(page.mail(cleared()))
    page.mail(told(message(sender=CAROL)))
    page.mail(cleared())
    assert not page.emptied
    page.mail(cleared(CAROL, is_mine=True))
    assert "why=cleared" in page.cursor_moved("epoch.3")


@pytest.mark.parametrize(
    ("why", "said"), [("cleared", "was cleared"), ("unsent", "unsent"), ("", "")]
)
def test_the_new_page_says_why_it_is_empty(why, said):
    assert said in words(AppendOnlyRenderer("w", "epoch.1").start(why))


def test_the_progress_of_a_clearing_is_shown(page):
    counts = {"cleared": 1, "open": 1, "away": 0, "gone": 0, "total": 2}
    event = Event("clearing_went_on", {"clearing_id": "c1"}, counts)
    went_on = Draft(ALICE.id, Conversation.of(ALICE, BOB), event, ALICE.id)
    assert "Cleared in 1 of 2 windows. 1 hasn’t answered yet." in words(page.mail(went_on))
    assert page.mail(went_on) == "", "the last of it is told once more when it is settled"


def test_only_the_first_heartbeat_shows_that_the_page_is_connected(page):
    assert "Connected" in words(page.heartbeat())
    assert words(page.heartbeat()) == ""
    assert page.heartbeat(), "or the outbound queue would take it for nothing to write"


@pytest.mark.parametrize("reason", ["restarting", "silent", "crowded", "full", "failed"])
def test_an_ended_stream_links_to_a_new_one(page, reason):
    page.cursor_moved("epoch.4")
    html = page.end(reason)
    assert "no longer connected" in words(html)
    assert 'href="/plain/transcript/?window=her-window&amp;cursor=epoch.4' in html
    assert "refresh" not in html, "what it shows stays"


def test_logging_out_leaves_nothing(page):
    assert 'http-equiv="refresh" content="0;url=/plain/over/"' in page.end("signed-out")
