"""Between whom nothing passes, because one of them has blocked the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import ngettext

from messaging.conversations import Person, Refused
from messaging.homes import presence
from messaging.presence import Changes

MOST = 1_000  # whom one person can block: every window holds the list


@dataclass(frozen=True, slots=True)
class Blocks:
    """Of one person: whom they have blocked, and who has blocked them. For what passes, it is the same."""

    mine: frozenset[int] = frozenset()
    theirs: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.mine or self.theirs)

    @property
    def everybody(self) -> frozenset[int]:
        return self.mine | self.theirs

    def __contains__(self, person_id: int) -> bool:
        return person_id in self.mine or person_id in self.theirs

    def differing(self, before: "Blocks") -> frozenset[int]:
        """Those about whom something is to be told to who knew another state."""
        return (self.mine ^ before.mine) | (self.theirs ^ before.theirs)

    def appearance(self, person_id: int) -> dict[str, bool]:
        """How somebody stands in the pages of this person."""
        is_online = person_id not in self and presence.is_online(person_id)
        return {"is_online": is_online, "is_blocked": person_id in self.mine}

    def standing(self, people: Iterable[Person]) -> tuple[Changes, list[Person]]:
        """Who of these is online and who is not, as far as this person may see it, and whom they have blocked."""
        rest = [person for person in people if person.id not in self.mine]
        seen = presence.among([person for person in rest if person.id not in self.theirs])
        unseen = [person for person in rest if person.id in self.theirs]
        return Changes(seen.arrived, seen.left + unseen), [person for person in people if person.id in self.mine]

    def visible(self, changes: Changes) -> Changes:
        """The news without those of whom this person is to learn nothing, neither that they come nor that they go."""
        arrived = [person for person in changes.arrived if person.id not in self]
        return Changes(arrived, [person for person in changes.left if person.id not in self])


NONE = Blocks()


def of(person_id: int) -> Blocks:
    """As the database has it at this moment, in one query."""
    pairs = list(_rows().filter(Q(blocker=person_id) | Q(blocked=person_id)).values_list("blocker", "blocked"))
    return Blocks(
        frozenset(blocked for blocker, blocked in pairs if blocker == person_id),
        frozenset(blocker for blocker, blocked in pairs if blocked == person_id),
    )


def people_blocked_by(person_id: int) -> list[Person]:
    people = get_user_model().objects.filter(blocked_by=person_id).order_by("username_key")
    return [Person(*row) for row in people.values_list("pk", "username")]


def add(blocker_id: int, blocked_id: int) -> None:
    """From now on; Refused to somebody who has blocked too many already."""
    if _rows().filter(blocker=blocker_id).count() >= MOST:
        words = ngettext(
            "You have blocked %(count)d person, and nobody can block more. Unblock somebody first.",
            "You have blocked %(count)d people, and nobody can block more. Unblock somebody first.",
            MOST,
        )
        raise Refused(words % {"count": MOST})
    _rows().get_or_create(blocker_id=blocker_id, blocked_id=blocked_id)


def remove(blocker_id: int, blocked_id: int) -> bool:
    """Whether there was one."""
    somebody = get_user_model().objects.filter(pk=blocked_id)  # a number from an address: no database need hold it
    return bool(_rows().filter(blocker=blocker_id, blocked__in=somebody).delete()[0])


def _rows() -> Any:
    return get_user_model().blocking.through.objects
