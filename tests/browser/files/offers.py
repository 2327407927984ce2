"""Offer files, and simulate the server's side of `/ws/files/`."""

import json
import uuid
from collections.abc import Callable
from hashlib import sha256

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import becomes

CHUNK = 65_536
OFFER = """([id, text, file]) => {
  const { conversation } = document.querySelector('.pane:target').dataset
  const detail = { type: 'message', conversation, id, text, file }
  document.dispatchEvent(new CustomEvent('frame', { detail }))
}"""


def offers(person, name: str, data: bytes, kind: str = "", **changed) -> None:
    """Offer a file that no page sends."""
    file = {"size": len(data), "kind": kind, "digest": sha256(data).hexdigest(), **changed}
    person.page.evaluate(OFFER, [str(uuid.uuid4()), name, file])


NUMBER = 4_000_000_000  # of the first chunk; the server takes random ones


class Transfers:
    """The sockets that a page opens for files."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.frames: list[dict] = []
        page.route_web_socket("**/ws/files/", self._meets)

    def _meets(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.frames.append(json.loads(text)))

    @property
    def socket(self) -> WebSocketRoute:
        return self.sockets[-1]

    def has(self, page: Page, **frame) -> None:
        """Wait until the page has sent a frame with these fields."""
        self._waits(page, lambda: any(frame.items() <= each.items() for each in self.frames))

    def is_opened(self, page: Page, times: int) -> None:
        """Wait until the page has requested this many files."""
        self._waits(page, lambda: [each["type"] for each in self.frames].count("receive") == times)

    def _waits(self, page: Page, is_so: Callable[[], bool]) -> None:
        # Playwright processes frames only during calls.
        becomes(lambda: bool(page.title()) and is_so(), True)

    def says(self, **frame) -> None:
        self.socket.send(json.dumps(frame))

    def sends(self, data: bytes, first: int = 0, last: int | None = None) -> None:
        chunks = [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]
        for number, chunk in enumerate(chunks):
            if first <= number and (last is None or number < last):
                self.socket.send((NUMBER + number).to_bytes(4, "big") + chunk)

    def sends_all(self, data: bytes) -> None:
        self.says(type="start")
        self.sends(data)
        self.says(type="whole")


def card(person, name: str):
    return person.heard(name).locator(".file")


def button(person, name: str, words: str):
    return card(person, name).get_by_role("button", name=words, exact=True)


def reads(person, name: str, words: str) -> None:
    expect(card(person, name)).to_contain_text(words)


def has_buttons(person, name: str, *words: str) -> None:
    expect(card(person, name).get_by_role("button")).to_have_text(words)
