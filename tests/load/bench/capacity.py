"""`python -m tests.load.bench.capacity`: calculate how many people one process and one Redis can
serve.

Read docs/benchmark.json, and write the results between the marks in docs/scaling.md. Assumptions
about people are listed there, and each is an option.
"""

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.load.bench.shared import recorded
from tests.load.bench.summary import CPU_CONFIRMED, MEMORY
from tests.support.servers import ROOT

BEGIN, END = "<!-- made by `python -m tests.load.bench.capacity` -->", "<!-- until here -->"
CROWDS = (1_000, 5_000, 10_000, 50_000, 100_000)
FRAMES = 7  # frames of a message that two pages confirm; a heartbeat takes two


@dataclass(frozen=True, slots=True)
class Habits:
    """What people do while they are online, on average."""

    windows: float = 1.2  # of a person
    messages: float = 1.0  # per person and minute
    coming: float = 1 / 1800  # per window and second: a page is reloaded every half an hour
    heartbeat: float = 20.0  # seconds
    busy: float = 0.6  # the planned share of a core or of Redis; the rest is for peaks


@dataclass(frozen=True, slots=True)
class Costs:
    """Bytes per window, and CPU seconds per message, per new window, and in Redis."""

    window: float
    message: float
    coming: float
    redis: float


def costs(results: dict, server: str) -> Costs:
    rows = [row for row in results["talk"] if row["server"] == server and row["app"] == "product"]
    most = max(rows, key=lambda row: row["windows"])["median"]
    shared = results.get("redis", {})
    return Costs(
        window=1000 * most[MEMORY],
        message=(shared.get(server) or most[CPU_CONFIRMED]) / 1e6,
        coming=most["ms to connect"] / 1e3,
        redis=shared.get("µs per message", 0) / 1e6,
    )


def needs(people: int, cost: Costs, habits: Habits) -> dict[str, float]:
    """Return messages a second, cores, GB of memory and the share of Redis that people need."""
    messages, windows = people * habits.messages / 60, people * habits.windows
    beats = windows / habits.heartbeat * cost.message * 2 / FRAMES
    return {
        "messages": messages,
        "cores": messages * cost.message + beats + windows * habits.coming * cost.coming,
        "memory": windows * cost.window / 1e9,
        "redis": messages * cost.redis,
    }


def most_people(cost: Costs, habits: Habits) -> dict[str, float]:
    """Return how many people online fill one process, and one Redis."""
    each = needs(1_000_000, cost, habits)
    return {
        "process": 1e6 * habits.busy / each["cores"],
        "redis": 1e6 * habits.busy / each["redis"] if each["redis"] else float("inf"),
    }


def table(results: dict, habits: Habits) -> str:
    lines = [
        (
            "| people online | messages/s | cores, Daphne | cores, uvicorn | memory of windows, "
            "GB | "
            "of one Redis |"
        ),
        "|---|---|---|---|---|---|",
    ]
    cost = {server: costs(results, server) for server in ("serve", "uvicorn")}
    for people in CROWDS:
        slow, fast = (needs(people, cost[server], habits) for server in ("serve", "uvicorn"))
        cells = [
            f"{people:,}",
            f"{slow['messages']:,.0f}",
            f"{slow['cores']:.2g}",
            f"{fast['cores']:.2g}",
        ]
        lines.append(
            "| "
            + " | ".join([*cells, f"{fast['memory']:.2g}", f"{100 * fast['redis']:.2g} %"])
            + " |"
        )
    full = {server: most_people(cost[server], habits) for server in cost}
    serve, uvicorn = (_round(full[server]["process"]) for server in ("serve", "uvicorn"))
    lines += [
        "",
        f"At {100 * habits.busy:.0f} % of what each can do, one process holds about {serve:,} "
        "people online under "
        f"Daphne and {uvicorn:,} under uvicorn, and one Redis "
        f"{_round(full['uvicorn']['redis']):,}.",
    ]
    return "\n".join(lines)


def _round(number: float) -> int:
    """Round to two significant digits. Return 0 for a missing value."""
    return int(float(f"{number:.2g}")) if math.isfinite(number) else 0


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.bench.capacity", description=__doc__
    )
    for name, default in ((field, getattr(Habits(), field)) for field in Habits.__slots__):
        parser.add_argument(f"--{name}", type=float, default=default)
    options = parser.parse_args()
    made = table(recorded(), Habits(**vars(options)))
    sys.stdout.write(made + "\n")
    if vars(options) == vars(parser.parse_args([])):
        write(made, ROOT / "docs" / "scaling.md")


def write(made: str, page: Path) -> None:
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{made}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
