"""Sockets are authenticated in batches. An error affects only its own socket."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import OperationalError

from messaging import rate_limits
from messaging.consumers import authentication as module
from messaging.consumers.authentication import AuthenticatedSession, SessionAuthenticator
from messaging.consumers.handshake import ClientDisconnected, HandshakeBuffer, TooManyFrames
from messaging.domain.conversations import Person
from messaging.rendering.page_version import PAGE_VERSION
from tests.messaging.conftest import connect, cookie_of, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

FAILED, FLOODED = 4500, 4429
HELLO = {
    "type": "hello",
    "window": "a",
    "cursor": "",
    "away": "0",
    "pane": [],
    "version": PAGE_VERSION,
}


@pytest.fixture
def authenticator(hops):
    return SessionAuthenticator()


@pytest.fixture
def hops(monkeypatch):
    """Record the keys of each batch. Keys that begin with "bad" raise the exception they name."""
    asked: list[list[str]] = []

    def holder(key):
        errors = {"bad key": ValueError("bad"), "bad database": OperationalError("hung")}
        asked[-1].append(key)
        return errors.get(key) or (
            AuthenticatedSession(Person(1, key), key, "group") if key != "nobody" else None
        )

    holders = module._authenticate_all

    def counted(keys):
        asked.append([])
        return holders(keys)

    monkeypatch.setattr(module, "_authenticate", holder)
    monkeypatch.setattr(module, "_authenticate_all", counted)
    return asked


async def ask(authenticator, keys):
    return await asyncio.gather(
        *[authenticator.authenticate(key) for key in keys], return_exceptions=True
    )


async def test_no_query_is_made_without_a_session_key(authenticator, hops):
    assert await authenticator.authenticate("") is None
    assert hops == []


async def test_all_simultaneous_keys_are_looked_up_in_one_batch(authenticator, hops):
    found = await ask(authenticator, [f"key{number}" for number in range(80)])
    assert [holder.person.name for holder in found] == [f"key{number}" for number in range(80)]
    assert len(hops) == 1


async def test_keys_beyond_a_batch_go_into_the_next_in_order(authenticator, hops):
    found = await ask(authenticator, [f"key{number}" for number in range(250)])
    assert [len(keys) for keys in hops] == [100, 100, 50]
    assert [holder.key for holder in found] == [f"key{number}" for number in range(250)]


async def test_answers_arrive_even_if_the_request_of_the_first_key_has_ended(
    authenticator,
):
    """Tasks of a request use its thread, which ends with the request."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        async with ThreadSensitiveContext(executor=thread):
            first = asyncio.create_task(authenticator.authenticate("one"))
            await asyncio.sleep(0)  # its lookup has started
    assert [
        holder.key for holder in await asyncio.gather(first, authenticator.authenticate("other"))
    ] == [
        "one",
        "other",
    ]


async def test_one_failing_key_does_not_fail_the_others(authenticator, hops):
    one, bad, nobody, other = await ask(authenticator, ["one", "bad key", "nobody", "other"])
    assert (one.key, nobody, other.key) == ("one", None, "other")
    assert isinstance(bad, ValueError)


async def test_a_database_that_does_not_answer_is_not_queried_again_for_each_key(
    authenticator, hops
):
    found = await ask(authenticator, ["one", "bad database", "two", "three"])
    assert hops == [["one", "bad database"]]
    assert found[0].key == "one"
    assert all(isinstance(each, OperationalError) for each in found[1:])
    assert (await authenticator.authenticate("four")).key == "four"


async def test_an_unreadable_session_authenticates_no_user(cookie, monkeypatch):
    def fails(request):
        raise ValueError(request)

    monkeypatch.setattr(module, "get_user", fails)
    socket = connect(cookie)
    await socket.connect()
    assert await closed_with(socket) == FAILED
    await socket.disconnect()


async def test_no_socket_waits_endlessly_if_a_batch_fails(authenticator, monkeypatch):
    def breaks(keys):
        raise RuntimeError("no thread")

    monkeypatch.setattr(authenticator.sessions, "load_all", breaks)
    async with asyncio.timeout(5):
        assert [str(each) for each in await ask(authenticator, ["one", "two"])] == ["no thread"] * 2


