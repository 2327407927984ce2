"""People, messages and time for tests without pages and sockets."""

import uuid
from datetime import UTC, datetime
from typing import Any

from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft, Event
from messaging.domain.mailbox_results import Receipt, Settled
from messaging.domain.messages import Message, Refused
from messaging.domain.rate_limit import Rate, RateLimit
from tests.messaging.backends.mailboxes import cursor

ALICE, BOB, CAROL = Person(1, "alice"), Person(2, "bob"), Person(3, "carol")
BOTH = Conversation.of(ALICE, BOB)
SECONDS = 90
NO_LIMIT = RateLimit(Rate(burst=10**9, per_second=10**9))


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


def message(
    text: str = "hello", *, sender: Person = ALICE, recipient: Person = BOB, id: str = ""
) -> Message:
    conversation = Conversation.of(sender, recipient)
    return Message(id or str(uuid.uuid4()), sender, conversation, text, datetime.now(UTC))


def recipient_of(said: Message) -> Person:
    return said.conversation.other(said.sender.id)


def copies(of: Message) -> list[Draft]:
    """Return the drafts of a message. The events have its text as their name."""
    return [
        Draft(person.id, of.conversation, Event(of.text), of.sender.id, of)
        for person in (*of.recipients, of.sender)
    ]


def note(text: str, owner: Person, peer: Person, *, by: Person | None = None) -> Draft:
    """Return a draft without a message, caused by its owner or `by` the peer."""
    return Draft(owner.id, Conversation.of(owner, peer), Event(text), (by or owner).id)


CLEAR = [note("cleared", ALICE, BOB), note("cleared", BOB, ALICE, by=ALICE)]


async def attach_all(mailbox: Any, *people: Person) -> Any:
    """Open a window for each person, with their name as its id."""
    for person in people:
        await mailbox.attach(person.id, person.name, "")
    return mailbox


async def says(
    mailbox: Any, text: str = "hello", *, sender: Person = ALICE, recipient: Person = BOB
) -> Message:
    said = message(text, sender=sender, recipient=recipient)
    assert (await submits(mailbox, said)).is_new
    return said


async def submits(mailbox: Any, said: Message) -> Receipt:
    return await mailbox.submit(said, copies(said), NO_LIMIT)


async def offered(mailbox: Any, person: Person, number: int = 0) -> list[tuple[int, str]]:
    """Return the entries for a window that has shown everything up to `number`."""
    return [
        (entry.number, entry.draft.event.name)
        for entry in (await mailbox.fetch(person.id, number))[1]
    ]


async def shows(mailbox: Any, person: Person, window: str, number: int) -> Settled:
    return await mailbox.confirm(person.id, window, await cursor(mailbox, person.id, number))


async def is_reachable(mailbox: Any, person: Person) -> bool:
    """Return whether a message to this person would be accepted."""
    try:
        return (await submits(mailbox, message(sender=CAROL, recipient=person))).is_new
    except Refused as refusal:
        return not refusal.is_waiting
