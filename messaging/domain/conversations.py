"""Conversations, and the people who take part in them."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class Person(NamedTuple):
    """A participant, as the session (oneself) or the database (others) knows them."""

    id: int
    name: str

    @property
    def display_name(self) -> str:
        """Return the name, or a phrase if it is unknown, as of a person no page has shown."""
        return self.name or _("this person")


class Conversation(NamedTuple):
    """What its participants, in the order of their ids, say to each other. `of` makes one.

    `key` is the same for all participants, whatever their names are.
    """

    key: str
    participants: tuple[Person, ...]

    @classmethod
    def of(cls, *people: Person) -> "Conversation":
        participants = tuple(sorted(people))
        return cls("-".join([str(person.id) for person in participants]), participants)

    def others(self, person_id: int) -> list[Person]:
        """Return the participants besides one."""
        return [person for person in self.participants if person.id != person_id]

    def other(self, person_id: int) -> Person:
        """Return the one participant besides this one. There are always two so far."""
        one, other = self.participants
        return other if one.id == person_id else one

    def id_for(self, person_id: int) -> str:
        """Return the id by which a participant's page knows the conversation."""
        one, other = self.participants
        return str(other.id if one.id == person_id else one.id)
