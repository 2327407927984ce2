"""A client stops reading while many people send messages to it."""

import asyncio
import time
from dataclasses import dataclass

from tests.support.window import Window

LENGTH = 4_000
EACH = 100  # messages of each sender, the burst of the rate limit


@dataclass
class Outcome:
    said: list[str]
    refused: list[str]
    shown: list[str]
    delivered: list[str]
    cut_after: float


async def stall(reader: Window, back: Window, senders: list[Window], *, pause: float) -> Outcome:
    """Stop reading until the server disconnects, and reconnect."""
    await reader.stalls()
    began = time.monotonic()
    said = await _all_say(senders, reader, pause)
    watcher = senders[0]
    await watcher.until(lambda: "offline" in watcher.told(reader.person), seconds=45)
    cut_after = time.monotonic() - began
    back.name, back.cursor = reader.name, reader.cursor
    await back.opens()
    for sender in senders:
        await sender.until(
            lambda sender=sender: len(sender.delivered) + len(sender.refused) >= EACH
        )
    refused = [id for sender in senders for id in sender.refused]
    delivered = [id for sender in senders for id in sender.delivered.elements()]
    await back.is_cut()
    return Outcome(said, refused, reader.arrived + back.arrived, delivered, cut_after)


async def _all_say(senders: list[Window], reader: Window, pause: float) -> list[str]:
    said = []
    for _ in range(EACH):
        said += [await sender.says("x" * LENGTH, to=reader.person) for sender in senders]
        await asyncio.sleep(pause)
    return said
