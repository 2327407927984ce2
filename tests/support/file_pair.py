"""Pairs of pages, one of which repeatedly sends a file to the other."""

from typing import Self

from tests.support.file_client import CHUNK, Offer, OfferingWindow, Recipient
from tests.support.people import Person
from tests.support.window import Site, Window


class Pair:
    """Two people, the first of whom sends this file to the second."""

    def __init__(self, site: Site, people: tuple[Person, Person], data: bytes) -> None:
        sender, recipient = people
        self.sender = OfferingWindow(site, sender, recipient)
        self.page = Window(site, recipient, sender)
        self.data, self.finished = data, 0
        self.receiving: Recipient | None = None

    @property
    def passed(self) -> int:
        """Return how many bytes the recipient has received in all transfers."""
        under_way = len(self.receiving.parts) if self.receiving else 0
        return self.finished + CHUNK * under_way

    async def offers(self) -> Self:
        """Open both pages and offer the file."""
        for page in (self.page, self.sender):
            await page.opens()
        key = await self.sender.offers(self.data, self.page.person)
        await self.page.until(lambda: key in self.page.proofs)
        self.offer = Offer.of(self.data, key, self.page.proofs[key])
        return self

    async def transfers(self, sends: int | None = None, receives: int | None = None) -> None:
        """Transfer the whole file once, over proxies at these ports if there are any."""
        self.sender.port = sends
        self.receiving = Recipient(self.page.site, self.page.person, receives)
        try:
            await self.receiving.receives(self.offer)
            self.finished += len(self.data)
        finally:
            self.receiving.cut()
            self.receiving = None

    async def keeps_on(self) -> None:
        while True:
            await self.transfers()

    async def closes(self) -> None:
        for page in (self.page, self.sender):
            await page.closes()
