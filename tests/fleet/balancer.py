"""How a page without a browser reaches a worker: any, or one that is named; one that is gone is passed over."""

import contextlib

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.fleet.fleet import Person, Service


async def socket_of(fleet: Service, person: Person, worker: int | None) -> ClientConnection | None:
    """None if none of them takes it."""
    for port in fleet.ports(worker):
        with contextlib.suppress(OSError, InvalidStatus, ConnectionClosed, EOFError):
            return await connect(
                f"ws://localhost:{port}/ws/chat/",
                host="127.0.0.1",
                origin=fleet.url,  # type: ignore[arg-type]
                additional_headers={"Cookie": f"sessionid={person.key}"},
                proxy=None,
                ping_interval=None,
                compression=None,
                close_timeout=0.5,
            )
    return None
