"""Tasks that nobody waits for."""

import asyncio
from collections.abc import Coroutine

busy: set[asyncio.Task] = set()  # a task that nobody holds may be collected before it is done


def in_background(coroutine: Coroutine) -> None:
    task = asyncio.get_running_loop().create_task(coroutine)
    busy.add(task)
    task.add_done_callback(busy.discard)
