"""Reuse threads for requests, and with them database connections.

A new thread and connection for each request, as in Django, would cost more than the chat page.
"""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT = 8  # idle threads; busy ones are not limited


def with_thread_pool(application):
    """Wrap an ASGI application for HTTP. Each request has a thread of its own while it lasts."""
    idle: list[ThreadPoolExecutor] = []

    async def wrapped(scope, receive, send):
        thread = (
            idle.pop() if idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        )
        try:
            async with ThreadSensitiveContext(executor=thread):
                await application(scope, receive, send)
        finally:
            # If the client disconnected, its view still runs. The thread does this afterwards.
            thread.submit(_release, thread, idle)

    return wrapped


def _release(thread: ThreadPoolExecutor, idle: list[ThreadPoolExecutor]) -> None:
    if len(idle) < KEPT:
        idle.append(thread)
    else:
        connections.close_all()
        thread.shutdown(wait=False)
