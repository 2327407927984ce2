"""Edits reach every window that shows the message, in order, and failures are reported."""

import json
import re

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from accounts.models import Report
from accounts.templatetags.names import as_name
from messaging.backends import mailbox
from messaging.delivery.background import background_task
from messaging.domain import mailbox_limits
from tests.messaging.backends.mailboxes import waiting
from tests.messaging.choices import blocks
from tests.messaging.views.test_reports import report

pytestmark = pytest.mark.django_db(transaction=True)
UNCHANGED = "Your edit wasn’t delivered"
TOO_OLD = "Not changed. This message is too old to edit or react to."


async def edits(window, id, text, of, proof=None):
    """Send an edit with the token of the message."""
    proof = proof or window.proofs[f"{window.user.pk}-{id}"]
    await window.send(type="edit", conversation=str(of.pk), id=id, text=text, proof=proof)


def place(person, id):
    """Return where a window renders the edit if it shows the message."""
    return f'hx-swap-oob="innerHTML:#message-{person.pk}-{id} > .message__body,#elsewhere"'


async def test_an_edit_is_rendered_in_every_window_of_both(alice, bob, open_window, pair):
    *_, id = pair
    windows = [*pair[:2], await open_window(alice, bob), await open_window(bob, alice)]
    await edits(windows[0], id, "second <b>", bob)
    for window in windows:
        seen = await window.sees("second &lt;b&gt;")
        assert place(alice, id) in seen
        assert seen.count("edited</span>") == 1


async def test_a_window_that_was_away_shows_an_edit_after_the_messages_it_missed(
    alice, bob, pair, come_back
):
    here, there, id = pair
    await there.leaves()
    await here.says("another", to=bob)
    await edits(here, id, "second", bob)
    await here.sees("second")
    back = await come_back(there, alice)
    await back.sees("second")
    assert back.texts() == ["another", "second"]


async def test_an_edit_opens_no_pane(alice, bob, open_window, pair):
    here, _, id = pair
    fresh = await open_window(bob)
    await edits(here, id, "second", bob)
    assert 'class="pane' not in await fresh.sees("second")


async def test_the_sender_sees_delivered_once_the_edit_was_shown(alice, bob, pair):
    here, there, id = pair
    there.confirms = False
    here.seen = ""
    await edits(here, id, "second", bob)
    [state] = re.findall(rf'id="(state-{alice.pk}-{id}-\d+)"', await here.sees("state--sending"))
    await there.sees("second")
    assert "state--delivered" not in await here.settles()
    await there.send(type="shown", cursor=there.cursor())
    seen = await here.sees("state--delivered")
    assert f'innerHTML:#{state},#elsewhere"' in seen


async def test_the_state_of_one_edit_does_not_affect_the_next(alice, bob, pair):
    here, _, id = pair
    await edits(here, id, "second", bob)
    await edits(here, id, "third", bob)
    await here.sees("third")
    states = re.findall(rf'id="state-{alice.pk}-{id}-(\d+)"', here.seen)
    assert len(set(states)) == 2


async def test_an_expired_edit_says_what_the_other_person_still_sees(
    alice, bob, pair, server_clock
):
    here, there, id = pair
    await there.leaves()
    await edits(here, id, "second", bob)
    await here.sees("state--away")
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    seen = await here.sees(UNCHANGED)
    assert f"{as_name('bob')} still sees the old text" in seen
    assert "state--waiting" not in seen


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This message is empty"),
        (" \x00 ", "This message is empty"),
        ("x" * 4001, "The limit is 4000"),
    ],
    ids=["empty", "unseen", "long"],
)
async def test_a_text_that_cannot_be_sent_is_refused_as_an_edit_too(alice, bob, pair, text, words):
    here, there, id = pair
    assert len(text) != 4001 or settings.MESSAGE_MAX_LENGTH == 4000
    await edits(here, id, text, bob)
    assert words in await here.sees("#edit-outcome")
    assert place(alice, id) not in await there.settles()


async def test_without_a_window_to_show_it_nothing_changes(alice, bob, pair, server_clock):
    here, there, id = pair
    await there.leaves()
    server_clock.passes(settings.RESUME_SECONDS)
    await edits(here, id, "second", bob)
    assert f"{as_name('bob')} isn’t connected" in await here.sees("#edit-outcome")
    assert place(alice, id) not in await here.settles()


