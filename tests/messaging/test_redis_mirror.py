"""What a process has heard of people's boxes: it answers who was rung as Redis would, or not at all."""

import asyncio

import pytest

from messaging import boxes
from messaging.boxes import Draft, Event
from messaging.conversations import Person
from messaging.layer import MENDED
from messaging.proof.canary import Canary
from messaging.redis import mirror as module
from tests.messaging.domain import ALICE, BOB, SECONDS, says, shows
from tests.messaging.homes import forget_everything, lease
from tests.messaging.rings import Rings

LONG = "." * 70_000  # more than a ring brings along


@pytest.fixture
async def here(new_process):
    """The process of Bob's window; what is said comes from another one."""
    return await new_process()


@pytest.fixture
async def there(here, new_process):
    return await new_process()


@pytest.fixture
async def rings(here):
    async with Rings(here, BOB.id) as rings:
        yield rings


@pytest.fixture
async def window(here, rings):
    return await Window.opened(here)


@pytest.fixture
def asked(here, monkeypatch):
    """The scripts that this process has run."""
    names, run = [], here.link.run

    async def noted(name, *words):
        names.append(name)
        return await run(name, *words)

    monkeypatch.setattr(here.link, "run", noted)
    return names


@pytest.fixture
def opened(here, monkeypatch):
    """What was opened of what rings have brought."""
    found, open_draft = [], here.mirror.open_draft

    def noted(*words):
        found.append(words)
        return open_draft(*words)

    monkeypatch.setattr(here.mirror, "open_draft", noted)
    return found


class Window:
    """One of Bob's: where it is, and what it would write next."""

    def __init__(self, mailbox, arrival):
        self.mailbox, self.epoch, self.number = mailbox, arrival.epoch, arrival.number

    @classmethod
    async def opened(cls, mailbox, name="window"):
        return cls(mailbox, await mailbox.attach(BOB.id, name, ""))

    async def finds(self, *, is_rung=True):
        return await self.mailbox.after(BOB.id, self.number, self.epoch, is_rung=is_rung)

    async def texts(self):
        """What it writes when it was rung: it goes on behind that."""
        _, entries = await self.finds()
        self.number = entries[-1].number if entries else self.number
        return [entry.draft.event.name for entry in entries]


async def test_what_a_ring_has_brought_is_not_fetched(window, there, rings, asked):
    for text in ("one", "two"):
        await says(there, text)
        await rings.heard()
    assert await window.texts() == ["one", "two"]
    await there.post(
        [Draft(BOB.id, ALICE, Event("three")), Draft(ALICE.id, BOB, Event("hers")), Draft(BOB.id, ALICE, Event("four"))]
    )
    await rings.heard()
    assert await window.texts() == ["three", "four"]
    assert asked == []


async def test_it_is_the_answer_that_redis_gives(window, there, rings, asked):
    await says(there, "one")
    await there.clear("a clearing", [Draft(ALICE.id, BOB, Event("cleared")), Draft(BOB.id, ALICE, Event("cleared"))])
    await rings.heard()
    window.number = 1
    assert await window.finds() == await window.finds(is_rung=False)
    assert asked == ["after"]
    assert (await window.finds())[1][0].draft.clearing == "a clearing"


async def test_who_was_not_rung_is_told_by_redis(window, there, rings, asked):
    """At a beat: it is there to find what a lost ring has left behind."""
    await says(there, "one")
    await rings.heard()
    await says(there, "two")
    await rings.lost()
    _, entries = await window.finds(is_rung=False)
    assert [entry.draft.event.name for entry in entries] == ["one", "two"]
    assert asked == ["after"]


async def test_where_nothing_was_heard_redis_is_asked(window, there, asked):
    await says(there, "one")
    assert await window.texts() == ["one"]
    assert asked == ["after"]


async def test_a_window_that_lacks_more_than_was_heard_is_told_by_redis(window, there, rings, asked):
    await says(there, "one")
    await rings.lost()
    await says(there, "two")
    await rings.heard()
    assert await window.texts() == ["one", "two"]
    assert asked == ["after"]


async def test_a_ring_that_is_missing_among_others_leaves_no_hole(window, there, rings):
    for text in ("one", "two", "three"):
        await says(there, text)
        await (rings.lost() if text == "two" else rings.heard())
    assert await window.texts() == ["one", "two", "three"]


# What is withdrawn


async def test_what_was_taken_back_between_ring_and_write_is_never_shown(window, there, rings):
    said = await says(there, "oops")
    await says(there, "fine")
    await rings.heard()
    await there.retract(ALICE, BOB.id, said.id)
    await rings.heard()
    assert await window.texts() == ["", "fine"]


async def test_what_was_cleared_between_ring_and_write_is_never_shown(window, there, rings):
    await says(there, "oops")
    await rings.heard()
    await there.clear("a clearing", [Draft(ALICE.id, BOB, Event("cleared")), Draft(BOB.id, ALICE, Event("cleared"))])
    await rings.heard()
    assert await window.texts() == ["", "cleared"]
    assert here_holds_nothing_of(window.mailbox, "oops")


def here_holds_nothing_of(mailbox, text):
    return text not in repr([run.entries for run in mailbox.mirror.runs.values()])


