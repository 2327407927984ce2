"""The table of results for the operator."""

from dataclasses import dataclass, field

UNSEEN = "NOT LOOKED AT"
HEADINGS = ("Where", "Looked at", "Found")


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one place. `otherwise` is shown if `found`, a list of problems, is empty."""

    where: str
    looked_at: str
    found: list[str] = field(default_factory=list)
    otherwise: str = "nothing"

    @property
    def verdict(self) -> str:
        return "; ".join(self.found) or self.otherwise


def table(lines: list[Result]) -> str:
    rows = [HEADINGS, *((line.where, line.looked_at, line.verdict) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(
        f"{where:<{widths[0]}}  {looked_at:<{widths[1]}}  {verdict}"
        for where, looked_at, verdict in rows
    )


def size(count: int) -> str:
    if count < 10_000:
        return f"{count:,} bytes"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
