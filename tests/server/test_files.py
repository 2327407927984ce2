"""Files pass through real servers. test_file_proxies.py adds proxies."""

import asyncio
import contextlib
import os
import re
import signal
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.server.test_both_servers import HANDSHAKE, answer
from tests.support.file_client import (
    CHUNK,
    Offer,
    OfferingWindow,
    Recipient,
    Sender,
    chunks,
)
from tests.support.people import people
from tests.support.serving import Serving, Uvicorn
from tests.support.stores import Redis
from tests.support.window import Window

LARGEST = 25_000_000  # bytes, as FILE_MAX_MB has it
KEY = "for tests only, but as long as a key is"


@pytest.fixture(scope="module", params=[Serving, Uvicorn])
def server(request, tmp_path_factory):
    server = request.param(tmp_path_factory.mktemp("files")).start()
    yield server
    server.stop()
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "ERROR" not in log


async def offered(site, alice, bob, data):
    """Return Alice's window, which offers this file to Bob, and what his page knows about it."""
    window, there = OfferingWindow(site, alice, bob), Window(site, bob, alice)
    await asyncio.gather(window.opens(), there.opens())
    key = await window.offers(data, bob)
    await there.until(lambda: key in there.proofs)
    await there.closes()
    return window, Offer.of(data, key, there.proofs[key])


async def pair(server):
    return await asyncio.to_thread(people, server.environment, 2)


async def test_the_largest_file_is_transferred(server):
    alice, bob = await pair(server)
    data = os.urandom(LARGEST)
    window, offer = await offered(server, alice, bob, data)
    written, before = used(server)
    there = Recipient(server, bob)
    assert await there.receives(offer) == data
    await asyncio.gather(*window.tasks)
    (sender,) = window.senders
    assert (sender.code, sender.have) == (1000, len(chunks(data)))
    assert there.heard == ["start", "whole"]
    assert used(server)[0] == written
    assert used(server)[1] - before < 8_000  # kB; the file has 25,000
    await window.closes()


def used(server):
    """Return the bytes that the server has written to disks, and the most memory it has had."""
    place = Path(f"/proc/{server.pid}")
    written = re.search(r"^write_bytes: (\d+)", (place / "io").read_text(), re.MULTILINE)
    most = re.search(r"^VmHWM:\s+(\d+) kB", (place / "status").read_text(), re.MULTILINE)
    assert written
    assert most
    return int(written[1]), int(most[1])


async def test_a_sender_far_beyond_its_credit_is_closed_before_it_fills_the_memory(server):
    alice, bob = await pair(server)
    window, offer = await offered(server, alice, bob, os.urandom(LARGEST))
    window.files.clear()  # the test answers below
    there = Recipient(server, bob)
    await there.asks(offer)
    await window.until(lambda: window.wanted)
    _, before = used(server)
    sender = Sender(server, alice)
    await sender.opens(type="send", token=window.wanted[-1][1])
    assert await sender.credited()
    with contextlib.suppress(ConnectionClosed):
        for number in range(10_000):
            await sender.socket.send(number.to_bytes(4, "big") + b"a" * CHUNK)
    assert await sender.ends() in {4422, 1006}  # or the connection is cut while it sends
    assert used(server)[1] - before < 32_000
    assert await there.ends() == 4404
    await window.closes()


async def test_a_stolen_token_and_another_session_get_nothing(server):
    alice, bob = await pair(server)
    (carol,) = await asyncio.to_thread(people, server.environment, 1)
    window, offer = await offered(server, alice, bob, b"a file")
    window.files.clear()
    there = Recipient(server, bob)
    await there.asks(offer)
    await window.until(lambda: window.wanted)
    for person in (carol, bob):
        thief = Sender(server, person)
        await thief.opens(type="send", token=window.wanted[-1][1])
        assert (await thief.ends(), thief.heard) == (4403, [])
    stranger = Recipient(server, carol)
    await stranger.asks(offer)
    assert (await stranger.ends(), stranger.heard) == (4403, [])
    assert there.heard == []
    await there.socket.close()
    await window.closes()


@pytest.fixture
async def two(tmp_path):
    """Return two processes of one site."""
    store = Redis().start()
    shared = {"REDIS_URL": store.url, "MAILBOX_KEY": KEY}
    one = Serving(tmp_path, **shared)
    other = Serving(tmp_path, **shared, SITE_URL=one.url)
    await asyncio.to_thread(one.start)
    await asyncio.to_thread(other.start)
    yield one, other
    one.stop()
    other.stop()
    store.close()


@pytest.mark.parametrize("whose", ["sender", "recipient"])
async def test_a_transfer_survives_the_death_of_a_process(two, whose):
    """It starts again at the other process, and every byte arrives once."""
    one, other = two
    alice, bob = await pair(one)
    data = os.urandom(LARGEST // 5)
    # Either Alice or Bob is connected to the process that dies.
    here = OfferingWindow(one, alice, bob, pause=0.02)
    here.port = one.port if whose == "sender" else other.port
    await here.connects(port=here.port)
    await here.arrives()
    window = await Window(one, bob, alice).opens()
    key = await here.offers(data, bob)
    await window.until(lambda: key in window.proofs)
    offer = Offer.of(data, key, window.proofs[key])
    there = Recipient(one, bob, other.port if whose == "sender" else one.port)
    await there.asks(offer)
    while len(there.parts) < 10:
        assert await there.takes()
    one.tell(signal.SIGKILL)
    if whose == "sender":
        await here.until(lambda: not here.is_open)
        here.port = other.port
        await here.connects(port=other.port)
        await here.arrives()
    else:
        await there.ends()
        there = Recipient(one, bob, other.port)
        await there.asks(offer)
    while not there.data:
        assert await there.takes(), there.code
    assert there.data == data
    assert there.heard.count("start") == (2 if whose == "sender" else 1)
    await there.socket.close()
    await here.closes()


def test_a_site_without_files_has_no_such_socket(tmp_path):
    server = Serving(tmp_path, FILES="off").start()
    try:
        headers = {**HANDSHAKE, "Origin": server.url}
        found = [answer(server, path, headers).status for path in ("/ws/files/", "/ws/chat/")]
        assert found == [403, 101]
    finally:
        server.stop()
