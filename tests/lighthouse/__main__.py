"""`python -m tests.lighthouse`: audit pages with Lighthouse. Exit with 1 if a score is too low."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find
from tests.support.fresh_copy import make_copy
from tests.support.people import Person, people
from tests.support.servers import free_port
from tests.support.serving import Serving

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / ".bin" / "lighthouse"
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}
RUNS = 3  # of which the median counts, because other programs disturb them
NO_TRACE = "NO_NAVSTART"  # Lighthouse's own error on a busy machine
FLAGS = ["--no-first-run", "--disable-background-networking", "--no-proxy-server"]


class Deployed(Serving):
    """A server with collected static files, as in production."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = folder / "sotto"
        self.root.mkdir()
        make_copy(self.root)
        self.manage("collectstatic", "--no-input", "--verbosity", "0")


@contextmanager
def browser_of(person: Person, url: str) -> Iterator[int]:
    """Start a browser with the user's session, and yield its debugging port. The headers that
    Lighthouse can add would not do, because browsers don't send them with WebSockets.
    """
    port = free_port()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    name, _, value = person.cookie(url).partition("=")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            "", executable_path=find(), args=[*FLAGS, *root, f"--remote-debugging-port={port}"]
        )
        context.add_cookies([{"name": name, "value": value, "url": url}])
        yield port
        context.close()


def look(url: str, port: int) -> dict:
    """Return the report about a page in this browser."""
    command = [
        str(PROGRAM),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(LEAST)}",
        f"--port={port}",
    ]
    done = _run(command)
    if NO_TRACE in done.stderr:
        done = _run(command)
    if done.returncode:
        sys.exit(f"Lighthouse could not look at {url}:\n{done.stderr}")
    return json.loads(done.stdout)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def scores(report: dict) -> dict[str, int]:
    return {name: round(100 * (report["categories"][name]["score"] or 0)) for name in LEAST}


def shortcomings(report: dict) -> list[str]:
    """Return the audits that lost points, with their explanations."""
    audits = report["audits"]
    counted = {
        entry["id"]
        for name in LEAST
        for entry in report["categories"][name]["auditRefs"]
        if entry["weight"]
    }
    lost = [audits[id] for id in sorted(counted) if (audits[id]["score"] or 0) < 1]
    return [
        f"  {each['score']}  {each['id']}: {each.get('displayValue') or each['title']}"
        for each in lost
        if each["scoreDisplayMode"] not in {"notApplicable", "manual", "informative"}
    ]


def judge(page: str, reports: list[dict]) -> bool:
    """Print the scores, and return whether they are high enough."""
    found = [scores(report) for report in reports]
    middle = {name: int(statistics.median_low(each[name] for each in found)) for name in LEAST}
    sys.stdout.write(f"{page}: {', '.join(f'{name} {score}' for name, score in middle.items())}\n")
    for line in sorted({line for report in reports for line in shortcomings(report)}):
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    shown = {urlsplit(report["finalDisplayedUrl"]).path for report in reports}
    if shown != {page}:
        sys.exit(f"Lighthouse looked at {', '.join(shown)} instead of {page}.")
    return all(middle[name] >= least for name, least in LEAST.items())


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Deployed(Path(folder)).start()
        try:
            viewer, peer = people(server.environment, 2)
            pages = ["/", f"/conversations/{peer.id}/", "/accounts/"]
            with browser_of(viewer, server.url) as port:
                good = [
                    judge(page, [look(server.url + page, port) for _ in range(RUNS)])
                    for page in pages
                ]
        finally:
            server.stop()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
