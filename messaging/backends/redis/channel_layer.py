"""A channel layer for several processes: Redis carries what is sent to a group, once to each that
has members.
"""

import asyncio
import json
import logging
from contextlib import suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from messaging.backends.memory.channel_layer import ProcessLayer
from messaging.backends.redis.client import GONE, PATIENCE, RedisClient, TooLate
from messaging.domain.messages import StateUnavailable

logger = logging.getLogger(__name__)
AGAIN = 0.25  # seconds between two attempts to reach Redis
SILENCE = (
    5.0  # seconds without a word, after which Redis is asked whether it is there; as many to answer
)


class RedisLayer(ProcessLayer):
    """Publish and subscribe: nothing is at rest in Redis, and who is not there hears nothing of it.

    One subscription for a process, and from there on the groups of `ProcessLayer`. When Redis was
    away, every ear of this process hears `layer.mended` once it is back: whatever was sent
    meanwhile has passed unheard.
    """

    def __init__(self, url: str, prefix: str = "sotto:") -> None:
        super().__init__()
        self.client, self.prefix = RedisClient(url, prefix=prefix), prefix
        self.process = self.client.process
        self.task: asyncio.Task | None = None
        self.subscription: PubSub | None = None
        self.waiting: dict[str, asyncio.Event] = {}

    async def new_channel(self) -> str:
        return f"{self.process}.{await super().new_channel()}"

    async def send(self, channel: str, message: dict) -> None:
        process = channel.partition(".")[0]
        if process == self.process:
            return await super().send(channel, message)
        await self._publish(f"process:{process}", {"channel": channel, "message": message})

    async def group_add(self, group: str, channel: str) -> None:
        """Returns when Redis has said that from now on this process hears the group; Unreachable if
        it says nothing.
        """
        is_new = group not in self.groups
        await super().group_add(group, channel)
        if is_new:
            self._listen()
            self.waiting[group] = asyncio.Event()
            if self.subscription:
                with suppress(
                    *GONE
                ):  # then the whole subscription is made anew, this group among the others
                    await self.subscription.subscribe(self._topic(f"group:{group}"))
        if heard := self.waiting.get(group):
            try:
                await asyncio.wait_for(heard.wait(), PATIENCE)
            except TimeoutError as error:
                raise StateUnavailable from error

    async def group_discard(self, group: str, channel: str) -> None:
        await super().group_discard(group, channel)
        if group in self.groups:
            return
        self.waiting.pop(group, asyncio.Event()).set()
        if self.subscription:
            with suppress(*GONE):
                await self.subscription.unsubscribe(self._topic(f"group:{group}"))

    async def group_send(self, group: str, message: dict) -> None:
        await self._publish(f"group:{group}", message)

    async def close(self) -> None:
        """Hears no more, and ends the connections of this event loop."""
        if self.task and self.task.get_loop() is asyncio.get_running_loop():
            self.task.cancel()
            await asyncio.wait([self.task])
        self.task = self.subscription = None
        await self.client.close()

    async def _publish(self, name: str, message: dict) -> None:
        await self.client.call("PUBLISH", self._topic(name), json.dumps(message))

    def _topic(self, name: str) -> str:
        return f"{self.prefix}{name}"

    # Hearing

    def _listen(self) -> None:
        if (
            self.task is None
            or self.task.done()
            or self.task.get_loop() is not asyncio.get_running_loop()
        ):
            self.task = asyncio.create_task(self._hear_for_ever())

    async def _hear_for_ever(self) -> None:
        is_broken = False
        while True:
            try:
                # Its own connection, which waits for as long as nobody says anything. It does not
                # come back by itself: whoever listens has to learn that something may have passed.
                client = Redis.from_pool(self.client.pool())
                async with client, client.pubsub() as subscription:
                    await self._subscribe(subscription)
                    if is_broken:
                        logger.warning("Redis is back")
                        self.mended()
                    is_broken = False
                    await self._hear(subscription)
            except Exception as error:  # noqa: BLE001 - whatever it is, this process has to go on hearing
                self.subscription = None
                if not is_broken:
                    logger.error("Redis is away: %s", type(error).__name__)
                is_broken = True
                await asyncio.sleep(AGAIN)

    async def _subscribe(self, subscription: PubSub) -> None:
        """To this process and to all its groups. Returns when Redis has said so: what is sent from
        then on is heard.
        """
        names = {f"process:{self.process}", *(f"group:{group}" for group in self.groups)}
        await subscription.subscribe(*map(self._topic, names))
        self.subscription = subscription
        # Groups that were joined while this was written.
        if late := {f"group:{group}" for group in self.groups} - names:
            await subscription.subscribe(*map(self._topic, late))
        for _ in range(len(names) + len(late)):
            await self._take_next(subscription)

    async def _hear(self, subscription: PubSub) -> None:
        while True:
            await self._take_next(subscription)

    async def _take_next(self, subscription: PubSub) -> None:
        """One event. Where none comes for a while, Redis is asked whether it is there: a wire may
        end unsaid.
        """
        event = await subscription.get_message(timeout=SILENCE)
        if event is None:
            await subscription.ping()
            event = await subscription.get_message(timeout=SILENCE)
        if event is None:
            raise TooLate
        if event["type"] == "pong":
            return
        kind, name = event["type"], event["channel"].decode().removeprefix(self.prefix)
        if kind == "message":
            await self._take(name, event["data"])
        elif kind == "subscribe" and name.startswith("group:"):
            self.waiting.pop(name.removeprefix("group:"), asyncio.Event()).set()

    async def _take(self, name: str, data: bytes) -> None:
        try:
            # While processes are restarted one after the other, those of the last release add the
            # entries of a mailbox behind a line break.
            message = json.loads(data.partition(b"\n")[0])
            if name.startswith("group:"):
                await self.send_here(name.removeprefix("group:"), message)
            else:
                await super().send(message["channel"], message["message"])
        except Exception as error:  # noqa: BLE001 - one letter must not make everybody here deaf
            logger.error(
                "What another process said could not be handed on: %s", type(error).__name__
            )
