"""Run the proof: send messages, cause faults, then search all storage."""

import asyncio
import tempfile
import time
from pathlib import Path

from messaging.ops.proof import chat_scenarios, client, disk, redis_memory, search
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import Result, blind_spots, number
from messaging.ops.proof.server import ProofServer
from messaging.ops.proof.temporary_users import TemporaryUser, temporary_users


def prove(messages: int) -> tuple[list[Result], list[str]]:
    """Return the results, and notes on what the proof cannot see."""
    canary = Canary()
    since = time.time() - 2  # the file system's clock may lag behind
    with (
        tempfile.TemporaryDirectory(prefix="sotto-proof-") as temp,
        temporary_users(chat_scenarios.users_needed(messages)) as people,
    ):
        with ProofServer(Path(temp)) as server:
            lines = _happen(server, people, canary, messages)
        log = bytes(server.log)
        lines += [
            search.log(log, canary),
            search.names_in_log(log, people),
            search.database_rows(canary),
        ]
        lines += [*search.database_files(canary), *redis_memory.results(canary)]
        lines += [disk.changed_files(disk.places(Path(temp)), since, canary)]
    return lines, blind_spots(canary)


def _happen(
    server: ProofServer, people: list[TemporaryUser], canary: Canary, messages: int
) -> list[Result]:
    alice, bob, *_ = people
    talked = asyncio.run(chat_scenarios.converse(server, people, canary, messages))
    faults = {
        "a connection that breaks": asyncio.run(chat_scenarios.resume(server, alice, bob, canary))
    }
    with client.unfinished_form(server, canary):
        held = disk.open_files(server.proc, canary)
    faults["kill -9 while messages wait"] = asyncio.run(
        chat_scenarios.kill_while_messages_wait(server, alice, bob, canary)
    )
    return [
        _delivery(talked, messages),
        _answers(faults),
        disk.written_bytes(talked.written, messages),
        held,
    ]


def _delivery(talked: chat_scenarios.ChatResult, messages: int) -> Result:
    is_whole = talked.shown == talked.delivered == messages
    shortfall = [] if is_whole else [f"only {talked.shown:,} shown, {talked.delivered:,} delivered"]
    return Result(
        "Conversation", number(messages, "message"), shortfall, otherwise="all shown, all confirmed"
    )


def _answers(faults: dict[str, bool]) -> Result:
    failed = [f"not handled: {name}" for name, was_handled in faults.items() if not was_handled]
    return Result(
        "Faults",
        number(len(faults), "kind"),
        failed,
        otherwise="all caused, all handled",
    )
