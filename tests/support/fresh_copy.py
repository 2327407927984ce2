"""The project as a newcomer has it: a copy without anybody's .env, started with an empty
environment.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("manage.py", "config", "accounts", "messaging", "templates", "static", ".env.example")


def make_copy(folder: Path) -> Path:
    """Copy what runs into the folder, which must be there, and return it. Python has compiled most
    of it already.
    """
    for part in map(ROOT.joinpath, PARTS):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("*.pyc.*"))
        else:
            shutil.copy(part, folder)
    return folder


def environment(variables: dict[str, str]) -> dict[str, str]:
    """What a program is started with: these variables, and of our own only the path to other
    programs.
    """
    return {"PATH": os.environ["PATH"], **variables}


def manage(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `python manage.py WORDS` in the folder and waits for its end."""
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
