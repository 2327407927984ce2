"""The proof from beginning to end: what is made to happen, and afterwards where its words are looked for."""

import asyncio
import tempfile
import time
from pathlib import Path

from messaging.proof import bad_frames, bad_requests, disk, search, shared_memory, talk, unseen
from messaging.proof.canary import Canary
from messaging.proof.people import Stranger, strangers
from messaging.proof.report import Line, number
from messaging.proof.server import Server


def prove(messages: int) -> tuple[list[Line], list[str]]:
    """One line for each thing that happened and for each place that was searched; and what nobody here can see."""
    canary = Canary()
    since = time.time() - 2  # a file system's clock may be a little behind
    with (
        tempfile.TemporaryDirectory(prefix="sotto-proof-") as temp,
        strangers(talk.people_needed(messages) + 2) as people,
    ):
        with Server(Path(temp)) as server:
            lines = _happen(server, people, canary, messages)
        log = bytes(server.log)
        lines += [search.log(log, canary), search.names_in_log(log, people), search.database_rows(canary)]
        lines += [*search.database_files(canary), *shared_memory.lines(canary)]
        lines += [disk.changed_files(disk.places(Path(temp)), since, canary)]
    return lines, unseen.notes(canary)


def _happen(server: Server, people: list[Stranger], canary: Canary, messages: int) -> list[Line]:
    *talkers, carol, absent = people
    alice, bob, *_ = talkers
    talked = asyncio.run(talk.converse(server, talkers, canary, messages))
    faults = asyncio.run(_faults(server, (alice, bob), (carol, absent), canary))
    faults |= bad_requests.answered(server, carol, canary)
    with bad_requests.unfinished(server, carol, canary):
        held = disk.open_files(server.proc, canary)
    faults["kill -9 in mid-sentence"] = asyncio.run(talk.stop_in_mid_sentence(server, alice, bob, canary))
    return [_delivery(talked, messages), _answers(faults), disk.written_bytes(talked.written, messages), held]


async def _faults(
    server: Server, present: tuple[Stranger, Stranger], apart: tuple[Stranger, Stranger], canary: Canary
) -> dict[str, bool]:
    return {
        "a connection that breaks": await talk.resume(server, *present, canary),
        "a change of mind": await bad_frames.changed_minds(server, *present, canary),
        "nobody is signed in": await bad_frames.signed_out(server, canary),
        **await bad_frames.refused(server, *apart, canary),
        "too fast": await bad_frames.too_fast(server, *apart, canary),
    }


def _delivery(talked: talk.Talk, messages: int) -> Line:
    is_whole = talked.shown == talked.delivered == messages
    shortfall = [] if is_whole else [f"only {talked.shown:,} shown, {talked.delivered:,} known to be delivered"]
    return Line("Conversation", number(messages, "message"), shortfall, otherwise="all shown, all confirmed")


def _answers(faults: dict[str, bool]) -> Line:
    failed = [f"not as it should be: {name}" for name, was_answered in faults.items() if not was_answered]
    return Line("Faults", f"{number(len(faults), 'kind')} of them", failed, otherwise="all happened, all answered")
