"""The bare relay that the product is compared with. It forwards frames of the same size."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from itertools import cycle

from tests.load.bench import page

SIZES = dict(
    zip(
        ("theirs", "own", "told", "beat"),
        map(int, os.environ["BENCH_SIZES"].split(",")),
        strict=True,
    )
)
HEARTBEAT_SECONDS = float(os.environ["BENCH_HEARTBEAT"])
CONVERSATION, TEXT, SHOWN = '"conversation":"', '"text":"', '"cursor":"'
# The cursor of a frame whose confirmation is forwarded, like a delivery receipt.
ASKS = "relayed."

Send = Callable[[dict], Awaitable[None]]
sends: dict[str, Send] = {}
halves: dict[str, tuple[str, str]] = {}
beating: list[asyncio.Task] = []


def frame(size: int, cursor: str, marker: str = "") -> tuple[str, str]:
    """Return a frame of this many bytes, before and after a message."""
    form = f'<input {page.CURSOR.decode()}{cursor}">'
    head = "<" + "." * ((size - page.LENGTH) // 2)
    return head, (marker + form).rjust(max(0, size - len(head) - page.LENGTH), ".")


def whole(size: int, marker: bytes) -> str:
    return "".join(frame(size + page.LENGTH, "nothing.0", marker.decode()))


OWN = frame(SIZES["own"], "nothing.0")
TOLD = whole(SIZES["told"], page.TOLD)
BEAT = whole(SIZES["beat"], page.BEAT)


async def application(scope: dict, receive: Callable[[], Awaitable[dict]], send: Send) -> None:
    if scope["type"] != "websocket":
        return
    me = dict(scope["headers"])[b"cookie"].decode().partition("=")[2]
    await receive()
    await send({"type": "websocket.accept"})
    sends[me] = send
    halves[me] = frame(SIZES["theirs"], ASKS + me)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            await pass_on(event["text"], me)
    finally:
        del sends[me]


async def pass_on(text: str, me: str) -> None:
    kind = text[9]  # of `{"type":"message"`
    if kind == "m":
        await say(text, me)
    elif kind == "s" and text.startswith(ASKS, place := text.index(SHOWN) + len(SHOWN)):
        place += len(ASKS)
        await sends[text[place : text.index('"', place)]]({"type": "websocket.send", "text": TOLD})
    elif kind == "h":
        await greet(me)


async def say(text: str, me: str) -> None:
    place = text.index(CONVERSATION) + len(CONVERSATION)
    conversation = text[place : text.index('"', place)]
    place = text.index(TEXT) + len(TEXT)
    said = text[place : place + page.LENGTH]
    head, tail = halves[me]
    await sends[conversation]({"type": "websocket.send", "text": head + said + tail})
    await sends[me]({"type": "websocket.send", "text": OWN[0] + said + OWN[1]})


async def greet(me: str) -> None:
    if not beating:
        beating.append(asyncio.create_task(beat()))
    await sends[me]({"type": "websocket.send", "text": BEAT})


async def beat() -> None:
    """Send heartbeats one by one, because all at once would delay messages."""
    slices = int(HEARTBEAT_SECONDS * 10)
    for place in cycle(range(slices)):
        for send in list(sends.values())[place::slices]:
            await send({"type": "websocket.send", "text": BEAT})
        await asyncio.sleep(HEARTBEAT_SECONDS / slices)
