"""Search the disk: bytes that the server wrote, its open files and all changed files."""

import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from messaging.ops.checks import machine
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.report import NOT_CHECKED, Result, number, size
from messaging.ops.proof.search import forms_in_file

FORM_DELAY = 5  # seconds for the server to read the form
FORM = "percent-encoded"  # the name of an encoding in canary.py
SYSTEM = {"/proc", "/sys", "/run"}


@dataclass(slots=True)
class FileScan:
    """Count the files in some folders and their subfolders, and collect the changed ones."""

    since: float
    checked: int = 0
    unreadable: int = 0
    changed: list[Path] = field(default_factory=list)

    def add(self, root: Path) -> None:
        for folder, folders, files in os.walk(root, onerror=self._skip):
            folders[:] = [name for name in folders if str(Path(folder, name)) not in SYSTEM]
            for name in files:
                self._check(Path(folder, name))

    def _skip(self, error: OSError) -> None:
        self.unreadable += 1

    def _check(self, file: Path) -> None:
        try:
            status = file.lstat()
        except OSError as error:
            return self._skip(error)
        if stat.S_ISREG(status.st_mode):
            self.checked += 1
            # Programs can set mtime, but not ctime.
            if max(status.st_mtime, status.st_ctime) >= self.since:
                self.changed.append(file)


def changed_files(roots: list[Path], since: float, canary: Canary) -> Result:
    """Search all files under the roots that changed since a Unix time."""
    scan = FileScan(since)
    for root in _outermost(roots):
        scan.add(root)
    hits = []
    for file in scan.changed:
        try:
            forms = forms_in_file(file, canary)
        except OSError:
            scan.unreadable += 1
            continue
        hits += [f"{', '.join(sorted(forms))} in {file}"] if forms else []
    checked = f"{number(scan.checked, 'file')}, {len(scan.changed):,} of them changed"
    unread = f", {scan.unreadable:,} unreadable" if scan.unreadable else ""
    return Result("New and changed files", checked + unread, hits)


def places(temp: Path) -> list[Path]:
    """Return the folders to which a server may write."""
    usual = ["/tmp", "/var/tmp", "/var/log", machine.SHARED_MEMORY, tempfile.gettempdir()]  # noqa: S108
    return [
        path for path in (temp, settings.BASE_DIR, Path.home(), *map(Path, usual)) if path.is_dir()
    ]


def written_bytes(written: int | None, during: str) -> Result:
    where = f"Written to disk during {during}"
    if written is None:
        return Result(where, "/proc/PID/io cannot be read here", otherwise=NOT_CHECKED)
    return Result(where, "/proc/PID/io, write_bytes", [size(written)] if written else [])


def open_files(proc: Path, canary: Canary) -> Result:
    """Search the open files, even deleted ones, of a process that receives a large form."""
    where = "Open files while a large form arrives"
    if not (proc / "fd").is_dir():
        return Result(where, "/proc/PID/fd cannot be read here", otherwise=NOT_CHECKED)
    held = _held(proc / "fd", canary)
    if not held:
        return Result(where, f"no file with it in {FORM_DELAY} seconds")
    on_disk = [
        f"{forms} in {name}" for name, forms in held if not machine.is_in_memory(str(name.parent))
    ]
    return Result(
        where, f"{number(len(held), 'file')} with it", on_disk, otherwise="in memory only"
    )


def _held(folder: Path, canary: Canary) -> list[tuple[Path, str]]:
    """Return the open files that contain the form-encoded canary, each with all encodings found in
    it. Wait up to FORM_DELAY seconds for the first one.
    """
    deadline = time.monotonic() + FORM_DELAY
    while True:
        found = [
            (name, forms)
            for file, name in _regular(folder)
            if FORM in (forms := _forms(file, canary))
        ]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def _forms(file: Path, canary: Canary) -> str:
    with suppress(OSError):  # closed meanwhile
        return ", ".join(sorted(forms_in_file(file, canary)))
    return ""


def _regular(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the path and the name of each open file, even a deleted one."""
    for file in folder.iterdir():
        with suppress(OSError):  # closed meanwhile
            if stat.S_ISREG(file.stat().st_mode):
                yield file, file.readlink()


def _outermost(roots: list[Path]) -> list[Path]:
    resolved = {root.resolve() for root in roots}
    return [
        root for root in sorted(resolved) if not any(other in root.parents for other in resolved)
    ]
