"""The report for the operator: a table of results, and what the proof cannot see."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

from messaging.ops.checks import machine
from messaging.ops.proof.canary import Canary

NOT_CHECKED = "NOT CHECKED"
HEADINGS = ("Where", "Checked", "Found")
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")
OUT_OF_SIGHT = [
    "Other screens: what pages show, and what browsers and people do with it, such as saving a "
    "file.",
    "Programs in between: a proxy or provider that terminates TLS can log everything.",
    "Compressed or encrypted copies, such as long entries in the journal of systemd.",
    "Faults that cannot be caused from outside. The project's tests cause them.",
]


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one place. `found` lists problems; `otherwise` is shown if there are none."""

    where: str
    checked: str
    found: list[str] = field(default_factory=list)
    otherwise: str = "nothing"

    @property
    def verdict(self) -> str:
        return "; ".join(self.found) or self.otherwise


def table(lines: list[Result]) -> str:
    rows = [HEADINGS, *((line.where, line.checked, line.verdict) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(
        f"{where:<{widths[0]}}  {checked:<{widths[1]}}  {verdict}"
        for where, checked, verdict in rows
    )


def size(count: int) -> str:
    if count < 10_000:
        return f"{count:,} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def blind_spots(canary: Canary) -> list[str]:
    """Describe what the proof cannot see, and what the machine may write to disk."""
    memory = (
        f"Memory: the server holds messages for up to {settings.RESUME_SECONDS} seconds, and "
        "chunks of files in transit. Anyone who can read its memory can read them."
    )
    return [memory, _swap(), _core(), *_postgresql(canary), *OUT_OF_SIGHT]


def _swap() -> str:
    if not machine.SWAPS.is_file():
        return "Swap: NOT CHECKED, because this system does not say. Memory may be written to disk."
    if machine.swaps():
        return (
            "Swap: on, so memory may be written to disk. Use `swapoff -a`, or MemorySwapMax=0 in "
            "the systemd unit."
        )
    return "Swap: none, so memory is not written to disk."


def _core() -> str:
    """Describe the core dump limit of this process. The operator's server may have another."""
    if machine.dumps_core():
        return (
            "Core dumps: a crash may write memory to a file. Use `ulimit -c 0`, or LimitCORE=0 in "
            "the systemd unit."
        )
    if (pattern := _core_pattern()).startswith("|"):
        return (
            "Core dumps: the limit is 0, but the kernel passes them to a program that may ignore "
            f"it: {pattern}"
        )
    return "Core dumps: none for programs that are started here."


def _core_pattern() -> str:
    return CORE_PATTERN.read_text().strip() if CORE_PATTERN.is_file() else ""


def _postgresql(canary: Canary) -> list[str]:
    if connection.vendor != "postgresql":
        return []
    # The word may be shown, because it is not used again.
    return [
        "PostgreSQL's files, its write-ahead log and its statement log. `SHOW data_directory` and "
        "`SHOW log_directory` say where they are. Search them with "
        f"`grep -rla {canary.plain} FOLDER`. Statements contain no messages, but they contain "
        "names that users search for or log in with. log_statement=none keeps these out of the log."
    ]
