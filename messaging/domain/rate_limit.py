"""How fast a person may go, over all windows together. The home for one process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from messaging.domain.messages import Message, Refused

LEEWAY = 0.2  # seconds by which a page may come back early


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and after that so many a second."""

    burst: int
    per_second: float


@dataclass(slots=True)
class RateLimit:
    """The generic cell rate algorithm (ITU-T I.371): one number a person, the time at which all is
    paid for.
    """

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    paid_until: dict[int, float] = field(default_factory=dict)
    refused_until: dict[int, float] = field(default_factory=dict)

    async def retry_after(self, person_id: int, cost: float = 1.0) -> float:
        """Counts one more, or what counts for so many. 0.0 if it may pass; else it was not counted,
        and may pass after so many seconds.
        """
        now = self.clock()
        # Who was told to wait waits, or what comes later would overtake what was refused.
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
        """Counts one more, or raises Refused with the time to wait in words."""
        if wait := await self.retry_after(person_id):
            # A page waits for whole seconds: what it says later must not overtake what it was told
            # to hold.
            await self.block(person_id, math.ceil(wait) - LEEWAY)
            raise self.too_fast(wait, message)

    async def block(self, person_id: int, seconds: float) -> None:
        """Lets nothing pass for so long."""
        self.refused_until[person_id] = self.clock() + seconds

    def too_fast(self, wait: float, message: Message | None = None) -> Refused:
        """The refusal that says for how long to wait; `wait` is in seconds."""
        seconds = math.ceil(wait)
        words = ngettext(
            "You’re going too fast. Try again in a second.",
            "You’re going too fast. Try again in %(count)d seconds.",
            seconds,
        )
        if message:
            words = ngettext(
                "You’re sending too fast. Trying again in a second.",
                "You’re sending too fast. Trying again in %(count)d seconds.",
                seconds,
            )
        return Refused(words % {"count": seconds}, message, seconds=seconds if message else 0)

    async def remaining(self, person_id: int) -> float | None:
        """For how many seconds what a person has done still counts; None if there is no number for
        them.
        """
        paid_until = self.paid_until.get(person_id)
        return None if paid_until is None else max(0.0, paid_until - self.clock())

    def sweep(self) -> None:
        """Forgets those who have not come near the limit for a while."""
        now = self.clock()
        self.paid_until = {id: until for id, until in self.paid_until.items() if until > now}
        self.refused_until = {id: until for id, until in self.refused_until.items() if until > now}
