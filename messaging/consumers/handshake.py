"""The ASGI application of a socket: it authenticates the session."""

import logging

from django.utils import translation

from messaging.consumers import close_codes
from messaging.consumers.authentication import authenticator, language_of, session_key
from messaging.consumers.handshake_buffer import ClientDisconnected, HandshakeBuffer, TooManyFrames
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive, WindowConsumer
from messaging.rendering.htmx import HtmxRenderer

logger = logging.getLogger(__name__)

RENDERER = HtmxRenderer()


async def window(scope: dict, receive: Receive, send: Send) -> None:
    """Serve a socket. Accept it first, because a page retries a refused handshake for ever."""
    await receive()  # the server's `websocket.connect`
    await send({"type": "websocket.accept"})
    translation.activate(language_of(scope["headers"]))
    buffer = HandshakeBuffer(receive)
    try:
        key = session_key(scope["headers"])
        session = await buffer.buffer_while(authenticator.authenticate(key))
    except ClientDisconnected:
        return None
    except TooManyFrames:
        return await _turn_away(buffer, send, close_codes.FLOODED)
    except Exception as error:  # noqa: BLE001 - a traceback would log private data
        logger.warning("A window cannot be let in: %s", type(error).__name__)
        return await _turn_away(buffer, send, close_codes.FAILED)
    if session is None:
        return await _turn_away(buffer, send, close_codes.SIGNED_OUT, RENDERER.sent_away())
    client = scope.get("client") or ["unknown"]
    await WindowConsumer(session, client[0], send, RENDERER).live(receive, buffer.events)


async def _turn_away(buffer: HandshakeBuffer, send: Send, code: int, html: str = "") -> None:
    if await close_codes.close_socket(send, code, html):
        await buffer.drain()
