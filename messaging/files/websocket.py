"""The ASGI application for the sockets of files."""

from messaging.consumers.handshake import authenticate
from messaging.consumers.outbound import Send
from messaging.consumers.websocket import Receive
from messaging.files import frames
from messaging.files.connection import Connection
from messaging.files.recipient import Recipient
from messaging.files.refusals import Closed
from messaging.files.sender import Sender
from messaging.files.side import Side


async def file_socket(scope: dict, receive: Receive, send: Send) -> None:
    """Serve a socket on which one file is sent or received."""
    session, buffer = await authenticate(scope, receive, send)
    if session:
        await Connection(session, buffer, send, open_side).live()


async def open_side(connection: Connection, event: dict) -> Side:
    """Return the side that the first frame of a page opens, or raise Closed."""
    match frames.parse(event):
        case frames.Receive() as wanted:
            return await Recipient.admit(connection, wanted)
        case frames.Send() as asked:
            return await Sender.admit(connection, asked)
        case frames.Wait() as asked:
            await Sender.postpone(connection, asked)
            raise Closed(1000)
    raise frames.unreadable()
