"""Asks a server of Sotto whether it is alive; the exit code is the answer. Needs nothing but
Python.
"""
# No package: the container starts it as it is. And the addresses are the operator's own.
# ruff: noqa: INP001, S310

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

HERE = "http://127.0.0.1:8000"


def is_alive(server: str, site_url: str) -> bool:
    """`site_url` is what the site answers to: by any other name it would take the question for a
    stranger's.
    """
    try:
        with urlopen(
            Request(f"{server}/healthz", headers={"Host": urlsplit(site_url).netloc}), timeout=3
        ) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, too slow, or an answer that is an error
        return False


if __name__ == "__main__":
    server = sys.argv[1] if len(sys.argv) > 1 else HERE
    sys.exit(not is_alive(server, os.environ.get("SITE_URL") or "http://localhost:8000"))
