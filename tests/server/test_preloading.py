"""A ready process has loaded everything that a message needs."""

import asyncio
import resource
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.people import people
from tests.support.serving import Serving, Uvicorn
from tests.support.window import Window


@pytest.fixture
def start(tmp_path):
    """Return a function that makes a server of this kind with these variables."""
    servers = []

    def start_it(kind, **variables):
        servers.append(kind(tmp_path, **variables))
        servers[-1].migrate()
        return servers[-1]

    yield start_it
    for server in servers:
        server.stop()


async def ready(server):
    await asyncio.to_thread(server.begin)
    for _ in range(300):
        try:
            if server.asks("/readyz")[0] == 200:
                return
        except OSError:
            await asyncio.sleep(0.1)
    raise AssertionError(server.log.read_text())


def forbids_files(server):
    """Limit the number of open files, so that opening another one fails."""
    held = {int(file.name) for file in Path(f"/proc/{server.pid}/fd").iterdir()}
    first = next(number for number in range(len(held) + 1) if number not in held)
    _, most = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (first, most))


@pytest.mark.parametrize("kind", [Serving, Uvicorn])
async def test_the_first_message_needs_no_file(kind, start):
    server = await asyncio.to_thread(start, kind)
    them = await asyncio.to_thread(people, server.environment, 2)
    await ready(server)
    alice, bob = Window(server, them[0], them[1]), Window(server, them[1])
    await bob.opens()  # without a pane of hers, which comes with the message
    await alice.opens()
    forbids_files(server)
    await alice.says("the first word", to=them[1])
    await bob.until(lambda: bob.heard_of(them[0]) == ["the first word"])
    await alice.until(lambda: bool(alice.delivered))
    for window in (alice, bob):
        await window.closes()


async def a_conversation(server, one, other, language):
    """Send every kind of frame, and get every kind of immediate answer."""
    spoken = f"; {settings.LANGUAGE_COOKIE_NAME}={language}"
    hers, his = [person._replace(key=person.key + spoken) for person in (one, other)]
    alice, bob = Window(server, hers, other), Window(server, his)
    await bob.opens()
    await alice.opens()
    there = {"conversation": str(other.id)}
    said = {**there, "id": str(uuid.uuid4())}
    key = f"{one.id}-{said['id']}"
    await alice.send(type="message", text="the first word", **said)
    await bob.until(lambda: bool(bob.shown))
    await alice.until(lambda: key in alice.proofs)
    proof, new = {"proof": alice.proofs[key]}, {"id": str(uuid.uuid4())}
    await bob.send(type="opened", conversation=str(one.id))
    for frame in [
        {"type": "typing", **there},
        {"type": "edit", "text": "the other word", **proof, **said},
        {"type": "edit", "text": "", **proof, **said},
        {"type": "react", "message": key, "reaction": "❤️", **proof, **there},
        {"type": "read", "message": key, **there},
        {"type": "message", "conversation": "424242", "text": "to nobody", **new},
        {"type": "message", "text": "x" * 5_000, **there, "id": str(uuid.uuid4())},
        {"type": "nonsense"},
        {"type": "unsend", **proof, **said},
        {"type": "clear", **there},
    ]:
        await alice.send(**frame)
    await alice.says("the last word", other)
    await bob.until(lambda: "the last word" in bob.heard_of(one))
    await alice.closes()
    alice.cursor = "lost.7"  # as after a restart
    await alice.opens()
    for window in (alice, bob):
        await window.closes()


@pytest.mark.parametrize(
    ("kind", "is_shared"), [(Serving, False), (Serving, True), (Uvicorn, False)]
)
async def test_nothing_is_opened_or_imported_after_startup(
    kind, is_shared, start, tmp_path, redis_url
):
    notes = tmp_path / "notes"
    variables = {"WATCHED": str(notes), "DJANGO_SETTINGS_MODULE": "tests.settings.recorded"}
    if is_shared:
        variables |= {"REDIS_URL": redis_url, "MAILBOX_KEY": "k" * 40}
    server = await asyncio.to_thread(start, kind, **variables)
    them = await asyncio.to_thread(people, server.environment, 2)
    await ready(server)
    before = len(notes.read_text().splitlines())
    for language, _ in settings.LANGUAGES:
        await a_conversation(server, them[0], them[1], language)
    assert "ERROR" not in server.log.read_text()
    assert notes.read_text().splitlines()[before:] == []