async def test_under_a_block_an_edit_is_refused_without_a_reason(alice, bob, pair):
    here, there, id = pair
    await blocks(there, alice)
    await there.sees(f'data-blocked="{alice.pk} "')
    await here.settles()
    await edits(here, id, "second", bob)
    assert f"{as_name('bob')} can’t be reached" in await here.sees("#edit-outcome")
    assert "second" not in await there.settles()


async def test_a_block_removes_a_waiting_edit_and_tells_its_sender(alice, bob, pair, open_window):
    here, there, id = pair
    second = await open_window(bob, alice)
    second.confirms = False
    await there.leaves()
    await second.leaves()
    await edits(here, id, "second", bob)
    await here.sees("state--away")
    await blocks(there, alice)
    seen = await here.sees(UNCHANGED)
    assert f"{as_name('bob')} can’t be reached." in seen
    assert "second" not in await waiting(mailbox, bob.pk)


async def test_messages_of_others_cannot_be_edited(alice, bob, carol, open_window, pair):
    here, there, id = pair
    elsewhere = await open_window(carol, alice, bob)
    for window, peer in [(there, alice), (elsewhere, alice), (elsewhere, bob)]:
        await edits(window, id, "forged", peer, here.proofs[f"{alice.pk}-{id}"])
        await window.sees(TOO_OLD)
    for window in (here, there, elsewhere):
        assert "forged" not in await window.settles()


async def test_an_edit_requires_the_token_of_the_message(alice, bob, carol, open_window):
    here, there = await open_window(alice, bob, carol), await open_window(bob, alice)
    ids = [await here.says(text, to=bob) for text in ("one", "two")]
    await there.sees("two")
    await here.sees("two")
    one, two = (here.proofs[f"{alice.pk}-{id}"] for id in ids)
    for to, proof in [(bob, two), (carol, one), (bob, "AAAAAAAAAAA")]:
        here.seen = ""
        await edits(here, ids[0], "changed", to, proof)
        await here.sees(TOO_OLD)
    await edits(here, ids[0], "changed", bob, " ")
    await here.sees("couldn’t read")
    assert "changed" not in await there.settles()


async def test_only_accepted_messages_get_a_token(alice, bob, carol, open_window, monkeypatch):
    here, there = await open_window(alice, bob, carol), await open_window(bob, alice)
    there.confirms = False
    taken = await here.says("taken", to=bob)
    await here.says("to somebody without a window", to=carol)
    await here.sees("isn’t connected")
    monkeypatch.setattr(mailbox_limits, "MAX_ENTRIES", 4)
    await here.says("too much", to=bob)
    await here.sees("Too many of your messages are still waiting")
    await blocks(there, alice)
    await here.settles()  # until her page knows the token
    blocked = await here.says("blocked", to=bob)
    await here.sees(f"#outcome-{blocked}")
    await here.settles()
    assert here.proofs.keys() == {f"{alice.pk}-{taken}"}


@pytest.mark.parametrize(
    "id", ["", "x", "1", "00000000-0000-4000-8000-00000000000G", "7-00000000-0000-4000-8000-0000"]
)
async def test_an_invalid_message_id_is_refused(alice, bob, pair, id):
    here, there, _ = pair
    await edits(here, id, "second", bob, "AAAAAAAAAAA")
    await here.sees("couldn’t read")
    assert "second" not in await there.settles()


async def test_messages_can_be_edited_only_in_open_conversations(alice, carol, pair):
    here, _, id = pair
    await edits(here, id, "second", carol)
    await here.sees("Open the conversation first")


async def test_an_edited_message_is_verified_with_its_new_text(alice, bob, pair):
    here, there, id = pair
    await edits(here, id, "I know where you live", bob)
    await there.sees("I know where you live")
    [posted_at, seal] = re.findall(r'datetime="([^"]*)"\s+data-seal="([^"]*)"', there.seen)[-1]
    said = {"sender": str(alice.pk), "id": id, "posted_at": posted_at, "seal": seal}
    shown = [json.dumps({**said, "text": text}) for text in ("I know where you live", "first")]
    await sync_to_async(report)(there.client, alice, message=shown)
    row = await Report.objects.aget()
    assert (row.messages, row.verified) == (2, 1)
