"""The ASGI applications for pages without JavaScript, which keep loading while they are open.

Such a page is a window like any other (`consumer`), and does not occupy a thread.
"""

import logging
from base64 import b64decode
from urllib.parse import parse_qs

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from messaging.consumers.authentication import authenticator, language_of, session_key
from messaging.consumers.close_codes import REPLACED
from messaging.consumers.frame_fields import TOKEN
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive
from messaging.delivery.background import run_in_background
from messaging.domain.messages import Refused, StateUnavailable
from messaging.noscript import consumer
from messaging.noscript.consumer import StreamConsumer
from messaging.noscript.framing import refusal_page

logger = logging.getLogger(__name__)

# Per process. A browser opens at most six HTTP/1.1 connections to a server.
MAX_PER_PERSON = 4
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # transparent


async def transcript(scope: dict, receive: Receive, send: Send) -> None:
    """Serve a page. If the query has the `window` and `cursor` of an earlier page, continue it."""
    translation.activate(language_of(scope["headers"]))
    try:
        session = await authenticator.authenticate(session_key(scope["headers"]))
        if session is None:
            return await consumer.answer(send, 403, refusal_page("signed-out"))
        client = scope.get("client") or ["unknown"]
        stream = StreamConsumer(session, client[0], _query(scope), send)
        _register(stream)
    except Refused as refusal:
        return await consumer.answer(send, 503, refusal_page("full", refusal.reason))
    except Exception as error:  # noqa: BLE001 - a traceback would log private data
        logger.warning("A page without JavaScript could not be opened: %s", type(error).__name__)
        return await consumer.answer(send, 503, refusal_page("failed"))
    try:
        await stream.live(receive)
    finally:
        streams.pop(stream, None)


async def receipt(scope: dict, _: Receive, send: Send) -> None:
    """Serve the pixel at the end of a part of a page. Confirm that part if the same session loaded
    the page.
    """
    query = _query(scope)
    status = 200
    try:
        group = consumer.group(session_key(scope["headers"]), query.get("load", ""))
        await get_channel_layer().group_send(
            group, {"type": "page.shown", "cursor": query.get("cursor", "")}
        )
    except StateUnavailable:  # the pixel of the next part will confirm this one too
        status = 503
    headers = [(b"content-type", b"image/gif"), (b"content-length", str(len(PIXEL)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": PIXEL})


streams: dict[StreamConsumer, None] = {}  # oldest first


def _register(stream: StreamConsumer) -> None:
    """Add a page. Close the oldest page of a person who has too many. Raise Refused if full."""
    own = [each for each in streams if each.window.person_id == stream.window.person_id]
    if len(own) >= MAX_PER_PERSON:
        del streams[own[0]]
        run_in_background(own[0].window.close(REPLACED))
    elif not settings.STREAMS:
        raise Refused(gettext("The page without JavaScript is turned off on this server."))
    elif len(streams) >= settings.STREAMS:
        raise Refused(
            gettext("The server has no room for more pages without JavaScript. Try again later.")
        )
    streams[stream] = None


def _query(scope: dict) -> dict[str, str]:
    """Return the query parameters whose values look like tokens."""
    query = parse_qs(scope["query_string"].decode("latin1"))
    return {name: values[0] for name, values in query.items() if TOKEN.fullmatch(values[0])}
