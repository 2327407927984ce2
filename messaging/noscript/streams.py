"""The door for pages without JavaScript, beside the one for sockets: each is loaded for as long as
it is open.

To everything behind it such a page is a window like any other (`consumer`). It holds no thread, and
asks the database what a socket asks it.
"""

import logging
from base64 import b64decode
from urllib.parse import parse_qs

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from messaging.consumers.authentication import authenticator, language_of, session_key
from messaging.consumers.close_codes import CROWDED
from messaging.consumers.frame_fields import TOKEN
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive
from messaging.delivery.background import run_in_background
from messaging.domain.messages import Refused, StateUnavailable
from messaging.noscript import consumer
from messaging.noscript.consumer import StreamConsumer
from messaging.noscript.decorators import turned_away

logger = logging.getLogger(__name__)

# Of one person, in this process. A browser opens six connections to a server that speaks HTTP/1.1,
# for all its tabs.
MAX_PER_PERSON = 4
PIXEL = b64decode(
    "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
)  # one pixel that is not seen


async def transcript(scope: dict, receive: Receive, send: Send) -> None:
    """The application of one page, with the `window` and `cursor` of the one before it, if it goes
    on from one.
    """
    translation.activate(language_of(scope["headers"]))
    try:
        session = await authenticator.authenticate(session_key(scope["headers"]))
        if session is None:
            return await consumer.answer(send, 403, turned_away("signed-out"))
        client = scope.get("client") or ["unknown"]
        stream = StreamConsumer(session, client[0], _query(scope), send)
        _register(stream)
    except Refused as refusal:
        return await consumer.answer(send, 503, turned_away("full", refusal.reason))
    except Exception as error:  # noqa: BLE001 - the server would log it with everything that it was about
        logger.warning("A page without scripts cannot be let in: %s", type(error).__name__)
        return await consumer.answer(send, 503, turned_away("failed"))
    try:
        await stream.live(receive)
    finally:
        streams.pop(stream, None)


async def receipt(scope: dict, _: Receive, send: Send) -> None:
    """A picture that a part of a page ends with. That page was loaded by the session that asks, or
    nobody hears.
    """
    query = _query(scope)
    status = 200
    try:
        group = consumer.group(session_key(scope["headers"]), query.get("load", ""))
        await get_channel_layer().group_send(
            group, {"type": "page.shown", "cursor": query.get("cursor", "")}
        )
    except StateUnavailable:  # the next part ends with another one
        status = 503
    headers = [(b"content-type", b"image/gif"), (b"content-length", str(len(PIXEL)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": PIXEL})


streams: dict[StreamConsumer, None] = {}  # the oldest first


def _register(stream: StreamConsumer) -> None:
    """Takes one in, or raises Refused. Of one person's too many, the oldest is let go."""
    own = [each for each in streams if each.window.person_id == stream.window.person_id]
    if len(own) >= MAX_PER_PERSON:
        del streams[own[0]]
        run_in_background(own[0].window.close(CROWDED))
    elif not settings.STREAMS:
        raise Refused(gettext("The page without JavaScript is turned off on this server."))
    elif len(streams) >= settings.STREAMS:
        raise Refused(
            gettext("The server has no room for more pages without JavaScript. Try again later.")
        )
    streams[stream] = None


def _query(scope: dict) -> dict[str, str]:
    """What the address asks for; what is no name that this server gives is not read."""
    query = parse_qs(scope["query_string"].decode("latin1"))
    return {name: values[0] for name, values in query.items() if TOKEN.fullmatch(values[0])}
