"""A process that shuts down tells its windows to reconnect, and accepts no new ones."""

import asyncio

import pytest

from config.asgi import application
from messaging.backends import presence
from messaging.consumers import shutdown
from messaging.consumers.close_codes import RESTARTING
from messaging.consumers.websocket import registry
from messaging.ops import health
from tests.messaging.conftest import connect, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def another_day():
    yield
    shutdown.shutdown.has_begun = False


async def goes(window):
    """Close like a browser, so that the server learns that the socket is closed."""
    code = await window.is_closed()
    await window.communicator.disconnect()
    return code


async def test_every_window_is_told_and_gives_up_its_lease(alice, bob, open_window):
    windows = [
        await open_window(alice, bob),
        await open_window(alice),
        await open_window(bob, alice),
    ]
    *codes, _ = await asyncio.gather(*map(goes, windows), health.end())
    assert codes == [RESTARTING] * 3
    assert registry.size == presence.lease_count(alice.pk) == presence.lease_count(bob.pk) == 0


async def test_a_window_that_does_not_close_is_abandoned(alice, open_window, monkeypatch):
    monkeypatch.setattr(shutdown, "TIMEOUT", 0.4)
    here = await open_window(alice)
    await health.end()
    assert registry.size == presence.lease_count(alice.pk) == 0
    assert await here.is_closed() == RESTARTING


async def test_a_window_that_connects_too_late_is_told_to_come_back(alice, open_window):
    here = await open_window(alice)
    await asyncio.gather(goes(here), health.end())
    late = connect(cookie_of(here.client))
    assert await late.connect() == (True, None)
    assert await late.receive_output() == {"type": "websocket.close", "code": RESTARTING}
    assert registry.size == 0
    await late.disconnect()


async def test_a_server_that_announces_its_shutdown_suffices(alice, open_window):
    """ASGI's lifespan protocol, as uvicorn implements it."""
    here, said = await open_window(alice), []
    told: asyncio.Queue = asyncio.Queue()
    for name in ("startup", "shutdown"):
        told.put_nowait({"type": f"lifespan.{name}"})

    async def hear(event):
        said.append(event["type"])

    code, _ = await asyncio.gather(goes(here), application({"type": "lifespan"}, told.get, hear))
    assert code == RESTARTING
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
