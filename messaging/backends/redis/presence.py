"""Who is online, in all processes: each has a lease of its own in Redis, and a list of its people
beside it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from messaging.backends.memory.presence import Presence
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.pipeline import Answer, Word
from messaging.domain.messages import Person, StateUnavailable
from messaging.domain.presence import Changes

LEASE_SECONDS = 20.0  # a process that has not been heard of for so long is dead
RENEW_SECONDS = 5.0
STALE_SECONDS = 1.5  # where a window is open, the background task learns every second who is there


class RedisPresence(Presence):
    """One's own people as `Presence` keeps them, and a mirror of everybody else's."""

    def __init__(
        self,
        client: RedisClient,
        encryptor: Encryptor,
        forget_process: Callable[[str], Awaitable[None]],
        reattach_windows: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock=clock)
        self.client, self.encryptor, self.process = client, encryptor, client.process
        self.forget_process, self.reattach_windows = forget_process, reattach_windows
        self.shared: dict[int, str] = {}  # of ours, what Redis holds
        self.version = 0  # of what it holds
        self.others: dict[
            str, tuple[int, dict[int, str]]
        ] = {}  # of each process, the version and its people
        self.renewed_at = self.learned_at = float("-inf")
        self.sharing = asyncio.Lock()  # what is new since last time can be said once
        self.resync_until = float("-inf")

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        if self._is_late():  # without a lease, its windows would count as away
            async with self.sharing:  # the first of many who come at once does it for all
                if self._is_late():
                    await self._share(LEASE_SECONDS)
        await super().arrive(person, window_id, is_hidden=is_hidden)

    async def take_changes(self) -> Changes:
        await self.share()
        if self.client.has_repeated:  # the lost answer may have been what a sender was to be told
            self.request_resync()
            self.client.has_repeated = False
        return await super().take_changes()

    def online(self) -> dict[int, str]:
        everybody: dict[int, str] = {}
        for _, people in self.others.values():
            everybody |= people
        return everybody | super().online()

    def name_of(self, person_id: int) -> str | None:
        elsewhere = (people[person_id] for _, people in self.others.values() if person_id in people)
        return super().name_of(person_id) or next(elsewhere, None)

    async def share(self, seconds: float = LEASE_SECONDS) -> None:
        """Renews the lease, says who has come and gone here, and learns who has elsewhere."""
        async with self.sharing:
            try:
                await self._share(seconds)
            except StateUnavailable:
                self._doubt()
                raise

    async def _share(self, seconds: float) -> None:
        own = super().online()
        come = {id: name for id, name in own.items() if self.shared.get(id) != name}
        gone = [id for id in self.shared if id not in own]
        sealed = [
            word for id, name in come.items() for word in (id, self.encryptor.close(id, name))
        ]
        version, dead, processes = await self._run(
            "publish_presence", round(1000 * seconds), self.version, len(gone), *gone, *sealed
        )
        if version < 0:
            self.shared, self.version = {}, 0
            self.client.failed()
            self._doubt()
            self.reattach_windows()
            return await self._share(seconds)
        self.shared, self.version, self.renewed_at = own, version, self.clock()
        for process in dead:
            await self.forget_process(process.decode())
            self.request_resync()
        await self._mirror(
            dict(zip(map(bytes.decode, processes[::2]), map(int, processes[1::2]), strict=True))
        )

    def is_stale(self) -> bool:
        return self.clock() - self.learned_at > STALE_SECONDS

    async def refresh(self) -> None:
        """Learns who is elsewhere, without a lease: who has no window here has nothing to renew."""
        async with self.sharing:
            seconds, microseconds = await self.client.call("TIME")
            after = f"({1000 * int(seconds) + int(microseconds) // 1000}"
            alive = await self.client.call(
                "ZRANGEBYSCORE", f"{self.client.prefix}processes", after, "+inf"
            )
            versions = (
                await self.client.call("HMGET", f"{self.client.prefix}versions", *alive)
                if alive
                else []
            )
            await self._mirror(
                {
                    name.decode(): int(version or 0)
                    for name, version in zip(alive, versions, strict=True)
                }
            )

    async def reach(self) -> None:
        await self.client.call("PING")

    async def close(self) -> None:
        """This process ends. Its people are given the time to come back to another one."""
        await self.share(self.grace)
        await self.forget_process(self.process)

    def _is_late(self) -> bool:
        return self.clock() - self.renewed_at > 2 * RENEW_SECONDS

    def _doubt(self) -> None:
        """Redis is away, or empty: the others are believed to be there until they had time to say
        so again.
        """
        self.resync_until = self.clock() + RENEW_SECONDS
        self.others = {process: (0, people) for process, (_, people) in self.others.items()}

    async def _mirror(self, versions: dict[str, int]) -> None:
        self.learned_at = self.clock()
        if self.clock() >= self.resync_until:
            self.others = {
                process: known for process, known in self.others.items() if process in versions
            }
        for process, version in versions.items():
            if process != self.process and self.others.get(process, (0, {}))[0] != version:
                held = await self.client.call("HGETALL", f"{self.client.prefix}present:{process}")
                people = (
                    zip(held[::2], held[1::2], strict=True)
                    if isinstance(held, list)
                    else held.items()
                )
                self.others[process] = (
                    version,
                    {int(id): self.encryptor.open(int(id), name) for id, name in people},
                )

    async def _run(self, script: str, *words: Word) -> Answer:
        return await self.client.run(script, self.client.prefix, "", 0, 0, 0, self.process, *words)
