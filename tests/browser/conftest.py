"""Users with real browsers. Journeys wait for what users see, never for time, and fail on any
console error.
"""

import itertools
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from tests.browser.chromium import find, find_shell
from tests.browser.wires import Place, is_about_the_wire
from tests.conftest import PASSWORD
from tests.support.servers import Server

# Without background requests or proxy detection.
FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--no-proxy-server"]
# Request English pages, whatever the system language is.
FLAGS += ["--lang=en-US", "--accept-lang=en-US"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

PATIENCE = 10_000  # ms
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')

expect.set_options(timeout=PATIENCE)
_numbers, _addresses = itertools.count(1), itertools.cycle(range(256))


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def launch(playwright):
    """A function: `launch(path)` starts the Chromium that is there."""
    # Playwright disables the back/forward cache unless told not to; people's browsers have it.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    kept = ["--disable-back-forward-cache"]
    return lambda path: playwright.chromium.launch(
        executable_path=path, args=FLAGS + root, ignore_default_args=kept
    )


@pytest.fixture(scope="session")
def browser(launch):
    with launch(find_shell()) as launched:
        yield launched


@pytest.fixture(scope="session")
def whole_browser(launch):
    """Start the full browser, for tests that the headless shell can't run."""
    with launch(find()) as launched:
        yield launched


@pytest.fixture(scope="session")
def lasting_server(tmp_path_factory):
    """Start one server per test process. It trusts the client address in a header, because sign-ups
    are limited for each address.
    """
    folder = tmp_path_factory.mktemp("server")
    running = Server(folder, TRUSTED_PROXIES="127.0.0.1,::1").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(lasting_server):
    """Return a server that lists only the users of this file, because too many would not fit into
    the first page of the roster.
    """
    lasting_server.deactivates_everybody()
    return lasting_server


def becomes(read: Callable[[], object], value: object) -> None:
    """Poll a condition that is not part of the page."""
    deadline = time.monotonic() + 10
    while read() != value and time.monotonic() < deadline:
        time.sleep(0.05)
    assert read() == value


class Somebody:
    """A user with an open page. `name` is what others see in their roster."""

    def __init__(self, name: str, page: Page, url: str) -> None:
        self.name, self.page, self.url = name, page, url
        self.errors: list[str] = []
        page.on("console", self._notes)
        # "Leave this page?", shown while something is unsent.
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _notes(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def forgives_the_wire(self) -> None:
        """Ignore console errors about refused and lost connections."""
        self.errors[:] = [error for error in self.errors if not is_about_the_wire(error)]

    def logs_in(self, name: str = "", password: str = PASSWORD) -> "Somebody":
        """Log in with the form, as this or another user."""
        self.page.goto(f"{self.url}/accounts/login/")
        self.page.get_by_label("User name").fill(name or self.name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        return self.is_connected()

    def comes_again(self) -> "Somebody":
        self.page.reload()
        return self.is_connected()

    def acts_on(self, text: str, button: str, choice: str = "") -> None:
        """Press a button of the message's action bar, and choose something from its menu."""
        self.heard(text).hover()
        self.heard(text).get_by_role("button", name=button, exact=True).click()
        menu = self.page.get_by_role("dialog", name="Actions")
        if choice:
            menu.get_by_role("button", name=choice).click()
        elif button != "Reply":
            menu.wait_for(timeout=PATIENCE)

    def unsends(self, text: str) -> None:
        self.acts_on(text, "More", "Unsend")

    def touches(self, text: str) -> Callable[..., None]:
        """Start a touch on a message. Return a function that continues it."""
        touch = self.page.context.new_cdp_session(self.page)
        box = self.heard(text).bounding_box()

        def send(kind: str, by: int = 0) -> None:
            point = {"x": box["x"] + 10, "y": box["y"] + 10 + by}
            points = [] if kind == "touchEnd" else [point]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart")
        return send

    def holds(self, text: str) -> None:
        """Touch a message until its actions open."""
        touch = self.touches(text)
        self.page.get_by_role("dialog", name="Actions").wait_for(timeout=PATIENCE)
        touch("touchEnd")

    def registers(self) -> "Somebody":
        """Post the sign-up form directly, because most journeys begin after it."""
        place = f"{self.url}/accounts/signup/"
        token = TOKEN.findall(self.page.request.get(place).text())[0]
        form = {"csrfmiddlewaretoken": token, "username": self.name, "password": PASSWORD}
        address = {"X-Forwarded-For": f"198.51.100.{next(_addresses)}"}
        answer = self.page.request.post(place, form=form, headers=address, max_redirects=0)
        assert answer.status == 302, answer.text()
        return self

    def signs_up(self) -> "Somebody":
        self.registers().page.goto(f"{self.url}/")
        return self.is_connected()

    def signs_up_by_hand(self) -> "Somebody":
        self.page.goto(f"{self.url}/accounts/signup/")
        self.fills_in_the_sign_up()
        return self.is_connected()

    def fills_in_the_sign_up(self) -> None:
        self.page.get_by_label("User name").fill(self.name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Sign up").click()

    def is_connected(self) -> "Somebody":
        self.page.locator("body[data-connection=open]").wait_for(timeout=PATIENCE)
        return self

    def opens_another_window(self) -> "Somebody":
        other = Somebody(self.name, self.page.context.new_page(), self.url)
        other.errors = self.errors
        other.page.goto(f"{self.url}/")
        return other.is_connected()

    def entry(self, other: "Somebody"):
        """Return the other user's row in the roster."""
        name = re.compile(rf"^\s*{other.name}\b")
        return self.page.locator("#people .person__link", has_text=name)

    def conversation(self, other: "Somebody"):
        """Return the other user's row among the open conversations."""
        return self.page.locator("#open-conversations .person__link", has_text=other.name)

    def chooses(self, other: "Somebody") -> "Somebody":
        self.entry(other).click()
        self.pane.get_by_role("heading", name=other.name).wait_for(timeout=PATIENCE)
        return self

    @property
    def pane(self):
        return self.page.locator(".pane:target")

    def opens_dialog(self, row: str):
        """Choose a row of the menu of the conversation, which asks in a dialog."""
        self.pane.get_by_role("button", name="More actions for").click()
        self.pane.locator(".menu").get_by_role("button", name=row).first.click()
        return self.pane.get_by_role("dialog", name=row.split(maxsplit=1)[0])

    def clears(self) -> None:
        self.opens_dialog("Clear for both").get_by_role("button", name="Clear").click()

    @property
    def composer(self):
        return self.pane.locator(".composer__text")

    def writes(self, text: str) -> None:
        self.composer.fill(text)

    def says(self, text: str) -> None:
        """Send with a shortcut that also works on a touch screen, where Enter breaks the line."""
        self.writes(text)
        self.composer.press("Control+Enter")

    def is_typing_to(self, other: "Somebody") -> None:
        """Type until the other user sees it. A page sends `typing` at most once a second."""
        shown = other.pane.locator(".typing__now")
        for _ in range(10):
            self.composer.press_sequentially("h")
            with suppress(TooLate):
                return shown.wait_for(timeout=1_500)
        raise AssertionError(f"{other.name} doesn't see {self.name} typing")

    def heard(self, text: str):
        """Return the visible message with exactly this text. With the time, "line 29" would also
        match "line 2" at 9:30.
        """
        said = self.page.locator(".message__text", has_text=text)
        return self.pane.locator(".transcript .message", has=said)

    def hears(self, text: str) -> None:
        # Check every animation frame, because `expect` polls at intervals.
        self.heard(text).wait_for(timeout=PATIENCE)


def is_only(errors: list[str], status: int) -> None:
    """Expect only console errors about this HTTP status."""
    assert [error for error in errors if f"status of {status}" not in error] == []
    errors.clear()


@pytest.fixture
def somebody(browser: Browser, server):
    """Return a function. `somebody("alice")` signs up a new user with a similar name in a new
    browser context.
    """
    people: list[Somebody] = []

    def arrive(name: str, *, signed_up: bool = True, url: str = "", **context) -> Somebody:
        context.setdefault("viewport", DESKTOP)
        page = browser.new_context(**context).new_page()
        person = Somebody(f"{name}{next(_numbers)}", page, url or server.url)
        people.append(person)
        return person.signs_up() if signed_up else person

    yield arrive
    for person in people:
        person.page.context.close()
    assert [error for person in people for error in person.errors] == []


@pytest.fixture
def alice(somebody):
    return somebody("alice")


@pytest.fixture
def bob(somebody):
    return somebody("bob")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = Place(tmp_path_factory.mktemp("place"))
    yield made
    made.stop()


@pytest.fixture
def both(place, somebody):
    """Return two users in conversation, each behind a proxy."""
    ends = zip(["alice", "bob"], place.wires, strict=True)
    people = [somebody(name, url=wire.url) for name, wire in ends]
    for person, wire, other in zip(people, place.wires, reversed(people), strict=True):
        person.wire = wire
        person.chooses(other)
    yield people
    for person, wire in zip(people, place.wires, strict=True):
        wire.mend()
        person.forgives_the_wire()
