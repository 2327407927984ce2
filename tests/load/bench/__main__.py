"""`python -m tests.load.bench`: measure, print the tables, and update docs/benchmark.*."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.load.bench import machine, plot, report, scenarios, server, summary
from tests.support.servers import ROOT

DOCS = ROOT / "docs"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make bench", description="What a message, a window and a page cost here."
    )
    parser.add_argument("--quick", action="store_true", help="200 windows, one turn")
    parser.add_argument(
        "--into", type=Path, help="the folder for the results (docs, if everything is measured)"
    )
    parser.add_argument("--server", choices=server.COMMANDS, action="append", help="this one alone")
    parser.add_argument("--windows", type=int, action="append", help="these numbers of windows")
    parser.add_argument(
        "--homes",
        choices=["memory", "redis"],
        default="memory",
        help="redis: two workers of uvicorn",
    )
    options = parser.parse_args()
    server.end_politely()
    machine.allow_many_files()
    plan = _plan(options)
    results = measured(plan)
    sys.stdout.write(report.text(results))
    if into := options.into or (DOCS if plan == scenarios.FULL else None):
        report.write(results, into)
        plot.write(results, into)


def measured(plan: scenarios.Plan) -> dict:
    began, described = time.monotonic(), machine.describe()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        raw = scenarios.run(plan, Path(folder))
    about = {"machine": described, "minutes": round((time.monotonic() - began) / 60, 1)}
    return about | summary.summary(raw) | {"raw": raw}


def _plan(options: argparse.Namespace) -> scenarios.Plan:
    plan = scenarios.QUICK if options.quick else scenarios.FULL
    servers = ["uvicorn"] if options.homes == "redis" else options.server or plan.servers
    windows = options.windows or plan.windows
    return scenarios.replace(
        plan, servers=tuple(servers), windows=tuple(windows), homes=options.homes
    )


if __name__ == "__main__":
    main()
