"""`python -m tests.browser.chromium`: find or download a Chromium for the browser tests."""

import os
import shutil
import subprocess
import sys
from functools import cache

from tests.project import debian

# The same engine without a user interface, notifications or installed apps.
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\nwith sync_playwright() as p: "
    "print(p.chromium.executable_path)"
)
NONE_FOUND = (
    "The browser tests need Chromium, and none could be found or fetched. Install Chromium or "
    "Chrome, "
    "or set CHROMIUM to the path of one that starts."
)


@cache
def find() -> str | None:
    """Return the path of a working Chromium. If CHROMIUM is set, try only that one."""
    if "CHROMIUM" in os.environ:
        return next(filter(_starts, [os.environ["CHROMIUM"]]), None)
    found = next(filter(_starts, filter(None, map(shutil.which, [*NAMES, MAC]))), None)
    return found or next(filter(_starts, [_path_of_playwrights_own()]), None)


@cache
def find_shell() -> str | None:
    """Return the path of the headless shell, which needs a third less CPU time, if it is installed
    and neither CHROMIUM nor TEST_MATRIX asks for another browser.
    """
    if not {"CHROMIUM", "TEST_MATRIX"}.isdisjoint(os.environ):
        return find()
    return next(filter(_starts, filter(None, [shutil.which(SHELL)])), None) or find()


def fetch() -> None:
    """Install Debian's package if possible, otherwise download Playwright's browser."""
    debian.install("chromium")
    debian.install(SHELL)  # not in every distribution based on Debian
    find.cache_clear()
    if find() is None:
        # Also install the libraries that the browser needs, if possible.
        libraries = ["--with-deps"] if debian.may_install() else []
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", *libraries, "chromium"], check=False
        )
        find.cache_clear()


def _starts(path: str) -> bool:
    """Return whether the browser starts. Ubuntu's `chromium-browser` is only a script that explains
    where to find one.
    """
    try:
        return (
            subprocess.run(
                [path, "--version"], capture_output=True, timeout=30, check=False
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def _path_of_playwrights_own() -> str:
    # In a separate process, because Playwright's sync API can't run inside an event loop.
    return subprocess.check_output([sys.executable, "-c", ASK_PLAYWRIGHT], text=True).strip()


if __name__ == "__main__":
    if not find() and "CHROMIUM" not in os.environ:
        print("No Chromium here: fetching one for the browser tests ...", flush=True)
        fetch()
    sys.exit(None if find() else NONE_FOUND)
