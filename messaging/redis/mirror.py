"""What this process has just heard of people's boxes: what a ring has brought need not be fetched from Redis."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from messaging.boxes import Draft, Entry

LIFETIME = 2.0  # seconds: for windows that write what they were rung for, not for those that are behind
MOST = 2_000_000  # bytes of all, as they were sealed

Open = Callable[[int, bytes, str], Draft]


@dataclass(slots=True)
class Heard:
    """An entry as it came; opened by the first window that asks for it, for all of this process."""

    at: float
    expires: float
    clearing: str
    sealed: bytes
    entry: Entry | None = None


@dataclass(slots=True)
class Run:
    """Entries of one box, numbered without a hole; `newest` is the last of which this process has heard."""

    epoch: str
    newest: int
    entries: dict[int, Heard] = field(default_factory=dict)


class Mirror:
    """It can answer who was rung, and nobody else: whoever looks for what a lost ring left behind has to ask Redis.

    The rings of a box come in its own order, and one that is missing, of another box or without its entries begins a
    new run; so an answer has all that was heard of, or there is none. `clock` is the time by which entries expire.
    """

    def __init__(self, open_draft: Open, clock: Callable[[], float]) -> None:
        self.open_draft, self.clock = open_draft, clock
        self.runs: dict[int, Run] = {}
        self.order: deque[tuple[int, Run, int]] = deque()  # whose entries they are, the oldest first
        self.size = 0
        self.timer: asyncio.TimerHandle | None = None

    def hear(self, person_id: int, event: dict[str, Any]) -> None:
        """An event of a person's group. Each of their windows in this process hears it: once is enough."""
        if event["type"] == "layer.mended":
            self.clear()
        elif event["type"] == "mail.withdrawn" or "entries" not in event:  # some has no text any more, or was too long
            self._drop(person_id)
        else:
            self._take(person_id, event)

    def after(self, person_id: int, number: int, epoch: str) -> list[Entry]:
        """All entries behind this one, up to the newest that was heard of; none where not all of them are here."""
        run = self.runs.get(person_id)
        if run is None or run.epoch != epoch or number + 1 not in run.entries:
            return []
        numbers = range(number + 1, run.newest + 1)
        if not all(self._is_fresh(run.entries[each]) for each in numbers):
            return []
        return [self._opened(person_id, run.entries[each], each) for each in numbers]

    def clear(self) -> None:
        """Rings may have passed unheard, and with them that something was withdrawn."""
        for person_id in tuple(self.runs):
            self._drop(person_id)
        self.order.clear()
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def sweep(self) -> None:
        """Forgets what has been here for long enough, and the oldest of more than there is room for."""
        while self.order:
            person_id, run, number = self.order[0]
            heard = run.entries.get(number)
            if heard and self.size <= MOST and self._is_fresh(heard):
                break
            self.order.popleft()
            self._forget(run, number)
            if not run.entries and self.runs.get(person_id) is run:
                del self.runs[person_id]

    def _take(self, person_id: int, event: dict[str, Any]) -> None:
        epoch, newest, now = event["epoch"], event["newest"], self.clock()
        run = self.runs.get(person_id)
        if run and run.epoch == epoch and run.newest >= newest:
            return
        number = newest - len(event["entries"])
        if run is None or run.epoch != epoch or run.newest != number:
            self._drop(person_id)
            run = self.runs[person_id] = Run(epoch, number)
        begin, sealed = 0, event["bytes"]
        for expires, clearing, size in event["entries"]:
            run.newest += 1
            run.entries[run.newest] = Heard(now, expires / 1000, clearing, sealed[begin : begin + size])
            self.order.append((person_id, run, run.newest))
            begin += size
        self.size += begin
        # A box that is full has made room for these.
        for gone in range(run.newest - len(run.entries) + 1, event["first"]):
            self._forget(run, gone)
        self.sweep()
        self._look_again()

    def _is_fresh(self, heard: Heard) -> bool:
        now = self.clock()
        return 0 <= now - heard.at < LIFETIME and now < heard.expires

    def _opened(self, person_id: int, heard: Heard, number: int) -> Entry:
        if heard.entry is None:
            draft = self.open_draft(person_id, heard.sealed, heard.clearing)
            heard.entry = Entry(number, draft, heard.expires)
        return heard.entry

    def _drop(self, person_id: int) -> None:
        if run := self.runs.pop(person_id, None):
            for number in tuple(run.entries):
                self._forget(run, number)

    def _forget(self, run: Run, number: int) -> None:
        if heard := run.entries.pop(number, None):
            self.size -= len(heard.sealed)

    def _look_again(self) -> None:
        """One timer for all of it: what was said must not stay here because nobody says anything more."""
        if self.timer is None and self.order:
            self.timer = asyncio.get_running_loop().call_later(LIFETIME, self._tick)

    def _tick(self) -> None:
        self.timer = None
        self.sweep()
        self._look_again()
