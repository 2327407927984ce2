"""Resource usage of a process and a machine, from Linux (proc(5))."""

import os
import platform
import resource
from importlib.metadata import version
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# Sockets and files that one process may hold; as many as the machine allows, if that is less.
FILES = 65_536


def cpu(pid: int) -> float:
    """Return the seconds of CPU time of a process and its children."""
    return sum(_ticks(each) for each in _family(pid)) / TICKS


def memory(pid: int) -> int:
    """Return bytes of memory, including children. Shared memory counts in part (PSS)."""
    return sum(_mapped(each, "Pss:") for each in _family(pid))


def resident(pid: int) -> int:
    """Return bytes of memory, including shared memory (RSS)."""
    return sum(_mapped(each, "Rss:") for each in _family(pid))


def written(pid: int) -> int:
    """Return how many bytes a process has written to disks."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def forget_peak(pid: int) -> int:
    """Reset the peak of memory, and return the current bytes of memory (RSS)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak(pid)


def peak(pid: int) -> int:
    """Return the peak of memory in bytes (RSS) since the last reset."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _family(pid: int) -> list[int]:
    """Return a process and its children, because uvicorn starts workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _mapped(pid: int, kind: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def allow_many_files() -> None:
    """Raise the limit of open files for this process and its children."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def describe() -> dict:
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        **{
            name: version(name)
            for name in ("django", "channels", "daphne", "twisted", "autobahn", "uvicorn")
        },
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        "unknown",
    )
