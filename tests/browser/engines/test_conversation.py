"""Two people who both use Firefox, or both WebKitGTK, talk."""

import pytest

from tests.browser.engines.people import NEW_LINE

pytestmark = pytest.mark.matrix


@pytest.fixture
def both(arrives):
    alice, bob = (arrives(name).signs_up() for name in ("alice", "bob"))
    return alice.chooses(bob), bob.chooses(alice)


def test_two_people_sign_up_log_in_and_talk(arrives):
    alice, bob = (arrives(name).signs_up() for name in ("alice", "bob"))
    bob.clicks("button", f"Your account: {bob.name}")
    bob.clicks("button", "Log out")
    bob.sees("button", "Log in")
    bob.logs_in().chooses(alice)
    alice.chooses(bob).says(bob, "good morning")
    bob.sees("message", "good morning")
    bob.says(alice, "and to you")
    alice.sees("message", "and to you")
    alice.sees("message", "good morning … delivered")


def test_a_cut_connection_loses_nothing(request, arrives, place):
    ends = zip(("alice", "bob"), place.wires, strict=True)
    alice, bob = (arrives(name, url=wire.url).signs_up() for name, wire in ends)
    alice.chooses(bob).says(bob, "before")
    bob.chooses(alice).sees("message", "before")
    request.addfinalizer(place.wires[1].mend)
    place.wires[1].cut()
    bob.reads("Reconnecting…")
    alice.says(bob, "while you were away")
    bob.says(alice, "while I was away")
    bob.sees("message", "while I was away … sending")
    place.wires[1].mend()
    bob.sees("message", "while you were away")
    alice.sees("message", "while I was away")
    alice.sees("message", "while you were away … delivered")
    bob.sees("message", "while I was away … delivered")


def test_a_refresh_empties_the_transcript_and_stays_in_the_conversation(both):
    alice, bob = both
    alice.says(bob, "soon gone")
    bob.sees("message", "soon gone")
    alice.sees("message", "soon gone … delivered")
    bob.reloads().sees("heading", alice.name)
    bob.misses("message", "soon gone")
    alice.says(bob, "once more")
    bob.sees("message", "once more")
    bob.misses("message", "soon gone")


def test_a_message_is_edited_and_unsent(both):
    alice, bob = both
    alice.says(bob, "a tpyo")
    alice.sees("message", "a tpyo … delivered")
    alice.clicks("button", "More", message="a tpyo")
    alice.clicks("button", "Edit")
    alice.reads("You’re editing your message.")
    alice.says(bob, "a typo")
    bob.sees("message", "a typo … edited")
    bob.misses("message", "tpyo")
    alice.sees("message", "a typo … edited")
    alice.clicks("button", "More", message="a typo")
    alice.clicks("button", "Unsend")
    bob.misses("message", "a typo")
    alice.misses("message", "a typo")


def test_the_menu_of_a_message_opens_next_to_it(both):
    alice, bob = both
    alice.says(bob, "look here")
    bob.sees("message", "look here")
    bob.clicks("button", "React", message="look here")
    bob.sees("button", "👍")
    assert bob.has_near("button", "👍", message="look here")
    bob.clicks("button", "👍")
    alice.sees("message", "look here … 👍")


def test_a_message_is_copied_and_replied_to(both):
    alice, bob = both
    alice.says(bob, "what **now**?")
    bob.sees("message", "what now?")
    bob.clicks("button", "More", message="what now?")
    bob.clicks("button", "Copy")
    bob.reads("Copied.")
    bob.clicks("button", "Reply", message="what now?")
    bob.says(alice, "nothing")
    alice.sees("message", "what … nothing")


def test_two_lines_fit_into_the_composer_and_arrive(both):
    alice, bob = both
    alice.types(f"Message to {bob.name}", f"one{NEW_LINE}two")
    [field] = alice.finds("field", f"Message to {bob.name}")
    assert alice.run("return arguments[0].scrollHeight <= arguments[0].clientHeight", field)
    assert alice.run("return arguments[0].value", field) == "one\ntwo"
    alice.clicks("button", "Send")
    bob.sees("message", "one two")


IN_ARABIC = (
    "const [all] = document.getElementsByName('language'); all.value = 'ar'; all.form.submit()"
)


def test_an_arabic_page_shows_the_placeholder_of_the_composer(both):
    alice, bob = both
    alice.opens("/accounts/").run(IN_ARABIC)
    alice.sees("heading", "حسابك")
    alice.opens("/").clicks("link", bob.name)
    alice.sees("field", f"رسالة إلى \u2068{bob.name}\u2069")
    [field] = alice.finds("field", f"رسالة إلى \u2068{bob.name}\u2069")
    assert alice.run("return arguments[0].scrollWidth <= arguments[0].clientWidth", field)


def test_a_blocked_person_can_write_again_once_unblocked(both):
    alice, bob = both
    bob.clicks("button", f"More actions for {alice.name}")
    bob.clicks("button", f"Block {alice.name}")
    bob.clicks("button", "Block")
    bob.sees("button", "Unblock")
    alice.says(bob, "hello?")
    alice.sees("message", "hello? … Not delivered.")
    bob.misses("message", "hello?")
    bob.clicks("button", "Unblock")
    alice.clicks("button", "Try again", message="hello?")
    bob.sees("message", "hello?")
