"""Each log line has the random ID of its request or window."""

import asyncio
import json
import logging
import re
import sys

import pytest
from asgiref.testing import ApplicationCommunicator
from django.urls import reverse

from config.log_formatters import JsonLines, TextLines, log_context, with_log_context
from messaging.delivery.background import background_task

TEXT = TextLines("{levelname} {name}: {message}", style="{")


def record(words="%s windows", *values, error=None):
    return logging.LogRecord(
        "messaging.delivery.background", logging.WARNING, __file__, 1, words, values or (3,), error
    )


async def lines_of(kind, formatter, count=1):
    """Return what is logged while requests or windows are served."""
    lines = []

    async def application(scope, receive, send):
        await asyncio.sleep(0)
        lines.append(formatter.format(record()))

    for _ in range(count):
        await ApplicationCommunicator(with_log_context(application), {"type": kind}).wait()
    return lines


@pytest.mark.parametrize(("kind", "name"), [("http", "request"), ("websocket", "window")])
async def test_a_text_line_ends_with_its_context(kind, name):
    (line,) = await lines_of(kind, TEXT)
    words = r"WARNING messaging\.delivery\.background: 3 windows"
    assert re.fullmatch(rf"{words} \[{name} [0-9a-f]{{8}}\]", line)


@pytest.mark.parametrize(("kind", "name"), [("http", "request"), ("websocket", "window")])
async def test_a_json_line_is_one_object(kind, name):
    (line,) = await lines_of(kind, JsonLines())
    fields = json.loads(line)
    assert re.fullmatch(r"[0-9a-f]{8}", fields.pop(name))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", fields.pop("time"))
    assert fields == {
        "level": "WARNING",
        "logger": "messaging.delivery.background",
        "message": "3 windows",
    }


async def test_two_requests_have_different_ids():
    one, other = await lines_of("http", TEXT, count=2)
    assert one != other


def test_a_line_outside_of_requests_has_no_id():
    assert TEXT.format(record()) == "WARNING messaging.delivery.background: 3 windows"
    assert json.loads(JsonLines().format(record())).keys() == {"time", "level", "logger", "message"}


def test_a_line_break_in_a_value_does_not_start_a_new_line():
    line = JsonLines().format(record("%s", "one\nERROR two"))
    assert "\n" not in line
    assert json.loads(line)["message"] == "one\nERROR two"


@pytest.mark.parametrize("formatter", [TEXT, JsonLines()], ids=["text", "json"])
def test_a_traceback_is_logged_without_values(formatter):
    said = " ".join(word for word in ("what", "Alice", "said"))
    try:
        _ = len(said) / 0
    except ZeroDivisionError:
        line = formatter.format(record(error=sys.exc_info()))
    assert "ZeroDivisionError" in line
    assert "test_log_formatters.py" in line
    assert "what Alice said" not in line


@pytest.mark.memory("a turn needs somebody to be known, which is a dict in memory alone")
async def test_a_line_of_the_background_task_has_no_window_id(monkeypatch):
    names = []

    async def turn():
        names.append(log_context.get())

    monkeypatch.setattr(background_task, "_run_once", turn)
    monkeypatch.setattr("messaging.delivery.background.presence.told", {1: "alice"})
    log_context.set(("window", "5f0c2a91"))
    background_task.wake_up()
    await asyncio.sleep(0)
    assert background_task.task
    background_task.task.cancel()
    assert names == [("", "")]


@pytest.mark.parametrize("formatter", [TEXT, JsonLines()], ids=["text", "json"])
@pytest.mark.parametrize(
    ("name", "words"),
    [("invitation", ["a-secret-token"]), ("reset", ["MQ", "a-secret-token"])],
)
def test_a_recovery_or_invitation_link_is_logged_without_its_token(formatter, name, words):
    path = reverse(f"accounts:{name}", args=words)
    line = formatter.format(record("Internal Server Error: %s", path))
    assert "secret" not in line
    assert path.replace("a-secret-token", "...") in line
