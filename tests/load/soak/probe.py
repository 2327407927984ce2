"""The product with a page that reports what its process holds. Only tests start it."""

import asyncio
import contextlib
import ctypes
import gc
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from channels.layers import get_channel_layer
from django.conf import settings

from config.asgi import application as product  # imported first, because it sets up Django
from messaging import rate_limits
from messaging.consumers import websocket
from messaging.consumers.authentication import authenticator
from messaging.delivery.background import running_tasks
from tests.load.soak.resources import ADDRESS, SETTLED
from tests.support.backends import memory_mailbox, own_presence

# Django opens and closes its connection at any time, so its files are not counted.
DATABASE = str(settings.DATABASES["default"]["NAME"])


async def application(scope, receive, send) -> None:
    if scope["type"] == "http" and scope["path"] == ADDRESS:
        return await _answer(send, is_settled=scope["query_string"] == SETTLED.encode())
    return await product(scope, receive, send)


async def _answer(send, *, is_settled: bool) -> None:
    if is_settled:
        _settle()
    body = json.dumps(held()).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]}
    )
    await send({"type": "http.response.body", "body": body})


def _settle() -> None:
    """Collect garbage and return free memory to the system, so that only used memory remains."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def held() -> dict[str, int]:
    return {
        **_of_the_machine(),
        **_of_the_loop(),
        **_of_the_windows(),
        **_of_the_mailbox(),
        **_of_the_limits(),
    }


def _of_the_machine() -> dict[str, int]:
    """Return counters of Python's allocator. `blocks` has one for each small object."""
    return {
        "blocks": sys.getallocatedblocks(),
        "heap": _heap(),
        "threads": threading.active_count(),
        "files": sum(not name.startswith(DATABASE) for name in _open_files()),
    }


class _MallInfo(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33 and newer, mallinfo(3)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in [
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        ]
    ]


def _heap() -> int:
    """Return the bytes that are allocated through malloc, in all arenas."""
    info = ctypes.CDLL(None).mallinfo2
    info.restype = _MallInfo
    told = info()
    return told.uordblks + told.hblkhd


def _open_files() -> Iterator[str]:
    """Return open files, including sockets and pipes."""
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the descriptor that the list was read with
            yield str(file.readlink())


def _of_the_loop() -> dict[str, int]:
    """Return tasks and timers of asyncio's loop, which keeps timers in a list."""
    timers = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return {
        "tasks": len(asyncio.all_tasks()),
        "timers": sum(not timer.cancelled() for timer in timers),
        "busy": len(running_tasks),
    }


def _of_the_windows() -> dict[str, int]:
    layer, registry = get_channel_layer(), websocket.registry
    return {
        "windows": registry.size,
        "members": sum(map(len, registry.connections.values())),
        "people": len(registry.connections),
        "addresses": len(registry.addresses),
        "cut": len(registry.flooded),
        "groups": len(layer.groups),
        "memberships": sum(map(len, layer.groups.values())),
        "listeners": len(layer.listeners),
        "present": len(own_presence().leases),
        "leases": sum(len(lease.windows) for lease in own_presence().leases.values()),
        "told": len(own_presence().told),
        "waiting": len(authenticator.sessions.waiting) + len(authenticator.ends.waiting),
    }


def _of_the_mailbox() -> dict[str, int]:
    mailbox = memory_mailbox()
    boxes = mailbox.inboxes.values()
    return {
        "boxes": len(boxes),
        "entries": sum(len(box.entries) for box in boxes),
        "names": sum(len(box.accepted) for box in boxes),
        "known": sum(len(box.windows) for box in boxes),
        "clearings": len(mailbox.clearings.under_way),
    }


def _of_the_limits() -> dict[str, int]:
    return {
        "paid": sum(len(limit.paid_until) for limit in rate_limits.ALL),
        "refused": sum(len(limit.refused_until) for limit in rate_limits.ALL),
    }
