"""People at real browsers. A journey waits for what its people see, never for time, and fails on
any console error.
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

# Chromium sends no requests of its own, and looks for no proxy.
FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--no-proxy-server"]
# It asks for English pages, whatever the machine speaks.
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
    """For what a Chromium without a window cannot do."""
    with launch(find()) as launched:
        yield launched


@pytest.fixture(scope="session")
def lasting_server(tmp_path_factory):
    """One for each process of tests. It believes where a request says that it comes from, because
    an address may sign up only so many people.
    """
    folder = tmp_path_factory.mktemp("server")
    running = Server(folder, TRUSTED_PROXIES="127.0.0.1,::1").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(lasting_server):
    """A server on which only the people of this file are listed: more than a page of people would
    push some of them off the first one.
    """
    lasting_server.deactivates_everybody()
    return lasting_server


def becomes(read: Callable[[], object], value: object) -> None:
    """Waits for what is no part of the page and cannot be waited for otherwise."""
    deadline = time.monotonic() + 10
    while read() != value and time.monotonic() < deadline:
        time.sleep(0.05)
    assert read() == value


class Somebody:
    """A person at a window. `name` is what others see in their roster."""

    def __init__(self, name: str, page: Page, url: str) -> None:
        self.name, self.page, self.url = name, page, url
        self.errors: list[str] = []
        page.on("console", self._notes)
        # "Leave this page?", while something is unsent.
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _notes(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def forgives_the_wire(self) -> None:
        """Browsers complain of a connection that is refused or ends, as these journeys make it."""
        self.errors[:] = [error for error in self.errors if not is_about_the_wire(error)]

    def logs_in(self, name: str = "", password: str = PASSWORD) -> "Somebody":
        """By hand, as themselves or as another one."""
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
        """Put a finger on a message. Return a function for what it does next."""
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
        """With the form's own address, as its page would: most journeys begin behind it."""
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
        """The other's line in the roster."""
        name = re.compile(rf"^\s*{other.name}\b")
        return self.page.locator("#people .person__link", has_text=name)

    def conversation(self, other: "Somebody"):
        """The other's line among the conversations that are open."""
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
        """Send with a key that also sends on a touch screen, where Enter breaks the line."""
        self.writes(text)
        self.composer.press("Control+Enter")

    def is_typing_to(self, other: "Somebody") -> None:
        """Type until the other sees it. A page sends `typing` once a second at most, and drops what
        comes between.
        """
        shown = other.pane.locator(".typing__now")
        for _ in range(10):
            self.composer.press_sequentially("h")
            with suppress(TooLate):
                return shown.wait_for(timeout=1_500)
        raise AssertionError(f"{other.name} doesn't see {self.name} typing")

    def heard(self, text: str):
        """The message in the conversation that is shown, by its text alone: with the time, "line 2"
        contains "line 29" at half past nine.
        """
        said = self.page.locator(".message__text", has_text=text)
        return self.pane.locator(".transcript .message", has=said)

    def hears(self, text: str) -> None:
        # Looks at every frame that is drawn, where `expect` looks again after a while.
        self.heard(text).wait_for(timeout=PATIENCE)


def is_only(errors: list[str], status: int) -> None:
    """The console notes each answer that is not a 200, and here that is what was asked for."""
    assert [error for error in errors if f"status of {status}" not in error] == []
    errors.clear()


@pytest.fixture
def somebody(browser: Browser, server):
    """A function: `somebody("alice")` is a new person of about that name, signed up, at a browser
    of the own.
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
    """Two people in conversation, each at the end of a wire."""
    ends = zip(["alice", "bob"], place.wires, strict=True)
    people = [somebody(name, url=wire.url) for name, wire in ends]
    for person, wire, other in zip(people, place.wires, reversed(people), strict=True):
        person.wire = wire
        person.chooses(other)
    yield people
    for person, wire in zip(people, place.wires, strict=True):
        wire.mend()
        person.forgives_the_wire()
