"""`python -m tests.load.checker FAULT SEED ...`: run histories, and print their violations."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.load.checker import fleets
from tests.load.checker.faults import FAULTS
from tests.load.checker.invariants import violations
from tests.load.checker.record import Record
from tests.load.checker.run import run

FIRST = 5  # violations of each kind that are printed


def main(words: argparse.Namespace) -> bool:
    start, is_sound = fleets.shared if words.redis else fleets.memory, True
    with tempfile.TemporaryDirectory() as folder, start(Path(folder)) as site:
        for seed in words.seeds:
            record = asyncio.run(run(site, FAULTS[words.fault], seed, words.seconds))
            found = violations(record)
            sys.stdout.write(f"{words.fault} {seed}: {in_words(record, found)}\n")
            sys.stdout.flush()
            is_sound = is_sound and not found
    return is_sound


def in_words(record: Record, found: dict[str, list[str]]) -> str:
    lines = [f"{len(record.of('said'))} messages, {'violations:' if found else 'no violation'}"]
    for name, wrong in found.items():
        lines += [f"  {name}: {len(wrong)}", *[f"    {each}" for each in wrong[:FIRST]]]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.load.checker")
    parser.add_argument("fault", choices=FAULTS)
    parser.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    parser.add_argument("--redis", action="store_true", help="three processes with one Redis")
    parser.add_argument("--seconds", type=float, default=6, help="of each history")
    sys.exit(not main(parser.parse_args()))
