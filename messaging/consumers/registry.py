"""The open windows of this process, and their limits."""

from collections import Counter
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from messaging.domain.messages import Refused

MAX_PER_PERSON = 10
MAX_PER_ADDRESS = 1_000  # enough for a school that shares one address
MAX_PER_PROCESS = 15_000


class Connection(Protocol):
    """What the registry needs of a window."""

    address: str

    @property
    def person_id(self) -> int: ...


ConnectionT = TypeVar("ConnectionT", bound=Connection)


class ConnectionRegistry(Generic[ConnectionT]):
    def __init__(self) -> None:
        self.connections: dict[int, dict[ConnectionT, None]] = {}  # by person, oldest first
        self.addresses: Counter[str] = Counter()
        self.size = 0
        # People to tell that one of their windows was closed for flooding.
        self.flooded: set[int] = set()

    def add(self, connection: ConnectionT) -> ConnectionT | None:
        """Add a window, or raise Refused. If the person has too many now, return their oldest one,
        which is no longer counted, however long its socket takes to close.
        """
        if self.size >= MAX_PER_PROCESS:
            raise Refused(
                _("The server has no room for more windows. This page will try again soon.")
            )
        if self.addresses[connection.address] >= MAX_PER_ADDRESS:
            raise Refused(
                _("Too many windows are open from your network. This page will try again soon.")
            )
        own = self.connections.setdefault(connection.person_id, {})
        own[connection] = None
        self.addresses[connection.address] += 1
        self.size += 1
        if len(own) <= MAX_PER_PERSON:
            return None
        oldest = next(iter(own))
        self.remove(oldest)
        return oldest

    def remove(self, connection: ConnectionT) -> None:
        own = self.connections.get(connection.person_id, {})
        if connection not in own:
            return
        del own[connection]
        if not own:
            del self.connections[connection.person_id]
        self.size -= 1
        self.addresses[connection.address] -= 1
        if not self.addresses[connection.address]:
            del self.addresses[connection.address]
