"""A block stops everything between two people at once, and the blocked person cannot notice it."""

import asyncio
import re

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.utils import CursorWrapper

from accounts.templatetags.names import as_name
from messaging.backends import mailbox, presence, reattach_windows
from messaging.consumers import client_state
from messaging.consumers.websocket import WindowConsumer
from messaging.delivery import groups, privacy
from messaging.domain.conversations import Person
from messaging.domain.messages import Refused
from messaging.people import blocks
from tests.messaging.backends.mailboxes import waiting
from tests.messaging.choices import blocks as block
from tests.messaging.choices import unblocks as unblock
from tests.messaging.conftest import AT_ONCE
from tests.messaging.consumers.test_arrivals import is_told, told

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = "Not delivered. {} can’t be reached."


@pytest.fixture
async def pair(alice, bob, open_window):
    """Return a window of each, with a pane for the other."""
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await is_told(here, bob, "online")
    return here, there


def offline(person):
    return f'data-offline="{person.pk} "'


def states_of(seen, id):
    """Return the states that a message got, without names and ids."""
    told = re.findall(
        rf'<span hx-swap-oob="innerHTML:#outcome-{id},.*?</span>\s*</span>', seen, re.DOTALL
    )
    return [re.sub(rf"{id}|alice|bob|#state-\d+", "…", each) for each in told]


async def block_and_wait(blocker, other):
    """Block a person, and wait until both windows know."""
    await block(blocker, other.user)
    await blocker.sees(f'data-blocked="{other.user.pk} "')
    await is_told(other, blocker.user, "offline")


# Refusals


@pytest.mark.parametrize(
    "blocker", [0, 1], ids=["the sender has blocked", "the recipient has blocked"]
)
async def test_a_message_is_refused_with_words_that_do_not_say_why(blocker, alice, bob, pair):
    here, there = pair
    await block_and_wait(pair[blocker], pair[1 - blocker])
    id = await here.says("are you there?", to=bob)
    assert f"outcome-{id}" in await here.sees(REFUSED.format(as_name("bob")))
    assert "block" not in "".join(states_of(here.seen, id))
    assert "are you there?" not in await there.settles() + await here.settles(), (
        "its process has not even taken it"
    )
    assert "are you there?" not in await waiting(mailbox, alice.pk, bob.pk)


async def test_both_see_the_same(alice, bob, pair):
    here, there = pair
    await block_and_wait(here, there)
    mine, theirs = await here.says("one", to=bob), await there.says("other", to=alice)
    await here.sees(REFUSED.format(as_name("bob")))
    await there.sees(REFUSED.format(as_name("alice")))
    assert len(states_of(here.seen, mine)) == 1
    assert states_of(here.seen, mine) == states_of(there.seen, theirs)


async def test_a_block_applies_to_every_open_and_later_window_of_both(
    alice, bob, pair, open_window
):
    second = await open_window(bob, alice)
    await block(pair[0], bob)
    third = await open_window(bob, alice)
    for window in [pair[1], second, third]:
        await window.says("hello", to=alice)
        await window.sees(REFUSED.format(as_name("alice")))
    assert "hello" not in await pair[0].settles()


async def test_a_block_applies_at_once(alice, bob, pair):
    here, there = pair
    async with asyncio.timeout(AT_ONCE):
        await block(here, bob)
        await there.sees(offline(alice))
        await there.says("too late", to=alice)
        await there.sees(REFUSED.format(as_name("alice")))


async def test_typing_is_shown_to_neither(alice, bob, pair):
    here, there = pair
    await block_and_wait(here, there)
    await here.send(type="typing", conversation=str(bob.pk))
    await there.send(type="typing", conversation=str(alice.pk))
    assert "is typing" not in await here.settles() + await there.settles()


async def test_other_conversations_are_not_affected(alice, bob, carol, pair, open_window):
    third = await open_window(carol, alice, bob)
    await block(pair[0], bob)
    await third.says("to one", to=alice)
    await third.says("to the other", to=bob)
    await pair[0].sees("to one")
    await pair[1].sees("to the other")
    assert offline(alice) not in await third.settles()


# Earlier messages


