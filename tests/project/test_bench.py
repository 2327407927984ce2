"""The smallest run of `make bench` counts every message and reports every number."""

import pytest

from tests.load.bench import report, scenarios, summary

FEW = scenarios.replace(scenarios.QUICK, windows=(6,), people=(10,), rate=50.0, requests=2)
SMALLEST = scenarios.replace(FEW, loop_seconds=0.3, rate_seconds=0.3, connect_seconds=20.0)


@pytest.mark.matrix
@pytest.mark.parametrize("server", ["serve", "uvicorn"])
def test_every_message_is_counted_and_every_number_reported(server, tmp_path):
    raw = scenarios.run(scenarios.replace(SMALLEST, servers=(server,)), tmp_path)
    for row in raw["talk"]:
        for phase in ("confirmed", "unconfirmed", "fixed"):
            counts = row[phase]
            about = (row["app"], phase, counts)
            assert counts["sent"] == counts["delivered"] == counts["own"] > 0, about
        assert row["confirmed"]["told"] == row["confirmed"]["sent"], row["app"]
        assert row["unconfirmed"]["told"] == 0, row["app"]
    product, relay = raw["talk"]
    assert relay["sizes"] == product["sizes"]
    results = {"machine": {"cores": 2}, "raw": raw, **summary.summary(raw)}
    assert {row["name"] for row in results["targets"] if row["value"] is None} == set()
    assert all(f"{name} " in report.text(results) for name in (*report.TALK, *report.PAGES))
