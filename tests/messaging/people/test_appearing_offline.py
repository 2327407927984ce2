"""A person who appears offline: others see the person leave, and nothing afterwards."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from messaging.backends import mailbox, presence, reattach_windows
from tests.messaging.choices import appears_offline, hides_typing
from tests.messaging.conftest import AT_ONCE
from tests.messaging.consumers.test_arrivals import is_told, told

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN = "You appear offline to others."


@pytest.fixture
async def pair(alice, bob, open_window):
    """Return a window of each, with a pane for the other. Bob has seen Alice arrive."""
    there, here = await open_window(bob, alice), await open_window(alice, bob)
    await is_told(there, alice, "online")
    there.seen = ""
    return here, there


@pytest.mark.product_pace
async def test_others_see_the_person_go_offline_at_once_and_only_once(alice, pair):
    here, there = pair
    async with asyncio.timeout(AT_ONCE):
        await appears_offline(here)
        await is_told(there, alice, "offline")
    await asyncio.sleep(1.2)
    await there.settles()
    assert told(there, alice) == ["offline"]


async def test_windows_opened_and_closed_meanwhile_are_not_reported(
    alice, pair, open_window, monkeypatch
):
    here, there = pair
    await appears_offline(here)
    await is_told(there, alice, "offline")
    monkeypatch.setattr(presence, "grace", 0.2)
    second = await open_window(alice)
    await asyncio.sleep(0.5)
    await second.leaves()
    await here.leaves()
    await asyncio.sleep(0.5)
    await open_window(alice)
    await asyncio.sleep(0.5)
    await there.settles()
    assert told(there, alice) == ["offline"]


async def test_a_person_hidden_from_the_beginning_never_arrives(alice, bob, carol, open_window):
    await sync_to_async(type(alice).objects.filter(pk=alice.pk).update)(appears_offline=True)
    there = await open_window(bob, alice)
    await open_window(alice)
    await open_window(carol)
    await is_told(there, carol, "online")
    await there.settles()
    assert "online" not in told(there, alice)


async def test_all_windows_of_the_person_and_no_others_say_so(alice, pair, open_window):
    here, there = pair
    second = await open_window(alice)
    await appears_offline(here)
    for window in [here, second]:
        await window.sees(HIDDEN)
        assert 'aria-checked="true"' in window.seen
    await is_told(there, alice, "offline")
    assert HIDDEN not in await there.settles()
    await appears_offline(second, "no")
    for window in [here, second]:
        await window.sees('id="offline" aria-checked="false"')
    await is_told(there, alice, "online")


async def test_a_window_that_was_away_says_so_on_return(pair, come_back):
    here, _ = pair
    await here.settles()
    await here.leaves()
    await appears_offline(here)
    assert HIDDEN in await (await come_back(here)).settles()


async def test_messages_are_delivered_both_ways(alice, bob, pair):
    here, there = pair
    await appears_offline(here)
    await is_told(there, alice, "offline")
    await there.says("are you there?", to=alice)
    await here.sees("are you there?")
    await there.sees("state--delivered")
    await here.says("to you, yes", to=bob)
    await there.sees("to you, yes")


async def test_typing_is_hidden_in_all_open_windows_and_nothing_else(alice, bob, pair, open_window):
    here, there = pair
    second = await open_window(alice, bob)
    await hides_typing(here)
    for window in (here, second):
        await window.sees('id="hide-typing" aria-checked="true"')
        await window.send(type="typing", conversation=str(bob.pk))
    await here.says("still online", to=bob)
    assert "is typing" not in await there.sees("still online")
    assert told(there, alice) == []
    await there.send(type="typing", conversation=str(alice.pk))
    await second.sees("is typing")
    await hides_typing(second, "no")
    await here.sees('id="hide-typing" aria-checked="false"')
    await here.send(type="typing", conversation=str(bob.pk))
    await there.sees("is typing")


async def test_typing_is_not_shown(alice, bob, pair):
    here, there = pair
    await appears_offline(here)
    await here.sees(HIDDEN)
    await here.send(type="typing", conversation=str(bob.pk))
    assert "is typing" not in await there.settles()
    await appears_offline(here, "no")
    await here.sees('id="offline" aria-checked="false"')
    await here.send(type="typing", conversation=str(bob.pk))
    await there.sees("is typing")


async def test_a_read_conversation_is_read_in_the_users_other_windows(
    alice, bob, pair, open_window
):
    here, there = pair
    second = await open_window(alice, bob)
    await appears_offline(here)
    id = await there.says("hello", to=alice)
    await here.sees("hello")
    await here.send(type="read", conversation=str(bob.pk), message=f"message-{bob.pk}-{id}")
    await second.sees(f'value="message-{bob.pk}-{id}"')
    assert "-read,#elsewhere" not in await there.settles()


async def test_clearing_does_not_count_the_windows_of_a_hidden_person(
    alice, bob, pair, open_window
):
    here, there = pair
    await open_window(alice, bob)
    await appears_offline(here)
    await is_told(there, alice, "offline")
    await there.says("burn this", to=alice)
    await here.sees("burn this")
    await there.send(type="clear", conversation=str(alice.pk))
    await here.sees(f"innerHTML:#conversation-{bob.pk}-transcript")
    await there.sees("Progress is shown only while")
    assert "Cleared in" not in await there.settles()


async def test_a_pane_that_arrives_with_a_message_says_offline(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob)
    await appears_offline(here)
    await here.sees(HIDDEN)
    await here.says("guess who", to=bob)
    await there.sees("guess who")
    pane = there.seen[there.seen.index(f'id="conversation-{alice.pk}"') :]
    assert "offline" in pane[: pane.index("pane__scroller")]
    assert "presence--online" not in pane


async def test_every_window_refreshes_after_the_channel_layer_was_away(alice, pair):
    here, there = pair
    await sync_to_async(type(alice).objects.filter(pk=alice.pk).update)(
        appears_offline=True
    )  # no window was notified
    reattach_windows()
    await is_told(there, alice, "offline")
    await here.sees(HIDDEN)


async def test_waiting_messages_are_not_affected(alice, bob, pair):
    here, there = pair
    there.confirms = False
    await here.says("on its way", to=bob)
    await there.sees("on its way")
    await appears_offline(here)
    await here.sees(HIDDEN)
    assert (await mailbox.usage(bob.pk)).entries == 1
