"""Check that a server of Sotto is alive. Exit with 0 if it is, else 1. Needs only Python."""
# A script without a package, whose addresses come from the operator.
# ruff: noqa: INP001, S310

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

HERE = "http://127.0.0.1:8000"


def is_alive(server: str, site_url: str) -> bool:
    """Return whether the server answers /healthz, asked as the host of `site_url`, because Sotto
    rejects other hosts.
    """
    try:
        with urlopen(
            Request(f"{server}/healthz", headers={"Host": urlsplit(site_url).netloc}), timeout=3
        ) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, timed out, or an error response
        return False


if __name__ == "__main__":
    server = sys.argv[1] if len(sys.argv) > 1 else HERE
    sys.exit(not is_alive(server, os.environ.get("SITE_URL") or "http://localhost:8000"))