async def test_waiting_messages_are_refused_and_never_shown(alice, bob, pair, come_back):
    here, there = pair
    await there.leaves()
    id = await here.says("not for you any more", to=bob)
    await here.sees("not for you any more")
    await block(here, bob)
    seen = await here.sees(REFUSED.format(as_name("bob")))
    assert f"#state-{alice.pk}-{id}" in seen
    back = await come_back(there, alice)
    await back.settles()
    assert back.texts() == []
    assert "state--delivered" not in await here.settles()


async def test_a_delivered_message_is_not_replayed_to_another_window(
    alice, bob, pair, open_window, come_back
):
    here, there = pair
    away = await open_window(bob, alice)
    await away.leaves()
    await here.says("seen once", to=bob)
    await there.sees("seen once")
    await here.sees("state--delivered")
    await block(there, alice)
    back = await come_back(away, alice)
    await back.settles()
    assert back.texts() == []
    assert "can’t be reached" not in await here.settles()


async def test_a_page_that_resends_a_delivered_message_is_told_so(alice, bob, pair):
    here, there = pair
    id = await here.says("arrived", to=bob)
    await there.sees("arrived")
    await here.sees("state--delivered")
    await block(there, alice)
    await here.settles()
    here.seen = ""
    await here.says("arrived", to=bob, id=id)
    await here.sees("state--delivered")
    assert "can’t be reached" not in await here.settles()


async def test_a_refused_message_can_be_sent_after_the_block(alice, bob, pair, come_back):
    here, there = pair
    await there.leaves()
    id = await here.says("later then", to=bob)
    await here.sees("later then")
    await block(here, bob)
    await here.sees(REFUSED.format(as_name("bob")))
    await unblock(here, bob)
    back = await come_back(there, alice)
    await here.says("later then", to=bob, id=id)
    await back.sees("later then")
    await here.sees("state--delivered")


async def test_own_messages_can_be_unsent(alice, bob, pair):
    here, there = pair
    id = await there.says("sorry", to=alice)
    await here.sees("sorry")
    await block_and_wait(here, there)
    await there.send(type="unsend", conversation=str(alice.pk), id=id)
    for window in pair:
        await window.sees(f"delete:#message-{bob.pk}-{id}")


async def test_clearing_empties_the_users_own_windows_and_tells_neither_about_the_other(
    alice, bob, pair, open_window
):
    here, there = pair
    second = await open_window(bob, alice)
    await there.says("mine to see", to=alice)
    await here.sees("mine to see")
    await block_and_wait(here, there)
    await there.send(type="clear", conversation=str(alice.pk))
    for window in [there, second]:
        await window.sees(f"innerHTML:#conversation-{alice.pk}-transcript")
        assert "Cleared in" not in await window.settles()
    assert "cleared" not in await here.settles()


async def test_an_earlier_clearing_no_longer_reports_its_progress(alice, bob, pair, come_back):
    here, there = pair
    await there.leaves()
    await here.send(type="clear", conversation=str(bob.pk))
    await here.sees("1 window is offline")
    await block(there, alice)
    back = await come_back(there, alice)
    await back.settles()
    assert "Cleared in 2 of 2" not in await here.settles()


# A block on one process, a message on another at the same moment


@pytest.fixture
def delay_block(monkeypatch):
    """Return a function that delays the block for a person's windows, like a busy process."""

    def make(person):
        look = WindowConsumer._refresh

        async def late(window):
            if window.person_id != person.pk:
                await look(window)

        monkeypatch.setattr(WindowConsumer, "_refresh", late)

    return make


async def test_a_message_accepted_before_the_block_is_known_is_refused_by_the_recipients_window(
    alice, bob, pair, delay_block
):
    here, there = pair
    delay_block(bob)
    await block(here, bob)
    await here.sees(f'data-blocked="{bob.pk} "')
    id = await there.says("in the same moment", to=alice)
    seen = await there.sees(REFUSED.format(as_name("alice")))
    assert f"#state-{bob.pk}-{id}" in seen
    assert "in the same moment" not in await here.settles()
    assert "state--delivered" not in await there.settles()


async def test_typing_sent_before_the_block_is_known_is_not_shown(alice, bob, pair, delay_block):
    here, there = pair
    delay_block(bob)
    await block(here, bob)
    await here.sees(f'data-blocked="{bob.pk} "')
    await there.send(type="typing", conversation=str(alice.pk))
    assert "is typing" not in await here.settles()


