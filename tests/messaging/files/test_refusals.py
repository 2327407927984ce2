"""Invalid requests are refused with a reason before any byte passes, and affect no one else."""

import json
import logging
import secrets
from types import SimpleNamespace
from unittest.mock import ANY

import pytest
from django.core import signing

from messaging import rate_limits
from messaging.files import events, registry
from tests.messaging.conftest import connect
from tests.messaging.files.conftest import offered, token_in, wants
from tests.support.file_client import WANTED

pytestmark = pytest.mark.django_db(transaction=True)

UNREADABLE = (4422, "The server couldn’t read this request. Reload the page.")
MISTAKEN = (4422, "This page made a mistake while sending it.")


@pytest.fixture
def offer(alice, bob):
    return offered(alice, bob)


@pytest.fixture
async def token(transfer):
    return await token_in(transfer.window, transfer.offer)


async def test_only_the_recipient_can_request_a_file(carol, transfer, open_socket):
    alice, bob = transfer.window.user, transfer.recipient.user
    for person, conversation in [(carol, alice), (carol, bob), (alice, bob), (alice, alice)]:
        page = await open_socket(person)
        await wants(page, transfer.offer, conversation=str(conversation.pk))
        assert await page.is_closed() == (4403, "")
    assert len(WANTED.findall(await transfer.window.settles())) == 1


@pytest.mark.parametrize("proof", ["", "file.", "file.AAAAAAAAAAA", "other", "no prefix"])
async def test_a_request_requires_the_proof_of_a_file(offer, bob, open_socket, proof):
    page = await open_socket(bob)
    proof = {"no prefix": offer.proof.removeprefix("file.")}.get(proof, proof)
    await wants(page, offer, proof=proof)
    assert await page.is_closed() == (4403, "")


async def test_a_proof_is_valid_for_one_message_only(offer, alice, bob, open_socket):
    page = await open_socket(bob)
    await wants(page, offered(alice, bob), proof=offer.proof)
    assert await page.is_closed() == (4403, "")


@pytest.mark.parametrize("kind", ["send", "wait"])
async def test_a_stolen_token_is_useless(carol, transfer, token, open_socket, kind):
    for person in (carol, transfer.recipient.user):
        page = await open_socket(person)
        await page.says(kind, token=token)
        assert await page.is_closed() == (4403, "")
    await transfer.passes(1)  # the transfer is not affected


@pytest.mark.parametrize("how", ["altered", "too old", "another purpose", "empty"])
async def test_only_a_valid_token_lets_a_page_send(transfer, token, open_socket, monkeypatch, how):
    wrong = {
        "altered": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "another purpose": signing.dumps(["a"], salt="another"),
        "empty": "",
    }
    if how == "too old":
        monkeypatch.setattr("messaging.files.tokens.SECONDS", -1)
    page = await open_socket(transfer.window.user, transfer.window.client)
    await page.says("send", token=wrong.get(how, token))
    assert await page.is_closed() == (4403, "")
    await transfer.passes(1)


WRONG_FIRST = {
    "no JSON": "{",
    "a list": "[]",
    "another type": {"type": "message"},
    "a type that is no text": {"type": ["send"]},
    "no token": {"type": "send"},
    "too early": {"type": "have", "number": 1},
    "too long": {"type": "send", "token": "a" * 5_000},
    "a field twice": '{"type":"send","token":"a","token":"b"}',
}


@pytest.mark.parametrize("frame", WRONG_FIRST.values(), ids=WRONG_FIRST.keys())
async def test_a_wrong_first_frame_is_refused_with_a_reason(bob, open_socket, frame):
    page = await open_socket(bob)
    text = frame if isinstance(frame, str) else json.dumps(frame)
    await page.communicator.send_to(text_data=text)
    assert await page.is_closed() == UNREADABLE


