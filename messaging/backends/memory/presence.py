"""Who is online: a person who holds at least one live lease, that is, an open window. The home for
one process.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from messaging.domain.messages import Person
from messaging.domain.presence import Changes

# How long a lease outlives its socket: longer than a page takes to load again, so that a reload
# shows nobody a change.
GRACE_SECONDS = 8.0


@dataclass(slots=True)
class Holder:
    """A person's leases, one for each window, and when the last one of them was given up."""

    name: str
    windows: dict[str, int] = field(default_factory=dict)
    left_at: float = 0.0
    is_hidden: bool = False  # appears offline, whatever they hold


class Presence:
    def __init__(
        self, grace: float = GRACE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.grace = grace
        self.clock = clock
        self.holders: dict[int, Holder] = {}
        self.told: dict[int, str] = {}
        self.lost: Callable[[], None] = lambda: None  # only another home can lose something
        self.is_in_doubt = (
            False  # something may be settled of which nobody was told: every page is to ask again
        )

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        """One more socket of this window, of somebody who may appear offline."""
        holder = self.holders.setdefault(person.id, Holder(person.name))
        holder.name, holder.is_hidden = person.name, is_hidden
        holder.windows[window_id] = holder.windows.get(window_id, 0) + 1

    def hide(self, person_id: int, *, is_hidden: bool) -> None:
        """From now on they appear offline, as if every lease had been given up long ago; or no
        more. Only the process that holds their windows knows: it tells no other one of them.
        """
        if holder := self.holders.get(person_id):
            holder.is_hidden = is_hidden

    def is_hidden(self, person_id: int) -> bool:
        """Whether somebody with a window here appears offline."""
        holder = self.holders.get(person_id)
        return holder is not None and holder.is_hidden

    async def leave(self, person: Person, window_id: str) -> None:
        """One socket less; a window without one gives its lease up."""
        holder = self.holders.get(person.id)
        if not holder or window_id not in holder.windows:
            return
        holder.windows[window_id] -= 1
        if not holder.windows[window_id]:
            del holder.windows[window_id]
            holder.left_at = self.clock()

    async def news(self) -> Changes:
        """Who has come and who has gone since this was last asked."""
        online = self.online()
        changes = Changes(
            arrived=[Person(id, name) for id, name in online.items() if id not in self.told],
            left=[Person(id, name) for id, name in self.told.items() if id not in online],
        )
        now = self.clock()
        self.holders = {
            id: holder for id, holder in self.holders.items() if self._is_held(holder, now)
        }
        self.told = online
        return changes

    def online(self) -> dict[int, str]:
        """The names of those who are online, by id."""
        late = self.clock() - self.grace
        holders = list(self.holders.items())
        return {
            id: holder.name
            for id, holder in holders
            if (holder.windows or holder.left_at > late) and not holder.is_hidden
        }

    def name_of(self, person_id: int) -> str | None:
        """Return the name of somebody who is online, None if they are not."""
        holder = self.holders.get(person_id)
        is_online = (
            holder is not None and not holder.is_hidden and self._is_held(holder, self.clock())
        )
        return holder.name if holder and is_online else None

    def is_online(self, person_id: int) -> bool:
        return self.name_of(person_id) is not None

    def may_be_shown(self, person_id: int) -> bool:
        """Return whether pages of this process may show them as online: they are, or were when it
        was last told.
        """
        return person_id in self.told or self.is_online(person_id)

    def is_stale(self) -> bool:
        """Whether a page should `refresh` it first; here all is known as it happens."""
        return False

    async def refresh(self) -> None:
        """Learns who is there; only another home can have missed it."""

    async def reach(self) -> None:
        """Raises Unreachable where leases cannot be renewed; here they are always at hand."""

    async def close(self) -> None:
        """This process ends, and all of it with it."""

    def is_idle(self) -> bool:
        """Whether nobody is here and everybody knows."""
        return not (self.told or self.holders)

    def leases(self, person_id: int) -> int:
        """How many windows of a person hold one."""
        holder = self.holders.get(person_id)
        return len(holder.windows) if holder else 0

    def _is_held(self, holder: Holder, now: float) -> bool:
        return bool(holder.windows) or now - holder.left_at < self.grace
