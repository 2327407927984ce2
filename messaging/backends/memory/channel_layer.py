"""A channel layer for one process, which calls listeners at once and queues nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from uuid import uuid4

CALLS_PER_TURN = 50  # group members that are called before the event loop gets a turn

RECONNECTED = {"type": "layer.reconnected"}

Listener = Callable[[dict], None]


class ProcessLayer:
    """The sending half of Channels' channel layer interface.

    Instead of waiting in `receive`, a window subscribes a listener, which must neither block nor
    raise. Messages to a channel without a listener are dropped. A channel stays in a group until it
    is discarded, so that a window can stay open for days.
    """

    def __init__(self) -> None:
        self.listeners: dict[str, Listener] = {}
        self.groups: defaultdict[str, set[str]] = defaultdict(set)

    async def new_channel(self) -> str:
        return f"process!{uuid4().hex}"

    def subscribe(self, channel: str, listener: Listener) -> None:
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
        """Send to the members of a group in this process only."""
        for place, channel in enumerate(tuple(self.groups.get(group, ())), start=1):
            # The channel may have unsubscribed while the event loop had a turn.
            if listener := self.listeners.get(channel):
                listener(message)
            if not place % CALLS_PER_TURN:
                await asyncio.sleep(0)

    def mended(self) -> None:
        """Tell every listener in this process that it may have missed messages."""
        for listener in tuple(self.listeners.values()):
            listener(RECONNECTED)
