"""The mailbox in Redis: encryption, expiry, and one order for all processes."""

import asyncio
import json

import pytest
from cryptography.exceptions import InvalidTag
from redis.asyncio import Redis as Client

from messaging.backends.redis.channel_layer import RedisLayer
from messaging.backends.redis.client import PREFIX, RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.mailbox import RedisMailbox
from messaging.delivery import events
from messaging.domain.conversations import Conversation, Person
from messaging.domain.mailbox import MAIL_WAITING
from messaging.domain.messages import Refused, StateUnavailable
from messaging.ops.proof.canary import Canary
from tests.messaging.backends.domain import (
    ALICE,
    BOB,
    BOTH,
    CAROL,
    CLEAR,
    SECONDS,
    Clock,
    copies,
    message,
    note,
    offered,
    says,
    shows,
    submits,
)
from tests.messaging.backends.mailboxes import (
    ENCRYPTOR,
    EXPIRING,
    KEY,
    cursor,
    forget_everything,
    keys,
    lease,
    redis_presence,
)
from tests.support.programs import free_port


@pytest.fixture
async def mailbox(new_process):
    return await new_process()


@pytest.fixture
async def other(mailbox, new_process):
    return await new_process()


async def everything(client: RedisClient) -> bytes:
    """Return every key with its value, as in a dump of Redis."""
    found = []
    for name in await keys(client):
        readings: dict[bytes, list] = {
            b"string": ["GET", name],
            b"list": ["LRANGE", name, 0, -1],
            b"set": ["SMEMBERS", name],
            b"hash": ["HGETALL", name],
            b"zset": ["ZRANGE", name, 0, -1],
        }
        found += [name, _bytes(await client.call(*readings[await client.call("TYPE", name)]))]
    return b"\n".join(found)


def _bytes(value) -> bytes:
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return b"\n".join(map(_bytes, value)) if isinstance(value, list | set | tuple) else bytes(value)


# Encryption


async def test_no_text_and_no_name_is_readable_in_redis(mailbox):
    said, alice, bob = Canary(), Canary(), Canary()
    here, there = Person(1, alice.text), Person(2, bob.text)
    for person in (here, there):
        await mailbox.attach(person.id, "window", "")
    sent = [
        await says(mailbox, f"{number} {said.text}", sender=here, recipient=there)
        for number in range(3)
    ]
    await mailbox.post([note(f"<p>{said.text}</p>", there, here)])
    drafts = [note(said.text, here, there), note(said.text, there, here, by=here)]
    await mailbox.clear(here.id, Conversation.of(here, there), "a clearing", drafts)
    lost = await says(mailbox, said.text, sender=here, recipient=there)
    await mailbox.detach(there.id, "window")
    presence = redis_presence(mailbox.client, Clock())
    await presence.arrive(here, "window")
    await presence.take_changes()
    held = await everything(mailbox.client)
    assert (await offered(mailbox, there))[-1][1] == lost.text, "it does wait there"
    assert b"present:" in held
    assert b"clearing:" in held
    for canary in (said, alice, bob):
        assert not canary.forms_in(held)
    assert not [each.id for each in [*sent, lost] if each.id.encode() in held]


async def test_the_canary_would_be_found(mailbox):
    canary = Canary()
    await mailbox.client.call("HSET", f"{mailbox.client.prefix}box:1", "leak", canary.text)
    assert canary.forms_in(await everything(mailbox.client))


async def test_another_key_decrypts_nothing(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox)
    stranger = RedisMailbox(
        mailbox.client,
        Encryptor("the words of somebody else, as long as they"),
        SECONDS,
        mailbox.clock,
    )
    with pytest.raises(InvalidTag):
        await stranger.fetch(BOB.id, 0)


async def test_data_encrypted_for_one_person_cannot_be_moved_to_another_mailbox(mailbox):
    for person in (BOB, CAROL):
        await mailbox.attach(person.id, "window", "")
    await says(mailbox)
    prefix = mailbox.client.prefix
    for kind in ("run", "box"):
        await mailbox.client.call(
            "RENAME", f"{prefix}{kind}:{BOB.id}", f"{prefix}{kind}:{CAROL.id}"
        )
    with pytest.raises(InvalidTag):
        await mailbox.fetch(CAROL.id, 0)


