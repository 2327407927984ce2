"""Detect which directories are in memory, and whether memory may be written to disk."""

import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

IN_MEMORY = {"tmpfs", "ramfs"}
# Linux's in-memory directory, and the default FILE_UPLOAD_TEMP_DIR.
SHARED_MEMORY = "/dev/shm"  # noqa: S108
MOUNTS = Path("/proc/self/mounts")
SWAPS = Path("/proc/swaps")


def is_in_memory(directory: str) -> bool | None:
    """Return whether a directory is in memory, or None if the system does not say."""
    if not MOUNTS.is_file():
        return None
    return file_system(Path(directory), MOUNTS.read_text()) in IN_MEMORY


def file_system(directory: Path, mounts: str) -> str:
    """Return the type of a directory's file system from a table of mounts (fstab(5))."""
    found = Path(), ""
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split(" ")
        # Spaces are escaped as \040.
        point = Path(place.encode().decode("unicode_escape").encode("latin1").decode())
        # The longest path wins. A later mount at the same path hides an earlier one.
        if directory.resolve().is_relative_to(point) and len(point.parts) >= len(found[0].parts):
            found = point, kind
    return found[1]


def dumps_core() -> bool:
    """Return whether a crashing process writes its memory to a file."""
    return sys.platform != "win32" and resource.getrlimit(resource.RLIMIT_CORE)[0] != 0


def swaps() -> bool:
    """Return whether memory may be swapped to disk. Ignore zram, because it is in memory."""
    devices = SWAPS.read_text().splitlines()[1:] if SWAPS.is_file() else []
    return any(not device.startswith("/dev/zram") for device in devices)
