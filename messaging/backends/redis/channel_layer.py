"""A channel layer for several processes, based on publish/subscribe in Redis."""

import asyncio
import logging
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from messaging.backends.memory.channel_layer import ProcessLayer
from messaging.backends.redis.client import PREFIX, TIMEOUT, UNAVAILABLE, RedisClient
from messaging.backends.redis.encryption import Encryptor
from messaging.backends.redis.publishing import decode, encode
from messaging.domain.messages import StateUnavailable

logger = logging.getLogger(__name__)
RETRY_SECONDS = 0.25  # seconds between attempts to reach Redis
PING_SECONDS = 5.0  # seconds without a message before a ping, and seconds to wait for its answer


class RedisLayer(ProcessLayer):
    """Subscribe once per process, and distribute messages as `ProcessLayer` does. Their "data" may
    be bytes. Redis does not store messages, so those published during an outage are lost.
    Afterwards, every listener of this process gets `layer.reconnected`.
    """

    def __init__(self, url: str, key: str, prefix: str = PREFIX) -> None:
        super().__init__()
        self.encryptor = Encryptor(key)
        self.client, self.prefix = RedisClient(url, prefix=prefix), prefix
        self.process = self.client.process
        self.task: asyncio.Task | None = None
        self.subscription: PubSub | None = None
        self.joining: dict[str, asyncio.Event] = {}  # groups not yet confirmed by Redis

    async def new_channel(self) -> str:
        return f"{self.process}.{await super().new_channel()}"

    async def send(self, channel: str, message: dict) -> None:
        process = channel.partition(".")[0]
        if process == self.process:
            return await super().send(channel, message)
        await self._publish(f"process:{process}", {**message, "channel": channel})

    async def group_add(self, group: str, channel: str) -> None:
        """Return once Redis has confirmed the subscription, or raise StateUnavailable."""
        is_new = group not in self.groups
        await super().group_add(group, channel)
        if is_new:
            self._start()
            self.joining[group] = asyncio.Event()
            if self.subscription:
                with suppress(*UNAVAILABLE):  # the next subscription includes this group
                    await self.subscription.subscribe(self._topic(f"group:{group}"))
        if confirmed := self.joining.get(group):
            try:
                await asyncio.wait_for(confirmed.wait(), TIMEOUT)
            except TimeoutError as error:
                raise StateUnavailable from error

    async def group_discard(self, group: str, channel: str) -> None:
        await super().group_discard(group, channel)
        if group not in self.groups:
            self._confirm(group)
            if self.subscription:
                with suppress(*UNAVAILABLE):
                    await self.subscription.unsubscribe(self._topic(f"group:{group}"))

    async def group_send(self, group: str, message: dict) -> None:
        await self._publish(f"group:{group}", message)

    async def close(self) -> None:
        """Close the subscription and the connections of this event loop."""
        if self.task and self.task.get_loop() is asyncio.get_running_loop():
            self.task.cancel()
            await asyncio.wait([self.task])
        self.task = self.subscription = None
        await self.client.close()

    async def _publish(self, name: str, message: dict) -> None:
        await self.client.call("PUBLISH", self._topic(name), encode(self.encryptor, name, message))

    def _topic(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self.task is None or self.task.done() or self.task.get_loop() is not loop:
            self.task = asyncio.create_task(self._receive_forever())

    async def _receive_forever(self) -> None:
        is_broken = False
        while True:
            try:
                # This connection does not reconnect by itself, because listeners must be told that
                # messages may be lost.
                client = Redis.from_pool(self.client.pool())
                async with client, client.pubsub() as subscription:
                    await self._subscribe(subscription)
                    if is_broken:
                        logger.warning("Redis is back")
                        self.mended()
                    is_broken = False
                    while True:
                        await self._receive(subscription)
            except Exception as error:  # noqa: BLE001 - this process must retry after any error
                self.subscription = None
                if not is_broken:
                    logger.error("Redis is unavailable: %s", type(error).__name__)
                is_broken = True
                await asyncio.sleep(RETRY_SECONDS)

    async def _subscribe(self, subscription: PubSub) -> None:
        """Subscribe to this process and its groups. Return once Redis has confirmed all of them."""
        names = {f"process:{self.process}", *(f"group:{group}" for group in self.groups)}
        await subscription.subscribe(*map(self._topic, names))
        self.subscription = subscription
        if late := {f"group:{group}" for group in self.groups} - names:  # joined meanwhile
            await subscription.subscribe(*map(self._topic, late))
        for _ in range(len(names) + len(late)):
            await self._receive(subscription)

    async def _receive(self, subscription: PubSub) -> None:
        """Handle one event. If none arrives, ping Redis, because a connection may fail silently."""
        event = await subscription.get_message(timeout=PING_SECONDS)
        if event is None:
            await subscription.ping()
            event = await subscription.get_message(timeout=PING_SECONDS)
        if event is None:
            raise TimeoutError
        if event["type"] == "pong":
            return
        name = event["channel"].decode().removeprefix(self.prefix)
        if event["type"] == "message":
            await self._deliver(name, event["data"])
        elif event["type"] == "subscribe" and name.startswith("group:"):
            self._confirm(name.removeprefix("group:"))

    def _confirm(self, group: str) -> None:
        self.joining.pop(group, asyncio.Event()).set()

    async def _deliver(self, name: str, data: bytes) -> None:
        try:
            message = decode(self.encryptor, name, data)
            if name.startswith("group:"):
                await self.send_here(name.removeprefix("group:"), message)
            else:
                await super().send(message.pop("channel"), message)
        except Exception as error:  # noqa: BLE001 - one message must not end the subscription
            logger.error("A message from another process was dropped: %s", type(error).__name__)
