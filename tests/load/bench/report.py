"""Write the tables to the terminal and docs/benchmark.md, and everything as JSON."""

import json
from pathlib import Path

from tests.load.bench.summary import CPU, CPU_CONFIRMED, MEMORY, P99, RATIO, RATIO_CONFIRMED

BEGIN, END = "<!-- made by `make bench` -->", "<!-- until here -->"
TALK = (
    CPU,
    RATIO,
    CPU_CONFIRMED,
    RATIO_CONFIRMED,
    "messages/s",
    "messages/s, confirmed",
    "p50 ms",
    "p95 ms",
    P99,
    MEMORY,
    "windows/s",
)
PAGES = ("page ms", "search ms")
HELD = ("held", "rss MB", MEMORY, "windows/s")


def text(results: dict) -> str:
    """Return all tables as Markdown, aligned for the terminal."""
    parts = [
        ", ".join(f"{name} {value}" for name, value in results["machine"].items()),
        table(["server", "windows", "app", *TALK], [_talk(row) for row in results["talk"]]),
        table(
            ["server", "windows", *HELD],
            [_cells(row, ("server", "windows", *HELD)) for row in results["held"]],
        ),
        table(["server", "people", *PAGES], [_page(row) for row in results["pages"]]),
        table(
            ["server", "target", "at most", "measured", ""],
            [_target(row) for row in results["targets"]],
        ),
        _load(results),
        "\n".join(f"- {warning}" for warning in results["warnings"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(results: dict, folder: Path) -> None:
    """Write benchmark.json, and replace the tables in benchmark.md."""
    folder.mkdir(exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps(results, indent=1) + "\n")
    page = folder / "benchmark.md"
    before, _, rest = (page.read_text() if page.exists() else f"{BEGIN}{END}\n").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text(results)}{END}{rest.partition(END)[2]}")


def _talk(row: dict) -> list[str]:
    return [row["server"], str(row["windows"]), row["app"], *(_middle(row, name) for name in TALK)]


def _page(row: dict) -> list[str]:
    return [row["server"], str(row["people"]), *(_middle(row, name) for name in PAGES)]


def _target(row: dict) -> list[str]:
    target = (
        f"{row['target']:,}" if row["name"] != "windows held" else f"(at least) {row['target']:,}"
    )
    return [
        row["server"],
        row["name"],
        target,
        _number(row["value"]),
        "met" if row["is_met"] else "missed",
    ]


def _middle(row: dict, name: str) -> str:
    """Return the median, and the range if there were several turns."""
    if name not in row["median"]:
        return "-"
    low, high = row["spread"][name]
    return _number(row["median"][name]) + (
        f" ({_number(low)}-{_number(high)})" if low != high else ""
    )


def _cells(row: dict, names: tuple[str, ...]) -> list[str]:
    return [
        str(row[name]) if isinstance(row.get(name), str) else _number(row.get(name))
        for name in names
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.2f}" if value < 10 and value != int(value) else f"{value:,.0f}"


def _load(results: dict) -> str:
    """Show how busy server and load were. A load that is busier than the server measures itself."""
    rows = [
        row[phase]
        for row in results["raw"]["talk"]
        for phase in ("confirmed", "unconfirmed")
        if phase in row
    ]
    if not rows:
        return ""
    most = max(rows, key=lambda row: row["client_share"])
    shares = f"{most['client_share']:.0%}, the server then {most['server_share']:.0%}"
    return f"Of a core, while they talked as fast as they could: the load at most {shares}."


def table(heads: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: list[str], widths: list[int]) -> str:
    return (
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        + " |"
    )
