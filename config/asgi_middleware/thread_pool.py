"""Threads that outlast a request, and with them connections to the database.

Django gives each request a thread of its own and a new connection in it, which together cost more
than the chat page.
"""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT = 8  # that rest; however many requests come at once, each is given a thread


def in_lasting_threads(application):
    """Wraps an ASGI application for HTTP: a request has a thread to itself, and leaves it to one
    that comes later.
    """
    resting: list[ThreadPoolExecutor] = []

    async def served(scope, receive, send):
        thread = (
            resting.pop()
            if resting
            else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")
        )
        try:
            async with ThreadSensitiveContext(executor=thread):
                await application(scope, receive, send)
        finally:
            # Somebody who went away leaves a view at work: the thread itself says when it is done
            # with everything.
            thread.submit(_rest, thread, resting)

    return served


def _rest(thread: ThreadPoolExecutor, resting: list[ThreadPoolExecutor]) -> None:
    if len(resting) < KEPT:
        resting.append(thread)
    else:
        connections.close_all()
        thread.shutdown(wait=False)
