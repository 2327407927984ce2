"""Every command of the Dockerfile works in a fresh copy, without Docker."""

import re
import shutil
import subprocess
import sys

from tests.support.fresh_copy import ROOT, environment, make_copy


def test_the_commands_of_the_dockerfile_work(tmp_path):
    (tmp_path / "sotto").mkdir()
    folder = make_copy(tmp_path / "sotto")
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "production.txt", folder / "requirements")
    commands = re.findall(r"^RUN (.+)$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        # Use this Python in place of the image's.
        here = command.replace("/opt/venv", f"{tmp_path}/venv").replace(
            "pip --python", "python -m pip --python"
        )
        here = re.sub(r"^python ", f"{sys.executable} ", here)
        subprocess.run(["sh", "-c", here], cwd=folder, env=environment({}), check=True, timeout=600)
    assert (folder / "staticfiles" / "staticfiles.json").is_file()
    check = [tmp_path / "venv" / "bin" / "python", "manage.py", "check"]
    address = {"DATABASE_URL": "postgres://sotto@localhost/sotto", "SECRET_KEY": "for-tests-only"}
    subprocess.run(check, cwd=folder, env=environment(address), check=True, timeout=60)