async def test_a_block_made_while_a_page_says_hello_is_not_missed(
    alice, bob, open_window, monkeypatch
):
    here, look, looks = await open_window(alice, bob), client_state._load, []
    await here.settles()

    async def late(person_id, ids):
        found = await look(person_id, ids)
        looks.append(person_id)
        if looks == [bob.pk]:
            await database_sync_to_async(blocks.add)(alice.pk, bob.pk)
            await privacy.sever(alice.pk, bob.pk)
        return found

    monkeypatch.setattr(client_state, "_load", late)
    there = await open_window(bob, alice)
    await there.sees(offline(alice))
    await there.says("hello", to=alice)
    await there.sees(REFUSED.format(as_name("alice")))
    assert "hello" not in await here.settles()


async def test_a_message_accepted_before_the_block_is_known_is_refused_when_a_window_opens(
    alice, bob, pair, delay_block, come_back
):
    here, there = pair
    delay_block(bob)
    await block(here, bob)
    await here.leaves()
    await there.says("in the same moment", to=alice)
    await there.sees("to reconnect")
    back = await come_back(here, bob)
    await there.sees(REFUSED.format(as_name("alice")))
    await back.settles()
    assert back.texts() == []
    assert "state--delivered" not in await there.settles()


async def test_an_older_query_does_not_overwrite_a_newer_one(alice, bob, monkeypatch):
    old, new = blocks.Blocks(theirs=frozenset([bob.pk])), blocks.NO_BLOCKS
    answers, is_slow = [old, new], asyncio.Event()

    async def look(person_id, ids):
        answer = answers.pop(0)
        if answer is old:
            await is_slow.wait()
        return [], (False, False), answer

    monkeypatch.setattr(client_state, "_load", look)
    hers = client_state.ClientState(Person(alice.pk, "alice"))
    looks = [asyncio.create_task(hers.refresh()) for _ in range(2)]
    await asyncio.sleep(0.01)
    is_slow.set()
    assert [before for _, before in await asyncio.gather(*looks)] == [blocks.NO_BLOCKS, old]
    assert hers.blocks == new


# Presence


async def test_the_blocked_person_sees_the_other_go_offline(alice, bob, pair):
    here, there = pair
    assert offline(alice) not in await there.settles()
    await block(here, bob)
    seen = await there.sees(offline(alice))
    assert f'data-blocked="{alice.pk}' not in seen
    assert "blocked" not in seen.split(offline(alice))[1].replace('data-blocked=""', "")


async def test_presence_changes_are_told_to_neither(carol, pair, open_window, monkeypatch):
    here, there = pair
    third = await open_window(carol)
    await block_and_wait(here, there)
    await there.settles()
    before = told(there, here.user)
    monkeypatch.setattr(presence, "grace", 0.2)
    await here.leaves()
    await is_told(third, here.user, "offline")
    await open_window(here.user, there.user)
    await is_told(third, here.user, "online")
    await there.settles()
    assert told(there, here.user) == before


async def test_presence_changes_of_others_still_arrive(alice, bob, carol, pair, open_window):
    await block_and_wait(*pair)
    await open_window(carol)
    await is_told(pair[1], carol, "online")


async def test_after_the_block_both_see_each_other_again(alice, bob, pair):
    here, there = pair
    await block_and_wait(here, there)
    here.seen = there.seen = ""
    await unblock(here, bob)
    await is_told(there, alice, "online")
    await is_told(here, bob, "online")
    await there.says("hello again", to=alice)
    await here.sees("hello again")


async def test_a_window_that_was_away_learns_of_the_block_on_return(alice, bob, pair, come_back):
    here, there = pair
    await there.settles()
    await there.leaves()
    await block(here, bob)
    back = await come_back(there, alice)
    await back.sees(offline(alice))
    await back.says("hello", to=alice)
    await back.sees(REFUSED.format(as_name("alice")))


async def test_every_window_refreshes_after_the_channel_layer_was_away(alice, bob, pair):
    _, there = pair
    await sync_to_async(blocks.add)(alice.pk, bob.pk)  # no window was notified
    reattach_windows()
    await there.sees(offline(alice))
    await there.says("hello", to=alice)
    await there.sees(REFUSED.format(as_name("alice")))


