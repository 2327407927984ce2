#!/usr/bin/env python
"""Every command of the project; the first ones a newcomer types also write the secret key they need."""

import os
import sys
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent / ".env"
FIRST_COMMANDS = {"migrate", "runserver"}


def write_secret_key() -> None:
    """Puts a new SECRET_KEY into .env, readable by its owner alone, unless there is one already."""
    from django.utils.crypto import get_random_string

    lines = ENV_FILE.read_text().splitlines() if ENV_FILE.exists() else []
    if os.environ.get("SECRET_KEY") or any(line.startswith("SECRET_KEY=") and line != "SECRET_KEY=" for line in lines):
        return
    # Letters and digits alone: a $ or a # would mean something in this file.
    line = f"SECRET_KEY={get_random_string(64)}"
    lines = [line if old == "SECRET_KEY=" else old for old in lines] if "SECRET_KEY=" in lines else [*lines, line]
    ENV_FILE.touch(mode=0o600)
    ENV_FILE.write_text("\n".join([*lines, ""]))
    print(f"Wrote a new SECRET_KEY into {ENV_FILE}", file=sys.stderr)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. `make run` sets everything up, or see docs/start.md for the plain way.")
    if sys.argv[1:2] and sys.argv[1] in FIRST_COMMANDS:
        write_secret_key()
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Sotto cannot start: {error}")


if __name__ == "__main__":
    main()
