"""Whether `make lighthouse` would notice: it judges reports, and these have been made up."""

import json

import pytest

from tests.lighthouse.__main__ import HERE, LEAST, PROGRAM, judge


def report(**scores: float) -> dict:
    given = {"accessibility": 1, "best-practices": 1, "performance": 0.95, **scores}
    audits = {name: {"id": f"of-{name}", "title": name, "score": score, "scoreDisplayMode": "numeric"}
              for name, score in given.items()}  # fmt: skip
    return {
        "finalDisplayedUrl": "http://localhost/page/",
        "categories": {
            name: {"score": score, "auditRefs": [{"id": name, "weight": 1}]} for name, score in given.items()
        },
        "audits": audits,
    }


def test_what_is_promised_is_good_enough():
    assert judge("/page/", [report()] * 3)


@pytest.mark.parametrize("name", LEAST)
def test_less_is_not_and_says_what_was_wrong(name, capsys):
    assert not judge("/page/", [report(**{name: LEAST[name] / 100 - 0.01})] * 3)
    assert f"of-{name}" in capsys.readouterr().out


def test_one_bad_run_of_three_is_passed_over_and_two_are_not():
    assert judge("/page/", [report(performance=0.5), report(), report()])
    assert not judge("/page/", [report(performance=0.5), report(performance=0.5), report()])


def test_another_page_than_was_asked_for_is_no_answer():
    assert not judge("/elsewhere/", [report()] * 3)


def test_the_program_is_pinned():
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]["lighthouse"]
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]["node_modules/lighthouse"]
    assert locked["version"] == wanted
    assert locked["integrity"]
    assert PROGRAM.is_relative_to(HERE / "node_modules")
