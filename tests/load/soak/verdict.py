"""Decide whether everything was released: counts exactly, memory as far as noise allows."""

from statistics import linear_regression
from typing import NamedTuple

from tests.load.soak.resources import differences

# What each window may cost permanently. The smallest object that Python can leak is one block, and
# a leaked kilobyte is four times the limit.
BOUNDS = {"blocks": 0.25, "heap": 256.0, "own": 256.0}


class Verdict(NamedTuple):
    """The comparison of two quiet moments: `differences` by name, `costs` per window."""

    windows: int
    differences: dict[str, int]
    costs: dict[str, float]

    @property
    def is_good(self) -> bool:
        return not self.differences and not _too_much(self.costs)

    def in_words(self) -> str:
        counts = ", ".join(f"{name} {change:+}" for name, change in self.differences.items())
        costs = ", ".join(
            f"{name} {self.costs[name]:+} (bound {bound})" for name, bound in BOUNDS.items()
        )
        words = "All has come back." if self.is_good else "NOT all has come back."
        return (
            f"{words} Counts: {counts or 'all as before'}. For each of {self.windows:,} "
            f"windows: {costs}.\n"
        )


def judge(before: dict[str, int], after: dict[str, int], windows: int) -> Verdict:
    """Compare two quiet moments with this many windows in between."""
    costs = {name: round((after[name] - before[name]) / windows, 3) for name in BOUNDS}
    return Verdict(windows, differences(before, after), costs)


def costs_of(rounds: list[dict[str, int]], windows: int) -> dict[str, float]:
    """Return the lasting cost of a window, from several rounds (least squares)."""
    slopes = {
        name: linear_regression(range(len(rounds)), [each[name] for each in rounds]).slope
        for name in BOUNDS
    }
    return {name: round(slope / windows, 3) for name, slope in slopes.items()}


def leaks(rounds: list[dict[str, int]], windows: int) -> set[str]:
    """Return the names of what was not released. The first round is the baseline."""
    changed = {name for each in rounds for name in differences(rounds[0], each)}
    return changed | _too_much(costs_of(rounds, windows))


def _too_much(costs: dict[str, float]) -> set[str]:
    return {name for name, cost in costs.items() if cost >= BOUNDS[name]}