WRONG_FIELDS = [
    {"size": 0},
    {"size": -1},
    {"size": 25_000_001},
    {"size": "256000"},
    {"size": True},
    {"size": 1.5},
    {"kind": "svg"},
    {"kind": None},
    {"digest": "A" * 64},
    {"digest": "a" * 63},
    {"digest": None},
    {"message": "1-a"},
    {"message": 7},
    {"proof": None},
    {"conversation": "../1"},
]


@pytest.mark.parametrize("wrong", WRONG_FIELDS, ids=str)
async def test_a_request_with_a_wrong_field_is_refused_with_a_reason(
    offer, bob, open_socket, wrong
):
    page = await open_socket(bob)
    await wants(page, offer, **wrong)
    assert await page.is_closed() == UNREADABLE


async def test_bytes_are_refused_before_a_page_has_said_what_they_are(bob, open_socket):
    page = await open_socket(bob)
    await page.sends(b"\0\0\0\0a")
    assert await page.is_closed() == UNREADABLE


async def test_text_is_refused_where_bytes_belong(transfer):
    await transfer.sender.says("have", number=1)
    assert await transfer.sender.is_closed() == UNREADABLE
    assert await transfer.recipient.is_closed() == (4404, "")


async def test_a_recipient_that_sends_bytes_is_refused(transfer):
    await transfer.recipient.sends(b"\0\0\0\0a")
    assert await transfer.recipient.is_closed() == UNREADABLE
    assert (await transfer.sender.is_closed())[0] == 4500


@pytest.mark.parametrize("number", [0, -1, 1, "1", True, 1.0, None])
async def test_a_recipient_cannot_confirm_what_it_did_not_get(transfer, number):
    await transfer.recipient.says("have", number=number)
    code, reason = await transfer.recipient.is_closed()
    assert code == 4422
    assert reason


async def test_a_recipient_cannot_confirm_what_it_has_not_read(transfer, monkeypatch):
    """Its sender may tell it all that it knows, but not the random numbers."""
    numbers = iter([11, 12])
    monkeypatch.setattr(secrets, "randbits", lambda bits: next(numbers))
    for part in transfer.parts[:2]:
        await transfer.sender.sends(part)
        await transfer.recipient.reads()
    await transfer.recipient.says("have", number=11)
    assert (await transfer.sender.hears("credit"))["have"] == 1
    await transfer.recipient.says("have", number=1)
    assert await transfer.recipient.is_closed() == (4422, ANY)
    assert (await transfer.sender.is_closed())[0] == 4500


async def test_a_sender_beyond_its_credit_is_closed_at_once(transfer, monkeypatch):
    monkeypatch.setattr(registry, "MAX_SHARE", 1)
    await transfer.passes(1)
    for part in transfer.parts[1:]:
        await transfer.sender.sends(part)
    # It had credit for four chunks, and the file has no fifth.
    await transfer.sender.sends((4).to_bytes(4, "big") + b"a")
    assert await transfer.sender.is_closed() == MISTAKEN


async def test_a_wrong_chunk_is_reported_to_its_sender(transfer):
    await transfer.sender.sends(transfer.parts[1])
    assert await transfer.sender.is_closed() == MISTAKEN
    assert await transfer.recipient.is_closed() == (4404, "")
    assert transfer.recipient.got == []


async def test_a_file_that_was_not_offered_is_never_completed(transfer):
    """And it isn't asked for again, because it would never be the right one."""
    await transfer.passes(3)
    await transfer.sender.sends(transfer.parts[3][:-1] + b"?")
    different = (4422, "The file has changed since it was offered.")
    assert await transfer.sender.is_closed() == different
    assert await transfer.recipient.is_closed() == (4404, "")
    assert len(transfer.recipient.got) == 3
    assert len(WANTED.findall(await transfer.window.settles())) == 1


