"""Conversations and their participants."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class Person(NamedTuple):
    """A participant. One's own name comes from the session, a peer's name from the database."""

    id: int
    name: str

    @property
    def display_name(self) -> str:
        """Return the name, or a placeholder if no page has shown the person yet."""
        return self.name or _("this person")


class Conversation(NamedTuple):
    """A conversation between participants, sorted by id. Create one with `of`.

    `key` depends only on the ids, so it is the same for all participants.
    """

    key: str
    participants: tuple[Person, ...]

    @classmethod
    def of(cls, *people: Person) -> "Conversation":
        participants = tuple(sorted(people))
        return cls("-".join([str(person.id) for person in participants]), participants)

    def others(self, person_id: int) -> list[Person]:
        """Return all participants except the person with this id."""
        return [person for person in self.participants if person.id != person_id]

    def other(self, person_id: int) -> Person:
        """Return the other participant. So far, a conversation always has two."""
        one, other = self.participants
        return other if one.id == person_id else one

    def id_for(self, person_id: int) -> str:
        """Return the conversation's id in a participant's page: the other participant's id."""
        return str(self.other(person_id).id)