def test_stored_messages_are_read_unchanged_and_contain_their_text_once():
    said = message("5 > 3, see https://example.org/?a=1&b=2")
    for draft in events.copies(said):
        encrypted = ENCRYPTOR.encrypt_draft(draft)
        assert ENCRYPTOR.decrypt_draft(draft.owner, encrypted) == draft
        assert json.dumps(ENCRYPTOR.decrypt(draft.owner, encrypted)).count("example.org") == 1


def test_no_release_reads_what_another_one_has_stored(redis_url):
    """The release whose keys had this prefix used another format."""
    for prefix in (RedisClient(redis_url).prefix, RedisLayer(redis_url, KEY).prefix):
        assert prefix == PREFIX != "sotto:"


def test_the_same_text_encrypted_twice_looks_different():
    assert ENCRYPTOR.encrypt(1, "hello") != ENCRYPTOR.encrypt(1, "hello")
    assert (
        ENCRYPTOR.name("message", "1-a")
        == ENCRYPTOR.name("message", "1-a")
        != Encryptor("x" * 32).name("message", "1-a")
    )


# Several processes


async def test_what_one_process_stores_another_can_fetch(mailbox, other):
    await mailbox.attach(BOB.id, "window", "")
    sent = await says(other)
    assert await offered(mailbox, BOB) == await offered(other, BOB) == [(1, "hello")]
    assert (await shows(mailbox, BOB, "window", 1)).messages == [sent]
    assert (await submits(other, sent)).is_delivered


async def test_a_message_submitted_at_two_processes_at_once_is_one_message(mailbox, other):
    await mailbox.attach(BOB.id, "window", "")
    for number in range(20):
        said = message(str(number))
        receipts = await asyncio.gather(*(submits(each, said) for each in [mailbox, other] * 3))
        assert [receipt.is_new for receipt in receipts].count(True) == 1
        assert len({receipt.posted_at for receipt in receipts}) == 1
    assert await offered(mailbox, BOB) == [(number + 1, str(number)) for number in range(20)]
    assert len(await offered(mailbox, ALICE)) == 20


async def test_two_people_at_two_processes_see_one_order(mailbox, other):
    """All windows of both people get the same order (promise A10)."""
    await mailbox.attach(ALICE.id, "hers", "")
    await other.attach(BOB.id, "his", "")

    async def talk(home, sender, recipient):
        for number in range(50):
            await says(home, f"{sender.name} {number}", sender=sender, recipient=recipient)

    await asyncio.gather(talk(mailbox, ALICE, BOB), talk(other, BOB, ALICE))
    hers, his = [[text for _, text in await offered(mailbox, person)] for person in (ALICE, BOB)]
    assert hers == his
    for name in ("alice", "bob"):
        assert [text for text in his if text.startswith(name)] == [
            f"{name} {number}" for number in range(50)
        ]


async def test_a_window_that_moves_to_another_process_misses_nothing(mailbox, other):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox, "shown")
    await shows(mailbox, BOB, "window", 1)
    held = await cursor(mailbox, BOB.id, 1)
    arrival = await other.attach(
        BOB.id, "window", held
    )  # before the first process notices that it has left
    await mailbox.detach(BOB.id, "window")
    await says(mailbox, "missed")
    assert (arrival.number, arrival.is_new_inbox, arrival.has_gap) == (1, False, False)
    assert await offered(other, BOB, arrival.number) == [(2, "missed")]


async def test_a_window_with_a_socket_at_another_process_is_not_away(mailbox, other, clock):
    for home in (mailbox, other):
        await home.attach(BOB.id, "window", "")
    await mailbox.detach(BOB.id, "window")
    clock.passes(10 * SECONDS)
    await mailbox.sweep()
    assert not (await submits(mailbox, message())).is_away


