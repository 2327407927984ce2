"""A TCP proxy that can cut connections."""

import asyncio
import contextlib
import threading
import time

from tests.support.servers import free_port

CHUNK = 65_536


class Wire:
    """Forward everything by default. `cut()` closes connections and refuses new ones. `freeze()`
    delays all data until `mend()`. `blackhole()` drops all data in both directions without
    closing anything. `handshakes` decides about WebSocket handshakes: "passed", "refused" with a
    403, or "unanswered".
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.is_cut = self.swallows = False
        self.swallowed = bytearray()
        self.handshakes = "passed"
        self.writers: set[asyncio.StreamWriter] = set()
        self.is_ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def start(self) -> "Wire":
        self.thread.start()
        assert self.is_ready.wait(10)
        return self

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.thread.join(10)

    def cut(self) -> None:
        self.is_cut = True
        self.loop.call_soon_threadsafe(self._abort)

    def freeze(self) -> None:
        self.loop.call_soon_threadsafe(self.flows.clear)

    def blackhole(self) -> None:
        self.swallowed.clear()
        self.swallows = True

    def has_swallowed(self, text: str) -> None:
        """Wait at most ten seconds until this text was dropped."""
        deadline = time.monotonic() + 10
        while text.encode() not in self.swallowed:
            assert time.monotonic() < deadline, f"{text} never came this way"
            time.sleep(0.01)

    def mend(self) -> None:
        """Accept new connections and release frozen data. Dropped data is lost."""
        self.is_cut = False
        self.swallows = False
        self.handshakes = "passed"
        self.loop.call_soon_threadsafe(self.flows.set)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.ended, self.flows = asyncio.Event(), asyncio.Event()
        self.flows.set()
        async with await asyncio.start_server(self._accept, "127.0.0.1", self.port) as server:
            self.is_ready.set()
            await self.ended.wait()
            server.close()
            self.flows.set()
            self._abort()
            await asyncio.sleep(0.1)  # until the connections notice

    def _abort(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Know a connection from its beginning: a browser also keeps some on which it asks nothing,
        and those must end with the others.
        """
        if self.is_cut:
            return writer.transport.abort()
        self.writers.add(writer)
        try:
            await self._connect(reader, writer)
        finally:
            self.writers.discard(writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = b""
        with contextlib.suppress(ConnectionError):
            first = await reader.read(CHUNK)
        if not first:
            return writer.transport.abort()
        if b"Upgrade: websocket" in first and self.handshakes != "passed":
            return await self._block(reader, writer)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return writer.transport.abort()
        self.writers.add(far_writer)
        try:
            await asyncio.gather(
                self._pass_on(reader, far_writer, first), self._pass_on(far_reader, writer)
            )
        finally:
            self.writers.discard(far_writer)
            writer.transport.abort()
            far_writer.transport.abort()
        return None

    async def _block(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.handshakes == "refused":
            headers = b"Content-Length: 0\r\nConnection: close"
            writer.write(b"HTTP/1.1 403 Forbidden\r\n" + headers + b"\r\n\r\n")
        else:
            await reader.read()  # until the browser gives up
        writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes = b""
    ) -> None:
        is_dead = False
        with contextlib.suppress(ConnectionError, OSError):
            while data := data or await reader.read(CHUNK):
                # Once data is lost, the connection can't continue.
                is_dead = is_dead or self.swallows
                await self.flows.wait()
                if is_dead:
                    self.swallowed += data
                else:
                    writer.write(data)
                    await writer.drain()
                data = b""
        if not is_dead:
            writer.close()
