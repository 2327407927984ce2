"""A channel layer for one process: Channels' interface and words, without copying messages and without a sweep."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

logger = logging.getLogger(__name__)

AT_ONCE = 50  # members of a group that hear something before the sockets have their turn again

MENDED = {"type": "layer.mended"}

Ear = Callable[[dict], None]


class ProcessLayer(BaseChannelLayer):
    """Groups of channels in the memory of this process.

    Membership lasts until it is given up, however long that is, and no message is too old to be received: a window
    that is left open for days goes on hearing. A channel that somebody listens to has no queue: its ear is called at
    once, and must neither wait nor fail. In any other at most `capacity` messages wait. Whoever sends to a full one
    hears `ChannelFull`; a group's other members hear the message all the same, and `overflowed` counts the loss.
    """

    extensions = ["groups", "flush"]

    def __init__(self, capacity: int = 1000, **_) -> None:
        super().__init__(capacity=capacity)
        self.ears: dict[str, Ear] = {}
        self.queues: dict[str, asyncio.Queue[dict]] = {}
        self.groups: defaultdict[str, set[str]] = defaultdict(set)
        self.overflowed = 0

    async def new_channel(self, prefix: str = "specific") -> str:
        return f"{prefix}.process!{uuid4().hex}"

    def listen(self, channel: str, ear: Ear) -> None:
        """From now on whatever is sent to this channel is handed to `ear`."""
        self.ears[channel] = ear

    def hang_up(self, channel: str) -> None:
        self.ears.pop(channel, None)

    async def send(self, channel: str, message: dict) -> None:
        if ear := self.ears.get(channel):
            return ear(message)
        try:
            self._queue(channel).put_nowait(message)
        except asyncio.QueueFull:
            raise ChannelFull(channel) from None

    async def receive(self, channel: str) -> dict:
        queue = self._queue(channel)
        try:
            return await queue.get()
        finally:
            # Nobody says that a channel has ended; one in which nothing waits need not be there.
            if queue.empty():
                self.queues.pop(channel, None)

    async def group_add(self, group: str, channel: str) -> None:
        self.groups[group].add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.groups[group].discard(channel)
        if not self.groups[group]:
            del self.groups[group]

    async def group_send(self, group: str, message: dict) -> None:
        await self.tell_here(group, message)

    async def tell_here(self, group: str, message: dict) -> None:
        """To the members of a group in this process alone."""
        for place, channel in enumerate(tuple(self.groups.get(group, ())), start=1):
            try:
                if channel in self.groups.get(group, ()):  # it may have left while the sockets had their turn
                    await ProcessLayer.send(self, channel, message)
            except ChannelFull:
                self.overflowed += 1
                logger.warning("A window takes nothing any more; %s events have been passed over", self.overflowed)
            if not place % AT_ONCE:
                await asyncio.sleep(0)

    def mended(self) -> None:
        """Tells every ear in this process that something may have passed it by."""
        for ear in tuple(self.ears.values()):
            ear(MENDED)

    async def flush(self) -> None:
        self.ears.clear()
        self.queues.clear()
        self.groups.clear()

    def _queue(self, channel: str) -> asyncio.Queue[dict]:
        if channel not in self.queues:
            self.queues[channel] = asyncio.Queue(self.capacity)
        return self.queues[channel]
