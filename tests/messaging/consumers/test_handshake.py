"""Only pages of this site with a logged-in user can open a socket."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from config.asgi import application
from messaging.backends import mailbox
from messaging.rendering.page_version import PAGE_VERSION
from tests.messaging.backends.mailboxes import is_known
from tests.messaging.conftest import AT_ONCE, connect, cookie_of, signed_in
from tests.support.backends import own_presence

pytestmark = pytest.mark.django_db(transaction=True)

SITE = "http://localhost:8000"
TO_LOG_IN = '<meta http-equiv="refresh" content="0;url=/accounts/login/">'
FOREIGN = {
    "none": None,
    "empty": "",
    "null": "null",
    "another host": "http://evil.example:8000",
    "another name of this machine": "http://127.0.0.1:8000",
    "another port": "http://localhost:8001",
    "no port": "http://localhost",
    "another scheme": "https://localhost:8000",
    "the scheme of a socket": "ws://localhost:8000",
    "a longer host": f"{SITE}.evil.example",
    "a longer port": f"{SITE}0",
    "a host within": "http://sub.localhost:8000",
    "our host as a name": f"{SITE}@evil.example",
    "a name before our host": "http://evil@localhost:8000",
    "a slash behind": f"{SITE}/",
    "a path behind": f"{SITE}/chat",
    "a space behind": f"{SITE} ",
    "upper case": "HTTP://LOCALHOST:8000",
    "two in one": f"{SITE} {SITE}",
    "our address within": f"http://evil.example/?{SITE}",
}


async def is_accepted(communicator):
    accepted, _ = await communicator.connect()
    await communicator.disconnect()
    return accepted


async def is_sent_to_the_log_in_page(communicator):
    """Read until the socket closes, and return the code."""
    seen = ""
    while (output := await communicator.receive_output())["type"] == "websocket.send":
        seen += output["text"]
    assert TO_LOG_IN in seen
    assert output == {"type": "websocket.close", "code": 4401}


@pytest.fixture
async def cookie(alice):
    return cookie_of(await sync_to_async(signed_in)(alice))


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_cross_site_socket_is_refused_before_it_is_accepted(origin, cookie):
    assert not await is_accepted(connect(cookie, origin=origin))


async def test_a_page_of_this_site_is_accepted(cookie):
    assert await is_accepted(connect(cookie, origin=SITE))


@pytest.mark.parametrize(
    ("first", "second"), [("http://evil.example", SITE), (SITE, "http://evil.example")]
)
async def test_two_origin_headers_are_refused(first, second, cookie):
    headers = [(b"host", b"localhost:8000"), (b"cookie", cookie.encode())]
    headers += [(b"origin", first.encode()), (b"origin", second.encode())]
    assert not await is_accepted(WebsocketCommunicator(application, "/ws/chat/", headers=headers))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8000", "localhost.evil.example", "a@localhost"]
)
async def test_an_unknown_host_is_refused(host, cookie):
    assert not await is_accepted(connect(cookie, host=host))


async def test_another_origin_that_the_operator_allows_is_accepted(cookie, settings):
    settings.CSRF_TRUSTED_ORIGINS = [SITE, "https://chat.example"]
    assert await is_accepted(connect(cookie, origin="https://chat.example"))
    assert not await is_accepted(connect(cookie, origin="https://chat.example.evil"))


async def test_an_anonymous_window_is_sent_to_the_log_in_page():
    stranger = connect()
    assert await stranger.connect() == (True, None)
    await is_sent_to_the_log_in_page(stranger)


@pytest.mark.parametrize("cookie", ["{}=made-up", "{}=", "{}=\x00", "nonsense"])
async def test_a_made_up_session_is_refused(cookie):
    stranger = connect(cookie.format(settings.SESSION_COOKIE_NAME))
    await stranger.connect()
    await is_sent_to_the_log_in_page(stranger)


async def test_frames_of_an_anonymous_client_do_nothing(alice, open_window):
    here = await open_window(alice)
    await here.settles()
    before = here.seen
    stranger = connect()
    await stranger.connect()
    await stranger.send_json_to(
        {"type": "hello", "window": "x", "cursor": "", "pane": [], "version": PAGE_VERSION}
    )
    await stranger.send_json_to({"type": "typing", "conversation": str(alice.pk)})
    await is_sent_to_the_log_in_page(stranger)
    assert await stranger.receive_nothing(timeout=0.2)
    assert await here.settles() == before
    assert list(own_presence().leases) == [alice.pk]
    assert await is_known(mailbox, alice.pk)


async def test_a_deactivated_user_is_not_authenticated(alice):
    cookie = cookie_of(await sync_to_async(signed_in)(alice))
    alice.is_active = False
    await alice.asave()
    window = connect(cookie)
    await window.connect()
    await is_sent_to_the_log_in_page(window)


async def test_logging_out_closes_every_window_of_that_session_at_once(alice, open_window):
    first = await open_window(alice)
    second = await open_window(alice, client=first.client)
    silent = await open_window(alice, client=first.client, hello=False)
    async with asyncio.timeout(AT_ONCE):
        await sync_to_async(first.client.post)("/accounts/logout/")
        for window in (first, second, silent):
            await is_sent_to_the_log_in_page(window.communicator)


async def test_logging_out_keeps_other_sessions_and_other_users(alice, bob, open_window):
    here, phone, there = (
        await open_window(alice),
        await open_window(alice, bob),
        await open_window(bob, alice),
    )
    await sync_to_async(here.client.post)("/accounts/logout/")
    await is_sent_to_the_log_in_page(here.communicator)
    await phone.says("still here", to=bob)
    await there.sees("still here")
    assert TO_LOG_IN not in await phone.settles() + await there.settles()


async def test_logging_out_without_a_session_closes_nothing(alice, open_window, client):
    here = await open_window(alice)
    await sync_to_async(client.post)("/accounts/logout/")
    assert TO_LOG_IN not in await here.settles()
