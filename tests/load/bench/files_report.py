"""Tables about files, for the terminal and docs/benchmark.md."""

from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.load.bench.report import table
from tests.support.servers import ROOT

BEGIN = "<!-- made by `python -m tests.load.bench.files` -->"
END = "<!-- until here, files -->"
MB = 1_000_000
ONCE = ("server", "file", "s", "MB/s", "ms of CPU a MB", "MB of memory", "bytes written")
BESIDE = (
    *("server", "transfers", "MB/s", "ms of CPU a MB", "MB of memory", "p50 ms", "p95 ms"),
    *("p95 ms without files", "p95 ms more"),
)


def text(found: list[dict]) -> str:
    """Return the tables as Markdown."""
    once = [_once(each["server"], name, each[name]) for each in found for name in ("once", "again")]
    far = [[each["server"], "far away", f"{each['far']:.1f}", *"----"] for each in found]
    beside = [_beside(each, transfers) for each in found for transfers in _numbers(each)]
    return "\n\n".join([table(list(ONCE), once + far), table(list(BESIDE), beside)]) + "\n"


def write(found: list[dict], page: Path = ROOT / "docs" / "benchmark.md") -> None:
    """Replace the tables in the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text(found)}{END}{rest.partition(END)[2]}")


def _once(server: str, name: str, turn: dict) -> list[str]:
    size = turn["passed"] / MB
    figures = (turn["seconds"], size / turn["seconds"], 1e3 * turn["server"] / size)
    words = {"once": "the first", "again": "the second"}[name]
    grown, written = f"{turn['grown'] / MB:.1f}", str(turn["written"])
    return [server, words, *(f"{figure:.1f}" for figure in figures), grown, written]


def _numbers(found: dict) -> list[int]:
    return sorted({turn["transfers"] for turn in found["turns"]} - {0})


def _beside(found: dict, transfers: int) -> list[str]:
    """Compare each turn with this many transfers with the turn without any right before it."""
    both = [
        (before, turn)
        for before, turn in pairwise(found["turns"])
        if turn["transfers"] == transfers
    ]
    rates = [turn["passed"] / MB / turn["lasted"] for _, turn in both]
    costs = [
        1e3 * (turn["server"] - before["server"] * turn["lasted"] / before["lasted"])
        / (turn["passed"] / MB)
        for before, turn in both
    ]  # fmt: skip
    grown = [turn["grown"] / MB for _, turn in both]
    late = [[turn["p50"] for _, turn in both], [turn["p95"] for _, turn in both]]
    late += [[before["p95"] for before, _ in both]]
    late += [[turn["p95"] - before["p95"] for before, turn in both]]
    return [found["server"], str(transfers), *map(_middle, [rates, costs, grown, *late])]


def _middle(values: list[float]) -> str:
    """Return the median, and the range if there were several turns."""
    if len(values) == 1:
        return f"{values[0]:.1f}"
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"
