"""Transfer a file whose name and every chunk contain the canary."""

import asyncio
import hashlib
import json
from dataclasses import dataclass

from messaging.ops.proof import websocket
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.client import ChatClient
from messaging.ops.proof.server import ProofServer
from messaging.ops.proof.temporary_users import TemporaryUser
from messaging.ops.proof.websocket import BINARY, WebSocket

PART = 65_536  # bytes
PARTS = 15
SIZE = PARTS * PART  # less than the smallest FILE_MAX_MB
JPEG = b"\xff\xd8\xff"  # so that FILES=pictures accepts it
TIMEOUT = 60  # seconds


@dataclass(frozen=True, slots=True)
class FileResult:
    """Whether the file arrived, and how many bytes were written to disk, if known."""

    is_received: bool
    written: int | None


async def transfer(
    server: ProofServer, alice: TemporaryUser, bob: TemporaryUser, canary: Canary
) -> FileResult:
    """Send a file from Alice's page to Bob's, as pages do."""
    hers, his = await ChatClient(server, alice).open(bob), await ChatClient(server, bob).open(alice)
    before = server.written()
    try:
        async with asyncio.timeout(TIMEOUT):
            is_received = await _transfer(hers, his, canary)
    except TimeoutError:
        is_received = False
    after = server.written()
    for window in (hers, his):
        await window.close()
    return FileResult(is_received, None if before is None or after is None else after - before)


async def _transfer(hers: ChatClient, his: ChatClient, canary: Canary) -> bool:
    content = (JPEG + f"{canary.text} ".encode() * PART)[:SIZE]
    file = {
        "size": len(content),
        "kind": "jpeg",
        "digest": hashlib.sha256(content).hexdigest(),
    }
    id = await hers.say(f"{canary.text}.jpg", his.person, file=file)
    key = f"{hers.person.id}-{id}"
    if not await his.until(lambda: key in his.proofs):
        return False
    offer = {"conversation": str(hers.person.id), "message": key, "proof": his.proofs[key]}
    receiving = asyncio.create_task(_receive(his, offer | file))
    if await hers.until(lambda: key in hers.wanted):
        await _send(hers, hers.wanted[key], content)
    is_whole = await receiving == content
    await his.send(type="received", **offer)
    return await hers.until(lambda: key in hers.answered) and is_whole


async def _receive(window: ChatClient, file: dict[str, object]) -> bytes:
    wire = await _connect(window, type="receive", **file)
    parts: list[bytes] = []
    async for kind, payload in wire.frames():
        if kind == BINARY:
            number, part = int.from_bytes(payload[:4], "big"), payload[4:]
            parts.append(part)
            await wire.send(json.dumps({"type": "have", "number": number}))
        elif (said := json.loads(payload)["type"]) == "start":
            parts.clear()
        elif said == "whole":
            break
    wire.cut()
    return b"".join(parts)


async def _send(window: ChatClient, token: str, content: bytes) -> None:
    wire = await _connect(window, type="send", token=token)
    sent = 0
    async for _, payload in wire.frames():
        until = min(PARTS, json.loads(payload).get("until", 0))
        for number in range(sent, until):
            part = content[number * PART :][:PART]
            await wire.send_bytes(number.to_bytes(4, "big") + part)
        sent = max(sent, until)
    wire.cut()


async def _connect(window: ChatClient, **frame: object) -> WebSocket:
    wire = await websocket.connect(window.server, window.person.session_key, websocket.FILES)
    await wire.send(json.dumps(frame))
    return wire
