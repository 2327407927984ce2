"""`python -m tests.load.bench.files`: measure what transfers cost a server, and how they affect
messages.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.bench import files_report, machine, scenarios, server
from tests.load.bench.file_load import FileLoad
from tests.load.bench.load import Load
from tests.load.bench.window import Person

MB = 1_000_000
WINDOWS, PER_SECOND = 200, 200.0  # of people who chat, and all their messages
TRANSFERS = (1, 20)
SIZE = 25 * MB
DELAY = 0.05  # seconds each way, of each page
WARM_UP = 1.0  # seconds, in which transfers begin
PATIENCE = 30.0


def measure(
    name: str, folder: Path, people: list, turns: int, seconds: float, **words: str
) -> dict:
    """Return the figures of one transfer, and of each turn with conversations at the same time."""
    with server.started(name, folder, **words) as running:
        load = Load(running.host, running.pid)
        talkers, senders = people[:WINDOWS], people[WINDOWS:]
        pairs = [(id, key, talkers[place ^ 1][0]) for place, (id, key) in enumerate(talkers)]
        load.connect([Person(*each) for each in pairs], PATIENCE)
        try:
            with FileLoad(running, senders, SIZE) as files:
                return _measure(load, files, turns, seconds) | {"server": name}
        finally:
            load.close()


def _measure(load: Load, files: FileLoad, turns: int, seconds: float) -> dict:
    load.settle(PATIENCE)
    _talk(load, 1.0)
    found: dict = {"once": _once(load, files), "again": _once(load, files)}
    found["far"] = files.once(DELAY)
    found["turns"] = [
        _beside(load, files, transfers, seconds)
        for _ in range(turns)
        for each in TRANSFERS
        for transfers in (0, each)
    ]
    return found | {"lost": load.counts["lost"]}


def _once(load: Load, files: FileLoad) -> dict:
    """Transfer one file without conversations."""
    with _metered(load, files) as found:
        found["seconds"] = files.once()
    return found


def _beside(load: Load, files: FileLoad, transfers: int, seconds: float) -> dict:
    """Measure conversations during this many transfers."""
    load.settle(PATIENCE)
    files.start(transfers)
    load.run(WARM_UP)
    with _metered(load, files) as found:
        busy = time.process_time()
        late = _talk(load, seconds)
        busy = time.process_time() - busy
    files.stop()
    return {"transfers": transfers, "client": busy} | late | found


def _talk(load: Load, seconds: float) -> dict[str, float]:
    load.tally.latencies.clear()
    load.say_so_many(int(seconds * PER_SECOND), PER_SECOND)
    load.run(0.2)
    return load.tally.percentiles()


@contextmanager
def _metered(load: Load, files: FileLoad) -> Iterator[dict]:
    """Store in the dict what the block costs the server."""
    found: dict = {}
    memory, written = machine.forget_peak(load.pid), machine.written(load.pid)
    passed = files.passed()
    began, cpu = time.perf_counter(), machine.cpu(load.pid)
    yield found
    found["lasted"] = time.perf_counter() - began
    found["server"] = machine.cpu(load.pid) - cpu
    found["passed"] = files.passed() - passed
    found["grown"] = machine.peak(load.pid) - memory
    found["written"] = machine.written(load.pid) - written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.bench.files", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one turn; writes nothing")
    parser.add_argument("--server", choices=server.COMMANDS, action="append", help="this one alone")
    parser.add_argument("--pool", help="chunks in flight in the process, instead of the product's")
    options = parser.parse_args()
    server.end_politely()
    machine.allow_many_files()
    turns, seconds = (1 if options.quick else 3), 5.0
    words = {"BENCH_POOL": options.pool} if options.pool else {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        people = server.make_people(Path(folder), WINDOWS + 2 * max(TRANSFERS))
        found = [
            measure(name, Path(folder), people, turns, seconds, **words)
            for name in options.server or scenarios.FULL.servers
        ]
    sys.stdout.write(files_report.text(found))
    if not options.quick and not options.server and not options.pool:
        files_report.write(found)


if __name__ == "__main__":
    main()
