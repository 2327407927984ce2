"""A TCP proxy with the latency of a server on another continent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CHUNK = 262_144
HOST = "127.0.0.1"


@asynccontextmanager
async def delayed(port: int, seconds: float) -> AsyncIterator[int]:
    """Forward everything to this port, in both directions, with this delay in seconds. Yield the
    port of the proxy.
    """

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, port)
        await asyncio.gather(
            _pass_on(reader, far_writer, seconds), _pass_on(far_reader, writer, seconds)
        )

    async with await asyncio.start_server(accept, HOST) as server:
        yield server.sockets[0].getsockname()[1]


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    loop = asyncio.get_running_loop()
    try:
        while data := await reader.read(CHUNK):
            loop.call_later(seconds, writer.write, data)
    except ConnectionError:
        pass
    loop.call_later(seconds, writer.close)
