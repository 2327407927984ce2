"""Two people talk in browsers in which JavaScript is turned off."""

import pytest

pytestmark = pytest.mark.matrix

PEOPLE, MESSAGES, DESK = "People", "Messages", "Your message"


@pytest.fixture
def both(arrives):
    alice, bob = (arrives(name, scripts=False).signs_up() for name in ("alice", "bob"))
    for person in (alice, bob):
        person.clicks("link", "Use the page without JavaScript")
        person.looks_at(MESSAGES).reads("Connected. New messages appear here.")
    for person, other in ((alice, bob), (bob, alice)):
        person.looks_at(PEOPLE).clicks("link", other.name)
        person.looks_at(DESK).sees("heading", other.name)
    return alice, bob


def test_a_whole_conversation(both):
    alice, bob = both
    alice.looks_at(DESK).says(bob, "good morning")
    bob.looks_at(MESSAGES).sees("message", "good morning")
    alice.looks_at(MESSAGES).reads("delivered")
    bob.looks_at(DESK).says(alice, "a slip")
    alice.looks_at(MESSAGES).sees("message", "a slip")
    bob.looks_at(MESSAGES).clicks("link", "Unsend")
    bob.looks_at(DESK).clicks("button", "Unsend")
    for person in both:
        person.looks_at(MESSAGES).reads("A message was unsent.")
        person.misses("message", "a slip")

    bob.reloads().looks_at(MESSAGES).reads("Connected. New messages appear here.")
    bob.misses("message", "good morning")

    bob.looks_at(PEOPLE).clicks("link", alice.name)
    bob.looks_at(DESK).clicks("button", "More")
    bob.clicks("button", f"Block {alice.name}")
    bob.sees("button", "Unblock")
    alice.looks_at(DESK).says(bob, "hello?")
    alice.reads("Not sent.")
    bob.clicks("button", "Unblock")
    bob.sees("field", f"Message to {alice.name}")
    alice.clicks("button", "Send")
    bob.looks_at(MESSAGES).sees("message", "hello?")
