"""Streamed pages without JavaScript, and the images that confirm them."""

import asyncio
import gc
import html as entities
import re
import threading
import uuid
from contextlib import AsyncExitStack, suppress
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from config.asgi import application
from messaging.backends import presence
from messaging.consumers import shutdown
from messaging.consumers.websocket import WindowConsumer, registry
from messaging.delivery.background import background_task
from messaging.noscript import streams
from messaging.ops import health
from tests.conftest import PASSWORD
from tests.messaging.conftest import AT_ONCE, cookie_of, signed_in, wait_for_queries

pytestmark = pytest.mark.django_db(transaction=True)

HEADERS = {
    "x-frame-options": "SAMEORIGIN",
    "x-accel-buffering": "no",
    "cache-control": "no-store, no-transform",
}


def ask(path, cookie="", host="localhost:8000", method="GET", language="en"):
    place = urlsplit(path)
    headers = [
        (b"host", host.encode()),
        (b"cookie", cookie.encode()),
        (b"accept-language", language.encode()),
    ]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": place.path,
        "headers": headers,
    }
    scope |= {"query_string": place.query.encode(), "client": ["192.0.2.1", 1], "scheme": "http"}
    return ApplicationCommunicator(application, scope)


async def answer(path, **how):
    """Return status, headers and text of a complete response."""
    asked = ask(path, **how)
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await asked.receive_output(timeout=5)
    body, more = b"", True
    while more:
        part = await asked.receive_output(timeout=5)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await asked.wait(timeout=5)
    return (
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        body,
    )


class Reader:
    """A browser that reads a transcript, and requests its images unless they are turned off."""

    def __init__(self, user, client, asked, *, shows_pictures):
        self.user, self.client, self.asked, self.shows_pictures = (
            user,
            client,
            asked,
            shows_pictures,
        )
        self.seen, self.has_ended, self.start = "", False, None

    async def read(self):
        event = await self.asked.receive_output(timeout=5)
        if event["type"] == "http.response.start":
            self.start = event
            return
        part = event.get("body", b"").decode()
        self.seen += part
        self.has_ended = not event.get("more_body", False)
        for picture in re.findall(r'<img src="([^"]*)"', part) if self.shows_pictures else []:
            assert (await answer(entities.unescape(picture), cookie=cookie_of(self.client)))[
                0
            ] == 200

    async def sees(self, text):
        while text not in self.seen:
            await self.read()
        return self.seen

    async def ends(self):
        while not self.has_ended:
            await self.read()
        return self.seen

    async def settles(self):
        while not await self.asked.receive_nothing(timeout=0.2):
            await self.read()
        return self.seen

    async def leaves(self):
        with suppress(asyncio.CancelledError):
            await self.asked.send_input({"type": "http.disconnect"})
            await self.asked.wait(timeout=5)
        await wait_for_queries()

    def texts(self):
        return re.findall(r'message__text"[^>]*>([^<]+)<', self.seen)

    def way_on(self):
        """Return the URL of the link or of the reload at the end of a page."""
        return entities.unescape(re.findall(r'(/plain/transcript/\?[^"]*)"', self.seen)[-1])


@pytest.fixture
async def open_page(transactional_db):
    """Return an async function that opens a connected page."""
    async with AsyncExitStack() as stack:

        async def open_it(user, path="/plain/transcript/", *, client=None, shows_pictures=True):
            client = client or await sync_to_async(signed_in)(user)
            asked = ask(path, cookie_of(client))
            await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
            reader = Reader(user, client, asked, shows_pictures=shows_pictures)
            stack.push_async_callback(reader.leaves)
            await reader.sees("Connected" if shows_pictures else "Connecting")
            return reader

        yield open_it
        if background_task.task:
            background_task.task.cancel()


async def post(client, path, **fields):
    return await sync_to_async(client.post)(path, fields)


async def says(reader, text, to):
    return await post(reader.client, f"/plain/write/{to.pk}/", id=str(uuid.uuid4()), text=text)


