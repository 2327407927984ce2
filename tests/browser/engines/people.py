"""A user of Firefox or WebKitGTK. Visible elements are found by role and name."""

import time
from collections.abc import Callable
from typing import Any, Self

from tests.browser.engines.drivers import Failed, Firefox, WebKit
from tests.conftest import PASSWORD

PATIENCE = 20  # seconds
ENTER, NEW_LINE = "\ue007", "\ue008\ue007\ue008"  # Shift is pressed again to release it
# A name may be a prefix. A message may contain more than the parts that " … " separates.
FIND = """
const [kind, name, within] = arguments;
const selectors = {
  button: 'button, summary',
  field: 'input, textarea',
  frame: 'iframe',
  heading: 'h1, h2',
  link: 'a[href]',
  message: 'li.message',
};
const plain = (text) => text.trim().replace(/\\s+/g, ' ');
const nameOf = (element) => plain(
  element.getAttribute('aria-label') ?? element.getAttribute('title')
  ?? (Array.from(element.labels ?? [], (label) => label.textContent).join(' ')
  || element.textContent));
const options = {opacityProperty: true, visibilityProperty: true};
const seen = Array.from((within ?? document).querySelectorAll(selectors[kind]))
  .filter((element) => element.checkVisibility(options));
const holds = (element) => (word) => plain(element.innerText).includes(word);
if (kind === 'message') return seen.filter((element) => name.split(' … ').every(holds(element)));
const exact = seen.filter((element) => nameOf(element) === name);
return exact.length ? exact : seen.filter((element) => nameOf(element).startsWith(`${name} `));
"""

IS_NEW = """
return document.readyState !== 'loading' && !('old' in document.documentElement.dataset);
"""
# Script errors, and violations of the Content-Security-Policy.
WATCH = """
const faults = window.faults = [];
addEventListener('error', ({ message }) => faults.push(message));
addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));
addEventListener('securitypolicyviolation', (event) =>
  faults.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""
IS_NEAR = """
const [element, message] = Array.from(arguments, (each) => each.getBoundingClientRect());
const distance = Math.max(element.top - message.bottom, message.top - element.bottom);
return distance < element.height;
"""
FAULTS = "return window.faults ?? []"


class Person:
    """`name` is what others see in their roster."""

    def __init__(self, name: str, browser: Firefox | WebKit, url: str) -> None:
        self.name, self.browser, self.url = name, browser, url
        self.frame = ""  # the current frame of the page without JavaScript

    def opens(self, path: str) -> Self:
        return self._goes("Navigate", url=f"{self.url}{path}")

    def reloads(self) -> Self:
        return self._goes("Refresh")

    def _goes(self, command: str, **parameters: str) -> Self:
        """Wait for the new page, because no command does."""
        self.looks_at()
        self.run("document.documentElement.dataset.old = ''")
        self.browser.command(command, **parameters)
        eventually(lambda: self.run(IS_NEW), f"{self.name} gets no new page")
        return self

    def looks_at(self, frame: str = "") -> Self:
        """Switch to the frame with this title, or back to its page."""
        self.frame = frame
        self.browser.command("SwitchToFrame", id=None)
        return self

    def run(self, script: str, *arguments: object) -> Any:
        if self.frame:
            # Do this each time, because the driver may see a reloaded frame as a new one. While a
            # page is loading, Firefox fails instead of returning an empty list.
            self.browser.command("SwitchToFrame", id=None)
            [frame] = self._run(FIND, "frame", self.frame, None) or []
            self.browser.command("SwitchToFrame", id=frame)
        return self._run(script, *arguments)

    def _run(self, script: str, *arguments: object) -> Any:
        return self.browser.command("ExecuteScript", script=script, args=list(arguments))

    def finds(self, kind: str, name: str, within: object = None) -> list[Any]:
        return self.run(FIND, kind, name, within) or []

    def sees(self, kind: str, name: str) -> None:
        eventually(lambda: self.finds(kind, name), f"{self.name} sees no {kind} {name!r}")

    def misses(self, kind: str, name: str) -> None:
        eventually(lambda: not self.finds(kind, name), f"{self.name} sees a {kind} {name!r}")

    def reads(self, words: str) -> None:
        has_words = "return document.body.innerText.includes(arguments[0])"
        eventually(lambda: self.run(has_words, words), f"{self.name} does not read {words!r}")

    def clicks(self, kind: str, name: str, message: str = "") -> None:
        """Hover over the message first, if there is one."""

        def click() -> bool:
            within = self.points_at(message) if message else None
            found = self.finds(kind, name, within)
            if found:
                self.browser.command("ElementClick", id=identity(found[0]))
            return bool(found)

        eventually(click, f"{self.name} cannot click the {kind} {name!r}")

    def points_at(self, message: str) -> Any:
        [found] = self.finds("message", message)
        # Start elsewhere, because a click by the driver does not move this pointer.
        moves = [
            {"type": "pointerMove", "duration": 0, "origin": origin, "x": 0, "y": 0}
            for origin in ("viewport", found)
        ]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self.browser.command("PerformActions", actions=[{**mouse, "actions": moves}])
        return found

    def has_near(self, kind: str, name: str, message: str) -> bool:
        """Whether an element is less than its own height above, beside or below a message."""
        [element], [found] = self.finds(kind, name), self.finds("message", message)
        return bool(self.run(IS_NEAR, element, found))

    def types(self, field: str, text: str) -> None:
        """Replace the text of the field."""

        def type_it() -> bool:
            found = self.finds("field", field)
            if found:
                self.run("arguments[0].focus(); arguments[0].select()", found[0])
                self.browser.command("ElementSendKeys", id=identity(found[0]), text=text)
            return bool(found)

        eventually(type_it, f"{self.name} finds no field {field!r}")

    def signs_up(self) -> Self:
        return self._enters("/accounts/signup/", "Sign up")

    def logs_in(self) -> Self:
        return self._enters("/accounts/login/", "Log in")

    def _enters(self, path: str, button: str) -> Self:
        self.opens(path)
        self.types("User name", self.name)
        self.types("Password", PASSWORD)
        self.clicks("button", button)
        self.sees("button", f"Your account: {self.name}")
        self.run(WATCH)
        return self

    def chooses(self, other: "Person") -> Self:
        self.clicks("link", other.name)
        self.sees("heading", other.name)
        return self

    def says(self, other: "Person", text: str) -> None:
        self.types(f"Message to {other.name}", f"{text}{ENTER}")


def identity(element: dict[str, str]) -> str:
    return next(iter(element.values()))


def eventually(succeeds: Callable[[], object], otherwise: str) -> None:
    """Retry until it succeeds, because a command fails if the page changes meanwhile."""
    deadline = time.monotonic() + PATIENCE
    failure: Exception | None = None
    while time.monotonic() < deadline:
        try:
            if succeeds():
                return
        except (Failed, ValueError) as error:
            failure = error
        time.sleep(0.05)
    raise AssertionError(otherwise) from failure
