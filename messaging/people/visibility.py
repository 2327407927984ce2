"""What a person may know about who is online. Every answer to a person reads presence here, and
nowhere else.

A person who appears offline is not among those online in the first place. Where one of two people
has blocked the other, each is offline to the other: the presence of such a person is not even
looked at.
"""

from collections.abc import Iterable
from contextlib import suppress

from messaging.backends import presence
from messaging.domain.messages import Person, StateUnavailable
from messaging.domain.presence import Changes
from messaging.people.blocks import Blocks


def is_online(person_id: int, between: Blocks) -> bool:
    """Return whether the person with these blocks sees the other one online."""
    return person_id not in between and presence.is_online(person_id)


def online(between: Blocks) -> dict[int, str]:
    """Return the names of those whom the person with these blocks sees online, by id."""
    seen = presence.online()
    for person_id in between.people:
        seen.pop(person_id, None)
    return seen


def status(person_id: int, between: Blocks) -> dict[str, bool]:
    """Return how the other one is shown in the pages of the person with these blocks."""
    return {"is_online": is_online(person_id, between), "is_blocked": person_id in between.mine}


def current_presence(people: Iterable[Person], between: Blocks) -> tuple[Changes, list[Person]]:
    """Return who of these people is seen online and who is not, and who is blocked. Each list keeps
    their order: it must not tell apart who is offline and who has blocked the person that it is
    for.
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
    """Return the changes without the people about whom the person with these blocks must learn
    nothing.
    """
    arrived = [person for person in changes.arrived if person.id not in between]
    return Changes(arrived, [person for person in changes.left if person.id not in between])


def people_to_update(before: Blocks, after: Blocks) -> frozenset[int]:
    """Return whose standing has to be told to a page that knew the blocks `before`.

    What the person has chosen is always told. That somebody else has blocked them, or does so no
    more, looks like leaving and arriving. So a new block is told of people whom the page may show
    as online, and the end of one of people who are online: any other frame would say that somebody
    is there who seems not to be.
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
    """Return whether a page should `refresh` before it shows who is online."""
    return presence.is_stale()


async def refresh() -> None:
    """Learn who is online elsewhere. A page that cannot be told shows whom this process knows."""
    with suppress(StateUnavailable):
        await presence.refresh()
