"""`python -m tests.lighthouse`: audit pages with Lighthouse. Exit with 1 if a score is too low."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.chromium import find
from tests.support.fresh_copy import make_copy
from tests.support.people import Person, people
from tests.support.serving import Serving

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / ".bin" / "lighthouse"
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}
RUNS = 3  # of which the middle one counts: other programs are busy too
FLAGS = "--headless=new --no-first-run --disable-background-networking --no-proxy-server"


class Deployed(Serving):
    """A server with collected static files, as in production."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.root = folder / "sotto"
        self.root.mkdir()
        make_copy(self.root)
        self.manage("collectstatic", "--no-input", "--verbosity", "0")


def look(url: str, person: Person) -> dict:
    """Return the report about a page, seen by this user."""
    root = " --no-sandbox" if os.geteuid() == 0 else ""
    command = [
        str(PROGRAM),
        url,
        "--quiet",
        "--output=json",
        f"--only-categories={','.join(LEAST)}",
    ]
    headers = {"Cookie": person.cookie(urlsplit(url).netloc)}
    command += [f"--chrome-flags={FLAGS}{root}", f"--extra-headers={json.dumps(headers)}"]
    done = subprocess.run(
        command,
        env={**os.environ, "CHROME_PATH": find() or ""},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        sys.exit(f"Lighthouse could not look at {url}:\n{done.stderr}")
    return json.loads(done.stdout)


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
    shown = {report["finalDisplayedUrl"] for report in reports}
    return all(middle[name] >= least for name, least in LEAST.items()) and all(
        page in url for url in shown
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Deployed(Path(folder)).start()
        try:
            viewer, peer = people(server.environment, 2)
            pages = ["/", f"/conversations/{peer.id}/", "/accounts/"]
            good = [
                judge(page, [look(server.url + page, viewer) for _ in range(RUNS)])
                for page in pages
            ]
        finally:
            server.stop()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
