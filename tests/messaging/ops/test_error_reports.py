"""No log, error mail or error report contains a message, whatever fails or is refused."""

import asyncio
import json
import logging
import re
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.utils.log import AdminEmailHandler

from messaging.backends import mailbox
from messaging.backends.memory.channel_layer import ProcessLayer
from messaging.consumers import frames
from messaging.delivery import actions
from messaging.delivery.background import background_task
from messaging.domain.messages import Message
from messaging.domain.sizes import MAX_BODY, MAX_FRAME_IN
from messaging.people import roster
from messaging.push import vapid
from messaging.rate_limits import MESSAGES
from messaging.rendering.htmx import HtmxRenderer
from messaging.rendering.page_version import PAGE_VERSION
from tests.messaging import conftest

CANARY = "a-heron-stood-in-the-canal"


class VariableReporter(logging.Handler):
    """Keep all local variables of an exception and its causes, as Sentry does."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.kept = ""

    def emit(self, record):
        self.kept += repr(record.args)
        error = record.exc_info[1] if record.exc_info else None
        while error:
            self.kept += repr(error)
            trace = error.__traceback__
            while trace:
                self.kept += repr(trace.tb_frame.f_locals)
                trace = trace.tb_next
            error = error.__cause__ or error.__context__


class Reports:
    """All reports of errors, by listener."""

    def __init__(self, caplog, nosy):
        self.caplog, self.nosy = caplog, nosy

    def texts(self):
        return {
            "log": self.caplog.text,
            "mail": "".join(f"{each.subject} {each.body}" for each in mail.outbox),
            "HTML mail": "".join(repr(getattr(each, "alternatives", "")) for each in mail.outbox),
            "nosy": self.nosy.kept,
        }

    def errors(self):
        return [record for record in self.caplog.records if record.levelno >= logging.ERROR]

    def leaks(self):
        return [name for name, text in self.texts().items() if CANARY in text]


@pytest.fixture
def reports(caplog, settings):
    settings.ADMINS = [("Operator", "operator@example.org")]
    caplog.set_level(logging.DEBUG)
    listeners = [VariableReporter(), AdminEmailHandler(include_html=True)]
    for listener in listeners:
        logging.root.addHandler(listener)
    yield Reports(caplog, listeners[0])
    for listener in listeners:
        logging.root.removeHandler(listener)


@pytest.fixture(params=[False, True], ids=["DEBUG off", "DEBUG on"])
def debug(request, settings):
    settings.DEBUG = request.param


@pytest.fixture
def daphne(monkeypatch):
    """Wrap the application to log its exceptions as Daphne does."""
    application = conftest.application

    async def served(scope, receive, send):
        try:
            await application(scope, receive, send)
        except Exception as error:
            logging.getLogger("daphne.server").error(
                "Exception inside application: %s", error, exc_info=error
            )
            await send({"type": "websocket.close", "code": 1011})

    monkeypatch.setattr(conftest, "application", served)


def fail(*arguments, **keywords):
    raise RuntimeError(f"failed over {arguments} {keywords}")


async def fail_later(*arguments, **keywords):
    fail(*arguments, **keywords)


FAULTS = {
    "in reading a frame": (frames, "parse", fail),
    "in the handler": (actions, "post_message", fail_later),
    "in the mailbox, coming in": (mailbox, "post", fail_later),
    "in the mailbox, going out": (mailbox, "fetch", fail_later),
    "in confirming": (mailbox, "confirm", fail_later),
    "in a template": (Message, "key", property(fail)),
    "in rendering what is forwarded": (HtmxRenderer, "mail", fail),
    "in the layer": (ProcessLayer, "send_here", fail_later),
}


@pytest.fixture
async def pair(open_window, alice, bob):
    """Return a window of each, in conversation and idle."""
    windows = [await open_window(alice, bob), await open_window(bob, alice)]
    await asyncio.gather(*(window.settles() for window in windows))
    return windows


async def goes_on(window):
    """Read and confirm frames until none come or the socket is closed."""
    while not await window.communicator.receive_nothing(timeout=0.3):
        said = await window.communicator.receive_output()
        if said["type"] == "websocket.close":
            return
        if cursor := re.search(r'name="cursor" value="([^"]*)"', said.get("text", "")):
            await window.send(type="shown", cursor=cursor[1])


@pytest.mark.usefixtures("debug", "daphne")
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_error_on_the_way_of_a_message_is_reported_without_its_text(
    fault, reports, pair, monkeypatch
):
    hers, his = pair
    place, name, broken = FAULTS[fault]
    monkeypatch.setattr(place, name, broken)
    await hers.says(CANARY, his.user)
    await asyncio.gather(goes_on(hers), goes_on(his))
    assert reports.errors(), "the fault was not even noticed"
    assert reports.leaks() == []


@pytest.mark.usefixtures("debug", "daphne")
async def test_an_error_in_the_background_task_is_reported_without_waiting_messages(
    reports, pair, monkeypatch
):
    hers, his = pair
    his.confirms = False
    await hers.says(CANARY, his.user)
    await his.sees(CANARY)
    swept = asyncio.Event()

    async def fail_to_sweep():
        swept.set()
        fail(await mailbox.fetch(his.user.pk, 0))

    monkeypatch.setattr(mailbox, "sweep", fail_to_sweep)
    background_task.wake_up()
    await asyncio.wait_for(swept.wait(), 5)
    await his.settles()
    assert reports.errors()
    assert reports.leaks() == []


def search(person):
    browser = Client(raise_request_exception=False)
    browser.force_login(person)
    return browser.post("/people/", {"q": CANARY})


def test_an_error_in_a_search_is_reported_without_the_query(reports, alice, monkeypatch):
    monkeypatch.setattr(roster, "load_page", lambda *_: fail())
    response = search(alice)
    # System checks refuse HTML mails and reporters with local variables, because a search text is a
    # local variable.
    assert response.status_code == 500
    assert CANARY not in response.content.decode()
    assert reports.errors()
    assert CANARY not in reports.texts()["log"]
    assert CANARY not in reports.texts()["mail"]


def test_an_error_in_a_search_is_logged_without_the_query_in_debug_mode(
    reports, alice, monkeypatch, settings
):
    settings.DEBUG = True  # the page shows the search text to its own user
    monkeypatch.setattr(roster, "load_page", lambda *_: fail())
    assert search(alice).status_code == 500
    assert reports.errors()
    assert CANARY not in reports.texts()["log"]


@pytest.mark.parametrize("endpoint", [f"https://push.example.org/{CANARY}", CANARY])
def test_where_a_browser_is_notified_is_in_no_log_and_no_report(
    endpoint, reports, alice, monkeypatch, settings
):
    settings.PUSH_KEY, settings.PUSH_SERVICES = vapid.new_key(), ["push.example.org"]
    browser = Client(raise_request_exception=False)
    browser.force_login(alice)
    form = {"endpoint": endpoint, "key": vapid.public_key()}
    browser.post("/push/", form)
    assert reports.errors() == []
    monkeypatch.setattr("messaging.push.views.endpoints.split", lambda _: fail())
    assert browser.post("/push/", form).status_code == 500
    assert reports.errors()
    assert not {"log", "mail"} & set(reports.leaks())


HELLO: dict[str, object] = {
    "type": "hello",
    "version": PAGE_VERSION,
    "window": CANARY,
    "cursor": CANARY,
    "pane": [CANARY],
}
REFUSED: dict[str, dict[str, object]] = {
    "too long": {"text": CANARY * 1_000},
    "of half a character": {"text": "\ud800", "id": CANARY},
    "a list for a text": {"text": [CANARY]},
    "to nobody": {"conversation": CANARY},
    "with a foreign name": {"id": CANARY},
    "of an unknown type": {"type": CANARY},
    "an edit of an invented message": {"type": "edit", "proof": CANARY},
    "an edit that is too long": {"type": "edit", "text": CANARY * 1_000, "proof": "invented"},
    "a reaction to nothing": {
        "type": "react",
        "message": CANARY,
        "reaction": CANARY,
        "proof": CANARY,
    },
    "a false cursor": {"type": "shown", "cursor": f"<{CANARY}>"},
    "a second hello": HELLO,
}
ANSWER = re.compile(
    r":#(?:outcome-|edit-outcome|notices)"
)  # next to the message, or above the conversations


def refused_frames(peer):
    """Return frames with the canary, as text or bytes, by name."""
    whole = {
        "type": "message",
        "conversation": str(peer.pk),
        "id": str(uuid.uuid4()),
        "text": CANARY,
    }
    return {
        **{name: json.dumps(whole | change) for name, change in REFUSED.items()},
        "no JSON": json.dumps(whole)[:-1],
        "the same field twice": json.dumps(whole)[:-1] + f', "text": "{CANARY}"}}',
        "a list": json.dumps([whole]),
        "deep nesting": "[" * 5_000 + CANARY,
        "binary": json.dumps(whole).encode(),
        "too long a frame": CANARY * (MAX_FRAME_IN // len(CANARY) + 1),
    }


async def test_a_refused_frame_is_not_logged(reports, alice, bob, open_window):
    hers = await open_window(alice, bob)
    for name, frame in refused_frames(bob).items():
        hers.seen = ""
        kind = "bytes" if isinstance(frame, bytes) else "text"
        await hers.communicator.send_input({"type": "websocket.receive", kind: frame})
        while not ANSWER.search(hers.seen):
            await hers.read()
        assert reports.leaks() == [], name


async def test_messages_refused_by_rate_limit_or_log_out_are_not_logged(
    reports, alice, bob, open_window
):
    hers = await open_window(alice, bob)
    for _ in range(2 * MESSAGES.burst):
        await hers.says(CANARY, bob)
    await hers.settles()
    assert "too fast" in hers.seen
    stranger = conftest.connect()
    assert (await stranger.connect())[0]
    await stranger.send_json_to(
        {"type": "message", "conversation": str(bob.pk), "id": str(uuid.uuid4()), "text": CANARY}
    )
    await conftest.disconnect(stranger)
    assert reports.leaks() == []


FORM = "application/x-www-form-urlencoded"
LARGE = f"q={CANARY}&" * (MAX_BODY // len(CANARY))
FILE = (
    '--b\r\nContent-Disposition: form-data; name="q"; '
    f'filename="{CANARY}"\r\n\r\n{CANARY}\r\n--b--\r\n'
)
CREDENTIALS = f"username={CANARY}&password={CANARY}&next={CANARY}"
SEARCHES = {
    "too large": ("/people/", LARGE, FORM, 400),
    "with a file": ("/people/", FILE, "multipart/form-data; boundary=b", 200),
    "in another encoding": ("/people/", f"q={CANARY}", f"{FORM}; charset=rot13", 400),
    "where there is nothing": ("/nowhere/", f"q={CANARY}", FORM, 404),
    "a report of nobody": (
        "/report/",
        f"reason={CANARY}&note={CANARY}&message={CANARY}",
        FORM,
        422,
    ),
}
LOG_INS = {
    "wrong": ("/accounts/login/", CREDENTIALS, FORM, 422),
    "too large": ("/accounts/login/", LARGE, FORM, 400),
    "to the administration": ("/admin/login/", CREDENTIALS, FORM, 404),
}


def post(browser, path, body, kind):
    return browser.generic("POST", path, body, content_type=kind).status_code


@pytest.mark.parametrize("name", SEARCHES)
def test_a_refused_search_or_report_is_not_logged(name, reports, alice):
    *request, status = SEARCHES[name]
    browser = Client()
    browser.force_login(alice)
    assert post(browser, *request) == status
    assert CANARY not in reports.texts()["log"]


@pytest.mark.parametrize("name", LOG_INS)
def test_a_refused_log_in_is_not_logged(name, reports, db):
    *request, status = LOG_INS[name]
    assert post(Client(), *request) == status
    assert post(Client(enforce_csrf_checks=True), *request) in {403, status}
    assert CANARY not in reports.texts()["log"]


@pytest.mark.parametrize("listener", ["log", "mail", "HTML mail", "nosy"])
def test_a_usual_exception_log_would_be_caught_by_each_reporter(listener, reports):
    """Prove that the tests above would see it."""
    text = CANARY
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("messaging").exception("It failed")
    assert CANARY in reports.texts()[listener]


def test_a_local_variable_is_seen_by_reporters_that_read_frames(reports):
    def handle(text):
        raise ValueError("nothing to see")

    try:
        handle(CANARY)
    except ValueError:
        logging.getLogger("messaging").exception("It failed")
    assert reports.leaks() == ["HTML mail", "nosy"]
