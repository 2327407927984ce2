"""A shutdown with three hundred open windows: all are told, and the process ends in time."""

import asyncio
import time

from messaging.consumers.close_codes import RESTARTING
from tests.support.people import people
from tests.support.serving import Serving
from tests.support.window import Window

WINDOWS = 300
SECONDS = 10


async def test_three_hundred_windows_are_told_and_the_process_ends_in_time(
    tmp_path, record_property
):
    server = await asyncio.to_thread(Serving(tmp_path).start)
    try:
        them = await asyncio.to_thread(people, server.environment, WINDOWS)
        windows = await asyncio.gather(*(Window(server, person).opens() for person in them))
        began = time.monotonic()
        server.tell()
        assert await asyncio.to_thread(server.ends, SECONDS) == 0
        record_property("gone after, in s", round(time.monotonic() - began, 2))
        await asyncio.gather(*(window.reading for window in windows))
    finally:
        server.stop()
    assert [window.code for window in windows] == [RESTARTING] * WINDOWS
    assert "ERROR" not in server.log.read_text()
