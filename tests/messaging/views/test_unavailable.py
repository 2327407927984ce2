"""If Redis is unavailable, pages explain it or work without, and it is logged once."""

import pytest

from messaging import rate_limits
from messaging.backends import mailbox, presence
from messaging.delivery.background import background_task
from messaging.domain.messages import StateUnavailable
from tests.messaging.conftest import signed_in
from tests.support.backends import own_presence

WORDS = "temporarily unavailable"
SEARCH = {"q": "bo"}


async def is_away(*arguments):
    raise StateUnavailable


def lose(monkeypatch, place, name):
    # Patch the class, because the object may have slots.
    monkeypatch.setattr(type(place), name, is_away)


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_a_search_gets_an_explanation(alice, bob, monkeypatch, headers):
    client = signed_in(alice)
    lose(monkeypatch, rate_limits.searches, "retry_after")
    answer = client.post("/people/", SEARCH, headers=headers)
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("place", "name"),
    [(rate_limits.looks, "retry_after"), (mailbox, "usage"), (rate_limits.messages, "remaining")],
)
def test_my_data_gets_an_explanation(alice, monkeypatch, place, name):
    client = signed_in(alice)
    lose(monkeypatch, place, name)
    answer = client.get("/known/")
    assert answer.status_code == 503
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/conversations/{bob}/"])
def test_the_chat_page_works_without_it(alice, bob, monkeypatch, path):
    client = signed_in(alice)
    asked = []

    async def is_away(self):
        asked.append(self)
        raise StateUnavailable

    monkeypatch.setattr(type(presence), "is_stale", lambda self: True)
    monkeypatch.setattr(type(presence), "refresh", is_away)
    answer = client.get(path.format(bob=bob.pk))
    assert answer.status_code == 200
    assert "bob" in answer.content.decode()
    assert asked


async def test_the_background_task_logs_a_failure_once_and_again_after_a_success(
    monkeypatch, caplog
):
    async def turns(times):
        failing = ""
        for _ in range(times):
            failing, _ = await background_task._try_once(failing)
        return failing

    async def is_broken(*arguments):
        raise ArithmeticError

    for times in (1, 2):
        with monkeypatch.context() as patch:
            patch.setattr(type(presence), "take_changes", is_broken)
            assert await turns(5) == "ArithmeticError"
        assert [record.getMessage() for record in caplog.records] == [
            "The background task failed: ArithmeticError"
        ] * times
        assert own_presence().needs_resync, "every page is to ask again"
        assert (await background_task._try_once("ArithmeticError"))[0] == ""
        assert not own_presence().needs_resync


async def test_the_channel_layer_reports_unavailable_redis_and_every_page_refreshes(
    monkeypatch, caplog
):
    with monkeypatch.context() as patch:
        lose(patch, presence, "take_changes")
        assert await background_task._try_once("") == ("", False)
    assert not caplog.records
    assert own_presence().needs_resync
    await background_task._run_once()
    assert not own_presence().needs_resync
