"""The rings of a person's box, as Redis publishes them: heard by a mailbox when a test lets it, or lost."""

from typing import Any

from messaging.redis.layer import parse
from messaging.redis.mailbox import RedisMailbox


class Rings:
    """Those for one person; `published` are their bytes."""

    def __init__(self, mailbox: RedisMailbox, person_id: int) -> None:
        self.mailbox, self.person_id = mailbox, person_id
        self.published: list[bytes] = []
        self.subscription: Any = None

    async def __aenter__(self) -> "Rings":
        self.subscription = self.mailbox.link.client().pubsub()
        await self.subscription.subscribe(f"{self.mailbox.link.prefix}group:user.{self.person_id}")
        await self.lost()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.subscription.aclose()

    async def heard(self, times: int = 1) -> None:
        """By so many windows of this person in the mailbox's process."""
        for event in await self._come():
            for _ in range(times):
                self.mailbox.heard(self.person_id, event)

    async def lost(self) -> None:
        await self._come()

    async def _come(self) -> list[dict]:
        """All that have been published by now: Redis answers a ping behind them."""
        await self.subscription.ping()
        found: list[dict] = []
        while (event := await self.subscription.get_message(timeout=10))["type"] != "pong":
            if event["type"] == "message":
                self.published.append(event["data"])
                found.append(parse(event["data"]))
        return found
