"""Reuse threads for requests, and use none for pages that take hours to load."""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

from config.asgi_middleware.websocket_origin import has_our_host

MAX_IDLE_THREADS = 8  # idle threads; the number of busy ones is not limited

Application = Callable[..., Awaitable[None]]


def with_thread_pool(application):
    """Wrap an ASGI application for HTTP. Give each request a separate thread while it runs.

    Threads and their database connections are reused. Creating them for each request, as Django
    does, would take longer than rendering the chat page.
    """
    idle: list[ThreadPoolExecutor] = []

    async def wrapped(scope, receive, send):
        thread = (
            idle.pop() if idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        )
        try:
            async with ThreadSensitiveContext(executor=thread):
                await application(scope, receive, send)
        finally:
            # If the client disconnected, the view is still running. The thread runs this after it.
            thread.submit(_release, thread, idle)

    return wrapped


def _release(thread: ThreadPoolExecutor, idle: list[ThreadPoolExecutor]) -> None:
    if len(idle) < MAX_IDLE_THREADS:
        idle.append(thread)
    else:
        connections.close_all()
        thread.shutdown(wait=False)


def with_bypass(application: Application, others: Mapping[str, Application]):
    """Wrap an ASGI application for HTTP. The applications in `others` answer GET requests for their
    paths without a thread. Requests for a foreign host go to Django, which refuses them.
    """

    async def wrapped(scope, receive, send):
        other = others.get(scope["path"])
        if other is None or scope["method"] != "GET" or not has_our_host(scope["headers"]):
            return await application(scope, receive, send)
        await other(scope, receive, send)

    return wrapped
