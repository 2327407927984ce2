"""What the machine does with memory: which directories are held in it, and what may write it to a
disk.
"""

import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

IN_MEMORY = {"tmpfs", "ramfs"}
# Where Linux has a directory in memory; FILE_UPLOAD_TEMP_DIR is this one unless the settings say
# otherwise.
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - it is here because of what it is
MOUNTS = Path("/proc/self/mounts")
SWAPS = Path("/proc/swaps")


def is_in_memory(directory: str) -> bool | None:
    """Whether what is written into a directory stays off the disk; None where the machine does not
    tell.
    """
    if not MOUNTS.is_file():
        return None
    return file_system(Path(directory), MOUNTS.read_text()) in IN_MEMORY


def file_system(directory: Path, mounts: str) -> str:
    """The type of the file system that holds a directory, from a table as fstab(5) describes it."""
    found = Path(), ""
    for line in mounts.splitlines():
        _, place, kind, *_ = line.split(" ")
        point = Path(
            place.encode().decode("unicode_escape").encode("latin1").decode()
        )  # a space is written \040
        # The longest path wins, and of two mounts on one place the later, which hides the other.
        if directory.resolve().is_relative_to(point) and len(point.parts) >= len(found[0].parts):
            found = point, kind
    return found[1]


def dumps_core() -> bool:
    """Whether a crash of a process that is started here writes its memory to a file."""
    return sys.platform != "win32" and resource.getrlimit(resource.RLIMIT_CORE)[0] != 0


def swaps() -> bool:
    """Whether memory may be moved to a disk. Swap that is compressed memory itself (zram) is
    none.
    """
    devices = SWAPS.read_text().splitlines()[1:] if SWAPS.is_file() else []
    return any(not device.startswith("/dev/zram") for device in devices)