async def test_a_user_with_scripts_and_one_without_talk_to_each_other(
    alice, bob, open_page, open_window
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    await window.says("good morning", to=alice)
    await reader.sees("good morning")
    await window.sees("state--delivered")
    assert (await says(reader, "and to you", to=bob)).status_code == 302
    await window.sees("and to you")
    await reader.sees("message-state--delivered")
    assert reader.texts() == ["good morning", "and to you"]


async def test_a_page_that_loads_no_images_is_not_a_window(alice, bob, open_page, open_window):
    reader, window = await open_page(alice, shows_pictures=False), await open_window(bob, alice)
    assert presence.lease_count(alice.pk) == 0
    await window.says("are you there?", to=alice)
    await window.sees("isn’t connected")
    assert reader.texts() == []


async def test_a_message_is_not_delivered_until_its_image_is_requested(
    alice, bob, open_page, open_window
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    reader.shows_pictures = False
    await window.says("are you there?", to=alice)
    await reader.sees("are you there?")
    assert "state--delivered" not in await window.settles()


async def test_an_image_requested_by_another_user_confirms_nothing(
    alice, bob, carol, open_page, open_window
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    reader.shows_pictures = False
    await window.says("are you there?", to=alice)
    await reader.sees("are you there?")
    picture = entities.unescape(re.findall(r'<img src="([^"]*)"', reader.seen)[-1])
    stranger = await sync_to_async(signed_in)(carol)
    for cookie in (cookie_of(stranger), ""):
        assert (await answer(picture, cookie=cookie))[0] == 200
    assert "state--delivered" not in await window.settles()
    await answer(picture, cookie=cookie_of(reader.client))
    await window.sees("state--delivered")


async def test_a_closed_page_gives_up_its_lease(alice, open_page):
    reader = await open_page(alice)
    assert presence.lease_count(alice.pk) == registry.size == len(streams.streams) == 1
    await reader.leaves()
    assert presence.lease_count(alice.pk) == registry.size == len(streams.streams) == 0


async def test_a_new_page_continues_where_another_one_was_cut_off(
    alice, bob, open_page, open_window
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    await window.says("first words", to=alice)
    await reader.sees("first words")
    await window.sees("state--delivered")
    await reader.settles()
    await reader.leaves()
    await window.says("second words", to=alice)
    await window.sees("to reconnect")
    again = await open_page(alice, reader.way_on(), client=reader.client)
    await again.sees("second words")
    await window.sees("state--delivered", times=2)
    assert again.texts() == ["second words"]
    assert "note--gap" not in again.seen


async def test_a_gap_that_is_too_long_is_reported(alice, open_page):
    reader = await open_page(alice, "/plain/transcript/?window=made-up&cursor=another.7")
    assert "was offline too long" in await reader.settles()


async def test_an_unsent_message_is_on_no_page(alice, bob, open_page, open_window):
    reader, window = await open_page(alice), await open_window(bob, alice)
    id = await window.says("a slip", to=alice)
    await reader.sees("a slip")
    await window.sees("state--delivered")
    await window.send(type="unsend", conversation=str(alice.pk), id=id)
    await reader.ends()
    assert 'http-equiv="refresh"' in reader.seen
    again = await open_page(alice, reader.way_on(), client=reader.client)
    await window.says("what I meant", to=alice)
    await again.sees("what I meant")
    assert "was unsent" in again.seen
    assert again.texts() == ["what I meant"]


async def test_a_page_counts_as_cleared_once_it_is_empty(alice, bob, open_page, open_window):
    reader, window = await open_page(alice), await open_window(bob, alice)
    await window.says("something", to=alice)
    await reader.sees("something")
    await window.sees("state--delivered")
    await window.send(type="clear", conversation=str(alice.pk))
    await reader.ends()
    assert "Cleared in 2 of 2" not in await window.settles()
    again = await open_page(alice, reader.way_on(), client=reader.client)
    assert again.texts() == []
    while "Cleared in 2 of 2 windows" not in window.seen:
        await window.read()


async def test_logging_out_ends_it_at_once(alice, open_page):
    reader = await open_page(alice)
    await post(reader.client, "/accounts/logout/")
    async with asyncio.timeout(AT_ONCE):
        await reader.ends()
    assert "url=/plain/over/" in reader.seen
    status, _, body = await answer("/plain/transcript/", cookie=cookie_of(reader.client))
    assert status == 403
    assert b'href="/accounts/login/" target="_top"' in body


async def test_after_a_new_password_an_empty_page_continues_with_the_new_key(
    alice, bob, open_page, open_window
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    stolen = cookie_of(reader.client)
    await window.says("first words", to=alice)
    await reader.sees("first words")
    passwords = {"current_password": PASSWORD, "new_password": "another long password"}
    assert (await post(reader.client, "/accounts/password/", **passwords)).status_code == 302
    await reader.ends()
    assert 'http-equiv="refresh"' in reader.seen
    assert (await answer(reader.way_on(), cookie=stolen))[0] == 403
    again = await open_page(alice, reader.way_on(), client=reader.client)
    assert "password changed" in again.seen
    assert again.texts() == []


async def test_a_deactivated_user_is_refused_here_too(alice, open_page):
    reader = await open_page(alice)
    alice.is_active = False
    await sync_to_async(alice.save)()
    await reader.ends()
    assert "url=/plain/over/" in reader.seen


async def test_a_block_stops_messages(alice, bob, open_page, open_window):
    reader, window = await open_page(alice), await open_window(bob, alice)
    assert (await post(reader.client, f"/plain/write/{bob.pk}/block/")).status_code == 302
    await wait_for_queries()
    await window.says("hello?", to=alice)
    await window.sees("can’t be reached")
    await reader.settles()
    assert reader.texts() == []


async def test_a_process_at_its_limit_says_so(alice, bob, open_page, settings):
    settings.STREAMS = 1
    await open_page(alice)
    client = await sync_to_async(signed_in)(bob)
    status, headers, body = await answer("/plain/transcript/", cookie=cookie_of(client))
    assert status == 503
    assert b"no room for more pages without JavaScript" in body
    assert headers["x-frame-options"] == "SAMEORIGIN", "or nobody would see the words"


def windows_in_memory():
    gc.collect()
    return sum(isinstance(found, WindowConsumer) for found in gc.get_objects())


async def test_a_stream_that_is_turned_off_says_so(alice, settings):
    settings.STREAMS = 0
    client = await sync_to_async(signed_in)(alice)
    before = windows_in_memory()
    status, _, body = await answer("/plain/transcript/", cookie=cookie_of(client))
    assert status == 503
    assert b"turned off" in body
    assert windows_in_memory() <= before, "a page that was refused holds none"


async def test_the_oldest_stream_of_a_person_ends_beyond_the_limit(alice, open_page):
    first = await open_page(alice)
    others = [await open_page(alice, client=first.client) for _ in range(streams.MAX_PER_PERSON)]
    await first.ends()
    assert "too many windows open" in first.seen
    assert not any(reader.has_ended for reader in others)
    await first.leaves()
    assert len(streams.streams) == streams.MAX_PER_PERSON


async def test_a_shutdown_is_announced_with_a_link_to_continue(alice, open_page):
    reader = await open_page(alice)
    try:
        await asyncio.gather(health.end(), reader.ends())
    finally:
        shutdown.shutdown.has_begun = False
    assert "is restarting" in reader.seen
    assert "window=" in reader.way_on()
    assert registry.size == presence.lease_count(alice.pk) == 0


async def test_a_server_that_only_cancels_announces_it_too(alice, open_page):
    reader = await open_page(alice)
    reader.asked.future.cancel()
    assert "is restarting" in await reader.ends()


async def test_a_silent_client_is_disconnected(alice, open_page, settings, monkeypatch):
    reader = await open_page(alice)
    reader.shows_pictures = False
    (stream,) = streams.streams
    stream.window.heard_at -= 3 * settings.HEARTBEAT_SECONDS
    stream.window.beat()
    assert "hasn’t requested the images" in await reader.ends()


async def test_its_headers_allow_embedding_here_and_prevent_buffering(alice, open_page):
    reader = await open_page(alice)
    headers = {name.decode(): value.decode() for name, value in reader.start["headers"]}
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/plain/transcript/", "/plain/shown/?load=x"])
async def test_another_host_or_method_gets_the_usual_answer(path, alice):
    client = await sync_to_async(signed_in)(alice)
    cookie = cookie_of(client)
    assert (await answer(path, cookie=cookie, host="evil.example"))[0] == 400
    assert (await answer(path, cookie=cookie, method="PUT"))[0] == 404


@pytest.mark.parametrize(
    "query", ["window=%00&cursor=%ff", "window=" + "x" * 500, "cursor=epoch.1", "&&&=;%", "why=<b>"]
)
async def test_invalid_parameters_are_ignored(query, alice, open_page):
    reader = await open_page(alice, f"/plain/transcript/?{query}")
    assert "<b>" not in reader.seen
    assert registry.size == 1


@pytest.mark.parametrize(
    ("language", "tag"), [("de", '<html lang="de">'), ("ar", '<html lang="ar" dir="rtl">')]
)
async def test_it_is_in_the_language_of_the_browser(language, tag):
    _, _, body = await answer("/plain/transcript/", language=language)
    assert tag in body.decode()


async def test_an_incoming_message_causes_no_database_query(
    alice, bob, open_page, open_window, monkeypatch
):
    reader, window = await open_page(alice), await open_window(bob, alice)
    await reader.settles()
    await window.settles()
    asked = []
    monkeypatch.setattr(
        "django.db.backends.utils.CursorWrapper.execute", lambda *words: asked.append(words)
    )
    await window.says("hello", to=alice)
    await reader.sees("hello")
    await window.sees("state--delivered")
    monkeypatch.undo()
    assert asked == []


async def test_a_page_occupies_no_thread(alice, open_page):
    client = await sync_to_async(signed_in)(alice)
    await open_page(alice, client=client)
    before = threading.active_count()
    for _ in range(streams.MAX_PER_PERSON - 1):
        await open_page(alice, client=client)
    assert threading.active_count() <= before
