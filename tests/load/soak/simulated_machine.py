"""A simulated machine on which the commands of documents run: a copy of the project, and stand-ins
for programs that a test doesn't run.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.load.soak.stub_programs import STAND_INS
from tests.project.documents import Block
from tests.project.test_deploy import FILLED
from tests.support import engines
from tests.support.fresh_copy import ROOT, make_copy, run
from tests.support.servers import free_port

REST = ".gitignore Makefile CHANGELOG.md pyproject.toml requirements deploy docs tests"
# Paths on the disk, which are moved into the machine's folder.
ANYWHERE = re.compile(r"(?<![\w.])/(opt|etc|var)/")


class Machine:
    """`folder` is its disk. `urls` has the addresses of the stores by name."""

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        self.folder, self.urls, self.port = folder, urls, free_port()
        self.project = folder / "opt" / "sotto"

    def build(self) -> "Machine":
        self.project.mkdir(parents=True)
        for place in ("bin", "etc/systemd/system", "etc/nginx"):
            (self.folder / place).mkdir(parents=True)
        make_copy(self.project)
        self._copy_the_rest()
        self._install()
        return self

    def copy(self, folder: Path) -> "Machine":
        """Return a machine with the same disk, including compiled Python, which takes longest."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Machine(folder, self.urls)

    def _copy_the_rest(self) -> None:
        for part in map(ROOT.joinpath, REST.split()):
            if part.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "production.env")
                shutil.copytree(part, self.project / part.name, ignore=ignored)
            else:
                shutil.copy(part, self.project)

    def _install(self) -> None:
        """Install the stand-ins in PATH, and fake the virtual environment that `make` creates."""
        fill = "".join(f"s|^{name}=.*|{name}={value}|;" for name, value in self._filled().items())
        programs = {"python": sys.executable, "make": shutil.which("make"), "fill": fill}
        programs["git"] = shutil.which("git")
        bin_folder = self.folder / "bin"
        for name, script in STAND_INS.items():
            (bin_folder / name).write_text(f"#!/bin/sh\n{script.format(**programs)}\n")
            (bin_folder / name).chmod(0o755)
        (bin_folder / "python3").symlink_to("python")
        for name in ("ruff", "djade"):
            (bin_folder / name).symlink_to(Path(sys.executable).with_name(name))
        venv = self.project / ".venv"
        venv.mkdir()
        (venv / "bin").symlink_to(Path("../../../bin"))
        (venv / "engines").symlink_to(engines.FROM_WHEELS)
        for name in ("base", "dev"):
            (venv / f".installed-{name}").touch()

    def _filled(self) -> dict[str, str]:
        postgres, redis = self.urls.get("postgres", ""), self.urls.get("redis", "")
        return {**FILLED, "DATABASE_URL": postgres, "REDIS_URL": redis}

    @property
    def noted(self) -> list[str]:
        """Return the command lines of programs that weren't run."""
        file = self.folder / "noted"
        return file.read_text().splitlines() if file.exists() else []

    def environment(self, stores: str = "") -> dict[str, str]:
        # Its tools must be of the same release.
        postgres = Path(engines.program("postgres")).resolve().parent
        git = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
        found = {f"GIT_{name}": "alice" for name in git} | {
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
        """Adapt commands to this machine: its own disk, a free port, and only the local network."""
        commands = ANYWHERE.sub(rf"{self.folder}/\1/", commands)
        return commands.replace("8000", str(self.port)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104

    def types(self, block: Block) -> subprocess.CompletedProcess[str]:
        """Run a block of commands in the root of the project, up to the first that fails."""
        before, after = block.notes.get("before", ""), block.notes.get("after", "")
        script = self.here(f"set -eu\n{before}\n{block.text}\n{after}")
        variables = self.environment(block.notes.get("with", ""))
        return run(["bash", "-c", script], self.project, variables, timeout=300)

    def edits(self, block: Block) -> None:
        """Apply a diff in the only place where it fits."""
        file = self.project / block.notes["to"]
        lines = block.text.splitlines()
        before = [line[1:] for line in lines if not line.startswith("+")]
        after = [line[1:] for line in lines if not line.startswith("-")]
        parts = file.read_text().split("\n".join(before))
        assert len(parts) == 2, f"{block.notes['to']} is no longer as the document has it"
        file.write_text("\n".join(after).join(parts))
