"""The load: many windows in one thread with epoll, which uses less CPU time than any server."""

import select
import time

from tests.load.bench import machine, page, wire
from tests.load.bench.arrivals import Tally
from tests.load.bench.window import Person, Window

AT_ONCE = 32  # windows that connect at the same time
CHUNK = 262_144
QUIET = 0.15  # seconds; after two in a row, the server is idle


class Load:
    """Windows of the server with this process id, at this host and port."""

    def __init__(self, host: str, pid: int) -> None:
        self.host, self.pid = host, pid
        self.tally = Tally()
        self.counts = self.tally.counts
        self.epoll = select.epoll()
        self.windows: list[Window] = []
        self.by_file: dict[int, Window] = {}
        self.by_person: dict[int, Window] = {}
        self.number = 0
        self.confirms = True

    # Windows

    def connect(self, people: list[Person], seconds: float) -> None:
        """Open all windows, some at a time, or stop after the time limit."""
        deadline = time.perf_counter() + seconds
        coming = iter(people)
        while time.perf_counter() < deadline:
            while len(self.windows) - self.counts["opened"] < AT_ONCE and (
                person := next(coming, None)
            ):
                self._add(Window(person, len(self.windows), self.host))
            if len(self.windows) == self.counts["opened"]:
                return
            self.turn(0.1)

    def _add(self, window: Window) -> None:
        self.windows.append(window)
        self.by_file[window.socket.fileno()] = window
        self.by_person[window.person.id] = window
        self.epoll.register(window.socket.fileno(), select.EPOLLIN)

    def _lose(self, window: Window) -> None:
        self.counts["lost"] += 1
        self.epoll.unregister(window.socket.fileno())
        del self.by_file[window.socket.fileno()]
        window.socket.close()

    def close(self) -> None:
        for window in self.windows:
            window.socket.close()
        self.epoll.close()

    # Time

    def run(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.turn(left)

    def settle(self, seconds: float) -> bool:
        """Wait until everything has arrived and the server is idle. Return False after the
        limit.
        """
        end, quiet = time.perf_counter() + seconds, 0
        while quiet < 2 and time.perf_counter() < end:
            heard, computed = self.tally.heard(), machine.cpu(self.pid)
            self.run(QUIET)
            is_resting = machine.cpu(self.pid) - computed < QUIET / 5
            is_quiet = is_resting and self.tally.heard() == heard and not self.tally.waiting
            quiet = quiet + 1 if is_quiet else 0
        return quiet == 2

    def turn(self, seconds: float) -> None:
        """Process what arrives within these seconds."""
        for file, _ in self.epoll.poll(seconds):
            if window := self.by_file.get(file):
                self._read(window)

    # Receiving

    def _read(self, window: Window) -> None:
        try:
            data = window.socket.recv(CHUNK)
        except ConnectionError:
            data = b""
        if not data:
            return self._lose(window)
        window.rest += data
        if window.is_shaken:
            return self._hear(window)
        return window.shake(self.host)

    def _hear(self, window: Window) -> None:
        frames, window.rest = wire.split(window.rest)
        now = time.perf_counter()
        if replies := b"".join(
            [self._take(window, kind, payload, now) for kind, payload in frames]
        ):
            window.say(replies)

    def _take(self, window: Window, kind: int, payload: bytes, now: float) -> bytes:
        """Answer a frame like a page."""
        if kind != wire.TEXT:
            return wire.frame(payload, wire.PONG) if kind == wire.PING else b""
        self.tally.note(window, payload, now)
        window.cursor = page.cursor(payload) or window.cursor
        return window.confirmed() if self.confirms else b""

    # Sending

    def say(self, intended_at: float = 0.0) -> None:
        """Send a message from the next window to its peer."""
        window = self.windows[self.number % len(self.windows)]
        self.number += 1
        self.tally.expect(
            self.number, self.by_person[window.person.peer], intended_at or time.perf_counter()
        )
        window.say(wire.frame(page.said(window.message, self.number)))

    def keep_saying(self, seconds: float, at_once: int) -> None:
        """Keep this many messages in transit. Each arrival starts the next one."""
        self.tally.on_arrival = self.say
        for _ in range(at_once):
            self.say()
        self.run(seconds)
        self.tally.on_arrival = lambda: None

    def say_so_many(self, count: int, per_second: float) -> None:
        """Send at scheduled moments. A late message counts from its scheduled moment."""
        began = time.perf_counter()
        for moment in (began + place / per_second for place in range(count)):
            while (left := moment - time.perf_counter()) > 0:
                self.turn(left)
            self.say(moment)
            self.turn(0)

    def confirm_late(self) -> None:
        """Send the confirmations that were held back."""
        self.confirms = True
        for window in self.windows:
            window.say(window.confirmed())
