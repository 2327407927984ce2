"""`python -m tests.load.bench.conversation [LENGTH ...]`: measure what a message, a character
and a menu cost a page with many messages, and print a table.
"""

import asyncio
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import find_shell
from tests.support.people import Person, people
from tests.support.servers import Server
from tests.support.window import Window

TEXT = "Message no. {}, with about as much text as people write in a chat."
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
UNREAD = ".message--theirs:not([data-read])"


class Costs(NamedTuple):
    """Durations are in milliseconds, and memory is in bytes."""

    messages: int
    message: float
    character: float
    menu: float
    memory: float


class LongConversation:
    """A page in which another person's messages arrive, in real frames of the server."""

    def __init__(self, page: Page, server: Server, reader: Person, writer: Person) -> None:
        self.page, self.reader, self.count = page, reader, 0
        name, _, value = reader.cookie(server.url).partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page.goto(server.url)
        page.locator("body[data-connection=open]").wait_for()
        page.locator("#people .person__link").click()
        self.composer = page.locator(".pane:target .composer__text")
        self.composer.wait_for()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.window = Window(server, writer, reader)
        self._runs(self.window.opens())
        self.devtools = page.context.new_cdp_session(page)
        # Counts the time of the thread itself, so that other processes make no difference.
        self.devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def closes(self) -> None:
        self._runs(self.window.closes())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def grows(self, to: int) -> None:
        """Wait until the page shows this many messages, all of them read."""
        while self.count < to:
            self._runs(self._sends(min(20, to - self.count)))
        expect(self.page.locator(UNREAD)).to_have_count(0)

    def of_message(self, times: int = 25) -> float:
        """Return the time of the main thread for one incoming message, with layout and paint."""
        return self._measured(lambda: self._runs(self._sends(1)), times)

    def of_character(self, times: int = 25) -> float:
        """Return the time of the main thread for one typed character."""
        self.composer.fill("")
        return self._measured(lambda: self.page.keyboard.press("a"), times)

    def of_menu(self, times: int = 9) -> float:
        """Return the time of the main thread from a click on a message's button until its menu is
        painted, less that of an idle frame, on a device that is four times slower.
        """
        message = self.page.locator(".pane:target .transcript > .message").last
        message.hover()
        message.get_by_role("button", name="More").hover()
        self._opens_menu()  # loads its script
        opened = statistics.median(self._opens_menu() for _ in range(times))
        return 4 * (opened - self._measured(lambda: None, times))

    def measures(self, messages: int) -> "Costs":
        """Return all costs in a conversation of this length."""
        self.grows(messages)
        memory = self.memory()
        message, character = self.of_message(), self.of_character()
        return Costs(messages, message, character, self.of_menu(), memory)

    def memory(self) -> float:
        """Return how many bytes the page's scripts and its DOM use."""
        for _ in range(2):
            self.devtools.send("HeapProfiler.collectGarbage")
        used = self.devtools.send("Runtime.getHeapUsage")
        return used["usedSize"] + used["embedderHeapUsedSize"]

    def _opens_menu(self) -> float:
        duration = self._measured(self._presses, 1)
        menu = self.page.locator("#message-menu")
        expect(menu).to_be_visible()
        self.page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        return duration

    def _presses(self) -> None:
        self.page.mouse.down()
        self.page.mouse.up()

    def _measured(self, act: Callable[[], object], times: int) -> float:
        durations = []
        for _ in range(times):
            self._rests()
            before = self._busy()
            act()
            self._rests()
            durations.append(self._busy() - before)
        return 1000 * statistics.median(durations)

    def _rests(self) -> None:
        self.page.evaluate(NEXT_FRAME)

    def _busy(self) -> float:
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def _runs(self, work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _sends(self, count: int) -> None:
        for _ in range(count):
            self.count += 1
            await self.window.says(TEXT.format(self.count), self.reader)
        await self.window.until(lambda: self.window.delivered.total() >= self.count)


@contextmanager
def opened(browser: Browser, folder: Path) -> Iterator[LongConversation]:
    """Start a server whose rate limits are out of reach, and open an empty conversation there."""
    server = Server(folder, DJANGO_SETTINGS_MODULE="tests.load.bench.settings").start()
    reader, writer = people(server.environment, 2)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    conversation = LongConversation(context.new_page(), server, reader, writer)
    yield conversation
    conversation.closes()
    context.close()
    server.stop()


def main(lengths: list[int]) -> None:
    flags = ["--no-sandbox", "--no-proxy-server"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find_shell(), args=flags) as browser,
        tempfile.TemporaryDirectory() as folder,
        opened(browser, Path(folder)) as conversation,
    ):
        rows = [conversation.measures(length) for length in lengths]
    sys.stdout.write("| messages | message ms | character ms | menu ms | kB a message |\n")
    sys.stdout.write("| -------- | ---------- | ------------ | ------- | ------------ |\n")
    for costs, before in zip(rows, [None, *rows], strict=False):
        sys.stdout.write(_row(costs, before))


def _row(costs: Costs, before: Costs | None) -> str:
    memory = "-"
    if before:
        added = costs.messages - before.messages
        memory = f"{(costs.memory - before.memory) / added / 1000:.1f}"
    durations = " | ".join(f"{each:.1f}" for each in (costs.message, costs.character, costs.menu))
    return f"| {costs.messages:,} | {durations} | {memory} |\n"


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [50, 500, 2_000])
