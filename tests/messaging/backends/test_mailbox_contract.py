"""A state machine: pages send, show, confirm and disconnect; time passes; the server restarts."""

import asyncio
import uuid
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from messaging.domain import mailbox_limits
from messaging.domain.conversations import Person
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Refused
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    NO_LIMIT,
    SECONDS,
    Clock,
    message,
    note,
    recipient_of,
)
from tests.messaging.backends.mailboxes import (
    cursor,
    forget_everything,
    is_empty,
    look,
    memory_mailbox,
    new_client,
    redis_mailbox,
)
from tests.messaging.pages import Page, Posting

MAX_ENTRIES, SHARE = 8, 2  # of one sender: a quarter
STRANGERS = [CAROL, *(Person(4 + number, "stranger") for number in range(4))]  # without a page


def html_of(said):
    return f"posted:{said.id}" if said.is_original else f"edited:{said.text}"


class MailboxMachine(RuleBasedStateMachine):
    """The machine for the memory backend. The one for Redis starts and calls it differently."""

    pages = Bundle("pages")

    def now(self, coroutine):
        """Return the result of a coroutine that never waits, as in the memory backend."""
        try:
            coroutine.send(None)
        except StopIteration as end:
            return end.value
        raise AssertionError("it waits")

    def empty_mailbox(self):
        return memory_mailbox(self.clock, SECONDS)

    def look(self, person):
        return self.now(look(self.mailbox, person.id))

    def cursor(self, person, number):
        return self.now(cursor(self.mailbox, person.id, number))

    @initialize()
    def start(self):
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(mailbox_limits, "MAX_ENTRIES", MAX_ENTRIES)
        self.clock = Clock()
        self.mailbox = self.empty_mailbox()
        self.open_pages, self.names, self.restarted_at = [], 0, 0.0
        self.cleared = {}  # the number of windows at each clearing
        self.messages, self.postings, self.edits = {}, {}, {}
        self.posted_at, self.overflowed = {}, set()
        self.shown, self.clearings = set(), 0

    # A page and its socket

    @rule(target=pages, person=st.sampled_from([ALICE, BOB]))
    def open_window(self, person):
        self.names += 1
        page = Page(person, f"window-{self.names}")
        self.open_pages.append(page)
        self.connect(page)
        given = [
            entry.draft.incoming for entry in self.now(self.mailbox.fetch(person.id, page.sent))[1]
        ]
        unsettled = [each for each in self.newest() if not each.outcome]
        assert all(
            each.message in given for each in unsettled if recipient_of(each.message) == person
        )
        return page

    @rule(page=pages)
    def come_back(self, page):
        if page.is_connected:
            return
        self.connect(page)
        for id in [id for id, state in page.states.items() if state == "sending"]:
            self.offer(page, id)

    def connect(self, page):
        arrival = self.now(self.mailbox.attach(page.person.id, page.name, page.cursor))
        was_long = self.clock.now - page.left_at >= SECONDS
        if arrival.is_new_inbox:
            assert self.clock.now - page.cursor_at >= SECONDS or self.restarted_at > page.cursor_at
        if arrival.has_gap:
            epoch = self.look(page.person).epoch
            missed = self.posted_at[epoch][int(page.cursor.rpartition(".")[2] or 0)]
            assert was_long or epoch in self.overflowed or self.clock.now - missed >= SECONDS, (
                "there is no gap"
            )
        page.connects(arrival)

    @rule(page=pages)
    def lose_the_wire(self, page):
        page.loses_the_wire(self.clock.now)

    @rule(page=pages)
    def notice_dead_sockets(self, page):
        while page.sockets > page.is_connected:
            page.sockets -= 1
            self.now(self.mailbox.detach(page.person.id, page.name))

    @rule(page=consumes(pages))
    def close_the_window(self, page):
        self.open_pages.remove(page)
        self.lose_the_wire(page)
        self.notice_dead_sockets(page)

    @rule(page=pages)
    def ring(self, page):
        """Fetch all entries that the page lacks, like a consumer, and note a gap."""
        if page.is_connected:
            start, entries = self.now(self.mailbox.fetch(page.person.id, page.sent))
            has_gap, page.sent = start > page.sent, entries[-1].number if entries else start
            page.wire.append((has_gap, entries, self.cursor(page.person, page.sent)))

    @rule(page=pages)
    def receive(self, page):
        if page.wire:
            page.receives(self.clock.now)
            self.shown |= {(html, page.person) for html in page.shown} | {
                (html, page.name) for html in page.shown
            }

    @rule(page=pages)
    def confirm(self, page):
        if page.is_connected:
            self.tell(
                self.now(self.mailbox.confirm(page.person.id, page.name, page.cursor)), "delivered"
            )

    @rule(page=pages)
    def everything_flows(self, page):
        self.ring(page)
        while page.wire:
            self.receive(page)
        if page.is_connected:
            assert page.cursor == self.cursor(page.person, self.look(page.person).newest)
        self.confirm(page)

    # A person

    @rule(page=pages)
    def say(self, page):
        said = message(
            str(uuid.uuid4()), sender=page.person, recipient=BOB if page.person == ALICE else ALICE
        )
        self.messages[said.id] = said
        page.states[said.id] = "sending"
        self.try_again(page, said.id)

    @rule(page=pages, choice=st.randoms(use_true_random=False))
    def offer_again(self, page, choice):
        if page.states:
            self.try_again(page, choice.choice(list(page.states)))

    def try_again(self, page, id):
        if page.is_connected:
            page.states[id] = "sending"
            self.offer(page, id)

    def offer(self, page, id):
        """Submit a message, new or not."""
        said, before = self.messages[id], self.postings.get(id, [None])[-1]
        try:
            receipt = self.submit(said)
        except Refused as refusal:
            page.states[id] = "waiting" if refusal.is_waiting else "refused"
            return
        if not receipt.is_new:
            assert before.outcome == ("delivered" if receipt.is_delivered else "")
            return
        if (
            before and before.outcome != "expired"
        ):  # the ID must have been lost in a restart, or have expired
            assert (
                before.posted_at < self.restarted_at
                or self.clock.now - before.posted_at >= 2 * SECONDS
            )
        self.postings.setdefault(id, []).append(Posting(said, self.clock.now))

    def submit(self, said):
        """Submit a message. A sender without a share is refused only by a full mailbox."""
        for person in (recipient_of(said), said.sender):
            self.note_fullness(person)
        box, held = self.look(recipient_of(said)), self.incoming(recipient_of(said))
        try:
            receipt = self.now(self.mailbox.submit(said, self.copies(said), NO_LIMIT))
        except Refused as refusal:
            if "Too many messages are waiting" in refusal.reason:
                assert box.entries >= MAX_ENTRIES
            if "your messages" in refusal.reason:
                assert box.entries >= SHARE
            raise
        finally:
            self.log(recipient_of(said), said.sender)
        assert held.count(said.sender) < SHARE or not receipt.is_new
        return receipt

    def incoming(self, person):
        """Return the senders of messages that no window of this person has shown."""
        return [
            each.message.sender
            for each in self.newest()
            if recipient_of(each.message) == person and not each.outcome
        ]

    @rule(
        person=st.sampled_from([ALICE, BOB]),
        strangers=st.lists(st.sampled_from(STRANGERS), max_size=12),
    )
    def strangers_say(self, person, strangers):
        for stranger in strangers:
            said = message(str(uuid.uuid4()), sender=stranger, recipient=person)
            with suppress(Refused):
                self.submit(said)
                self.postings[said.id] = [Posting(said, self.clock.now)]

    def copies(self, said):
        html = html_of(said)
        return [
            Draft(owner.id, said.conversation, Event(html), said.sender.id, said)
            for owner in (recipient_of(said), said.sender)
        ]

    @rule(page=pages, choice=st.randoms(use_true_random=False))
    def edit(self, page, choice):
        mine = [id for id in page.states if id in self.postings]
        if not mine or not page.is_connected:
            return
        edit = self.messages[choice.choice(mine)]._replace(text=str(uuid.uuid4()), kind="edit")
        try:
            assert self.submit(edit).is_new
        except Refused:
            return
        self.edits[edit.text] = Posting(edit, self.clock.now)

    @rule(page=pages, choice=st.randoms(use_true_random=False))
    def unsend(self, page, choice):
        mine = [id for id in page.states if id in self.postings]
        if not mine or not page.is_connected:
            return
        said = self.messages[choice.choice(mine)]
        if self.is_done(self.mailbox.retract(*self.unsaid(said), has_passed=True)):
            self.withdraw([said.id])

    @rule(person=st.sampled_from([ALICE, BOB]), stranger=st.sampled_from(STRANGERS))
    def unsend_what_was_invented(self, person, stranger):
        before = self.look(person)
        self.is_done(self.mailbox.retract(*self.unsaid(message(sender=stranger, recipient=person))))
        assert self.look(person) == before

    def unsaid(self, said):
        text, peer = f"unsent:{said.id}", recipient_of(said)
        drafts = [
            note(text, peer, said.sender, by=said.sender),
            note(text, said.sender, peer),
        ]
        return said.sender, said.conversation, said.id, drafts

    @rule(person=st.sampled_from([ALICE, BOB]), stranger=st.sampled_from(STRANGERS))
    def take_a_reaction_away(self, person, stranger):
        self.is_done(self.mailbox.post([note("taken away", person, stranger, by=stranger)]))

    @rule()
    def clear_for_both(self):
        self.clearings += 1
        text = f"cleared:{self.clearings}"
        drafts = [note(text, ALICE, BOB), note(text, BOB, ALICE, by=ALICE)]
        clears = self.mailbox.clear(ALICE.id, BOTH, str(self.clearings), drafts)
        if clearing := self.is_done(clears, True):
            self.cleared[clearing.id] = self.now(self.mailbox.progress(clearing)).total
            self.withdraw(
                id
                for id, (posting, *_) in self.postings.items()
                if posting.message.sender in (ALICE, BOB)
            )

    def is_done(self, doing, has_result=False):
        """Return the result, or False if it was refused."""
        for person in (ALICE, BOB):
            self.note_fullness(person)
        try:
            result = self.now(doing)
        except Refused:
            return None
        finally:
            self.log(ALICE, BOB)
        return result if has_result else True

    def withdraw(self, ids):
        ids = set(ids)
        for posting in self.newest():
            if posting.message.id in ids and not posting.outcome:
                posting.ends("withdrawn")

    def newest(self):
        """Return the last submission of each message, and every edit."""
        return [*(each[-1] for each in self.postings.values()), *self.edits.values()]

    # The server

    def post(self, owner, peer, html):
        self.note_fullness(owner)
        self.now(self.mailbox.post([note(html, owner, peer)]))
        self.log(owner)

    def log(self, *owners):
        for box in filter(None, map(self.look, owners)):
            times = self.posted_at.setdefault(box.epoch, [])
            times += [self.clock.now] * (box.newest - len(times))

    def note_fullness(self, owner):
        """Note which shares may be full. What a window has shown may have made room."""
        box = self.look(owner)
        if box and box.entries >= SHARE:
            self.overflowed.add(box.epoch)

    def tell(self, news, outcome):
        for said in news.messages:
            if outcome == "delivered":
                assert (html_of(said), recipient_of(said)) in self.shown, "no window has shown it"
            posting = self.postings[said.id][-1] if said.is_original else self.edits[said.text]
            assert outcome == "delivered" or self.clock.now - posting.posted_at >= SECONDS, (
                "it was pushed out"
            )
            posting.ends(outcome)
            self.post(
                said.sender,
                recipient_of(said),
                f"{outcome}:{said.id if said.is_original else said.text}",
            )
        for clearing in news.clearings:
            progress = self.now(self.mailbox.progress(clearing))
            assert progress.total == self.cleared[clearing.id], (
                "a window was forgotten, or counted twice"
            )
            emptied = {
                who
                for html, who in self.shown
                if html == f"cleared:{clearing.id}" and isinstance(who, str)
            }
            assert progress.cleared <= len(emptied), "no window has shown it"

    @rule(seconds=st.sampled_from([1, 30, SECONDS - 1, SECONDS, 3 * SECONDS]))
    def let_time_pass(self, seconds):
        self.clock.passes(seconds)

    @rule()
    def sweep(self):
        self.tell(self.now(self.mailbox.sweep()), "expired")

    @precondition(lambda self: self.names)
    @rule()
    def restart(self):
        self.clock.passes(1)
        self.restarted_at = self.clock.now
        self.mailbox = self.empty_mailbox()
        for page in self.open_pages:
            page.loses_the_wire(self.clock.now - 0.5)
            page.sockets = 0
        for posting in [each for each in self.newest() if not each.outcome]:
            posting.ends("forgotten")

    @invariant()
    def bounds_are_kept(self):
        for person in (ALICE, BOB):
            if box := self.look(person):
                waiting = self.now(self.mailbox.fetch(person.id, 0))[1]
                senders = [each.draft.incoming.sender for each in waiting if each.draft.incoming]
                assert all(senders.count(sender) <= SHARE for sender in senders)
                assert len(senders) <= MAX_ENTRIES
                assert box.entries <= 3 * MAX_ENTRIES
                assert box.size == sum(entry.draft.size for entry in waiting)

    def teardown(self):
        for page in self.open_pages:
            self.lose_the_wire(page)
            self.notice_dead_sockets(page)
        for _ in range(3):
            self.clock.passes(2 * SECONDS)
            self.sweep()
        assert all(posting.outcome for postings in self.postings.values() for posting in postings)
        assert all(posting.outcome for posting in self.edits.values())
        assert self.now(is_empty(self.mailbox))
        self.patch.undo()


class RedisMailboxMachine(MailboxMachine):
    url = ""

    @initialize()
    def start(self):
        self.runner = asyncio.Runner()
        self.client = new_client(self.url)
        super().start()

    def now(self, coroutine):
        return self.runner.run(coroutine)

    def empty_mailbox(self):
        self.now(forget_everything(self.client))
        return self.now(redis_mailbox(self.client, self.clock, SECONDS))

    def teardown(self):
        try:
            super().teardown()
        finally:
            self.now(forget_everything(self.client))
            self.now(self.client.close())
            self.runner.close()


@pytest.fixture(scope="module")
def shared_memory(redis_url):
    RedisMailboxMachine.url = redis_url


MailboxMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
RedisMailboxMachine.TestCase.settings = settings(
    max_examples=30, stateful_step_count=60, deadline=None
)
TestMailbox = MailboxMachine.TestCase
TestRedisMailbox = pytest.mark.usefixtures("shared_memory")(RedisMailboxMachine.TestCase)
