"""A transfer ends with its session, account or offer, or with a block between the two people."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from accounts.models import Session
from messaging.consumers import shutdown
from messaging.delivery import privacy
from messaging.files.registry import registry
from messaging.files.side import LOST
from messaging.ops import health
from tests.messaging.files.conftest import offered, token_in, wants

pytestmark = pytest.mark.django_db(transaction=True)

FAILED, INTERRUPTED = 4500, "interrupted"


@pytest.fixture(autouse=True)
def another_day():
    yield
    shutdown.shutdown.has_begun = False


async def test_log_out_closes_the_sockets_of_a_session(transfer):
    client = transfer.recipient.client
    await sync_to_async(client.post)(reverse("accounts:logout"))
    assert (await transfer.recipient.is_closed())[0] == 4401
    assert (await transfer.sender.is_closed())[0] == FAILED


async def test_the_end_of_the_senders_session_closes_its_sockets(transfer):
    """Its user can end it in another browser."""
    key = transfer.sender.client.cookies[settings.SESSION_COOKIE_NAME].value
    await (await Session.objects.aget(pk=key)).adelete()
    assert (await transfer.sender.is_closed())[0] == 4401
    await transfer.recipient.hears(INTERRUPTED)


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
@pytest.mark.parametrize("who", ["sender", "recipient"])
async def test_an_account_that_ends_closes_its_sockets(transfer, how, who):
    page = getattr(transfer, who)
    user = await get_user_model().objects.aget(pk=page.user.pk)
    if how == "deleted":
        await sync_to_async(user.delete)()
    else:
        user.is_active = False
        await sync_to_async(user.save)()
    assert (await page.is_closed())[0] == 4401


async def test_a_blocked_sender_sees_an_interruption(transfer):
    people = transfer.recipient.user.pk, transfer.sender.user.pk
    await sync_to_async(privacy.block)(*people)
    assert await transfer.is_closed() == [FAILED, 4410]


async def test_a_blocked_recipient_waits_as_if_the_page_were_lost(transfer, settings):
    settings.RESUME_SECONDS = 0.2
    people = transfer.sender.user.pk, transfer.recipient.user.pk
    await sync_to_async(privacy.block)(*people)
    assert (await transfer.sender.is_closed())[0] == 4410
    await transfer.recipient.hears(INTERRUPTED)
    assert (await transfer.recipient.is_closed())[0] == 4404


async def test_a_blocked_person_gets_no_answer(alice, bob, open_socket, open_window, settings):
    settings.RESUME_SECONDS = 0.2
    await sync_to_async(privacy.block)(alice.pk, bob.pk)
    window, page = await open_window(alice), await open_socket(bob)
    await wants(page, offered(alice, bob))
    assert await page.is_closed() == (4404, "")
    assert "data-token" not in await window.settles()


async def test_a_blocked_sender_is_closed_no_sooner_than_one_whose_recipient_has_left(
    transfer, open_socket
):
    """The token is still valid. A different code or response time would reveal the block."""
    token = await token_in(transfer.window, transfer.offer)
    people = transfer.recipient.user.pk, transfer.sender.user.pk
    await sync_to_async(privacy.block)(*people)
    await transfer.is_closed()
    sender = await open_socket(transfer.window.user, transfer.window.client)
    await sender.says("send", token=token)
    assert await sender.communicator.receive_nothing(timeout=0.5)
    for each in registry.sockets:
        assert each.side
        each.side.heard_at -= LOST
    assert await sender.is_closed() == (FAILED, "")


async def test_a_blocker_clears_without_notifying_the_other(transfer, open_window):
    """The other page must not learn that a blocker has cleared their own conversation."""
    bob, alice = transfer.recipient.user, transfer.sender.user
    await sync_to_async(privacy.block)(alice.pk, bob.pk)
    await transfer.sender.is_closed()
    await transfer.recipient.hears(INTERRUPTED)
    await transfer.window.sees(f'data-blocked="{bob.pk} "')
    await transfer.window.send(type="clear", conversation=str(bob.pk))
    await transfer.window.settles()
    assert await transfer.recipient.communicator.receive_nothing(timeout=0.5)
    own = await open_window(bob, alice)
    await own.send(type="clear", conversation=str(alice.pk))
    assert (await transfer.recipient.is_closed())[0] == 4410


async def test_a_blocker_gets_no_file(alice, bob, open_socket):
    await sync_to_async(privacy.block)(bob.pk, alice.pk)
    page = await open_socket(bob)
    await wants(page, offered(alice, bob))
    assert await page.is_closed() == (4410, "")


async def test_unsending_a_message_ends_its_transfer(transfer, bob):
    _, id = transfer.offer.message.split("-", 1)
    await transfer.window.send(type="unsend", conversation=str(bob.pk), id=id)
    assert await transfer.is_closed() == [4410, 4410]


async def test_unsending_another_message_ends_no_transfer(transfer, bob):
    other = offered(transfer.window.user, bob).message.split("-", 1)[1]
    await transfer.window.send(type="unsend", conversation=str(bob.pk), id=other)
    await transfer.window.settles()
    await transfer.passes(1)


async def test_other_people_cannot_withdraw_a_file(carol, transfer, bob, open_window):
    window = await open_window(carol, bob)
    _, id = transfer.offer.message.split("-", 1)
    await window.send(type="unsend", conversation=str(bob.pk), id=id)
    await window.send(type="clear", conversation=str(bob.pk))
    await window.settles()
    await transfer.passes(1)


async def test_clearing_a_conversation_ends_its_transfers(transfer, bob):
    await transfer.window.send(type="clear", conversation=str(bob.pk))
    assert await transfer.is_closed() == [4410, 4410]


async def test_a_shutdown_tells_both_pages_to_reconnect(transfer):
    async def goes(page):
        code, _ = await page.is_closed()
        await page.communicator.disconnect()
        return code

    pages = transfer.sender, transfer.recipient
    leaving = transfer.window.communicator.disconnect()
    *codes, _, _ = await asyncio.gather(*map(goes, pages), health.end(), leaving)
    assert codes[1] == 4412
    assert codes[0] in {4412, FAILED}  # depending on the order
    assert not registry.sockets


async def test_after_an_outage_of_the_channel_layer_it_starts_again(transfer):
    """It starts again because chunks may have been lost."""
    get_channel_layer().mended()
    assert (await transfer.sender.is_closed())[0] == FAILED
    await transfer.recipient.hears(INTERRUPTED)


async def test_a_sender_who_appears_offline_is_asked_too(transfer):
    await sync_to_async(privacy.set_appearance)(transfer.window.user.pk, appears_offline=True)
    await transfer.passes(1)
