"""Install Debian packages if no password is needed."""

import os
import shutil
import subprocess


def install(*packages: str) -> None:
    """Install packages if possible, without starting their services."""
    admin = _admin()
    if admin is not None:
        subprocess.run([*admin, "apt-get", "update", "--quiet"], check=False)
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"]
        subprocess.run([*admin, *install, *packages], check=False)


def may_install() -> bool:
    return _admin() is not None


def _admin() -> list[str] | None:
    """Return the prefix for `apt-get`: none for root, sudo if it needs no password, else None."""
    if not shutil.which("apt-get"):
        return None
    # Pretend to systemd that this is a chroot, so that it doesn't start services of packages that
    # only tests need.
    variables = ["env", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_OFFLINE=1"]
    if os.geteuid() == 0:
        return variables
    if not shutil.which("sudo"):
        return None
    tried = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", *variables] if tried.returncode == 0 else None
