"""Both sides of a file transfer without a browser, on real sockets to a real server."""

import asyncio
import hashlib
import json
import re
import uuid
from contextlib import suppress
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.people import Person
from tests.support.window import HOST, Site, Window

CHUNK = 65_536  # bytes of a file in one frame, after four bytes with its number
WANTED = re.compile(r'data-message="([^"]+)"\s+data-token="([^"]+)"')


class Offer(NamedTuple):
    """What a page knows about an offered file: the key and the proof of its message."""

    message: str
    proof: str
    size: int
    digest: str
    kind: str = ""

    @classmethod
    def of(cls, data: bytes, message: str, proof: str, kind: str = "") -> Self:
        return cls(message, proof, len(data), hashlib.sha256(data).hexdigest(), kind)


def chunks(data: bytes) -> list[bytes]:
    """Return the binary frames in which a file is sent."""
    places = range(0, len(data), CHUNK)
    return [
        number.to_bytes(4, "big") + data[place : place + CHUNK]
        for number, place in enumerate(places)
    ]


def number_of(chunk: bytes) -> int:
    return int.from_bytes(chunk[:4], "big")


class FileSocket:
    """A file socket, at another process of the site if `port` is set. `heard` has the types of
    the text frames. `code` is 0 while it is open.
    """

    def __init__(self, site: Site, person: Person, port: int | None = None) -> None:
        self.site, self.person = site, person
        self.port = port or urlsplit(site.url).port
        self.heard: list[str] = []
        self.reason = ""
        self.code = 0

    async def opens(self, **first: object) -> None:
        """Open the socket, and send the first frame."""
        self.socket: ClientConnection = await connect(
            f"{self.site.url.replace('http', 'ws')}/ws/files/",
            host=HOST,
            port=self.port,
            origin=self.site.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.person.cookie(self.site.url)},
            compression=None,
            proxy=None,
            ping_interval=None,
            close_timeout=2,
            max_size=None,
        )
        await self.says(**first)

    async def says(self, **frame: object) -> None:
        await self.socket.send(json.dumps(frame))

    async def hears(self) -> dict | bytes | None:
        """Return the next frame, or None once the socket is closed."""
        try:
            frame = await self.socket.recv()
        except ConnectionClosed:
            self.code = self.socket.close_code or 1006
            return None
        if isinstance(frame, bytes):
            return frame
        fields = json.loads(frame)
        self.heard.append(fields["type"])
        self.reason = fields.get("reason", self.reason)
        return dict(fields)

    async def ends(self) -> int:
        """Read until the server closes the socket, and return the code."""
        while await self.hears() is not None:
            pass
        return self.code

    async def leaves(self) -> None:
        """Cut the connection, and wait for its end."""
        self.cut()
        await self.socket.wait_closed()

    def cut(self) -> None:
        """Cut the connection, if there is one, without a close frame."""
        if socket := getattr(self, "socket", None):
            socket.transport.abort()


class Recipient(FileSocket):
    """Receive one file into `data`. With `confirms=False`, act like a page that no longer
    answers.
    """

    data = b""

    async def asks(self, offer: Offer) -> None:
        sender, rest = offer.message.split("-", 1), offer._asdict()
        self.parts: list[bytes] = []
        await self.opens(type="receive", conversation=sender[0], **rest)

    async def receives(self, offer: Offer) -> bytes:
        """Return the whole file, or raise ConnectionAbortedError."""
        await self.asks(offer)
        while not self.data:
            if not await self.takes():
                raise ConnectionAbortedError(f"{self.code} {self.reason}")
        assert hashlib.sha256(self.data).hexdigest() == offer.digest
        await self.socket.close()
        return self.data

    async def takes(self, *, confirms: bool = True) -> bool:
        """Handle the next frame as a page does. Return False once the socket is closed."""
        frame = await self.hears()
        if isinstance(frame, bytes):
            self.parts.append(frame[4:])
            if confirms:
                await self.says(type="have", number=number_of(frame))
        elif frame and frame["type"] == "start":
            self.parts = []
        elif frame and frame["type"] == "whole":
            self.data = b"".join(self.parts)
        return frame is not None


class Sender(FileSocket):
    """Send one file. `have` is the number of chunks that the recipient's page has."""

    have = until = sent = 0

    async def sends(self, data: bytes, token: str, pause: float = 0.0) -> int:
        """Send the file within the credit, and return the close code."""
        parts = chunks(data)
        await self.opens(type="send", token=token)
        with suppress(ConnectionClosed):  # by the server, in the middle
            while await self.credited():
                while self.sent < min(self.until, len(parts)):
                    await self.socket.send(parts[self.sent])
                    self.sent += 1
                    await asyncio.sleep(pause)
        await self.socket.wait_closed()
        self.code = self.socket.close_code or 1006
        return self.code

    async def credited(self) -> bool:
        """Wait for more credit. Return False once the socket is closed."""
        while (frame := await self.hears()) is not None:
            if isinstance(frame, dict) and frame["type"] == "credit":
                self.until, self.have = frame["until"], frame["have"]
                return True
        return False


class OfferingWindow(Window):
    """A window that offers files. It answers each request with a socket that sends the file."""

    def __init__(self, site: Site, person: Person, *peers: Person, pause: float = 0.0) -> None:
        super().__init__(site, person, *peers)
        self.files: dict[str, bytes] = {}  # by the key of the message
        self.port: int | None = None  # of the process to which it sends
        self.pause = pause
        self.senders: list[Sender] = []
        self.tasks: set[asyncio.Task] = set()
        self.wanted: list[tuple[str, str]] = []  # keys and tokens

    async def offers(self, data: bytes, to: Person, name: str = "holiday.jpg") -> str:
        """Send a message with this file, and return its key."""
        id, digest = str(uuid.uuid4()), hashlib.sha256(data).hexdigest()
        self.files[f"{self.person.id}-{id}"] = data
        about = {"size": len(data), "kind": "", "digest": digest}
        words = {"conversation": str(to.id), "id": id, "text": name}
        await self.send(type="message", file=about, **words)
        return f"{self.person.id}-{id}"

    def hears(self, frame: str) -> None:
        super().hears(frame)
        for key, token in WANTED.findall(frame):
            self.wanted.append((key, token))
            if key in self.files:
                self.senders.append(Sender(self.site, self.person, self.port))
                sending = self.senders[-1].sends(self.files[key], token, self.pause)
                task = asyncio.create_task(sending)
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
