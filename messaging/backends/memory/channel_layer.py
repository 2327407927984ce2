"""A channel layer for one process: what is sent to a channel is handed to its ear at once, and
nothing is queued.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

AT_ONCE = 50  # members of a group that hear something before the sockets have their turn again

MENDED = {"type": "layer.mended"}

Listener = Callable[[dict], None]


class ProcessLayer:
    """Groups of channels in the memory of this process.

    The part of Channels' interface that sends. Channels' own consumers would wait in `receive`; a
    window listens instead: its ear must neither wait nor fail. What is sent to a channel without an
    ear is dropped. Membership lasts until it is given up: a window that is left open for days goes
    on hearing.
    """

    def __init__(self) -> None:
        self.listeners: dict[str, Listener] = {}
        self.groups: defaultdict[str, set[str]] = defaultdict(set)

    async def new_channel(self) -> str:
        return f"process!{uuid4().hex}"

    def subscribe(self, channel: str, listener: Listener) -> None:
        """Hand whatever is sent to this channel from now on to `ear`."""
        self.listeners[channel] = listener

    def unsubscribe(self, channel: str) -> None:
        self.listeners.pop(channel, None)

    async def send(self, channel: str, message: dict) -> None:
        if listener := self.listeners.get(channel):
            listener(message)

    async def group_add(self, group: str, channel: str) -> None:
        self.groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.groups[group].discard(channel)
        if not self.groups[group]:
            del self.groups[group]

    async def group_send(self, group: str, message: dict) -> None:
        await self.send_here(group, message)

    async def send_here(self, group: str, message: dict) -> None:
        """Send to the members of a group in this process alone."""
        for place, channel in enumerate(tuple(self.groups.get(group, ())), start=1):
            if listener := self.listeners.get(
                channel
            ):  # it may have hung up while the sockets had their turn
                listener(message)
            if not place % AT_ONCE:
                await asyncio.sleep(0)

    def mended(self) -> None:
        """Tell every ear in this process that something may have passed it by."""
        for listener in tuple(self.listeners.values()):
            listener(MENDED)
