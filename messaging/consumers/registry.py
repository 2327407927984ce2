"""The windows that this process holds, and how many it will: of one person, from one address, and
in all.
"""

from collections import Counter
from typing import Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from messaging.domain.messages import Refused

PER_PERSON = 10
PER_ADDRESS = 1_000  # a school behind one address; not a machine that opens sockets all day
PER_PROCESS = 15_000


class Member(Protocol):
    """A window, as the crowd sees it."""

    address: str

    @property
    def person_id(self) -> int: ...


M = TypeVar("M", bound=Member)


class ConnectionRegistry(Generic[M]):
    def __init__(self) -> None:
        self.members: dict[int, dict[M, None]] = {}  # by person, the oldest first
        self.addresses: Counter[str] = Counter()
        self.size = 0
        self.cut: set[int] = (
            set()
        )  # people of whom a window was cut off, and who have not been told yet

    def enter(self, member: M) -> M | None:
        """Takes one in, or raises Refused. Returns who has to leave for it: the oldest, if a person
        has too many. That one counts no more, however long its socket takes to end: the next one
        lets go of another.
        """
        if self.size >= PER_PROCESS:
            raise Refused(
                _("The server has no room for more windows. This page will try again soon.")
            )
        if self.addresses[member.address] >= PER_ADDRESS:
            raise Refused(
                _("Too many windows are open from your network. This page will try again soon.")
            )
        own = self.members.setdefault(member.person_id, {})
        own[member] = None
        self.addresses[member.address] += 1
        self.size += 1
        if len(own) <= PER_PERSON:
            return None
        oldest = next(iter(own))
        self.leave(oldest)
        return oldest

    def leave(self, member: M) -> None:
        own = self.members.get(member.person_id, {})
        if member not in own:
            return
        del own[member]
        if not own:
            del self.members[member.person_id]
        self.size -= 1
        self.addresses[member.address] -= 1
        if not self.addresses[member.address]:
            del self.addresses[member.address]
