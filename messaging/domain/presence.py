"""The interface of presence. A person is online while they hold a lease, one per open window."""

from dataclasses import dataclass
from typing import Protocol

from messaging.domain.conversations import Person


@dataclass(frozen=True, slots=True)
class Changes:
    """The people who came online or went offline since the last call of `take_changes`."""

    arrived: list[Person]
    left: list[Person]

    def __bool__(self) -> bool:
        return bool(self.arrived or self.left)


class PresenceBackend(Protocol):
    """The leases of all windows. A lease outlives its window for a few seconds, so that a reload
    changes nothing.

    The coroutines raise StateUnavailable if the backend cannot be reached.
    """

    async def arrive(self, person: Person, window_id: str, *, is_hidden: bool = False) -> None:
        """Add a socket to a window's lease. With `is_hidden`, the person appears offline."""

    async def leave(self, person: Person, window_id: str) -> None:
        """Remove a socket from a window's lease. Removing the last one releases the lease."""

    def hide(self, person_id: int, *, is_hidden: bool) -> None:
        """Set whether a person with a window in this process appears offline."""

    async def take_changes(self) -> Changes:
        """Return what has changed since the last call, and renew the leases of this process."""

    def online(self) -> dict[int, str]:
        """Return the names of the people who are online, by id."""

    def name_of(self, person_id: int) -> str | None:
        """Return a person's name if they are online, else None."""

    def is_online(self, person_id: int) -> bool: ...

    def may_be_shown(self, person_id: int) -> bool:
        """Return whether a page of this process may show a person as online, because they are
        online or were at the last `take_changes`.
        """

    def lease_count(self, person_id: int) -> int:
        """Return how many windows of a person hold a lease in this process."""

    def is_stale(self) -> bool:
        """Return whether `refresh` should be called before a page shows who is online."""

    async def refresh(self) -> None:
        """Load the people who are online in other processes."""

    def request_resync(self) -> None:
        """Ask every page to resend unconfirmed messages, because receipts may have been lost."""

    def take_resync_request(self) -> bool:
        """Return whether a resync was requested, and clear the request."""

    async def reach(self) -> None:
        """Raise StateUnavailable if leases cannot be renewed."""

    async def close(self) -> None:
        """Release the leases of this process, which is shutting down."""

    def is_idle(self) -> bool:
        """Return whether there is neither a lease nor a change to report."""
