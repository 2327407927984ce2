"""A sender evicts no messages of others that wait for an absent person."""

import uuid

import pytest
from django.conf import settings

from messaging import rate_limits
from messaging.backends import mailbox
from messaging.domain.rate_limit import Rate
from tests.messaging.backends.mailboxes import waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """Lift the rate limit of messages."""
    monkeypatch.setattr(rate_limits.messages, "rate", Rate(burst=10_000, per_second=10_000))


async def test_an_unknown_sender_evicts_nothing_and_is_told_why(
    alice, bob, carol, open_window, come_back
):
    there = await open_window(bob, alice, carol)
    friend, stranger = await open_window(carol, bob), await open_window(alice, bob)
    await there.leaves()
    await friend.says("from a friend", to=bob)
    await friend.sees("from a friend")
    for _ in range(124):
        await stranger.says("\u20ac" * 4_000, to=bob)
    await stranger.settles()
    for _ in range(7):
        await stranger.send(type="unsend", conversation=str(bob.pk), id=str(uuid.uuid4()))
    await stranger.settles()
    assert "Too many of your messages are still waiting" in stranger.seen
    assert "wasn’t delivered" not in await friend.settles()
    back = await come_back(there, alice, carol)
    await back.sees("from a friend")
    await friend.sees("state--delivered")
    await back.settles()
    await stranger.settles()
    assert back.texts().count("\u20ac" * 4_000) == stranger.seen.count("state--delivered") > 25
    assert "note--gap" not in back.seen


async def test_an_unsend_of_an_invented_message_reaches_no_window_of_the_recipients(
    alice, bob, open_window
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.send(type="unsend", conversation=str(bob.pk), id=str(uuid.uuid4()))
    await here.sees("delete:#message-")
    assert "delete:#message-" not in await there.settles()
    assert "message_unsent" not in await waiting(mailbox, bob.pk)


async def test_an_old_message_can_be_unsent_with_its_token_even_for_a_window_that_is_away(
    alice, bob, pair, come_back, server_clock
):
    here, there, id = pair
    server_clock.passes(3 * settings.RESUME_SECONDS)
    await mailbox.sweep()
    await there.leaves()
    proof = here.proofs[f"{alice.pk}-{id}"]
    await here.send(type="unsend", conversation=str(bob.pk), id=id, proof=proof)
    await here.sees("delete:#message-")
    back = await come_back(there, alice)
    await back.sees(f"delete:#message-{alice.pk}-{id}")
