"""Run the phases of a measurement in a separate process. Jobs and results are JSON."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.bench import machine
from tests.load.bench.load import Load
from tests.load.bench.roster_cost import pages
from tests.load.bench.window import Person

IN_FLIGHT = 100  # messages in transit at once in the closed loop, for any number of windows
# Number of windows after which everything is loaded; the memory of later ones is measured.
FEW = 20
DRAIN = 10.0  # seconds


@contextmanager
def metered(load: Load) -> Iterator[dict]:
    """Store costs and counts of the block in the dict."""
    found: dict = {}
    before = load.counts.copy()
    began, server, client = time.perf_counter(), machine.cpu(load.pid), time.process_time()
    yield found
    found["seconds"] = time.perf_counter() - began
    found["server"] = machine.cpu(load.pid) - server
    found["client"] = time.process_time() - client
    found |= {
        name: load.counts[name] - before[name]
        for name in ("sent", "delivered", "own", "told", "frames", "lost")
    }


def connect(load: Load, people: list[Person], seconds: float) -> dict:
    load.connect(people[: min(FEW, len(people) // 2)], seconds)
    load.settle(2)
    before, held = machine.memory(load.pid), load.counts["opened"]
    with metered(load) as found:
        load.connect(people[held:], seconds)
    opened = load.counts["opened"] - held
    load.run(1.5)  # until presence was announced
    load.settle(DRAIN)
    after = machine.memory(load.pid)
    grown = {"pss": after - before, "rss": machine.resident(load.pid)}
    return found | grown | {"opened": load.counts["opened"], "counted": opened}


def closed_loop(load: Load, seconds: float, *, confirms: bool) -> dict:
    """Send as many messages as the server can process, and measure the cost of each."""
    load.confirms = confirms
    with metered(load) as found:
        with metered(load) as busy:
            load.keep_saying(seconds, min(IN_FLIGHT, len(load.windows)))
        is_settled = load.settle(DRAIN)
    load.confirm_late()
    load.settle(DRAIN)
    return found | shares(busy) | {"is_settled": is_settled}


def shares(busy: dict) -> dict:
    """Return messages a second, and the CPU share of server and load."""
    seconds = busy["seconds"]
    return {
        "rate": busy["delivered"] / seconds,
        "server_share": busy["server"] / seconds,
        "client_share": busy["client"] / seconds,
    }


def fixed_rate(load: Load, seconds: float, per_second: float) -> dict:
    load.tally.latencies.clear()
    with metered(load) as found:
        load.say_so_many(int(seconds * per_second), per_second)
        is_settled = load.settle(DRAIN / 2)
    return found | {"is_settled": is_settled} | load.tally.percentiles()


def before_the_beat(load: Load, opened_at: float, job: dict) -> None:
    """Wait so that a heartbeat is due in the middle of the next phase."""
    last = max(load.tally.beat_at, opened_at)
    while (due := last + job["heartbeat"] - job["rate_seconds"] / 2) < time.perf_counter():
        last += job["heartbeat"]
    load.run(due - time.perf_counter())


def after_the_beat(load: Load, opened_at: float, job: dict, seconds: float) -> None:
    """Wait for a heartbeat that is due soon, because a message is measured without it."""
    since = (time.perf_counter() - max(load.tally.beat_at, opened_at)) % job["heartbeat"]
    if since + seconds > job["heartbeat"] and not load.tally.beats_are_spread:
        load.run(job["heartbeat"] - since + 1)
        load.settle(2)


def talk(load: Load, job: dict) -> dict:
    people, opened_at = [Person(*each) for each in job["people"]], time.perf_counter()
    found: dict = {"connect": connect(load, people, job["connect_seconds"])}
    if load.counts["opened"] < len(people) or load.counts["lost"]:
        return found
    load.say()
    load.settle(2)
    found["sizes"] = load.tally.sizes.copy()
    if job["holds_only"]:
        return found | {
            "held": load.counts["opened"] - load.counts["lost"],
            "delivered": load.counts["delivered"],
        }
    after_the_beat(load, opened_at, job, 2 * job["loop_seconds"] + 2)
    for name, confirms in (("confirmed", True), ("unconfirmed", False)):
        found[name] = closed_loop(load, job["loop_seconds"], confirms=confirms)
    if job["waits_for_beat"] and not load.tally.beats_are_spread:
        before_the_beat(load, opened_at, job)
    found["fixed"] = fixed_rate(load, job["rate_seconds"], job["rate"])
    return found


def main() -> None:
    machine.allow_many_files()
    job = json.load(sys.stdin)
    if job["does"] == "pages":
        return json.dump(pages(job), sys.stdout)
    load = Load(job["host"], job["pid"])
    try:
        json.dump(talk(load, job), sys.stdout)
    finally:
        load.close()


if __name__ == "__main__":
    main()
