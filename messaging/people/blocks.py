"""Blocks: two people exchange nothing while either of them blocks the other."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Manager, Model, Q
from django.utils.translation import ngettext

from messaging.domain.conversations import Person
from messaging.domain.messages import Refused

MAX_BLOCKED = 1_000  # per person, because every window holds the list


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks by and against one person. Either kind stops all exchange."""

    mine: frozenset[int] = frozenset()
    theirs: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.mine or self.theirs)

    @property
    def people(self) -> frozenset[int]:
        return self.mine | self.theirs

    def __contains__(self, person_id: int) -> bool:
        return person_id in self.mine or person_id in self.theirs


NO_BLOCKS = Blocks()


def load(person_id: int) -> Blocks:
    """Return the blocks of a person with one database query."""
    pairs = list(
        _rows()
        .filter(Q(blocker=person_id) | Q(blocked=person_id))
        .values_list("blocker", "blocked")
    )
    return Blocks(
        frozenset(blocked for blocker, blocked in pairs if blocker == person_id),
        frozenset(blocker for blocker, blocked in pairs if blocked == person_id),
    )


def people_blocked_by(person_id: int) -> list[Person]:
    people = get_user_model().objects.filter(blocked_by=person_id).order_by("username_key")
    return [Person(*row) for row in people.values_list("pk", "username")]


def add(blocker_id: int, blocked_id: int) -> None:
    """Block a person. Raise Refused if the blocker has reached the limit."""
    if _rows().filter(blocker=blocker_id).count() >= MAX_BLOCKED:
        words = ngettext(
            "You’ve blocked %(count)d person, which is the limit. Unblock someone first.",
            "You’ve blocked %(count)d people, which is the limit. Unblock someone first.",
            MAX_BLOCKED,
        )
        raise Refused(words % {"count": MAX_BLOCKED})
    _rows().get_or_create(blocker_id=blocker_id, blocked_id=blocked_id)


def remove(blocker_id: int, blocked_id: int) -> bool:
    """Remove a block. Return whether there was one."""
    # The ID comes from a URL and may be too large for the foreign key column.
    blocked = get_user_model().objects.filter(pk=blocked_id)
    return bool(_rows().filter(blocker=blocker_id, blocked__in=blocked).delete()[0])


def _rows() -> Manager[Model]:
    return get_user_model().blocking.through.objects