async def test_a_window_is_away_from_the_moment_its_second_socket_is_cut(mailbox, other, clock):
    for home in (mailbox, other):
        await home.attach(BOB.id, "window", "")
    await mailbox.detach(BOB.id, "window")
    clock.passes(10 * SECONDS)
    await lease(other.client, until=0)
    await mailbox.forget_process(other.process)
    clock.passes(SECONDS - 1)
    assert (await submits(mailbox, message())).is_away
    clock.passes(1)
    with pytest.raises(Refused, match="isn’t connected"):
        await submits(mailbox, message())


async def test_the_windows_of_a_dead_process_are_away_and_then_lost(mailbox, other, clock):
    await other.attach(BOB.id, "window", "")
    assert not (await submits(mailbox, message())).is_away
    await lease(other.client, until=0)
    assert (await submits(mailbox, message())).is_away
    await mailbox.forget_process(other.process)
    clock.passes(SECONDS - 1)
    assert (await submits(mailbox, message())).is_away
    clock.passes(1)
    with pytest.raises(Refused, match="isn’t connected") as refusal:
        await submits(mailbox, message())
    assert refusal.value.is_waiting
    assert len((await mailbox.sweep()).messages) == 2
    assert (await mailbox.usage(BOB.id)).windows == 0


async def test_a_slow_process_keeps_its_windows(mailbox, other):
    await other.attach(BOB.id, "window", "")
    await mailbox.forget_process(other.process)
    assert not (await submits(mailbox, message())).is_away


async def test_a_process_taken_for_dead_restores_its_windows(mailbox, other, clock):
    await other.attach(BOB.id, "window", "")
    await lease(other.client, until=0)
    await mailbox.forget_process(other.process)
    await lease(other.client)
    arrival = await other.attach(BOB.id, "window", await cursor(other, BOB.id, 0), again=True)
    assert not arrival.is_new_inbox
    clock.passes(10 * SECONDS)
    await mailbox.sweep()
    assert not (await submits(mailbox, message())).is_away


