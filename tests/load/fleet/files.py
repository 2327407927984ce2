"""Files pass between processes, one of which may be killed."""

import asyncio
import os
import time
from collections.abc import Callable

from messaging.ops.proof.canary import Canary
from tests.load.fleet.fleet import Fleet
from tests.support.file_client import Offer, OfferingWindow, Recipient
from tests.support.window import Window

DATA = os.urandom(25_000_000)
BACK = 8  # seconds

Record = Callable[[str, object], None]


class Transfer:
    """The transfer of a file between two pages at the last process."""

    def __init__(self, fleet: Fleet, data: bytes = DATA, name: str = "photos.zip") -> None:
        alice, bob = fleet.people(2)
        self.data, self.name = data, name
        self.fleet, self.port = fleet, fleet.workers[-1].port
        self.sender, self.page = OfferingWindow(fleet, alice, bob), Window(fleet, bob, alice)

    async def is_offered(self) -> Offer:
        for window in (self.sender, self.page):
            await window.connects(self.port)
            await window.arrives()
        key = await self.sender.offers(self.data, self.page.person, self.name)
        await self.page.until(lambda: key in self.page.proofs)
        return Offer.of(self.data, key, self.page.proofs[key])

    def at(self, sends: int, receives: int) -> Recipient:
        """Return a recipient. From now on, the sockets for the file are at these processes."""
        ports = [worker.port for worker in self.fleet.workers]
        self.sender.port = ports[sends]
        return Recipient(self.fleet, self.page.person, ports[receives])

    async def closes(self) -> None:
        await asyncio.gather(*self.sender.tasks)
        for window in (self.sender, self.page):
            await window.closes()


async def process_is_killed(fleet: Fleet, record: Record, sends: int, receives: int) -> None:
    """Kill the first process while a file is half-way. Its pages go to another one."""
    transfer = Transfer(fleet)
    offer = await transfer.is_offered()
    began = time.monotonic()
    assert await transfer.at(sends, receives).receives(offer) == DATA
    one = time.monotonic() - began
    recipient = transfer.at(sends, receives)
    await recipient.asks(offer)
    while sum(map(len, recipient.parts)) < len(DATA) / 2:
        assert await recipient.takes()
    fleet.workers[0].dies()
    died_at = time.monotonic()
    try:
        transfer.sender.port = fleet.workers[1].port
        while not recipient.data and await recipient.takes():
            pass
        await recipient.leaves()
        data = recipient.data or await transfer.at(1, 1).receives(offer)
    finally:
        fleet.workers[0].start()
    took = time.monotonic() - died_at
    record("one transfer, in s", round(one, 2))
    record("whole after the end of the process, in s", round(took, 2))
    await transfer.closes()
    assert data == DATA
    assert took <= BACK + one


async def passes_between_processes(fleet: Fleet, canary: Canary) -> None:
    """Transfer a file whose name and every part hold the canary."""
    data = f"{canary.text} ".encode() * 50_000
    transfer = Transfer(fleet, data, f"{canary.text}.txt")
    offer = await transfer.is_offered()
    assert await transfer.at(0, 1).receives(offer) == data
    await transfer.closes()
