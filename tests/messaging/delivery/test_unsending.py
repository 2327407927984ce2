"""Unsending removes a message from every window and from memory."""

import pytest
from django.conf import settings

from messaging import rate_limits
from messaging.backends import mailbox
from messaging.delivery.background import background_task
from messaging.domain.rate_limit import Rate
from tests.messaging.backends.mailboxes import waiting

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_unsent_message_disappears_from_every_window_of_both(alice, bob, open_window):
    windows = [
        await open_window(alice, bob),
        await open_window(alice, bob),
        await open_window(bob, alice),
    ]
    id = await windows[0].says("oops", to=bob)
    for window in windows:
        await window.sees("oops")
    await windows[1].send(type="unsend", conversation=str(bob.pk), id=id)
    for window in windows:
        await window.sees(f"delete:#message-{alice.pk}-{id}")


async def test_a_waiting_message_leaves_memory_at_once(alice, bob, open_window, come_back):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await there.leaves()
    id = await here.says("oops", to=bob)
    await here.says("fine", to=bob)
    await here.sees("fine")
    await here.settles()
    assert "oops" in await waiting(mailbox, alice.pk, bob.pk)
    await here.send(type="unsend", conversation=str(bob.pk), id=id)
    await here.sees("delete:#message-")
    assert "oops" not in await waiting(mailbox, alice.pk, bob.pk)
    back = await come_back(there, alice)
    await back.settles()
    assert back.texts() == ["fine"]


async def test_a_window_that_was_away_removes_the_message_on_return(
    alice, bob, open_window, come_back
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("oops", to=bob)
    await there.sees("oops")
    await there.settles()
    await there.leaves()
    await here.send(type="unsend", conversation=str(bob.pk), id=id)
    await here.sees("delete:#message-")
    back = await come_back(there, alice)
    await back.sees(f"delete:#message-{alice.pk}-{id}")


async def test_a_page_that_missed_the_unsend_cannot_resend_the_message(
    alice, bob, open_window, come_back
):
    first, second = await open_window(alice, bob), await open_window(alice, bob)
    there = await open_window(bob, alice)
    id = await first.says("oops", to=bob)
    await second.sees("oops")
    await first.leaves()
    await second.send(type="unsend", conversation=str(bob.pk), id=id)
    await second.sees("delete:#message-")
    back = await come_back(first, bob)
    await back.says("oops", to=bob, id=id)
    await back.sees("Not delivered. It was unsent")
    assert (await there.settles()).count("oops") == 1


async def test_messages_of_others_cannot_be_unsent(alice, bob, carol, open_window, come_back):
    here, there, away = (
        await open_window(alice, bob),
        await open_window(bob, alice),
        await open_window(bob, alice),
    )
    elsewhere = await open_window(carol, alice, bob)
    await away.leaves()
    id = await here.says("mine", to=bob)
    await there.sees("mine")
    for window, peer in [(there, alice), (there, bob), (elsewhere, alice), (elsewhere, bob)]:
        await window.send(type="unsend", conversation=str(peer.pk), id=id)
    for window in [here, there, elsewhere]:
        assert f"delete:#message-{alice.pk}-" not in await window.settles()
    back = await come_back(away, alice)
    await back.settles()
    assert back.texts() == ["mine"]


async def test_clearing_for_both_reports_its_progress_truthfully(
    alice, bob, carol, open_window, come_back
):
    here, there = await open_window(alice, bob), await open_window(bob, alice, carol)
    elsewhere = await open_window(carol, alice, bob)
    await there.leaves()
    await here.says("burn this", to=bob)
    await here.sees("burn this")
    await here.send(type="clear", conversation=str(bob.pk))
    await here.sees("Cleared in 1 of 2 windows.")
    await here.sees("1 window is offline and will be cleared when it reconnects.")
    assert "burn this" not in await waiting(mailbox, alice.pk, bob.pk)
    back = await come_back(there, alice, carol)
    await back.sees(f"innerHTML:#conversation-{alice.pk}-transcript,")
    assert back.texts() == []
    await here.sees("Cleared in 2 of 2 windows.")
    assert "cleared" not in await elsewhere.settles()
    assert f"#conversation-{carol.pk}-transcript" not in back.seen


async def is_refused(elsewhere, id, bob, there):
    """Resend the message from another window. It is refused, and the recipient does not see it."""
    await elsewhere.says("better not", to=bob, id=id)
    await elsewhere.sees("It was unsent")
    await there.settles()
    assert there.texts() == []


async def test_a_message_unsent_while_it_waited_is_not_resent_by_another_window(
    alice, bob, open_window
):
    here, elsewhere = await open_window(alice, bob), await open_window(alice, bob)
    id = await here.says("better not", to=bob)
    await here.sees("state--waiting")
    await here.send(type="unsend", conversation=str(bob.pk), id=id)
    await here.settles()
    await is_refused(elsewhere, id, bob, await open_window(bob, alice))


async def test_an_expired_message_that_was_unsent_stays_so(alice, bob, open_window, server_clock):
    here, elsewhere = await open_window(alice, bob), await open_window(alice, bob)
    there = await open_window(bob, alice)
    await there.leaves()
    id = await here.says("better not", to=bob)
    await here.sees("better not")
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    await here.sees("state--waiting")
    await here.send(type="unsend", conversation=str(bob.pk), id=id)
    await here.settles()
    await is_refused(elsewhere, id, bob, await open_window(bob, alice))


async def test_only_open_conversations_can_be_changed(alice, bob, carol, open_window):
    here, there = await open_window(carol), await open_window(bob, carol)
    await here.send(type="clear", conversation=str(bob.pk))
    await here.sees("Open the conversation first")
    await here.send(type="unsend", conversation="424242", id="00000000-0000-4000-8000-000000000000")
    await here.sees("Open the conversation first", times=2)
    assert "cleared" not in await there.settles()


async def test_a_conversation_opened_by_a_message_can_be_changed(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob)
    await here.says("hello", to=bob)
    await there.sees('class="pane')
    await there.send(type="opened", conversation=str(alice.pk))
    await there.send(type="clear", conversation=str(alice.pk))
    await here.sees("cleared this conversation for both")


async def test_an_accepted_message_does_not_count_again_towards_the_rate_limit(
    alice, bob, open_window, monkeypatch
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("once", to=bob)
    await there.sees("once")
    monkeypatch.setattr(rate_limits.messages, "rate", Rate(burst=1, per_second=0.001))
    await here.says("once", to=bob, id=id)
    await here.says("too much", to=bob)
    seen = await here.sees("data-seconds")
    assert seen.count("You’re sending too fast") == 1


async def test_a_flood_of_read_frames_is_dropped_silently(alice, bob, open_window):
    here = await open_window(alice, bob)
    for number in range(300):
        await here.send(type="read", conversation=str(bob.pk), message=f"message-{bob.pk}-{number}")
    await here.settles()
    assert 0 < here.seen.count("-read,#elsewhere") < 100