async def test_its_sender_has_it_withdrawn_too(here, there, rings):
    """Bob's own message, in the mirror of his other window's process."""
    window = await Window.opened(here)
    await there.attach(ALICE.id, "hers", "")
    said = await says(there, "oops", sender=BOB, recipient=ALICE)
    await rings.heard()
    await there.retract(BOB, ALICE.id, said.id)
    await rings.heard()
    assert await window.texts() == [""]


# What was missed, and what is old


async def test_when_rings_may_have_passed_unheard_redis_is_asked(window, there, rings, asked):
    said = await says(there, "oops")
    await rings.heard()
    await there.retract(ALICE, BOB.id, said.id)
    await rings.lost()
    window.mailbox.heard(ALICE.id, MENDED)  # whoever hears it: it is about all
    assert await window.texts() == [""]
    assert asked == ["after"]


async def test_another_box_is_another_run(window, here, there, rings, asked):
    await says(there, "before")
    await rings.heard()
    await forget_everything(here.link)
    await lease(here.link)
    anew = await Window.opened(here)
    assert anew.epoch != window.epoch
    assert await anew.texts() == [], "of the box that is gone"
    await says(there, "after")
    await rings.heard()
    assert await window.finds() == (0, []), "of a box that is not its own"
    assert await anew.texts() == ["after"]


async def test_it_is_for_a_moment_alone(window, there, rings, clock, asked):
    await says(there, "one")
    await rings.heard()
    clock.passes(module.LIFETIME)
    assert await window.texts() == ["one"]
    assert asked == ["after"]


async def test_what_has_expired_is_not_shown_again(window, here, there, rings, clock):
    """A process that was halted hears late what has been forgotten since."""
    await says(there, "one")
    clock.passes(SECONDS)
    await there.sweep()
    await rings.heard()
    assert await window.finds() == (1, []), "it has a gap"


async def test_what_had_to_make_room_is_not_shown(window, there, rings, monkeypatch):
    """Another window has shown it."""
    monkeypatch.setattr(boxes, "MAX_ENTRIES", 4)
    await there.attach(BOB.id, "another", "")
    for text in ("one", "two"):
        await there.post([Draft(BOB.id, ALICE, Event(text))])
    await shows(there, BOB, "another", 2)
    await there.post([Draft(BOB.id, ALICE, Event("three"))])
    await rings.heard()
    start, entries = await window.finds()
    assert (start, [entry.draft.event.name for entry in entries]) == (1, ["two", "three"])


async def test_what_is_too_long_for_a_ring_is_fetched(window, there, rings, asked):
    for text in ("one", LONG, "three"):
        await there.post([Draft(BOB.id, ALICE, Event(text))])
        await rings.heard()
        assert await window.texts() == [text]
    assert asked == ["after"]
    assert max(map(len, rings.published)) < len(LONG)


async def test_a_ring_without_its_entry_hides_none(window, there, rings):
    await says(there, "one")
    await there.post([Draft(BOB.id, ALICE, Event(LONG))])
    await rings.heard()
    assert await window.texts() == ["one", LONG]


# What it costs


async def test_two_windows_of_one_person_open_it_once(here, there, rings, opened, asked):
    windows = [await Window.opened(here, "first"), await Window.opened(here, "second")]
    asked.clear()
    for text in ("one", "two"):
        await says(there, text)
        await rings.heard(times=2)
    assert [await window.texts() for window in windows] == [["one", "two"]] * 2
    assert len(opened) == 2
    assert asked == []


async def test_what_nobody_asks_for_stays_sealed(here, there, rings, opened):
    await Window.opened(here)
    await says(there, "a secret")
    await rings.heard()
    assert opened == []
    assert here.mirror.runs
    assert here_holds_nothing_of(here, "a secret")


async def test_it_holds_no_more_than_it_has_room_for(window, here, there, rings, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2_000)
    for number in range(20):
        await says(there, f"{number} {'.' * 300}")
        await rings.heard()
        assert 0 < here.mirror.size <= module.MOST
        assert here.mirror.size == sum(
            len(each.sealed) for run in here.mirror.runs.values() for each in run.entries.values()
        )
    assert len(await window.texts()) == 20, "the rest is fetched"


async def test_it_is_empty_again_though_nobody_says_anything_more(here, there, rings, monkeypatch):
    monkeypatch.setattr(module, "LIFETIME", 0.2)
    here.clock = there.clock = None  # time passes by itself
    window = await Window.opened(here)
    await says(there, "one")
    await rings.heard()
    assert here.mirror.runs
    await window.texts()
    async with asyncio.timeout(10):
        while here.mirror.runs:  # noqa: ASYNC110 - nobody says when
            await asyncio.sleep(0.05)
    assert (len(here.mirror.order), here.mirror.size, here.mirror.timer) == (0, 0, None)


async def test_no_word_and_no_name_is_readable_in_what_is_published(here, rings):
    said, name = Canary(), Canary()
    writer = Person(1, name.text)
    await here.attach(BOB.id, "window", "")
    sent = await says(here, said.text, sender=writer)
    await here.post([Draft(BOB.id, writer, Event(said.text))])
    await here.clear("a clearing", [Draft(1, BOB, Event(said.text)), Draft(BOB.id, writer, Event(said.text))])
    await rings.heard()
    published = b"\n".join(rings.published)
    assert len(published) > 3 * len(said.text)
    assert not said.forms_in(published)
    assert not name.forms_in(published)
    assert sent.id.encode() not in published
