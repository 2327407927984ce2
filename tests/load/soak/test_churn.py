"""`make churn` in a minute: everything happens, is released, and can be plotted."""

import json

from tests.load.soak import churn, plot, resources
from tests.load.soak.timeline import written
from tests.load.soak.visits import DEEDS, WAYS


async def test_every_measurement_of_the_half_hour_is_taken(tmp_path, monkeypatch, record_property):
    monkeypatch.setattr(churn, "QUIET", 20.0)
    monkeypatch.setattr(churn, "WAVE", 30.0)
    everybody = resources.people(tmp_path, 500)
    with resources.started(
        "serve", tmp_path, DJANGO_SETTINGS_MODULE="tests.load.soak.quick_settings"
    ) as server:
        results = await churn.churn(server, everybody, seconds=80)
    record_property("done", results["done"])
    assert results["done"].keys() <= {*WAYS, *DEEDS, "windows"}, (
        "somebody could not do what they wanted"
    )
    assert results["done"].keys() >= {*DEEDS, "is_cut_off", "reloads", "leaves"}
    assert max(results["samples"]["windows"]) > churn.SEATS / 4
    assert results["verdict"]["differences"] == {}
    assert json.loads(written(results)) == json.loads(json.dumps(results))
    assert plot.draw(results).count("<polyline ") == 2 * sum(
        len(panel.lines) for panel in plot.PANELS
    )
