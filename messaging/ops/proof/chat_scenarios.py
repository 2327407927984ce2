"""Scenarios: conversations in pairs, a lost connection and a killed server."""

import asyncio
from dataclasses import dataclass

from messaging.ops.proof.canary import Canary
from messaging.ops.proof.client import ChatClient
from messaging.ops.proof.server import ProofServer
from messaging.ops.proof.temporary_users import TemporaryUser
from messaging.rate_limits import MESSAGES

MISSED = 5
UNCONFIRMED = 20


@dataclass(frozen=True, slots=True)
class ChatResult:
    """The number of messages, and of bytes written to disk if known."""

    shown: int
    delivered: int
    written: int | None


def users_needed(messages: int) -> int:
    """Return how many users are needed so that each sends at most half the rate limit's burst."""
    return 2 * max(1, -(-messages // MESSAGES.burst))


async def converse(
    server: ProofServer, people: list[TemporaryUser], canary: Canary, messages: int
) -> ChatResult:
    """Exchange messages between pairs of users, and confirm them as pages do."""
    peers = [people[place ^ 1] for place in range(len(people))]
    windows = [
        await ChatClient(server, me).open(peer) for me, peer in zip(people, peers, strict=True)
    ]
    shares = [len(range(place, messages, len(people))) for place in range(len(people))]
    before = server.written()
    await asyncio.gather(*map(_speak, windows, peers, [canary] * len(people), shares))
    await asyncio.gather(
        *map(_hears_all, windows, shares, [shares[place ^ 1] for place in range(len(people))])
    )
    written = _growth(before, server.written())
    for window in windows:
        await window.close()
    return ChatResult(
        sum(map(_heard, windows)), sum(len(window.delivered) for window in windows), written
    )


async def resume(
    server: ProofServer, alice: TemporaryUser, bob: TemporaryUser, canary: Canary
) -> bool:
    """Return whether a client whose connection was cut receives what it missed."""
    hers, his = await ChatClient(server, alice).open(bob), await ChatClient(server, bob).open(alice)
    await his.close()
    missed = {f"{alice.id}-{await hers.say(canary.text, bob)}" for _ in range(MISSED)}
    await hers.until(lambda: missed <= hers.shown)
    await his.open(alice)
    came_back = await his.until(lambda: missed <= his.shown)
    await hers.close()
    await his.close()
    return came_back


async def kill_while_messages_wait(
    server: ProofServer, alice: TemporaryUser, bob: TemporaryUser, canary: Canary
) -> bool:
    """Kill the server while messages are unconfirmed. Return whether there were any."""
    windows = [await ChatClient(server, alice).open(bob), await ChatClient(server, bob).open(alice)]
    hers, his = windows
    hers.confirms = his.confirms = False
    for _ in range(UNCONFIRMED):
        await hers.say(canary.text, bob)
    was_waiting = await his.until(lambda: bool(his.shown))
    server.kill()  # in the main thread, because only that can defer signals
    for window in windows:
        await window.close()
    return was_waiting


async def _speak(window: ChatClient, peer: TemporaryUser, canary: Canary, count: int) -> None:
    for number in range(count):
        if number % 10 == 0:
            await window.send(type="typing", conversation=str(peer.id))
        await window.say(f"{canary.text} {number}", peer)


async def _hears_all(window: ChatClient, said: int, to_hear: int) -> None:
    await window.until(lambda: len(window.delivered) >= said and _heard(window) >= to_hear)


def _heard(window: ChatClient) -> int:
    return sum(not key.startswith(f"{window.person.id}-") for key in window.shown)


def _growth(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
