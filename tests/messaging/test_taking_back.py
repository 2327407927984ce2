"""Unsaying: what was said vanishes from every window and from memory, and nobody can unsay for somebody else."""

import pytest

from messaging.mailbox import mailbox

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_vanishes_from_every_window_of_both(alice, bob, open_window):
    windows = [await open_window(alice, bob), await open_window(alice, bob), await open_window(bob, alice)]
    id = await windows[0].says("oops", to=bob)
    for window in windows:
        await window.sees("oops")
    await windows[1].send(type="take-back", peer=str(bob.pk), id=id)
    for window in windows:
        await window.sees(f"delete:#message-{alice.pk}-{id}")


async def test_what_still_waits_leaves_memory_at_once(alice, bob, open_window, come_back):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await there.leaves()
    id = await here.says("oops", to=bob)
    await here.says("fine", to=bob)
    await here.sees("fine")
    await here.settles()
    assert "oops" in repr(mailbox.boxes)
    await here.send(type="take-back", peer=str(bob.pk), id=id)
    await here.sees("delete:#message-")
    assert "oops" not in repr(mailbox.boxes)
    back = await come_back(there, alice)
    await back.settles()
    assert back.texts() == ["fine"]


async def test_a_window_that_was_away_removes_it_on_returning(alice, bob, open_window, come_back):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("oops", to=bob)
    await there.sees("oops")
    await there.settles()
    await there.leaves()
    await here.send(type="take-back", peer=str(bob.pk), id=id)
    await here.sees("delete:#message-")
    back = await come_back(there, alice)
    await back.sees(f"delete:#message-{alice.pk}-{id}")


async def test_a_page_that_has_missed_it_cannot_say_it_again(alice, bob, open_window, come_back):
    first, second = await open_window(alice, bob), await open_window(alice, bob)
    there = await open_window(bob, alice)
    id = await first.says("oops", to=bob)
    await second.sees("oops")
    await first.leaves()
    await second.send(type="take-back", peer=str(bob.pk), id=id)
    await second.sees("delete:#message-")
    back = await come_back(first, bob)
    await back.says("oops", to=bob, id=id)
    await back.sees("not delivered: it was taken back")
    assert (await there.settles()).count("oops") == 1


async def test_nobody_takes_back_what_somebody_else_has_said(alice, bob, carol, open_window, come_back):
    here, there, away = await open_window(alice, bob), await open_window(bob, alice), await open_window(bob, alice)
    elsewhere = await open_window(carol, alice, bob)
    await away.leaves()
    id = await here.says("mine", to=bob)
    await there.sees("mine")
    for window, peer in [(there, alice), (there, bob), (elsewhere, alice), (elsewhere, bob)]:
        await window.send(type="take-back", peer=str(peer.pk), id=id)
    for window in [here, there, elsewhere]:
        assert f"delete:#message-{alice.pk}-" not in await window.settles()
    back = await come_back(away, alice)
    await back.settles()
    assert back.texts() == ["mine"]


async def test_clearing_for_both_says_truthfully_how_far_it_has_come(alice, bob, carol, open_window, come_back):
    here, there = await open_window(alice, bob), await open_window(bob, alice, carol)
    elsewhere = await open_window(carol, alice, bob)
    await there.leaves()
    await here.says("burn this", to=bob)
    await here.sees("burn this")
    await here.send(type="clear", peer=str(bob.pk))
    await here.sees("Cleared in 1 of 2 windows.")
    await here.sees("1 window is away: it will be empty on returning.")
    assert "burn this" not in repr(mailbox.boxes)
    back = await come_back(there, alice, carol)
    await back.sees(f"innerHTML:#transcript-{alice.pk},")
    assert back.texts() == []
    await here.sees("Cleared in 2 of 2 windows.")
    assert "cleared" not in await elsewhere.settles()
    assert f"#transcript-{carol.pk}" not in back.seen
