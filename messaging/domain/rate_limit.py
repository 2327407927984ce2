"""Limit how fast a person may act in all windows of one process together."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from messaging.domain.messages import Message, Refused

LEEWAY = 0.2  # seconds by which a page may retry early


@dataclass(frozen=True, slots=True)
class Rate:
    """Allow `burst` actions at once, and after that `per_second`."""

    burst: int
    per_second: float


@dataclass(slots=True)
class RateLimit:
    """The generic cell rate algorithm (ITU-T I.371), with one time stored for each person."""

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    paid_until: dict[int, float] = field(default_factory=dict)
    refused_until: dict[int, float] = field(default_factory=dict)

    async def retry_after(self, person_id: int, cost: float = 1.0) -> float:
        """Count `cost` and return 0.0. Above the limit, return the seconds to wait instead."""
        now = self.clock()
        # Otherwise, a later message would overtake the refused one.
        if (wait := self.refused_until.get(person_id, 0.0) - now) > 1e-9:
            return wait
        each = 1 / self.rate.per_second
        paid_until = max(now, self.paid_until.get(person_id, 0.0)) + cost * each
        wait = paid_until - now - self.rate.burst * each
        if wait > 1e-9:
            self.refused_until[person_id] = now + wait
            return wait
        self.paid_until[person_id] = paid_until
        return 0.0

    async def acquire(self, person_id: int, message: Message | None = None) -> None:
        """Count one action, or raise Refused."""
        if wait := await self.retry_after(person_id):
            # A page retries after whole seconds. Its later messages must not overtake the retry.
            await self.block(person_id, math.ceil(wait) - LEEWAY)
            raise self.too_fast(wait, message)

    async def block(self, person_id: int, seconds: float) -> None:
        """Refuse everything from this person for this number of seconds."""
        self.refused_until[person_id] = self.clock() + seconds

    def too_fast(self, wait: float, message: Message | None = None) -> Refused:
        """Return the refusal that asks the person to wait for `wait` seconds."""
        seconds = math.ceil(wait)
        sentence = ngettext(
            "You’re going too fast. Try again in a second.",
            "You’re going too fast. Try again in %(count)d seconds.",
            seconds,
        )
        if message:
            sentence = ngettext(
                "You’re sending too fast. Trying again in a second.",
                "You’re sending too fast. Trying again in %(count)d seconds.",
                seconds,
            )
        return Refused(sentence % {"count": seconds}, message, seconds=seconds if message else 0)

    async def remaining(self, person_id: int) -> float | None:
        """Return for how many seconds past actions still count, or None if nothing is stored."""
        paid_until = self.paid_until.get(person_id)
        return None if paid_until is None else max(0.0, paid_until - self.clock())

    def sweep(self) -> None:
        """Forget the people whose past actions no longer count."""
        now = self.clock()
        self.paid_until = {id: until for id, until in self.paid_until.items() if until > now}
        self.refused_until = {id: until for id, until in self.refused_until.items() if until > now}