async def test_a_retried_attach_counts_no_socket_twice(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await mailbox.attach(BOB.id, "window", await cursor(mailbox, BOB.id, 0), again=True)
    await mailbox.detach(BOB.id, "window")
    assert (await submits(mailbox, message())).is_away


async def test_a_process_that_shuts_down_releases_its_windows(mailbox, other):
    presence = redis_presence(other.client, Clock())
    await presence.arrive(BOB, "window")
    await other.attach(BOB.id, "window", "")
    await presence.close()
    assert (await submits(mailbox, message())).is_away
    watching = redis_presence(mailbox.client, Clock())
    await watching.take_changes()
    assert watching.is_online(BOB.id), "for as long as a page takes to come back"


async def test_changes_are_reported_by_one_process_only(mailbox, other, clock):
    await mailbox.attach(BOB.id, "window", "")
    sent = [await says(mailbox, str(number)) for number in range(10)]
    clock.passes(SECONDS)
    swept = await asyncio.gather(*(each.sweep() for each in [mailbox, other] * 3))
    assert [said for news in swept for said in news.messages] == sent


async def test_more_people_than_one_batch_are_swept_in_one_call(mailbox, clock):
    sent = []
    for number in range(250):
        await mailbox.attach(100 + number, "window", "")
        sent.append(await says(mailbox, recipient=Person(100 + number, "somebody")))
    clock.passes(SECONDS)
    assert {said.id for said in (await mailbox.sweep()).messages} == {said.id for said in sent}


# Notifications


async def test_a_notification_says_that_something_waits_and_nothing_else(mailbox, other):
    for person in (ALICE, BOB):
        await mailbox.attach(person.id, "window", "")
    said = message()
    async with Client.from_url(other.client.url) as client, client.pubsub() as rings:
        await rings.psubscribe(f"{other.client.prefix}*")
        assert (await rings.get_message(timeout=10))["type"] == "psubscribe"
        changes = [
            submits(mailbox, said),
            mailbox.retract(ALICE, BOTH, said.id, CLEAR, has_passed=True),
            mailbox.clear(ALICE.id, BOTH, "a clearing", CLEAR),
            mailbox.post(CLEAR),
        ]
        for change in changes:
            await change
            heard = [await rings.get_message(timeout=10) for _ in CLEAR]
            topics = {f"{other.client.prefix}group:user.{person.id}" for person in (ALICE, BOB)}
            assert {each["channel"].decode() for each in heard} == topics
            assert [json.loads(each["data"]) for each in heard] == 2 * [MAIL_WAITING]
        await rings.ping()
        assert (await rings.get_message(timeout=10))["type"] == "pong", "each is rung once"


# Expiry


async def test_every_key_has_an_expiry(mailbox, other, clock):
    """If all processes die at once, no process sweeps."""
    await _a_whole_life(mailbox, other, clock)
    for name in await keys(mailbox.client):
        kind = name.decode().removeprefix(mailbox.client.prefix).partition(":")[0]
        assert await mailbox.client.call("PTTL", name) > 0 or kind == "processes", (
            name
        )  # the tests' own leases


async def test_after_everyone_has_left_only_expiring_keys_remain(mailbox, other, clock):
    presence = await _a_whole_life(mailbox, other, clock)
    await presence.leave(ALICE, "hers")
    await mailbox.detach(ALICE.id, "hers")
    await lease(other.client, until=0)
    await mailbox.forget_process(other.process)
    for _ in range(3):
        clock.passes(2 * SECONDS)
        await mailbox.sweep()
        await presence.take_changes()
    left = {
        name.decode().removeprefix(mailbox.client.prefix).partition(":")[0]
        for name in await keys(mailbox.client)
    }
    assert left <= EXPIRING


async def test_message_ids_do_not_pile_up_during_a_conversation(mailbox, clock):
    await mailbox.attach(BOB.id, "window", "")
    for number in range(1, 101):
        await says(mailbox)
        await shows(mailbox, BOB, "window", number)
        clock.passes(SECONDS / 2)
        await mailbox.sweep()
    assert (
        1
        <= await mailbox.client.call("ZCARD", f"{mailbox.client.prefix}accepted-of:{ALICE.id}")
        <= 5
    )


async def _a_whole_life(mailbox, other, clock):
    await mailbox.attach(ALICE.id, "hers", "")
    for window in ("his", "his phone"):
        await other.attach(BOB.id, window, "")
    presence = redis_presence(mailbox.client, clock)
    await presence.arrive(ALICE, "hers")
    await presence.take_changes()
    oops = await says(mailbox)
    await says(other, sender=BOB, recipient=ALICE)
    await shows(other, BOB, "his", 1)
    await mailbox.retract(ALICE, BOTH, oops.id)
    await mailbox.clear(ALICE.id, BOTH, "1", CLEAR)
    await shows(other, BOB, "his", 3)
    await other.detach(BOB.id, "his phone")
    await says(mailbox, "later")
    return presence


# Restarts and outages


async def test_a_window_learns_that_redis_was_emptied(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await says(mailbox)
    held = await cursor(mailbox, BOB.id, 1)
    await forget_everything(mailbox.client)
    await lease(mailbox.client)
    arrival = await mailbox.attach(BOB.id, "window", held, again=True)
    assert (arrival.number, arrival.is_new_inbox) == (0, True)
    await says(mailbox, "goes on")
    assert await offered(mailbox, BOB) == [(1, "goes on")]
    assert not (await submits(mailbox, message())).is_away, "its socket is known again"


async def test_scripts_are_loaded_again_after_a_restart_of_redis(mailbox):
    await mailbox.attach(BOB.id, "window", "")
    await mailbox.client.call("SCRIPT", "FLUSH")
    assert (await says(mailbox)).text == "hello"


async def test_an_unavailable_redis_is_reported_as_such():
    mailbox = RedisMailbox(RedisClient(f"redis://127.0.0.1:{free_port()}/0"), ENCRYPTOR, SECONDS)
    with pytest.raises(StateUnavailable):
        await mailbox.attach(BOB.id, "window", "")
    said = message()
    with pytest.raises(StateUnavailable):
        await submits(mailbox, said)
    assert [draft.owner for draft in copies(said)] == [BOB.id, ALICE.id]
    await mailbox.client.close()
