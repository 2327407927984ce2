"""A machine on which documents are followed: a copy of the project, and stand-ins for what a test
does not run.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.project.documents import Block
from tests.project.test_deploy import FILLED
from tests.support import engines
from tests.support.fresh_copy import ROOT, make_copy
from tests.support.servers import free_port

REST = (
    ".gitignore",
    "Makefile",
    "CHANGELOG.md",
    "pyproject.toml",
    "requirements",
    "deploy",
    "docs",
    "tests",
)
ANYWHERE = re.compile(
    r"(?<![\w.])/(opt|etc|var)/"
)  # on the disk: here within the machine's own folder

# Each is a script of this name, first in PATH. `noted` writes down what was asked for, and does
# nothing.
STAND_INS = {
    "noted": """printf '%s\\n' "$*" >> "$NOTED" """,
    "python": """
case "$*" in
    "-m venv "* | *"manage.py prove_ephemeral"*) exec noted python "$@" ;;
    *"manage.py runserver") exec python "$@" "localhost:$PORT" --noreload ;;
    *"manage.py runserver"* | *"manage.py serve"*)
        exec {python} -m tests.support.wait {python} "$@" ;;
esac
exec {python} "$@" """,
    "uvicorn": 'exec {python} -m tests.support.wait {python} -m uvicorn "$@"',
    # What is asked for must be what the tests run with: there is no index to take anything else
    # from.
    "pip": (
        'exec {python} -m pip "$@" --dry-run --no-deps --no-index --quiet '
        "--disable-pip-version-check"
    ),
    "make": """
case "$1 ${{2-}}" in
    "run "* | "help "* | "format "* | "test ARGS=tests/"*) exec {make} "$@" ;;
esac
noted make "$@"
exec {make} --dry-run "$@" > /dev/null""",
    "git": 'if [ "$1" = pull ]; then exec noted git "$@"; fi; exec {git} "$@"',
    **{
        name: f'exec noted {name} "$@"' for name in ("curl", "docker", "nginx", "sudo", "systemctl")
    },
    # Words of the tests' own.
    "make_repository": (
        "{git} init --quiet && {git} add --all && {git} commit --quiet --message Here"
    ),
    "fill_in": (
        'if ! [ -e "$1" ]; then install -D deploy/production.env.example "$1"; fi; sed '
        '--in-place "{fill}" "$1"'
    ),
}


class Machine:
    """`folder` is its disk. `url` is the address of the stores that a page may ask for, by their
    names.
    """

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        self.folder, self.urls, self.port = folder, urls, free_port()
        self.project = folder / "opt" / "sotto"

    def build(self) -> "Machine":
        for place in (
            self.project,
            self.folder / "bin",
            self.folder / "etc/systemd/system",
            self.folder / "etc/nginx",
        ):
            place.mkdir(parents=True)
        make_copy(self.project)
        self._copy_the_rest()
        self._install()
        return self

    def copy(self, folder: Path) -> "Machine":
        """Another one with the same on its disk, what Python has compiled included: that takes
        longer than all else.
        """
        shutil.copytree(self.folder, folder, symlinks=True)
        return Machine(folder, self.urls)

    def _copy_the_rest(self) -> None:
        for part in map(ROOT.joinpath, REST):
            if part.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "production.env")
                shutil.copytree(part, self.project / part.name, ignore=ignored)
            else:
                shutil.copy(part, self.project)

    def _install(self) -> None:
        """The stand-ins, in PATH and in what looks like an environment that `make` has made."""
        fill = "".join(f"s|^{name}=.*|{name}={value}|;" for name, value in self._filled().items())
        programs = {
            "python": sys.executable,
            "make": shutil.which("make"),
            "git": shutil.which("git"),
            "fill": fill,
        }
        for name, script in STAND_INS.items():
            (self.folder / "bin" / name).write_text(f"#!/bin/sh\n{script.format(**programs)}\n")
            (self.folder / "bin" / name).chmod(0o755)
        (self.folder / "bin" / "python3").symlink_to("python")
        for name in ("ruff", "djade"):
            (self.folder / "bin" / name).symlink_to(Path(sys.executable).with_name(name))
        venv = self.project / ".venv"
        venv.mkdir()
        (venv / "bin").symlink_to(Path("../../../bin"))
        (venv / "engines").symlink_to(engines.FROM_WHEELS)
        for name in ("base", "dev"):
            (venv / f".installed-{name}").touch()

    def _filled(self) -> dict[str, str]:
        stores = {
            "DATABASE_URL": self.urls.get("postgres", ""),
            "REDIS_URL": self.urls.get("redis", ""),
        }
        return FILLED | stores

    @property
    def noted(self) -> list[str]:
        """What was asked of programs that only wrote it down."""
        file = self.folder / "noted"
        return file.read_text().splitlines() if file.exists() else []

    def environment(self, stores: str = "") -> dict[str, str]:
        postgres = (
            Path(engines.program("postgres")).resolve().parent
        )  # its tools are of the same release
        git = {
            f"GIT_{who}_{what}": "alice"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        found = git | {
            "PATH": os.pathsep.join([str(self.folder / "bin"), str(postgres), os.environ["PATH"]]),
            "HOME": str(self.folder),
            "NOTED": str(self.folder / "noted"),
            "PORT": str(self.port),
        }
        if "postgres" in stores:
            found["DATABASE_URL"] = self.urls["postgres"]
        if "redis" in stores:
            found |= {"REDIS_URL": self.urls["redis"], "MAILBOX_KEY": FILLED["MAILBOX_KEY"]}
        return found

    def here(self, commands: str) -> str:
        """Commands as this machine may be given them: its own disk, a free port, nobody else in the
        network.
        """
        commands = ANYWHERE.sub(rf"{self.folder}/\1/", commands)
        return commands.replace("8000", str(self.port)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104

    def types(self, block: Block) -> subprocess.CompletedProcess[str]:
        """A block of commands, from the root of the project; the first that fails ends it."""
        script = "\n".join(
            ["set -eu", block.notes.get("before", ""), block.text, block.notes.get("after", "")]
        )
        return subprocess.run(
            ["bash", "-c", self.here(script)],
            cwd=self.project,
            env=self.environment(block.notes.get("with", "")),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def edits(self, block: Block) -> None:
        """What a diff says, in the one place where it fits."""
        file = self.project / block.notes["to"]
        lines = block.text.splitlines()
        before = [line[1:] for line in lines if not line.startswith("+")]
        after = [line[1:] for line in lines if not line.startswith("-")]
        parts = file.read_text().split("\n".join(before))
        assert len(parts) == 2, f"{block.notes['to']} is no longer as the document has it"
        file.write_text("\n".join(after).join(parts))
