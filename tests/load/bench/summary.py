"""Summarise the results: medians, ratios of neighbouring turns, and targets."""

from collections.abc import Iterator
from statistics import median

Turn = dict[str, float]

# Names and units of a turn's numbers.
CPU, CPU_CONFIRMED = "µs per message", "µs per message, confirmed"
RATIO, RATIO_CONFIRMED = "x relay", "x relay, confirmed"
RATIOS = ((RATIO, CPU), (RATIO_CONFIRMED, CPU_CONFIRMED))
MEMORY, P99 = "kB a window", "p99 ms"
BUSY = 0.9  # of a core: above this, the load itself may be the bottleneck


def summary(raw: dict) -> dict:
    talk = list(_talk(raw["talk"]))
    pages = [_page(row) for row in raw["pages"] if "failed" not in row]
    held = [_held(row) for row in raw["held"]]
    targets = [target for name in _servers(raw) for target in _targets(name, talk, held, pages)]
    return {
        "talk": talk,
        "held": held,
        "pages": pages,
        "targets": targets,
        "warnings": list(_warnings(raw)),
    }


def of_turn(row: dict) -> Turn:
    """Convert one turn to the units of the table. Leave out sizes that were not reached."""
    connect = row.get("connect", {})
    found = {}
    if connect.get("counted"):
        found["windows/s"] = connect["counted"] / connect["seconds"]
        found["ms to connect"] = 1e3 * connect["server"] / connect["counted"]
    if connect.get("counted") and connect["opened"] == row["windows"]:
        found[MEMORY] = connect["pss"] / connect["counted"] / 1000
    for phase, words in (("unconfirmed", ""), ("confirmed", ", confirmed")):
        if row.get(phase, {}).get("delivered"):
            found[f"µs per message{words}"] = 1e6 * row[phase]["server"] / row[phase]["delivered"]
            found[f"messages/s{words}"] = row[phase]["rate"]
    return found | {
        f"{share} ms": row["fixed"][share] for share in ("p50", "p95", "p99") if "fixed" in row
    }


def _talk(rows: list[dict]) -> Iterator[dict]:
    for name, size in sorted({(row["server"], row["windows"]) for row in rows}):
        product, relay = (
            [of_turn(row) for row in rows if _is(row, name, size, app)]
            for app in ("product", "relay")
        )
        for turn, other in zip(product, relay, strict=True):
            turn.update(_ratios(turn, other))
        for app, turns in (("product", product), ("relay", relay)):
            yield {"server": name, "windows": size, "app": app} | middle(turns)


def _is(row: dict, name: str, size: int, app: str) -> bool:
    return (row["server"], row["windows"], row["app"]) == (name, size, app)


def _ratios(turn: Turn, relay: Turn) -> Turn:
    return {
        ratio: turn[cost] / relay[cost]
        for ratio, cost in RATIOS
        if {cost} <= turn.keys() & relay.keys()
    }


def middle(turns: list[Turn]) -> dict:
    """Return median, minimum and maximum of each number."""
    found: dict[str, list[float]] = {}
    for turn in turns:
        for name, value in turn.items():
            found.setdefault(name, []).append(value)
    return {
        "median": {name: median(values) for name, values in found.items()},
        "spread": {name: [min(values), max(values)] for name, values in found.items()},
    }


def _page(row: dict) -> dict:
    turns = [
        {"page ms": page, "search ms": search}
        for page, search in zip(row["page"], row["search"], strict=True)
    ]
    return {"server": row["server"], "people": row["people"]} | middle(turns)


def _held(row: dict) -> dict:
    connect = row.get("connect", {})
    kept = {
        "held": row.get("held", connect.get("opened", 0)),
        "rss MB": connect.get("rss", 0) / 1e6,
    }
    return {"server": row["server"], "windows": row["windows"]} | kept | of_turn(row)


def _servers(raw: dict) -> list[str]:
    return sorted({row["server"] for row in raw["talk"]})


def _targets(name: str, talk: list[dict], held: list[dict], pages: list[dict]) -> Iterator[dict]:
    mine = [row for row in talk if row["server"] == name and row["app"] == "product"]
    yield _target(name, "CPU per message, x relay", 1.5, _each(mine, RATIO))
    yield _target(name, "the same with confirmations", 2.0, _each(mine, RATIO_CONFIRMED))
    if len(mine) > 1:
        yield _target(
            name,
            f"that ratio at {mine[-1]['windows']} windows to {mine[0]['windows']}",
            1.2,
            _growth(mine),
        )
    yield _target(name, "p99 at the fixed rate, ms", 10, _each(mine, P99))
    yield _target(name, "kB a window, the most windows", 45, _each(mine[-1:], MEMORY))
    yield _target(
        name, "chat page, ms, the most people", 5, _each(_of(pages, name)[-1:], "page ms")
    )
    for row in _of(held, name):
        yield {
            "server": name,
            "name": "windows held",
            "target": row["windows"],
            "value": row["held"],
            "is_met": row["held"] >= row["windows"],
        }


def _growth(rows: list[dict]) -> list[float]:
    """Return how the ratio with confirmations grows from the fewest to the most windows."""
    ratios = _each(rows, RATIO_CONFIRMED)
    return [ratios[-1] / ratios[0]] if ratios else []


def _of(rows: list[dict], name: str) -> list[dict]:
    return [row for row in rows if row["server"] == name]


def _each(rows: list[dict], name: str) -> list[float]:
    """Return one value for every row, or none if a size was not reached."""
    values = [row["median"].get(name) for row in rows]
    return [] if None in values else values


def _target(name: str, words: str, limit: float, values: list[float]) -> dict:
    worst = max(values) if values else None
    is_met = worst is not None and 0 < worst <= limit
    return {"server": name, "name": words, "target": limit, "value": worst, "is_met": is_met}


def _warnings(raw: dict) -> Iterator[str]:
    for row in [*raw["talk"], *raw["held"]]:
        where = f"{row['server']}, {row['windows']} windows, {row['app']}"
        if "failed" in row:
            yield f"{where}: no numbers ({row['failed']})"
        elif (opened := row["connect"]["opened"]) < row["windows"]:
            yield f"{where}: only {opened} windows were there in time"
        yield from (
            f"{where}, {phase}: {words}"
            for phase in ("confirmed", "unconfirmed", "fixed")
            if phase in row
            for words in _doubts(row[phase])
        )


def _doubts(phase: dict) -> Iterator[str]:
    if (share := phase.get("client_share", phase["client"] / phase["seconds"])) > BUSY:
        yield f"the load had {share:.0%} of a core and may itself have been what was slow"
    if missing := phase["sent"] - phase["delivered"]:
        yield f"{missing} of {phase['sent']} messages had not arrived when the time was over"
    if phase["lost"]:
        yield f"{phase['lost']} windows were closed by the server"
