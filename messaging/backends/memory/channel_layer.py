"""A channel layer for one process: what is sent to a channel is handed to its ear at once, and
nothing is queued.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

AT_ONCE = 50  # members of a group that hear something before the sockets have their turn again

MENDED = {"type": "layer.mended"}

Ear = Callable[[dict], None]


class ProcessLayer:
    """Groups of channels in the memory of this process.

    The part of Channels' interface that sends. Channels' own consumers would wait in `receive`; a
    window listens instead: its ear must neither wait nor fail. What is sent to a channel without an
    ear is dropped. Membership lasts until it is given up: a window that is left open for days goes
    on hearing.
    """

    def __init__(self) -> None:
        self.ears: dict[str, Ear] = {}
        self.groups: defaultdict[str, set[str]] = defaultdict(set)

    async def new_channel(self) -> str:
        return f"process!{uuid4().hex}"

    def listen(self, channel: str, ear: Ear) -> None:
        """Hand whatever is sent to this channel from now on to `ear`."""
        self.ears[channel] = ear

    def hang_up(self, channel: str) -> None:
        self.ears.pop(channel, None)

    async def send(self, channel: str, message: dict) -> None:
        if ear := self.ears.get(channel):
            ear(message)

    async def group_add(self, group: str, channel: str) -> None:
        self.groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.groups[group].discard(channel)
        if not self.groups[group]:
            del self.groups[group]

    async def group_send(self, group: str, message: dict) -> None:
        await self.tell_here(group, message)

    async def tell_here(self, group: str, message: dict) -> None:
        """Send to the members of a group in this process alone."""
        for place, channel in enumerate(tuple(self.groups.get(group, ())), start=1):
            if ear := self.ears.get(
                channel
            ):  # it may have hung up while the sockets had their turn
                ear(message)
            if not place % AT_ONCE:
                await asyncio.sleep(0)

    def mended(self) -> None:
        """Tell every ear in this process that something may have passed it by."""
        for ear in tuple(self.ears.values()):
            ear(MENDED)
