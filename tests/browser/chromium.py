"""Finds a real Chromium for the browser tests, or fetches one: `python -m
tests.browser.chromium`.
"""

import os
import shutil
import subprocess
import sys
from functools import cache

from tests.project import debian

# The same engine without the parts around a page. It knows no notification and no installed page.
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
    """The path of a Chromium that starts. Where CHROMIUM names one, only that one is tried."""
    if "CHROMIUM" in os.environ:
        return next(filter(_starts, [os.environ["CHROMIUM"]]), None)
    found = next(filter(_starts, filter(None, map(shutil.which, [*NAMES, MAC]))), None)
    return found or next(filter(_starts, [_path_of_playwrights_own()]), None)


@cache
def find_shell() -> str | None:
    """The path of a Chromium without a window of its own, which does the same with a third less
    work: where it is there and no other is asked for, by CHROMIUM or by TEST_MATRIX.
    """
    if not {"CHROMIUM", "TEST_MATRIX"}.isdisjoint(os.environ):
        return find()
    return next(filter(_starts, filter(None, [shutil.which(SHELL)])), None) or find()


def fetch() -> None:
    """Debian's package where we may install one, else (or where that fails) Playwright's own
    download.
    """
    debian.install("chromium")
    debian.install(SHELL)  # not every Debian's child has it
    find.cache_clear()
    if find() is None:
        # The libraries that the browser needs come along where we may install them.
        libraries = ["--with-deps"] if debian.may_install() else []
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", *libraries, "chromium"], check=False
        )
        find.cache_clear()


def _starts(path: str) -> bool:
    """Ubuntu's `chromium-browser` is a script that only says where to find one: being there is not
    enough.
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
    # In a process of its own: Playwright's plain interface refuses to run inside a test's event
    # loop.
    return subprocess.check_output([sys.executable, "-c", ASK_PLAYWRIGHT], text=True).strip()


if __name__ == "__main__":
    if not find() and "CHROMIUM" not in os.environ:
        print("No Chromium here: fetching one for the browser tests ...", flush=True)
        fetch()
    sys.exit(None if find() else NONE_FOUND)
