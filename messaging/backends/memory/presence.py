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
class Leases:
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
        self.leases: dict[int, Leases] = {}
        self.told: dict[int, str] = {}
        self.needs_resync = False

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        """One more socket of this window, of somebody who may appear offline."""
        lease = self.leases.setdefault(person.id, Leases(person.name))
        lease.name, lease.is_hidden = person.name, is_hidden
        lease.windows[window_id] = lease.windows.get(window_id, 0) + 1

    def hide(self, person_id: int, *, is_hidden: bool) -> None:
        """From now on they appear offline, as if every lease had been given up long ago; or no
        more. Only the process that holds their windows knows: it tells no other one of them.
        """
        if lease := self.leases.get(person_id):
            lease.is_hidden = is_hidden

    def is_hidden(self, person_id: int) -> bool:
        """Whether somebody with a window here appears offline."""
        lease = self.leases.get(person_id)
        return lease is not None and lease.is_hidden

    async def leave(self, person: Person, window_id: str) -> None:
        """One socket less; a window without one gives its lease up."""
        lease = self.leases.get(person.id)
        if not lease or window_id not in lease.windows:
            return
        lease.windows[window_id] -= 1
        if not lease.windows[window_id]:
            del lease.windows[window_id]
            lease.left_at = self.clock()

    async def take_changes(self) -> Changes:
        """Who has come and who has gone since this was last asked."""
        online = self.online()
        changes = Changes(
            arrived=[Person(id, name) for id, name in online.items() if id not in self.told],
            left=[Person(id, name) for id, name in self.told.items() if id not in online],
        )
        now = self.clock()
        self.leases = {id: lease for id, lease in self.leases.items() if self._is_held(lease, now)}
        self.told = online
        return changes

    def online(self) -> dict[int, str]:
        """The names of those who are online, by id."""
        late = self.clock() - self.grace
        leases = list(self.leases.items())
        return {
            id: lease.name
            for id, lease in leases
            if (lease.windows or lease.left_at > late) and not lease.is_hidden
        }

    def name_of(self, person_id: int) -> str | None:
        """Return the name of somebody who is online, None if they are not."""
        lease = self.leases.get(person_id)
        is_online = lease is not None and not lease.is_hidden and self._is_held(lease, self.clock())
        return lease.name if lease and is_online else None

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

    def request_resync(self) -> None:
        self.needs_resync = True

    def take_resync_request(self) -> bool:
        is_requested, self.needs_resync = self.needs_resync, False
        return is_requested

    async def reach(self) -> None:
        """Raises Unreachable where leases cannot be renewed; here they are always at hand."""

    async def close(self) -> None:
        """This process ends, and all of it with it."""

    def is_idle(self) -> bool:
        """Whether nobody is here and everybody knows."""
        return not (self.told or self.leases)

    def lease_count(self, person_id: int) -> int:
        """How many windows of a person hold one."""
        lease = self.leases.get(person_id)
        return len(lease.windows) if lease else 0

    def _is_held(self, lease: Leases, now: float) -> bool:
        return bool(lease.windows) or now - lease.left_at < self.grace
