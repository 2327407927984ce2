"""Transfer files in a separate process, which reads commands as lines of JSON."""

import asyncio
import json
import os
import subprocess
import sys
import time
from typing import IO, Self, cast

from tests.load.bench import server
from tests.load.bench.delay import delayed
from tests.support.file_pair import Pair
from tests.support.people import Person
from tests.support.servers import ROOT


class FileLoad:
    """Run that process during a `with` block."""

    def __init__(self, running: server.Server, people: list[Person], size: int) -> None:
        self.job = {"host": running.host, "pid": running.pid, "people": people, "size": size}

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.load.bench.file_load"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ask(**self.job)
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(self, **words: object) -> dict:
        """Send a command, and return the answer."""
        into, out = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        into.write(json.dumps(words) + "\n")
        into.flush()
        return json.loads(out.readline())

    def passed(self) -> int:
        """Return how many bytes recipients have received so far."""
        return self.ask(does="count")["passed"]

    def start(self, transfers: int) -> None:
        """Keep this many transfers running."""
        self.ask(does="start", transfers=transfers)

    def stop(self) -> None:
        self.ask(does="stop")

    def once(self, delay: float = 0.0) -> float:
        """Return the seconds of one transfer, with a delay each way between each page and the
        server.
        """
        return self.ask(does="once", delay=delay)["seconds"]


class Pages:
    def __init__(self, job: dict) -> None:
        self.site = server.Server(job["pid"], job["host"])
        people = [Person(*each) for each in job["people"]]
        data = os.urandom(job["size"])
        self.pairs = [
            Pair(self.site, pair, data) for pair in zip(people[::2], people[1::2], strict=True)
        ]
        self.tasks: list[asyncio.Task] = []

    async def obey(self, words: dict) -> dict:
        match words["does"]:
            case "start":
                chosen = self.pairs[: words["transfers"]]
                self.tasks = [asyncio.create_task(pair.keeps_on()) for pair in chosen]
            case "stop":
                await self._stop()
            case "once":
                return {"seconds": await self._once(words["delay"])}
        return {"passed": sum(pair.passed for pair in self.pairs)}

    async def _stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        ends = await asyncio.gather(*self.tasks, return_exceptions=True)
        if faults := [end for end in ends if not isinstance(end, asyncio.CancelledError)]:
            raise ChildProcessError(f"Transfers failed: {faults}")

    async def _once(self, delay: float) -> float:
        port = int(self.site.host.split(":")[1])
        async with delayed(port, delay) as far:
            began = time.monotonic()
            await self.pairs[0].transfers(*[far, far] if delay else [])
            return time.monotonic() - began


async def main() -> None:
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    pages = Pages(json.loads(await lines.readline()))
    await asyncio.gather(*(pair.offers() for pair in pages.pairs))
    _answer({})
    while line := await lines.readline():
        _answer(await pages.obey(json.loads(line)))


def _answer(words: dict) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
