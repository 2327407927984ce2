"""A file passes from Alice's page to Bob's, with as many attempts as needed, and both pages know
the result.
"""

import re

import pytest

from messaging.files import recipient, side
from messaging.files.recipient import Recipient
from messaging.files.registry import registry
from messaging.files.sender import Sender
from messaging.ops.metrics import prometheus
from tests.messaging.files.conftest import DATA, token_in, wants
from tests.support.file_client import CHUNK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def soon(monkeypatch):
    """Repeat requests more often than the product."""
    monkeypatch.setattr(recipient, "ASK_SECONDS", 0.1)


async def again(transfer, open_socket):
    """Answer the next request with another socket of Alice."""
    sender = await open_socket(transfer.window.user, transfer.window.client)
    await sender.says("send", token=await token_in(transfer.window, transfer.offer, 2))
    return sender


async def test_a_whole_file_is_transferred(transfer):
    await transfer.passes(3)
    await transfer.sender.sends(transfer.parts[3])
    assert await transfer.recipient.hears("whole") == {"type": "whole"}
    assert b"".join(part[4:] for part in transfer.recipient.got) == DATA
    await transfer.confirms(4)
    assert await transfer.sender.is_closed() == (1000, "")
    assert transfer.sender.heard[-1] == {"type": "credit", "until": 4, "have": 4}


async def test_a_sender_that_is_cut_off_starts_again(transfer, open_socket, soon):
    await transfer.passes(2)
    await transfer.sender.leaves()
    await transfer.recipient.hears("interrupted")
    transfer.sender = await again(transfer, open_socket)
    await transfer.recipient.hears("start")
    transfer.recipient.got.clear()
    await transfer.passes(3)
    await transfer.sender.sends(transfer.parts[3])
    await transfer.recipient.hears("whole")
    assert b"".join(part[4:] for part in transfer.recipient.got) == DATA


async def test_a_transfer_restarts_only_after_pending_confirmations(transfer, open_socket, soon):
    """Otherwise, a late confirmation would count for chunks of the new attempt."""
    for part in transfer.parts[:2]:
        await transfer.sender.sends(part)
        await transfer.recipient.reads()
    await transfer.sender.leaves()
    await transfer.recipient.hears("interrupted")
    sender = await again(transfer, open_socket)
    assert await sender.communicator.receive_nothing(timeout=0.2)
    await transfer.confirms(1)
    assert await sender.communicator.receive_nothing(timeout=0.2)
    await transfer.confirms(2)
    assert (await sender.hears("credit"))["have"] == 0
    await transfer.recipient.hears("start")


async def test_the_newest_socket_of_the_sender_wins(transfer, open_socket):
    newer = await open_socket(transfer.window.user, transfer.window.client)
    await newer.says("send", token=await token_in(transfer.window, transfer.offer))
    assert (await transfer.sender.is_closed())[0] == 4409
    await newer.hears("credit")
    await transfer.recipient.hears("start")
    transfer.sender = newer
    await transfer.passes(1)


async def test_a_sender_that_connects_during_a_loss_is_kept(transfer):
    """The recipient is told of the loss and the new sender before it can handle either."""
    (side,) = [each.side for each in registry.sockets if isinstance(each.side, Recipient)]
    side.on_event({"type": "file.ended", "from": side.other, "code": 4500})
    side.on_event({"type": "file.begun", "from": "the new one"})
    await transfer.recipient.hears("interrupted")
    await transfer.recipient.hears("start")
    assert side.other == "the new one"


async def test_each_window_that_accepts_gets_the_file(transfer, open_socket):
    other = await open_socket(transfer.recipient.user, transfer.recipient.client)
    await wants(other, transfer.offer)
    sender = await open_socket(transfer.window.user, transfer.window.client)
    await sender.says("send", token=await token_in(transfer.window, transfer.offer, 2))
    await other.hears("start")
    await transfer.passes(2)
    await sender.hears("credit")
    await sender.sends(transfer.parts[0])
    assert (await other.reads())[4:] == transfer.parts[0][4:]


