"""The product with a leak in every window, to test the tests. LEAKS names the kind."""

import asyncio
import os
import secrets
from uuid import uuid4

from channels.layers import get_channel_layer

from tests.load.soak import probe

kept: list[object] = []


def a_kilobyte() -> None:
    kept.append(secrets.token_bytes(1_000))


def an_object() -> None:
    kept.append(object())


def a_task() -> None:
    kept.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))


def a_timer() -> None:
    asyncio.get_running_loop().call_later(86_400, list)


def a_group() -> None:
    get_channel_layer().groups[uuid4().hex].add("channel")


KNOWN = {leak.__name__: leak for leak in (a_kilobyte, an_object, a_task, a_timer, a_group)}
LEAKS = [KNOWN[name] for name in os.environ["LEAKS"].split()]


async def application(scope, receive, send) -> None:
    if scope["type"] == "websocket":
        for leak in LEAKS:
            leak()
    await probe.application(scope, receive, send)
