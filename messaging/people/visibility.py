"""Who may know who is online. Every answer to a person reads presence here and nowhere else.

People who appear offline are never among those online. Of a person with a block in between,
presence is not even read.
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
    """Return the names of those whom a person with these blocks sees online, by ID."""
    seen = presence.online()
    for person_id in between.people:
        seen.pop(person_id, None)
    return seen


def status(person_id: int, between: Blocks) -> dict[str, bool]:
    return {"is_online": is_online(person_id, between), "is_blocked": person_id in between.mine}


def current_presence(people: Iterable[Person], between: Blocks) -> tuple[Changes, list[Person]]:
    """Return who of these people is shown online or offline, and who is blocked. Each list keeps
    their order, or it would tell who is offline from who has blocked the viewer.
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
    """Return the changes that a person with these blocks may learn of."""
    arrived = [person for person in changes.arrived if person.id not in between]
    return Changes(arrived, [person for person in changes.left if person.id not in between])


def people_to_update(before: Blocks, after: Blocks) -> frozenset[int]:
    """Return the people whose presence a page that knew the blocks `before` must be told.

    The viewer's own choices are always told. Being blocked or unblocked must look like the other
    person leaving or arriving. So a new block is told only of people whom the page may show as
    online, and a removed one only of people who are online.
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
    """Fetch presence from other processes. If that fails, show this process's."""
    with suppress(StateUnavailable):
        await presence.refresh()
