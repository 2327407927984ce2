"""Requests share a few threads, and each has one to itself."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils.module_loading import import_string

from config.asgi_middleware import threads
from config.asgi_middleware.threads import with_thread_pool


def server(view):
    """Return an application whose requests run this function in their thread."""
    found = []

    async def application(scope, receive, send):
        found.append(await sync_to_async(view)())

    served = with_thread_pool(application)

    async def asked():
        await served({"type": "http"}, None, None)
        return found

    return asked


async def rest():
    """Wait until idle threads are registered."""
    await asyncio.sleep(0.2)


async def test_consecutive_requests_use_the_same_thread():
    asked = server(threading.get_ident)
    for _ in range(5):
        found = await asked()
        await rest()
    assert len(found) == 5
    assert len(set(found)) == 1
    assert threading.get_ident() not in found


async def test_simultaneous_requests_do_not_wait_for_one_another():
    at_once = threads.MAX_IDLE_THREADS + 4
    barrier = threading.Barrier(at_once, timeout=10)

    def wait_for_all():
        barrier.wait()
        return threading.get_ident()

    asked = server(wait_for_all)
    found = (await asyncio.gather(*(asked() for _ in range(at_once))))[0]
    assert len(set(found)) == at_once


async def test_few_threads_remain_after_a_rush():
    before = threading.active_count()
    barrier = threading.Barrier(threads.MAX_IDLE_THREADS + 4, timeout=10)
    asked = server(barrier.wait)
    await asyncio.gather(*(asked() for _ in range(barrier.parties)))
    async with asyncio.timeout(10):
        while threading.active_count() - before > threads.MAX_IDLE_THREADS:
            await rest()


async def test_a_cancelled_request_leaves_no_busy_thread_to_the_next():
    is_over, seen = threading.Event(), []

    def first_waits():
        seen.append(threading.get_ident())
        if len(seen) == 1:
            is_over.wait(10)

    asked = server(first_waits)
    first = asyncio.create_task(asked())
    while not seen:
        await rest()
    first.cancel()
    await asyncio.wait_for(asked(), 5)
    is_over.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert seen[0] != seen[1]


async def test_an_error_releases_the_thread():
    seen = []

    def fail():
        seen.append(threading.get_ident())
        raise ZeroDivisionError

    asked = server(fail)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await asked()
        await rest()
    assert seen[0] == seen[1]


def test_no_middleware_behind_the_static_files_runs_in_another_thread():
    place = settings.MIDDLEWARE.index("servestatic.middleware.ServeStaticMiddleware")
    behind = [import_string(name) for name in settings.MIDDLEWARE[place + 1 :]]
    assert all(getattr(middleware, "sync_capable", True) for middleware in behind)
    assert not behind[-1].async_capable
