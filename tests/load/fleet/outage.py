"""Stop the database for a while, and restart it."""

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from tests.load.fleet.fleet import Fleet
from tests.load.fleet.page import Page
from tests.load.fleet.storage import a_pair
from tests.support.people import Person
from tests.support.stores import Postgres

Record = Callable[[str, object], None]


async def of_the_database(fleet: Fleet, database: Postgres, record: Record, seconds: float) -> None:
    (one, other), (returning, _) = await a_pair(fleet), await a_pair(fleet)
    newcomer, visitor = Page(fleet, *fleet.people(1)), fleet.people(1)[0]
    database.stop(9)
    gone_at = time.monotonic()
    arriving = asyncio.gather(newcomer.opens(0), returning.is_cut_off())
    page, took = await asyncio.to_thread(asked, fleet, visitor)
    record("the plain page came after, in s", round(took, 1))
    assert page == "503 Back in a moment"
    said = 0
    while time.monotonic() < gone_at + seconds:
        one.writes(f"{said}", to=one.peers[0])
        said += 1
        await one.until(lambda: len(one.delivered) == said, 5)  # noqa: B023 - it is awaited here
        await asyncio.sleep(0.1)
    database.start()
    back_at = time.monotonic()
    await asyncio.wait_for(arriving, 20)
    record("who came meanwhile was let in after, in s", round(time.monotonic() - back_at, 1))
    while (await asyncio.to_thread(asked, fleet, visitor))[0] != "200":
        assert time.monotonic() < back_at + 20
        await asyncio.sleep(0.2)
    record("pages came again after, in s", round(time.monotonic() - back_at, 1))
    assert one.ends == []
    assert other.heard_of(one.person) == [str(number) for number in range(said)]


def asked(fleet: Fleet, person: Person) -> tuple[str, float]:
    """Return status, text and duration in seconds of a logged-in user's request."""
    began = time.monotonic()
    address = f"http://localhost:{fleet.workers[0].port}/"
    request = urllib.request.Request(address, headers={"Cookie": person.cookie(fleet.url)})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.status), time.monotonic() - began
    except urllib.error.HTTPError as error:
        heading = error.read().decode().partition("<h1>")[2].partition("</h1>")[0]
        return f"{error.code} {heading}", time.monotonic() - began
