"""What the proof cannot see, and what the machine might do behind the server's back, in words for
its operator.
"""

from pathlib import Path

from django.conf import settings
from django.db import connection

from messaging.ops.checks import machine
from messaging.ops.proof.canary import Canary

CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
ELSEWHERE = [
    (
        "Other screens: what the pages of those who talk show, and what browsers and people make "
        "of "
        "it."
    ),
    (
        "Programs in between: a proxy or a provider that takes the encryption off can log what "
        "passes "
        "through it."
    ),
    "Copies that are compressed or encrypted, such as long entries in the journal of systemd.",
    "Faults that nobody can cause from outside: the tests of the project cause them.",
]


def notes(canary: Canary) -> list[str]:
    memory = (
        f"Memory: a message is in the server's for up to {settings.RESUME_SECONDS} seconds, "
        "for all who may read it."
    )
    return [memory, _swap(), _core(), *_postgresql(canary), *ELSEWHERE]


def _swap() -> str:
    if not machine.SWAPS.is_file():
        return (
            "Swap: NOT LOOKED AT, since this system does not tell. Memory may be written to a disk."
        )
    if machine.swaps():
        return (
            "Swap: it is on, and memory may be written there. `swapoff -a`, or MemorySwapMax=0 "
            "in the systemd unit."
        )
    return "Swap: there is none, so memory is not moved to a disk."


def _core() -> str:
    """A server of the operator's own may have another limit: this one is what programs started here
    get.
    """
    if machine.dumps_core():
        return (
            "Core dumps: a crash may write memory to a file. `ulimit -c 0`, or LimitCORE=0 in "
            "the systemd unit."
        )
    if (pattern := _core_pattern()).startswith("|"):
        return (
            "Core dumps: the limit is 0, but the kernel hands them to a program, which may "
            f"not care: {pattern}"
        )
    return "Core dumps: none, for programs started from here."


def _core_pattern() -> str:
    return CORE_PATTERN.read_text().strip() if CORE_PATTERN.is_file() else ""


def _postgresql(canary: Canary) -> list[str]:
    if connection.vendor != "postgresql":
        return []
    # By the time this is read the word is spent: it may be shown.
    return [
        "PostgreSQL's own files, its write-ahead log and its statement log. `SHOW data_directory` "
        "and `SHOW "
        f"log_directory` say where they are; look there with `grep -rla {canary.plain} FOLDER`. "
        "No message is part of "
        "any statement, but a name that somebody looks for or logs in with is: log_statement=none "
        "keeps it unlogged."
    ]