async def test_the_sender_is_asked_again_until_the_file_is_gone(transfer, soon, settings):
    await transfer.sender.leaves()
    await transfer.recipient.hears("interrupted")
    await token_in(transfer.window, transfer.offer, 3)
    settings.RESUME_SECONDS = 0.5
    assert await transfer.recipient.is_closed() == (4404, "")


async def test_a_page_that_sends_other_files_first_is_not_gone(
    transfer, open_socket, soon, settings
):
    await transfer.sender.leaves()
    await transfer.recipient.hears("interrupted")
    (side,) = [each.side for each in registry.sockets if isinstance(each.side, Recipient)]
    side.alone_since -= settings.RESUME_SECONDS - 1
    before = side.alone_since
    page = await open_socket(transfer.window.user, transfer.window.client)
    await page.says("wait", token=await token_in(transfer.window, transfer.offer, 2))
    assert await page.is_closed() == (1000, "")
    await transfer.recipient.hears("postponed")
    assert side.alone_since > before
    transfer.sender = await again(transfer, open_socket)
    await transfer.recipient.hears("start")


@pytest.mark.parametrize("who", [Recipient, Sender])
async def test_a_page_that_falls_silent_is_noticed(transfer, monkeypatch, who):
    """As if its process had been killed. Here it is only silent."""

    async def silent(*_, **__):
        pass

    await transfer.passes(1)
    monkeypatch.setattr(who, "tell", silent)
    monkeypatch.setattr(side, "LOST", 0.2)
    if who is Sender:
        await transfer.recipient.hears("interrupted")
        await token_in(transfer.window, transfer.offer, 2)  # requested again at once
    else:
        assert (await transfer.sender.is_closed())[0] == 4500


@pytest.mark.parametrize(("who", "code"), [("recipient", 4413), ("sender", 4408)])
async def test_a_page_that_makes_no_progress_is_closed(transfer, monkeypatch, who, code):
    """The other one is told of an interruption."""
    for part in transfer.parts if who == "recipient" else ():
        await transfer.sender.sends(part)
    monkeypatch.setattr(side, "STALLED", 0.1)
    stalled = getattr(transfer, who)
    assert (await stalled.is_closed())[0] == code
    if who == "recipient":
        assert (await transfer.sender.is_closed())[0] == 4500
    else:
        await transfer.recipient.hears("interrupted")


@pytest.mark.parametrize("who", ["recipient", "sender"])
async def test_both_pages_can_stop_a_transfer(transfer, who):
    await transfer.passes(1)
    await getattr(transfer, who).says("stop")
    assert await transfer.is_closed() == ([4411, 1000] if who == "recipient" else [1000, 4411])


async def test_a_recipient_learns_at_once_that_the_file_is_gone(transfer):
    await transfer.passes(2)
    await transfer.sender.says("gone")
    assert await transfer.is_closed() == [1000, 4404]


async def test_a_recipient_that_leaves_interrupts_the_sender(transfer):
    await transfer.recipient.leaves()
    assert (await transfer.sender.is_closed())[0] == 4500


async def test_transferred_bytes_are_counted(transfer):
    _, before, _ = await prometheus()
    await transfer.passes(3)
    await transfer.recipient.says("stop")
    await transfer.is_closed()
    _, after, _ = await prometheus()
    passed = value(after, "sotto_file_bytes_total") - value(before, "sotto_file_bytes_total")
    assert passed == 3 * CHUNK
    stopped = 'sotto_files_closed_total{reason="stopped"}'
    assert value(after, stopped) - value(before, stopped) == 1
    assert not re.search(rf"{transfer.offer.message}|alice|bob", after)


def value(metrics, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)", metrics, re.MULTILINE)[1])  # type: ignore[index]
