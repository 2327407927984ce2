#!/usr/bin/env python
"""Run a management command. FIRST_COMMANDS also write a missing secret key."""

import os
import re
import sys

FIRST_COMMANDS = {"migrate", "runserver"}


def write_secret_key() -> None:
    """Write a new SECRET_KEY into .env, unless there is one or ENV_FILE is set."""
    from django.utils.crypto import get_random_string

    is_given = "SECRET_KEY" in os.environ  # before the import, which loads .env
    from config.environment import BASE_DIR, ENV_FILE, text

    if is_given or ENV_FILE is not None or text("SECRET_KEY"):
        return
    file = BASE_DIR / ".env"
    # Only letters and digits, because some readers of this file interpret other characters.
    key = os.environ["SECRET_KEY"] = get_random_string(64)
    line = f"SECRET_KEY={key}"
    lines = file.read_text(encoding="utf-8") if file.exists() else ""
    lines, replaced = re.subn(r"^SECRET_KEY=$", line, lines, count=1, flags=re.MULTILINE)
    file.touch(mode=0o600)
    if not replaced:
        lines += ("" if lines.endswith("\n") or not lines else "\n") + line + "\n"
    file.write_text(lines, encoding="utf-8")
    print(f"Wrote a new SECRET_KEY into {file}", file=sys.stderr)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. `make run` sets everything up, or see docs/start.md "
            "for the plain way."
        )
    try:
        if sys.argv[1:2] and sys.argv[1] in FIRST_COMMANDS:
            write_secret_key()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Sotto cannot start: {error}")


if __name__ == "__main__":
    main()
