"""Memory settings, read from a new process because they are set once."""

import os
import re
import subprocess
import sys

import pytest

# Allocate memory in several threads, then count the heaps (malloc_info(3)).
HEAPS = """
import ctypes, threading

meet = threading.Barrier(9)
def works():
    held = [bytes(2_000) for _ in range(100)]
    meet.wait()
threads = [threading.Thread(target=works) for _ in range(8)]
for thread in threads:
    thread.start()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, file)
libc.fflush(file)
meet.wait()
"""


def heaps(beginning):
    told = subprocess.run(
        [sys.executable, "-c", beginning + HEAPS],
        env={**os.environ, "SECRET_KEY": "for-tests-only"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return len(re.findall("<heap nr=", told.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has several heaps")
def test_threads_share_one_heap():
    assert heaps("import config.asgi") == 1
    assert heaps("") > 1
