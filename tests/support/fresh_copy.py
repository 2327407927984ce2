"""A fresh copy of the project, without .env, with an empty environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("manage.py", "config", "accounts", "messaging", "templates", "static", ".env.example")


def make_copy(folder: Path) -> Path:
    """Copy the program, with most of its bytecode, into an existing folder."""
    for part in map(ROOT.joinpath, PARTS):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(part, folder)
    return folder


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Return these variables, with only PATH from our environment."""
    return {"PATH": os.environ["PATH"], **variables}


def run(
    command: list[str], folder: Path, env: dict[str, str], timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder with only these variables, and return the completed process."""
    return subprocess.run(
        command, cwd=folder, env=env, timeout=timeout, capture_output=True, text=True, check=False
    )


def manage(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `python manage.py WORDS` in the folder and wait for its end."""
    return run([sys.executable, "manage.py", *words], folder, environment(variables))
