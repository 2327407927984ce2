"""Run the proof: send messages, cause faults, then search all storage."""

import asyncio
import tempfile
import time
from pathlib import Path

from django.conf import settings

from messaging.ops.proof import chat_scenarios, client, disk, file_transfer, redis_memory, search
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import Result, blind_spots, number, size
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
    lines = _talk(server, people, canary, messages)
    if settings.FILES != "off":
        lines += _transfer(server, alice, bob, canary)
    return [*lines, *_cause_faults(server, alice, bob, canary)]


def _talk(
    server: ProofServer, people: list[TemporaryUser], canary: Canary, messages: int
) -> list[Result]:
    talked = asyncio.run(chat_scenarios.converse(server, people, canary, messages))
    counted = number(messages, "message")
    return [_delivery(talked, messages), disk.written_bytes(talked.written, counted)]


def _transfer(
    server: ProofServer, alice: TemporaryUser, bob: TemporaryUser, canary: Canary
) -> list[Result]:
    sent = asyncio.run(file_transfer.transfer(server, alice, bob, canary))
    return [_reception(sent), disk.written_bytes(sent.written, "a file")]


def _cause_faults(
    server: ProofServer, alice: TemporaryUser, bob: TemporaryUser, canary: Canary
) -> list[Result]:
    faults = {
        "a connection that breaks": asyncio.run(chat_scenarios.resume(server, alice, bob, canary))
    }
    with client.unfinished_form(server, canary):
        held = disk.open_files(server.proc, canary)
    faults["kill -9 while messages wait"] = asyncio.run(
        chat_scenarios.kill_while_messages_wait(server, alice, bob, canary)
    )
    return [_answers(faults), held]


def _delivery(talked: chat_scenarios.ChatResult, messages: int) -> Result:
    is_whole = talked.shown == talked.delivered == messages
    shortfall = [] if is_whole else [f"only {talked.shown:,} shown, {talked.delivered:,} delivered"]
    return Result(
        "Conversation", number(messages, "message"), shortfall, otherwise="all shown, all confirmed"
    )


def _reception(sent: file_transfer.FileResult) -> Result:
    checked = f"{number(file_transfer.PARTS, 'part')}, {size(file_transfer.SIZE)}"
    failed = [] if sent.is_received else ["not received"]
    return Result("File", checked, failed, otherwise="received, the same as sent")


def _answers(faults: dict[str, bool]) -> Result:
    failed = [f"not handled: {name}" for name, was_handled in faults.items() if not was_handled]
    return Result(
        "Faults",
        number(len(faults), "kind"),
        failed,
        otherwise="all caused, all handled",
    )