async def test_a_cancelled_lookup_does_not_delay_the_others(authenticator, hops):
    leaving = asyncio.create_task(authenticator.authenticate("gone"))
    staying = asyncio.create_task(authenticator.authenticate("here"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).key == "here"
    with pytest.raises(asyncio.CancelledError):
        await leaving


# Frames during authentication


class Socket:
    def __init__(self):
        self.events: asyncio.Queue[dict] = asyncio.Queue()

    def says(self, text):
        self.events.put_nowait({"type": "websocket.receive", "text": text})

    def ends(self):
        self.events.put_nowait({"type": "websocket.disconnect"})


@pytest.fixture
def socket():
    return Socket()


@pytest.fixture
def buffer(socket):
    return HandshakeBuffer(socket.events.get)


async def slowly(answer, seconds=0.05):
    await asyncio.sleep(seconds)
    return answer


async def test_early_frames_are_kept_in_order(buffer, socket):
    for text in ["one", "two"]:
        socket.says(text)
    assert await buffer.buffer_while(slowly("Alice")) == "Alice"
    socket.says("three")
    assert [(await buffer.receive())["text"] for _ in range(3)] == ["one", "two", "three"]


async def test_nothing_is_read_from_a_socket_after_authentication(buffer, socket):
    await buffer.buffer_while(slowly("Alice"))
    receiving = asyncio.create_task(buffer.receive())
    await asyncio.sleep(0)
    socket.says("one")
    assert (await receiving)["text"] == "one"


async def test_a_closed_socket_is_not_waited_for(buffer, socket):
    asyncio.get_running_loop().call_soon(socket.ends)
    with pytest.raises(ClientDisconnected):
        await buffer.buffer_while(slowly("Alice", 60))


async def test_a_disconnect_that_arrives_with_the_answer_is_not_lost(buffer, socket):
    socket.ends()
    assert await buffer.buffer_while(slowly("Alice", 0)) == "Alice"
    assert (await buffer.receive())["type"] == "websocket.disconnect"


async def test_early_frames_beyond_the_limit_are_not_kept(buffer, socket):
    for _ in range(rate_limits.FRAMES.burst):
        socket.says("x" * 1_000)
    with pytest.raises(TooManyFrames):
        await buffer.buffer_while(slowly("Alice", 60))
    assert len(buffer.events) <= rate_limits.FRAMES.burst / 2 + 1


# Handshake


@pytest.fixture
def stuck(monkeypatch):
    """Block the database thread until this event is set."""
    released, using_database = threading.Event(), threading.Lock()
    load_all = module._authenticate_all

    def slow(keys):
        with using_database:
            assert released.wait(10)
            return load_all(keys)

    monkeypatch.setattr(module.authenticator.sessions, "load_all", slow)
    yield released
    released.set()
    with using_database:  # so that it is not emptied during the query
        pass


@pytest.fixture
async def cookie(alice, transactional_db):
    return cookie_of(await sync_to_async(signed_in)(alice))


async def closed_with(socket):
    return (await socket.receive_output(timeout=5))["code"]


async def test_a_failing_database_closes_the_socket_with_a_code_for_reconnecting(
    cookie, monkeypatch, caplog
):
    def fails(key):
        return OperationalError("the words of a database")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_authenticate", fails)
        socket = connect(cookie)
        assert (await socket.connect())[0]
        assert await closed_with(socket) == FAILED
        await socket.disconnect()
    assert "A window could not be opened: OperationalError" in caplog.text
    assert "the words" not in caplog.text
    back = connect(cookie)
    await back.connect()
    await back.send_json_to(HELLO)
    assert "cursor" in await back.receive_from(timeout=5)
    await back.disconnect()


async def test_a_socket_is_accepted_before_its_user_is_known(cookie, stuck):
    socket = connect(cookie)
    assert (await socket.connect())[0]
    await socket.send_json_to(HELLO)
    assert await socket.receive_nothing()
    stuck.set()
    assert "cursor" in await socket.receive_from(timeout=5)
    await socket.disconnect()


async def test_a_socket_that_closes_during_the_lookup_leaves_nothing_behind(cookie, stuck, caplog):
    from messaging.consumers.websocket import registry

    socket = connect(cookie)
    await socket.connect()
    began = time.monotonic()
    await socket.disconnect()
    assert time.monotonic() - began < 5
    stuck.set()
    assert registry.size == 0
    assert caplog.text == ""


async def test_a_flood_before_authentication_is_cut_off(cookie, stuck):
    socket = connect(cookie)
    await socket.connect()
    for _ in range(100):
        await socket.send_to(text_data="x" * 50_000)
    assert await closed_with(socket) == FLOODED
    await socket.disconnect()


async def test_a_socket_that_fails_before_it_is_closed_causes_no_error():
    from messaging.consumers.handshake import window

    async def send(event):
        if event["type"] != "websocket.accept":
            raise ConnectionError("closed")

    async def receive():
        return {"type": "websocket.connect"}

    await window({"headers": [], "client": None}, receive, send)
