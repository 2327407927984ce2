"""The bench counts right: what it says about a server is about every message that it sent, and about nothing else."""

import pytest

from tests.bench import capacity, page, report, scenarios, summary, wire
from tests.bench.plot import draw

SMALLEST = scenarios.replace(
    scenarios.QUICK,
    windows=(6,),
    people=(10,),
    loop_seconds=0.3,
    rate_seconds=0.3,
    rate=50.0,
    connect_seconds=20.0,
    requests=2,
)


@pytest.fixture(scope="module", params=["daphne", pytest.param("uvicorn", marks=pytest.mark.matrix)])
def raw(request, tmp_path_factory):
    return scenarios.run(scenarios.replace(SMALLEST, servers=(request.param,)), tmp_path_factory.mktemp("bench"))


@pytest.mark.matrix
def test_every_message_arrives_once_in_the_windows_of_both(raw):
    for row in raw["talk"]:
        for phase in ("confirmed", "unconfirmed", "fixed"):
            counts = row[phase]
            assert counts["sent"] == counts["delivered"] == counts["own"] > 0, (row["app"], phase, counts)


@pytest.mark.matrix
def test_a_delivery_is_told_where_it_was_confirmed_and_nowhere_else(raw):
    for row in raw["talk"]:
        assert row["confirmed"]["told"] == row["confirmed"]["sent"], row["app"]
        assert row["unconfirmed"]["told"] == 0, row["app"]


@pytest.mark.matrix
def test_the_relay_sends_frames_of_the_product_s_size(raw):
    product, relay = raw["talk"]
    assert relay["sizes"] == product["sizes"]
    assert product["sizes"].keys() == scenarios.GUESSED.keys()


@pytest.mark.matrix
def test_all_numbers_reach_the_report(raw):
    results = {"machine": {"cores": 2}, "raw": raw, **summary.summary(raw)}
    told = report.text(results)
    assert not [warning for warning in results["warnings"] if "load had" not in warning]
    assert {row["name"] for row in results["targets"] if row["value"] is None} == set()
    assert all(f"{name} " in told for name in (*report.TALK, *report.PAGES))
    assert draw(results["talk"]).count("<circle") == 2


@pytest.mark.matrix
def test_the_report_stands_between_its_marks(raw, tmp_path):
    (tmp_path / "benchmark.md").write_text(f"Before\n{report.BEGIN}old{report.END}\nbehind\n")
    report.write({"machine": {}, "raw": raw, **summary.summary(raw)}, tmp_path)
    written = (tmp_path / "benchmark.md").read_text()
    assert written.startswith("Before\n")
    assert written.endswith("\nbehind\n")
    assert "old" not in written


def test_a_size_that_was_not_reached_has_met_no_target():
    row = {"server": "daphne", "windows": 9, "app": "product", "connect": {"counted": 0, "opened": 3}}
    found = summary.summary({"talk": [row, row | {"app": "relay"}], "held": [], "pages": []})
    assert [target["is_met"] for target in found["targets"]] == [False] * len(found["targets"])
    assert "only 3 windows" in found["warnings"][0]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_are_read_as_they_come(size):
    head = {0: b"\x00", 125: b"\x7d", 126: b"\x7e\x00\x7e", 65_535: b"\x7e\xff\xff"}
    whole = b"\x81" + head.get(size, b"\x7f" + size.to_bytes(8, "big")) + b"x" * size
    assert wire.split(whole + whole[:1]) == ([(wire.TEXT, b"x" * size)], whole[:1])
    assert wire.split(whole[:-1])[0] == []


def test_a_frame_of_a_message_is_as_a_page_writes_it():
    from messaging import frames

    said = frames.parse(page.said(page.message("localhost:8000", 7), 42).decode())
    assert isinstance(said, frames.Said)
    assert (said.peer, said.id) == (7, "00000000-0000-4000-8000-000000000042")
    assert len(said.text) == page.LENGTH
    assert page.numbers(said.text.encode()) == [42]


def test_several_fragments_in_one_frame_are_all_seen():
    frame = b'<p>Bench no. 000000007</p><p>Bench no. 000000008</p><input name="cursor" value="abc.8">'
    assert page.numbers(frame) == [7, 8]
    assert page.cursor(frame) == b"abc.8"


MEASURED = {
    "talk": [
        {"server": server, "windows": 200, "app": "product",
         "median": {"us a message, confirmed": 250.0, "kB a window": 30.0, "ms to connect": 2.0}}
        for server in ("daphne", "uvicorn")
    ],
    "redis": {"daphne": 900.0, "uvicorn": 700.0, "us a message": 400.0},
}  # fmt: skip


def test_what_a_crowd_needs_is_the_sum_of_what_was_measured():
    habits = capacity.Habits(windows=1, messages=60, coming=0, heartbeat=1e9, busy=0.5)
    needs = capacity.needs(1000, capacity.costs(MEASURED, "uvicorn"), habits)
    assert needs == pytest.approx({"messages": 1000, "cores": 0.7, "memory": 0.03, "redis": 0.4})
    most = capacity.most_people(capacity.costs(MEASURED, "uvicorn"), habits)
    assert most == pytest.approx({"process": 714.3, "redis": 1250}, rel=0.001)
    alone = {**MEASURED, "redis": {}}
    assert capacity.costs(alone, "daphne").message == pytest.approx(250e-6)


def test_the_page_keeps_what_stands_around_the_numbers(tmp_path):
    page = tmp_path / "scaling.md"
    page.write_text(f"before\n{capacity.BEGIN}\nold\n{capacity.END}\nbehind\n")
    made = capacity.table(MEASURED, capacity.Habits())
    capacity.write(made, page)
    assert page.read_text() == f"before\n{capacity.BEGIN}\n{made}\n{capacity.END}\nbehind\n"
    assert "| 100,000 |" in made
