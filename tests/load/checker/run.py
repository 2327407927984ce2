"""Run one history while a fault does harm, and record it."""

import asyncio
import random
from contextlib import suppress

from tests.load.checker.faults import Fault, Place
from tests.load.checker.fleets import RESUME, Site
from tests.load.checker.history import BURST, Step, history
from tests.load.checker.invariants import UNSETTLED
from tests.load.checker.page import RecordedPage
from tests.load.checker.record import Record

PAIRS, WINDOWS = 2, 2  # of people, and of each person
RATE = 12  # steps a second
SETTLE = 20  # seconds until everything must be settled after the fault


async def run(site: Site, fault: Fault, seed: int, seconds: float) -> Record:
    """Return the record. All windows are closed."""
    record, chance = Record(RESUME), random.Random(seed)  # noqa: S311 - repeated, not guessed
    place = Place(*site, chance, seconds)
    try:
        await _gathers(place, record)
        harm = asyncio.create_task(fault(place))
        for step in history(seed, len(place.pages), seconds, RATE):
            await asyncio.sleep(step.pause)
            if step.action == "reopen":
                await _reopens(place, record, step.window)
            else:
                does(place.pages[step.window], step)
        await harm
        await _settles(place)
    finally:
        await asyncio.gather(*[page.closes() for page in place.pages])
    return record


async def _gathers(place: Place, record: Record) -> None:
    people = place.fleet.people(2 * PAIRS)
    place.pages = [
        RecordedPage(place.fleet, record, person, people[number ^ 1])
        for number, person in enumerate(people)
        for _ in range(WINDOWS)
    ]
    count = place.fleet.count
    await asyncio.gather(*[page.opens(at % count) for at, page in enumerate(place.pages)])


def does(page: RecordedPage, step: Step) -> None:
    mine = [key for key in page.states if key.startswith(f"{page.person.id}-")]
    theirs = [key for key in page.states if key not in mine]
    match step.action:
        case "say":
            page.says_something(f"{step.choice}")
        case "burst":
            for number in range(BURST):
                page.says_something(f"{step.choice}, {number}")
        case "edit" if mine:
            page.edits(step.one_of(mine), f"edited {step.choice}")
        case "unsend" if mine:
            page.takes_back(step.one_of(mine).partition("-")[2])
        case "react" if theirs:
            page.reacts(step.one_of(theirs))
        case "type":
            page.sends(type="typing", conversation=str(page.peer.id))
        case "clear":
            page.clears_all()


async def _reopens(place: Place, record: Record, number: int) -> None:
    """Close a window, and open a new one. Messages that it has not sent are lost with it."""
    page = place.pages[number]
    await page.closes()
    record.closed.add(page.name)
    place.pages[number] = RecordedPage(place.fleet, record, page.person, page.peer)
    place.pages[number].begins()


async def _settles(place: Place) -> None:
    """Wait until no message is under way. If that never happens, the record says so."""

    def is_settled(page: RecordedPage) -> bool:
        return page.is_open and not page.outbox.kept and not UNSETTLED & set(page.states.values())

    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE):
            await asyncio.gather(
                *[page.until(lambda page=page: is_settled(page)) for page in place.pages]
            )
    await asyncio.sleep(0.5)  # for what might come twice
