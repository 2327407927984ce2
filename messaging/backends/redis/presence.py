"""Presence in all processes. Each process has a lease in Redis, and a hash of its people."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from messaging.backends.memory.presence import Presence
from messaging.backends.redis.client import RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.domain.conversations import Person
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes

LEASE_SECONDS = 20.0  # a process that did not renew its lease for this long is dead
RENEW_SECONDS = 5.0
STALE_SECONDS = 1.5  # while a window is open, the background task refreshes every second


class RedisPresence(Presence):
    """The people of this process, as in `Presence`, and a copy of those of the other processes.

    `forget_process` is called for each process that died, and `reattach_windows` when Redis has
    lost the lease of this process.
    """

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
        self.shared: dict[int, str] = {}  # the people that Redis has for this process
        self.version = 0  # of `shared`
        # The version and the people of each other process.
        self.others: dict[str, tuple[int, dict[int, str]]] = {}
        self.renewed_at = self.learned_at = float("-inf")
        self.sharing = asyncio.Lock()  # two tasks must not publish the same changes
        self.resync_until = float("-inf")

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        if self._is_late():  # without a lease, its windows would count as away
            async with self.sharing:
                if self._is_late():  # the first of many arrivals renews the lease for all
                    await self._share(LEASE_SECONDS)
        await super().arrive(person, window_id, is_hidden=is_hidden)

    async def take_changes(self) -> Changes:
        await self.share()
        if self.client.has_repeated:  # the lost answer may have contained a delivery
            self.request_resync()
            self.client.has_repeated = False
        return await super().take_changes()

    def online(self) -> dict[int, str]:
        online: dict[int, str] = {}
        for _, people in self.others.values():
            online |= people
        return online | super().online()

    def name_of(self, person_id: int) -> str | None:
        elsewhere = (people[person_id] for _, people in self.others.values() if person_id in people)
        return super().name_of(person_id) or next(elsewhere, None)

    async def share(self, seconds: float = LEASE_SECONDS) -> None:
        """Renew the lease, publish the changes here, and load those of other processes."""
        async with self.sharing:
            try:
                await self._share(seconds)
            except StateUnavailable:
                self._keep_others()
                raise

    async def _share(self, seconds: float) -> None:
        own = super().online()
        arrived = {id: name for id, name in own.items() if self.shared.get(id) != name}
        left = [id for id in self.shared if id not in own]
        encrypted = [
            word for id, name in arrived.items() for word in (id, self.encryptor.encrypt(id, name))
        ]
        version, dead, processes = await self.client.run(
            "publish_presence",
            *(self.client.prefix, "", 0, 0, 0, self.process),
            *(round(1000 * seconds), self.version, len(left), *left, *encrypted),
        )
        if version < 0:
            self.shared, self.version = {}, 0
            self.client.failed()
            self._keep_others()
            self.reattach_windows()
            return await self._share(seconds)
        self.shared, self.version, self.renewed_at = own, version, self.clock()
        for process in dead:
            await self.forget_process(process.decode())
            self.request_resync()
        names, versions = map(bytes.decode, processes[::2]), map(int, processes[1::2])
        await self._learn(dict(zip(names, versions, strict=True)))

    def is_stale(self) -> bool:
        return self.clock() - self.learned_at > STALE_SECONDS

    async def refresh(self) -> None:
        """Load the people of other processes. Renew no lease: no window may be open here."""
        prefix = self.client.prefix
        async with self.sharing:
            seconds, microseconds = await self.client.call("TIME")
            after = f"({1000 * int(seconds) + int(microseconds) // 1000}"
            alive = await self.client.call("ZRANGEBYSCORE", f"{prefix}processes", after, "+inf")
            found = await self.client.call("HMGET", f"{prefix}versions", *alive) if alive else []
            versions = [int(version or 0) for version in found]
            await self._learn(dict(zip(map(bytes.decode, alive), versions, strict=True)))

    async def reach(self) -> None:
        await self.client.call("PING")

    async def close(self) -> None:
        """Keep the people of this process online for as long as a reload may take."""
        await self.share(self.grace)
        await self.forget_process(self.process)

    def _is_late(self) -> bool:
        return self.clock() - self.renewed_at > 2 * RENEW_SECONDS

    def _keep_others(self) -> None:
        """Keep the known people of other processes until those have had time to renew their leases,
        because Redis is unavailable or empty.
        """
        self.resync_until = self.clock() + RENEW_SECONDS
        self.others = {process: (0, people) for process, (_, people) in self.others.items()}

    async def _learn(self, versions: dict[str, int]) -> None:
        """Copy the people of each other process whose version has changed."""
        self.learned_at = self.clock()
        if self.clock() >= self.resync_until:
            self.others = {
                process: known for process, known in self.others.items() if process in versions
            }
        for process, version in versions.items():
            if process != self.process and self.others.get(process, (0, {}))[0] != version:
                held = await self.client.call("HGETALL", f"{self.client.prefix}present:{process}")
                if isinstance(held, list):  # RESP2; a dictionary with RESP3
                    held = dict(zip(held[::2], held[1::2], strict=True))
                people = {
                    int(id): self.encryptor.decrypt(int(id), name) for id, name in held.items()
                }
                self.others[process] = version, people
