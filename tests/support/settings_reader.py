"""Read the settings with other variables, in this process because that is faster."""

import os
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from tests.support.fresh_copy import ROOT

CODE = compile((ROOT / "config" / "settings.py").read_text(), "settings.py", "exec")


def run_settings() -> dict:
    found: dict = {"__name__": "settings"}
    exec(CODE, found)  # noqa: S102 - it is the product's own
    return found


def example() -> dict[str, str]:
    """Return the variables of .env.example."""
    lines = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", lines, re.MULTILINE))


class Reader:
    """Read the settings with only these variables. `folder` is for its .env."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.monkeypatch, self.file = monkeypatch, folder / ".env"
        monkeypatch.setattr(environment, "BASE_DIR", folder)
        monkeypatch.setattr(environment, "ENV_FILE", None)
        monkeypatch.setattr(environment, "_places", {})

    def clear(self) -> None:
        rest = {name: value for name, value in os.environ.items() if name not in example()}
        self.monkeypatch.setattr(os, "environ", rest)
        self.monkeypatch.setattr(environ.Env, "ENVIRON", rest)

    def settings(self, **variables: str) -> dict:
        """Return the settings with these variables and this file."""
        self.clear()
        os.environ |= {"SECRET_KEY": "for-tests-only", **variables}
        environment.load_file()
        return run_settings()

    def settings_of_file(self, data: str | bytes) -> dict:
        """Return the settings with only this file."""
        self.file.write_bytes(data if isinstance(data, bytes) else data.encode())
        self.clear()
        environment.load_file()
        return run_settings()


def attempt(read: Callable[..., dict], *args: Any, **variables: str) -> tuple[dict, str]:
    """Return the settings, or "" and the traceback of the refusal."""
    try:
        return read(*args, **variables), ""
    except ImproperlyConfigured as refusal:
        return {}, "".join(traceback.format_exception(refusal, limit=0))