async def test_a_site_for_pictures_transfers_no_other_files(
    transfer, token, open_socket, settings, alice
):
    settings.FILES = "pictures"
    page = await open_socket(alice, transfer.window.client)
    await page.says("send", token=token)
    only = "This site accepts only pictures: JPEG, PNG, WebP and GIF."
    assert await page.is_closed() == (4422, only)


async def test_a_person_receives_at_most_three_files_at_once(alice, bob, open_window, open_socket):
    window = await open_window(alice, bob)
    pages = [await open_socket(bob) for _ in range(4)]
    for page in pages[:3]:
        await wants(page, offer := offered(alice, bob))
        await token_in(window, offer)
    await wants(pages[3], offered(alice, bob))
    code, reason = await pages[3].is_closed()
    assert (code, reason[:11]) == (4430, "Other files")


async def test_a_person_sends_at_most_two_files_at_once(transfer, bob, open_socket):
    codes = []
    for offer in (offered(transfer.window.user, bob), offered(transfer.window.user, bob)):
        page = await open_socket(bob, transfer.recipient.client)
        await wants(page, offer)
        sender = await open_socket(transfer.window.user, transfer.window.client)
        await sender.says("send", token=await token_in(transfer.window, offer))
        codes.append((await sender.reads())["type"])
    assert codes == ["credit", "refused"]


async def test_the_megabytes_that_a_person_sends_are_limited(transfer, token, open_socket):
    await rate_limits.megabytes.retry_after(transfer.window.user.pk, cost=248.5)
    page = await open_socket(transfer.window.user, transfer.window.client)
    await page.says("send", token=token)
    assert (await page.is_closed())[0] == 4430
    await transfer.passes(1)


async def test_requests_for_files_are_limited(alice, bob, open_socket, offer):
    """This limits guesses of a proof too."""
    for _ in range(30):
        await rate_limits.transfers.retry_after(bob.pk)
    page = await open_socket(bob)
    await wants(page, offer, proof="file.AAAAAAAAAAA")
    assert (await page.is_closed())[0] == 4430


async def test_a_socket_that_says_nothing_is_closed(bob, open_socket, monkeypatch):
    monkeypatch.setattr(events, "FIRST_FRAME_SECONDS", 0.1)
    page = await open_socket(bob)
    assert await page.is_closed() == (4408, "")


async def test_the_sockets_of_a_process_and_a_person_are_limited(bob, open_socket, monkeypatch):
    monkeypatch.setattr(registry, "MAX_PER_PERSON", 2)
    pages = [await open_socket(bob) for _ in range(3)]
    assert (await pages[2].is_closed())[0] == 4430


async def test_a_socket_requires_a_session(transactional_db):
    socket = connect(path="/ws/files/")
    assert await socket.connect() == (True, None)
    assert (await socket.receive_output())["code"] == 4401
    await socket.disconnect()


async def test_a_cross_site_page_gets_no_file_socket(transactional_db):
    socket = connect(origin="https://elsewhere.example", path="/ws/files/")
    accepted, _ = await socket.connect()
    assert not accepted


@pytest.mark.parametrize(
    ("transfers", "share"), [(0, 8), (1, 8), (4, 6), (12, 2), (24, 1), (99, 1)]
)
def test_transfers_share_the_pool(transfers, share, monkeypatch):
    sides = [SimpleNamespace(transfer=number // 2) for number in range(2 * transfers)]
    monkeypatch.setattr(registry.Registry, "_sides", lambda *_: sides)
    assert registry.Registry().share() == share


async def test_the_log_holds_neither_names_nor_ids_nor_digests(transfer, caplog):
    caplog.set_level(logging.DEBUG, "messaging")
    await transfer.passes(1)
    await transfer.sender.sends(b"too short")
    await transfer.sender.is_closed()
    await transfer.recipient.says("stop")
    await transfer.recipient.is_closed()
    for word in (transfer.offer.digest, transfer.offer.message, transfer.offer.proof, "alice"):
        assert word not in caplog.text
