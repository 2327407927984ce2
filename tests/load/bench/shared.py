"""`python -m tests.load.bench.shared`: measure several processes with Redis."""

import json
import sys
import tempfile
from pathlib import Path

from tests.load.bench import machine, scenarios, server
from tests.support.people import Person
from tests.support.servers import ROOT
from tests.support.stores import Redis

WINDOWS = 200
RECORD = ROOT / "docs" / "benchmark.json"


def measured(folder: Path) -> dict[str, float]:
    """Return microseconds of CPU for one confirmed message, of each process and of Redis."""
    people = server.make_people(folder, WINDOWS)
    found: dict[str, float] = {}
    for name in scenarios.QUICK.servers:
        store = Redis().start()
        try:
            found |= _one(name, people, folder, store)
        finally:
            store.close()
    return found


def _one(name: str, people: list[Person], folder: Path, store: Redis) -> dict[str, float]:
    plan = scenarios.replace(scenarios.QUICK, servers=(name,))
    words = {"REDIS_URL": store.url, "MAILBOX_KEY": "for-the-bench-only" * 2}
    with server.started(name, folder, **words) as running:
        redis_pid = store.process.pid if store.process else 0
        before = machine.cpu(redis_pid)
        talk = scenarios.talk_with(
            scenarios.Bench(plan, name, folder, people), running, "product", people
        )
        redis = machine.cpu(redis_pid) - before
    messages = sum(talk[phase]["delivered"] for phase in ("confirmed", "unconfirmed", "fixed"))
    return {
        name: 1e6 * talk["confirmed"]["server"] / talk["confirmed"]["delivered"],
        "µs per message": 1e6 * redis / messages,
    }


def recorded() -> dict:
    """Return what `make bench` has measured on this machine."""
    if not RECORD.exists():
        sys.exit("Run `make bench` first: it writes docs/benchmark.json.")
    return json.loads(RECORD.read_text())


def main() -> None:
    before = recorded()
    server.end_politely()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measured(Path(folder))
    sys.stdout.write(json.dumps(found) + "\n")
    RECORD.write_text(json.dumps(before | {"redis": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
