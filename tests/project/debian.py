"""Debian's packages, where we may install them without being asked for a password."""

import os
import shutil
import subprocess


def install(*packages: str) -> None:
    """Installs them if it can, and starts no service of theirs; whoever needs them looks whether
    they are there.
    """
    admin = _admin()
    if admin is not None:
        subprocess.run([*admin, "apt-get", "update", "--quiet"], check=False)
        install = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends"]
        subprocess.run([*admin, *install, *packages], check=False)


def may_install() -> bool:
    return _admin() is not None


def _admin() -> list[str] | None:
    """What to write before `apt-get`; None where there is none, or where it would ask for a
    password.
    """
    if not shutil.which("apt-get"):
        return None
    # systemd takes itself to be in a chroot: what is installed for the tests alone does not begin
    # to listen.
    variables = ["env", "DEBIAN_FRONTEND=noninteractive", "SYSTEMD_OFFLINE=1"]
    if os.geteuid() == 0:
        return variables
    if not shutil.which("sudo"):
        return None
    tried = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", *variables] if tried.returncode == 0 else None
