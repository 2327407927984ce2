"""The resources of a server: memory as reported by Linux, and the rest by `probe`."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.load.bench import machine, server
from tests.support.people import Person

PROBED = "tests.load.soak.probe.application"
ADDRESS, SETTLED = "/held/", "settled"

# Not counted exactly, because Python fills free lists and caches, and a thread pool keeps its
# threads.
BLURRED = {"memory", "own", "blocks", "heap", "threads"}


@dataclass(frozen=True, slots=True)
class MonitoredServer(server.Server):
    """A server that reports what it holds."""

    def held(self, *, is_settled: bool = False) -> dict[str, int]:
        """Return counts by name, and memory in bytes. `is_settled` collects garbage first."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(
                "GET", ADDRESS + f"?{SETTLED}" * is_settled, headers={"Connection": "close"}
            )
            counts = json.load(connection.getresponse())
        finally:
            connection.close()
        return {**_memory(self.pid), **counts}

    def cpu(self) -> float:
        return machine.cpu(self.pid)


def _memory(pid: int) -> dict[str, int]:
    """Return all memory, including a share of what is shared with other processes (PSS), and the
    process's `own` anonymous memory. Only the latter can leak. The share changes by megabytes as
    other processes start and end.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(size.split()[0]) * 1024
        for name, _, size in (line.partition(":") for line in lines)
    }
    return {"memory": sizes["Pss"], "own": sizes["Anonymous"]}


@contextmanager
def started(
    name: str, folder: Path, application: str = PROBED, **variables: str
) -> Iterator[MonitoredServer]:
    """Run `serve` or uvicorn with the product's settings until the block ends."""
    variables = {"DJANGO_SETTINGS_MODULE": "tests.load.soak.settings", **variables}
    with server.started(name, folder, application=application, **variables) as it:
        yield MonitoredServer(it.pid, it.host)


def people(folder: Path, count: int) -> list[Person]:
    """Create this many people with sessions in this folder's database."""
    return server.make_people(folder, count)


def differences(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return the counts that differ."""
    return {
        name: after[name] - before[name]
        for name in before
        if name not in BLURRED and after[name] != before[name]
    }
