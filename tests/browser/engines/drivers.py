"""Debian's Firefox and WebKitGTK, driven by the commands of the WebDriver standard.

Playwright drives only its own builds of these two. WebKitGTK comes with a driver that takes the
commands over HTTP. Debian has no such driver for Firefox; Firefox itself takes them over a socket,
in its own protocol (Marionette).
"""

import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, BinaryIO, cast

from tests.support.servers import free_port

PATIENCE = 60  # seconds for a browser to start, and for the answer to a command
WIDTH, HEIGHT = 1280, 900
# A page without JavaScript never finishes loading, and WebKit's driver would wait for that before
# each command.
WANTED = {"pageLoadStrategy": "none", "unhandledPromptBehavior": "accept"}


class Failed(Exception):
    """The browser could not carry out a command."""


class Driven:
    """A browser with a separate profile."""

    programs: tuple[str, ...]
    packages: tuple[str, ...]

    @classmethod
    def is_there(cls) -> bool:
        return all(map(shutil.which, cls.programs))

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        # Ignore the machine's settings, and request English pages without a proxy.
        self.environment = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8", "LC_ALL": ""}

    def starts(self, *command: str, stdout: int | None = None) -> subprocess.Popen:
        with (self.folder / "browser.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, stdout=stdout or log, stderr=log
            )
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


class Firefox(Driven):
    programs = packages = ("firefox-esr",)

    def __init__(self, folder: Path, *, scripts: bool = True) -> None:
        super().__init__(folder)
        port = free_port()
        (folder / "user.js").write_text(f"""
            user_pref("marionette.port", {port});
            user_pref("javascript.enabled", {str(scripts).lower()});
            user_pref("intl.accept_languages", "en-US");
        """)
        self.starts("firefox-esr", "--headless", "--marionette", "--profile", str(folder))
        self.wire = connected(port)
        self.answers = cast(BinaryIO, self.wire.makefile("rb"))
        self.numbers = itertools.count(1)
        self._reads()  # its greeting
        self.command("NewSession", **WANTED)
        self.command("SetWindowRect", width=WIDTH, height=HEIGHT)

    def command(self, name: str, **parameters: object) -> Any:
        """Run a command by its name in Marionette, and return its result."""
        message = [0, next(self.numbers), f"WebDriver:{name}", parameters]
        data = json.dumps(message).encode()
        self.wire.sendall(b"%d:%s" % (len(data), data))
        _, _, error, result = self._reads()
        if error:
            raise Failed(f"{name}: {error['error']}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def _reads(self) -> Any:
        length = b"".join(iter(lambda: self.answers.read(1), b":"))
        return json.loads(self.answers.read(int(length)))

    def stop(self) -> None:
        self.wire.close()
        self.answers.close()
        super().stop()


class WebKit(Driven):
    programs = ("WebKitWebDriver", "Xvfb")
    packages = ("webkit2gtk-driver", "xvfb")
    # By the names of the same commands in Marionette.
    PATHS = {
        "Navigate": "url",
        "Refresh": "refresh",
        "ExecuteScript": "execute/sync",
        "PerformActions": "actions",
        "SwitchToFrame": "frame",
        "ElementClick": "element/{id}/click",
        "ElementSendKeys": "element/{id}/value",
    }

    def __init__(self, folder: Path, *, scripts: bool = True) -> None:
        super().__init__(folder)
        screen = f"{WIDTH}x{HEIGHT}x24"
        shown = self.starts(
            "Xvfb", "-displayfd", "1", "-screen", "0", screen, stdout=subprocess.PIPE
        )
        assert shown.stdout
        display = shown.stdout.readline().decode().strip()
        # Bubblewrap needs permissions that a container may not have.
        self.environment |= {"DISPLAY": f":{display}", "GDK_BACKEND": "x11"}
        self.environment |= {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        port = free_port()
        self.starts("WebKitWebDriver", f"--port={port}")
        connected(port).close()
        self.url = f"http://127.0.0.1:{port}/session"
        options = ["--automation", f"--enable-javascript={str(scripts).lower()}"]
        wanted = {**WANTED, "webkitgtk:browserOptions": {"args": options}}
        session = self._asks("POST", "", capabilities={"alwaysMatch": wanted})
        self.url += f"/{session['sessionId']}"
        self._asks("POST", "/window/rect", x=0, y=0, width=WIDTH, height=HEIGHT)

    def command(self, name: str, **parameters: object) -> Any:
        path = self.PATHS[name].format(id=parameters.get("id"))
        return self._asks("POST", f"/{path}", **parameters)

    def _asks(self, method: str, path: str, **parameters: object) -> Any:
        data = json.dumps(parameters).encode() if method == "POST" else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as answer:
            with answer:
                raise Failed(f"{path}: {answer.read().decode()}") from None

    def stop(self) -> None:
        self._asks("DELETE", "")
        super().stop()


def connected(port: int) -> socket.socket:
    """Wait until the port accepts connections."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), PATIENCE)
        except OSError:
            assert time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.05)


ENGINES: tuple[type[Firefox | WebKit], ...] = (Firefox, WebKit)
