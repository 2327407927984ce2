"""Presence in the memory of one process."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from messaging.domain.conversations import Person
from messaging.domain.presence import Changes

# How long a lease outlives its last socket. A page reloads faster than this, so that a reload does
# not change presence.
GRACE_SECONDS = 8.0


@dataclass(slots=True)
class Leases:
    """A person's leases: the number of sockets per window, and the time when the last one left."""

    name: str
    windows: dict[str, int] = field(default_factory=dict)
    left_at: float = 0.0
    is_hidden: bool = False  # appears offline


class Presence:
    """Presence in memory. `messaging.domain.presence.PresenceBackend` documents the methods."""

    def __init__(
        self, grace: float = GRACE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.grace, self.clock = grace, clock
        self.leases: dict[int, Leases] = {}
        self.told: dict[int, str] = {}  # the people online at the last `take_changes`
        self.needs_resync = False

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        lease = self.leases.setdefault(person.id, Leases(person.name))
        lease.name, lease.is_hidden = person.name, is_hidden
        lease.windows[window_id] = lease.windows.get(window_id, 0) + 1

    def hide(self, person_id: int, *, is_hidden: bool) -> None:
        # Hidden people look as if they had left long ago, even to other processes.
        if lease := self.leases.get(person_id):
            lease.is_hidden = is_hidden

    def is_hidden(self, person_id: int) -> bool:
        """Return whether a person with a window here appears offline."""
        lease = self.leases.get(person_id)
        return lease is not None and lease.is_hidden

    async def leave(self, person: Person, window_id: str) -> None:
        lease = self.leases.get(person.id)
        if not lease or window_id not in lease.windows:
            return
        lease.windows[window_id] -= 1
        if not lease.windows[window_id]:
            del lease.windows[window_id]
            lease.left_at = self.clock()

    async def take_changes(self) -> Changes:
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
        late = self.clock() - self.grace
        leases = list(self.leases.items())
        return {
            id: lease.name
            for id, lease in leases
            if (lease.windows or lease.left_at > late) and not lease.is_hidden
        }

    def name_of(self, person_id: int) -> str | None:
        lease = self.leases.get(person_id)
        is_online = lease is not None and not lease.is_hidden and self._is_held(lease, self.clock())
        return lease.name if lease and is_online else None

    def is_online(self, person_id: int) -> bool:
        return self.name_of(person_id) is not None

    def may_be_shown(self, person_id: int) -> bool:
        return person_id in self.told or self.is_online(person_id)

    def lease_count(self, person_id: int) -> int:
        lease = self.leases.get(person_id)
        return len(lease.windows) if lease else 0

    def is_stale(self) -> bool:
        return False

    async def refresh(self) -> None:
        """Do nothing, because there are no other processes."""

    def request_resync(self) -> None:
        self.needs_resync = True

    def take_resync_request(self) -> bool:
        is_requested, self.needs_resync = self.needs_resync, False
        return is_requested

    async def reach(self) -> None:
        """Do nothing, because leases can always be renewed."""

    async def close(self) -> None:
        """Do nothing, because the leases end with the process."""

    def is_idle(self) -> bool:
        return not (self.told or self.leases)

    def _is_held(self, lease: Leases, now: float) -> bool:
        return bool(lease.windows) or now - lease.left_at < self.grace
