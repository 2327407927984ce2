"""`python -m tests.load.soak.churn`: look for leaks while people come and go for half an hour."""

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.load.bench import machine, server
from tests.load.soak import plot, resources
from tests.load.soak.population import Population
from tests.load.soak.resources import MonitoredServer
from tests.load.soak.timeline import Timeline, written
from tests.load.soak.verdict import Verdict, judge
from tests.load.soak.visits import seat
from tests.support.people import Person
from tests.support.servers import ROOT

SEATS = 220  # windows at most
PEOPLE = 6_000
RESUME = 15  # seconds, the minimum of RESUME_SECONDS; message IDs are kept twice as long
QUIET = 45.0  # seconds after which everything has expired
WAVE = 300.0  # seconds between crowds
WARM_UP = 0.5  # the first crowd's share of the time; it fills caches and pools
DOCS = ROOT / "docs"


async def churn(server: MonitoredServer, everybody: list[Person], seconds: float) -> dict:
    """Run a first crowd that fills caches, a quiet phase, the long crowd, and a quiet phase."""
    diary, computed = Timeline(server), _computed(server)
    crowded = seconds - 2 * QUIET
    first, before = await _phase(diary, "warm-up", everybody, crowded * WARM_UP)
    long, after = await _phase(diary, "churn", everybody, crowded * (1 - WARM_UP))
    length = diary.seconds()
    shares = {
        name: round((end - computed[name]) / length, 3) for name, end in _computed(server).items()
    }
    return {
        "machine": machine.describe(),
        "seconds": length,
        "share of a core": shares,
        "done": dict((first + long).most_common()),
        "phases": diary.phases,
        "before": before,
        "after": after,
        "verdict": judge(before, after, long["windows"])._asdict(),
        "samples": diary.lines(),
    }


def _computed(server: MonitoredServer) -> dict[str, float]:
    return {"server": server.cpu(), "load": time.process_time()}


async def _phase(
    diary: Timeline, name: str, everybody: list[Person], seconds: float
) -> tuple[Counter[str], dict]:
    """Run waves of people. Return what they did, and what the server holds afterwards."""
    diary.turns_to(name)
    town = Population(diary.server, everybody, seed=len(diary.phases))
    keeping = asyncio.create_task(diary.is_kept())
    async with asyncio.TaskGroup() as seats:
        is_taken = _wave()
        for place in range(SEATS):
            seats.create_task(seat(town, place, is_taken))
        await asyncio.sleep(seconds)
        town.is_over.set()
    keeping.cancel()
    diary.turns_to("quiet")
    return town.counts, await diary.is_kept_in_silence(QUIET)


def _wave() -> Callable[[int], bool]:
    """Return whether a seat is taken now. Between a quarter and all of the seats are."""
    began = time.monotonic()

    def is_taken(place: int) -> bool:
        turn = (time.monotonic() - began) / WAVE
        return place < SEATS * (0.625 - 0.375 * math.cos(2 * math.pi * turn))

    return is_taken


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make churn", description=(__doc__ or "").partition("\n\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=30.0, help="all in all (30; at least 2)")
    parser.add_argument("--into", type=Path, default=DOCS, help="the folder for the results (docs)")
    parser.add_argument("--server", choices=server.COMMANDS, default="serve")
    options = parser.parse_args()
    server.end_politely()
    machine.allow_many_files()
    results = {"server": options.server, **measured(options.server, 60 * max(options.minutes, 2))}
    (options.into / "soak.json").write_text(written(results))
    (options.into / "soak.svg").write_text(plot.draw(results))
    verdict = Verdict(**results["verdict"])
    sys.stdout.write(verdict.in_words())
    sys.exit(not verdict.is_good)


def measured(name: str, seconds: float) -> dict:
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        everybody = resources.people(Path(folder), PEOPLE)
        with resources.started(name, Path(folder), RESUME_SECONDS=str(RESUME)) as watched:
            return asyncio.run(churn(watched, everybody, seconds))


if __name__ == "__main__":
    main()
