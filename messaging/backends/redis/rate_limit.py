"""Limit how fast a person may act in all windows of all processes together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from messaging.backends.redis.client import RedisClient
from messaging.domain.rate_limit import RateLimit


@dataclass(slots=True)
class RedisRateLimit(RateLimit):
    """`RateLimit` as a script. It uses the time of Redis, unless a test passes a `clock`."""

    clock: Callable[[], float] | None = None  # type: ignore[assignment]
    name: str = field(kw_only=True)
    client: RedisClient = field(kw_only=True)

    async def retry_after(self, person_id: int, cost: float = 1.0) -> float:
        each = 1000 / self.rate.per_second
        now = round(1000 * self.clock(), 3) if self.clock else ""
        words = (self.client.prefix, now, 0, 0, 0, f"{self.name}:{person_id}")
        wait = await self.client.run("check_rate_limit", *words, self.rate.burst, each, cost)
        return float(wait) / 1000

    async def block(self, person_id: int, seconds: float) -> None:
        until = f"{1000 * (await self._now() + seconds):.3f}"
        await self.client.call("HSET", self._key(person_id), "refused_until", until)

    async def remaining(self, person_id: int) -> float | None:
        paid_until = await self.client.call("HGET", self._key(person_id), "paid_until")
        if paid_until is None:
            return None
        return max(0.0, float(paid_until) / 1000 - await self._now())

    def _key(self, person_id: int) -> str:
        return f"{self.client.prefix}pace:{self.name}:{person_id}"

    async def _now(self) -> float:
        if self.clock:
            return self.clock()
        seconds, microseconds = await self.client.call("TIME")
        return int(seconds) + int(microseconds) / 1_000_000

    def sweep(self) -> None:
        """Do nothing, because the keys expire."""
