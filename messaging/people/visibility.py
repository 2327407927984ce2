"""The rules for who may see whom online. Every response reads presence through this module.

People who appear offline are never returned as online. If there is a block between two people,
their presence is not even read.
"""

from collections.abc import Iterable
from contextlib import suppress

from messaging.backends import presence
from messaging.domain.conversations import Person
from messaging.domain.messages import StateUnavailable
from messaging.domain.presence import Changes
from messaging.people.blocks import Blocks


def is_online(person_id: int, between: Blocks) -> bool:
    return person_id not in between and presence.is_online(person_id)


def online(between: Blocks) -> dict[int, str]:
    """Map the IDs of people whom a person with these blocks sees online to their names."""
    seen = presence.online()
    for person_id in between.people:
        seen.pop(person_id, None)
    return seen


def status(person_id: int, between: Blocks) -> dict[str, bool]:
    return {"is_online": is_online(person_id, between), "is_blocked": person_id in between.mine}


def current_presence(people: Iterable[Person], between: Blocks) -> tuple[Changes, list[Person]]:
    """Return which of these people are shown as online or offline, and which are blocked. Each list
    keeps their order, which otherwise would reveal who is offline and who has blocked the viewer.
    """
    changes, blocked = Changes([], []), []
    for person in people:
        if person.id in between.mine:
            blocked.append(person)
        elif is_online(person.id, between):
            changes.arrived.append(
                Person(person.id, person.name or presence.name_of(person.id) or "")
            )
        else:
            changes.left.append(person)
    return changes, blocked


def visible_changes(changes: Changes, between: Blocks) -> Changes:
    """Return the changes that a person with these blocks may see."""
    arrived = [person for person in changes.arrived if person.id not in between]
    return Changes(arrived, [person for person in changes.left if person.id not in between])


def people_to_update(before: Blocks, after: Blocks) -> frozenset[int]:
    """Return the people whose presence must be updated on a page that knew the blocks `before`.

    The viewer's own blocks always cause an update. Being blocked or unblocked must look as if the
    other person left or arrived. So a new block by another person causes an update only if the page
    may show that person as online, and a removed one only if that person is online.
    """
    own, mine = before.mine ^ after.mine, before.mine | after.mine
    new = {
        person_id
        for person_id in after.theirs - before.theirs - mine
        if presence.may_be_shown(person_id)
    }
    lifted = {
        person_id
        for person_id in before.theirs - after.theirs - mine
        if presence.is_online(person_id)
    }
    return own | new | lifted


def is_stale() -> bool:
    """Return whether to `refresh` before showing who is online."""
    return presence.is_stale()


async def refresh() -> None:
    """Fetch presence from other processes. If that fails, use only this process's."""
    with suppress(StateUnavailable):
        await presence.refresh()
