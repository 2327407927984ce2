"""`python -m tests.support.wait COMMAND ...`: start a server, wait for PORT, and end it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

SECONDS = 60


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main(command: list[str]) -> int:
    """Start the server in its own session, because the reloader has a second process."""
    server = subprocess.Popen(command, start_new_session=True)
    deadline = time.monotonic() + SECONDS
    try:
        while server.poll() is None and time.monotonic() < deadline:
            if answers(f"http://localhost:{os.environ['PORT']}/healthz"):
                return 0
            time.sleep(0.1)
        return 1
    finally:
        end(server)


def end(server: subprocess.Popen) -> None:
    """End all processes of its session. Don't rely on the signal alone: `subprocess`, with which
    Django's reloader waits for its child, can deadlock if interrupted.
    """
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