async def test_a_busy_window_learns_of_the_block_by_the_time_the_blocker_gets_the_answer(
    alice, bob, pair, monkeypatch
):
    """The view's thread, in which the database would be queried, has ended by then."""
    here, there = pair
    look = WindowConsumer._refresh

    async def late(window):
        await asyncio.sleep(0.1)
        await look(window)

    monkeypatch.setattr(WindowConsumer, "_refresh", late)
    await block(here, bob)
    await there.sees(offline(alice))


async def test_an_unavailable_database_is_queried_until_it_answers(alice, bob, pair, monkeypatch):
    real = blocks.load
    failures: list[int] = []

    def fails_first(person_id):
        if len(failures) < 2:
            failures.append(person_id)
            raise OperationalError
        return real(person_id)

    _, there = pair
    await sync_to_async(blocks.add)(alice.pk, bob.pk)
    monkeypatch.setattr(blocks, "load", fails_first)
    await groups.choices_changed(bob.pk)
    await there.sees(offline(alice))
    assert len(failures) == 2


# Database queries


@pytest.fixture
def statements(monkeypatch):
    """Record every SQL statement."""
    made: list[str] = []
    execute = CursorWrapper.execute

    def noted(cursor, statement, parameters=None):
        made.append(statement)
        return execute(cursor, statement, parameters)

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    return made


async def test_messages_cause_no_database_query(bob, carol, pair, open_window, statements):
    here, there = await open_window(pair[0].user, bob, carol), pair[1]
    await sync_to_async(blocks.add)(carol.pk, here.user.pk)
    await groups.choices_changed(here.user.pk)
    await here.sees(offline(carol))
    await there.settles()
    assert statements, "what is asked for is seen"
    statements.clear()
    for number in range(20):
        await here.says(f"number {number}.", to=bob)
        await here.says("no", to=carol)
        await here.send(type="typing", conversation=str(bob.pk))
    await there.sees("number 19.")
    await here.sees(REFUSED.format(as_name("carol")), times=20)
    assert statements == []


# Storage


def test_one_query_finds_both_directions(alice, bob, carol, django_assert_num_queries):
    blocks.add(alice.pk, bob.pk)
    blocks.add(carol.pk, alice.pk)
    with django_assert_num_queries(1):
        found = blocks.load(alice.pk)
    assert found == blocks.Blocks(frozenset([bob.pk]), frozenset([carol.pk]))
    assert [bob.pk in found, carol.pk in found, alice.pk in found] == [True, True, False]
    assert blocks.load(bob.pk) == blocks.Blocks(theirs=frozenset([alice.pk]))


def test_blocking_twice_creates_one_block(alice, bob):
    blocks.add(alice.pk, bob.pk)
    blocks.add(alice.pk, bob.pk)
    assert blocks.people_blocked_by(alice.pk) == [Person(bob.pk, "bob")]
    blocks.remove(alice.pk, bob.pk)
    assert not blocks.load(alice.pk)


def test_a_block_by_another_person_cannot_be_removed(alice, bob):
    blocks.add(alice.pk, bob.pk)
    blocks.remove(bob.pk, alice.pk)
    assert bob.pk in blocks.load(alice.pk)


@pytest.mark.parametrize("leaver", ["alice", "bob"])
def test_a_block_is_deleted_with_either_user(leaver, alice, bob):
    blocks.add(alice.pk, bob.pk)
    {"alice": alice, "bob": bob}[leaver].delete()
    assert not blocks.load({"alice": bob, "bob": alice}[leaver].pk)


def test_the_database_refuses_duplicate_blocks_and_self_blocks(alice, bob):
    rows = type(alice).blocking.through.objects
    blocks.add(alice.pk, bob.pk)
    for pair in [(alice, bob), (alice, alice)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.create(blocker=pair[0], blocked=pair[1])


def test_the_number_of_blocks_is_limited(alice, bob, carol, monkeypatch):
    monkeypatch.setattr(blocks, "MAX_BLOCKED", 1)
    blocks.add(alice.pk, bob.pk)
    with pytest.raises(Refused, match="which is the limit"):
        blocks.add(alice.pk, carol.pk)
    assert carol.pk not in blocks.load(alice.pk)
