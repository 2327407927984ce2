"""The runs and their order. Product and relay take turns, so that disturbances affect both."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.load.bench import server
from tests.support.people import Person
from tests.support.stores import Redis

WORKERS = 2
GUESSED = {
    "theirs": 1_700,
    "own": 2_000,
    "told": 500,
    "beat": 600,
}  # bytes, if the product was not measured


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. Times are in seconds. `held` windows are opened and left idle."""

    servers: tuple[str, ...] = ("serve", "uvicorn")
    homes: str = "memory"  # or "redis": uvicorn's workers, with shared state
    windows: tuple[int, ...] = (200, 1_000, 5_000)
    people: tuple[int, ...] = (10, 1_000, 10_000)
    held: int = 10_000
    turns: int = 2
    loop_seconds: float = 3.0
    rate_seconds: float = 8.0
    rate: float = 500.0
    connect_seconds: float = 90.0
    waits_for_beat: bool = True
    requests: int = 60


FULL = Plan()
QUICK = replace(
    FULL,
    windows=(200,),
    people=(10, 1_000),
    held=0,
    turns=1,
    loop_seconds=2.0,
    rate_seconds=3.0,
    connect_seconds=20.0,
    waits_for_beat=False,
    requests=20,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """A server, and a folder with its accounts: ids and session keys."""

    plan: Plan
    server: str
    folder: Path
    people: list[Person]


def run(plan: Plan, folder: Path) -> dict:
    """Run everything. Return rows for turns, servers with idle windows, and pages."""
    most = max(*plan.windows, *plan.people, plan.held)
    accounts = {
        count: _accounts(folder / str(count), count) for count in sorted({*plan.people, most})
    }
    benches = [Bench(plan, name, folder / str(most), accounts[most]) for name in plan.servers]
    return {
        "talk": [row for bench in benches for size in plan.windows for row in _turns(bench, size)],
        "held": [_product(bench, plan.held, holds_only=True) for bench in benches if plan.held],
        "pages": [
            _pages(Bench(plan, name, folder / str(count), accounts[count]))
            for name in plan.servers
            for count in plan.people
        ],
    }


def _accounts(folder: Path, count: int) -> list[Person]:
    folder.mkdir()
    _say(f"{count} people")
    return server.make_people(folder, count)


def _turns(bench: Bench, size: int) -> Iterator[dict]:
    for _ in range(bench.plan.turns):
        product = _product(bench, size)
        yield product
        yield _relay(bench, size, GUESSED | product.get("sizes", {}))


def _product(bench: Bench, size: int, *, holds_only: bool = False) -> dict:
    with _started(bench) as running:
        return talk_with(bench, running, "product", bench.people[:size], holds_only=holds_only)


@contextmanager
def _started(bench: Bench) -> Iterator[server.Server]:
    """Start the product, in one process or in several with Redis."""
    if bench.plan.homes == "memory":
        with server.started(bench.server, bench.folder) as running:
            yield running
        return
    store = Redis().start()
    try:
        words = {"REDIS_URL": store.url, "MAILBOX_KEY": "for-the-bench-only" * 2}
        with server.started(
            bench.server, bench.folder, "--workers", str(WORKERS), **words
        ) as running:
            yield running
    finally:
        store.close()


def _relay(bench: Bench, size: int, sizes: dict[str, int]) -> dict:
    bytes_of = ",".join(str(sizes[part]) for part in GUESSED)
    variables = {"BENCH_SIZES": bytes_of, "BENCH_HEARTBEAT": str(server.HEARTBEAT_SECONDS)}
    nobody = [(id, str(id)) for id, _ in bench.people[:size]]
    with server.started(
        bench.server, bench.folder, application=server.RELAY, **variables
    ) as running:
        return talk_with(bench, running, "relay", nobody)


def talk_with(
    bench: Bench, running: server.Server, app: str, people: list, *, holds_only: bool = False
) -> dict:
    _say(f"{bench.server}, {len(people)} windows, {app}")
    plan = bench.plan
    job = {
        "does": "talk",
        "host": running.host,
        "pid": running.pid,
        "people": _pairs(people),
        "holds_only": holds_only,
        "heartbeat": server.HEARTBEAT_SECONDS,
        "connect_seconds": plan.connect_seconds,
        "rate": plan.rate,
        "loop_seconds": plan.loop_seconds,
        "rate_seconds": plan.rate_seconds,
        "waits_for_beat": plan.waits_for_beat,
    }
    seconds = 2 * plan.connect_seconds + 120
    return {"server": bench.server, "app": app, "windows": len(people)} | _driven(job, seconds)


def _driven(job: dict, seconds: float) -> dict:
    """Return the results, or an error, so that a failed run does not stop the others."""
    try:
        return server.drive(job, seconds)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        return {"failed": type(error).__name__}


def _pairs(people: list[Person]) -> list[tuple[int, str, int]]:
    """Connect window 2i with window 2i+1."""
    return [(id, cookie, people[place ^ 1][0]) for place, (id, cookie) in enumerate(people)]


def _pages(bench: Bench) -> dict:
    _say(f"{bench.server}, {len(bench.people)} people registered, pages")
    with _started(bench) as running:
        job = {
            "does": "pages",
            "host": running.host,
            "pid": running.pid,
            "people": bench.people[:1],
        }
        job |= {"turns": max(3, bench.plan.turns), "requests": bench.plan.requests}
        return {"server": bench.server, "people": len(bench.people)} | _driven(job, 120)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
