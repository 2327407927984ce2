"""Read variables from the environment and from a file. Refuse invalid values.

Errors never contain a value, because it may be a password.
"""

import os
import re
import unicodedata
from io import StringIO
from pathlib import Path
from typing import NoReturn

import environ
from django.core.exceptions import ImproperlyConfigured

from config import env_file

BASE_DIR = Path(__file__).resolve().parent.parent
# None means .env, if that exists. An empty value means no file.
ENV_FILE = os.environ.get("ENV_FILE")
# Control characters, surrogates (bytes that are not UTF-8), and line separators.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
ON, OFF = {"on", "true", "yes", "1"}, {"off", "false", "no", "0", ""}

_places: dict[str, str] = {}


def load_file() -> None:
    """Add the file's variables to the environment, where child processes find them too. Do not
    overwrite variables that are already set.
    """
    file = Path(ENV_FILE).absolute() if ENV_FILE else BASE_DIR / ".env"
    if ENV_FILE == "" or (ENV_FILE is None and not file.exists()):
        return
    lines = env_file.check(file, allow_export=ENV_FILE is None)
    _places.update(
        (name, f" (line {lines[name][0]} of {file})") for name in lines.keys() - os.environ.keys()
    )
    environ.Env.read_env(StringIO("\n".join(line for _, line in lines.values())))


def refuse(name: str, words: str) -> NoReturn:
    """Raise ImproperlyConfigured. Name the variable, and its line if it comes from a file."""
    raise ImproperlyConfigured(f"{name} {words}{_places.get(name, '')}.") from None


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding spaces, which some programs strip from a file.

    `Env.str` is not used, because it takes a value that begins with $ as another variable's name.
    """
    value = os.environ.get(name, default).strip()
    if not is_printable(value):
        refuse(name, "must be one line of UTF-8 without control characters")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        refuse(name, "must not be in quotes here, because Docker keeps them in the value")
    return value


def is_printable(value: str) -> bool:
    return not any(unicodedata.category(character) in UNPRINTABLE for character in value)


def short_text(name: str, default: str, most: int) -> str:
    value = text(name, default) or default
    if len(value) > most:
        refuse(name, f"must be at most {most} characters long")
    return value


def listed(name: str, default: str = "") -> list[str]:
    return [item for each in text(name, default).split(",") if (item := each.strip())]


def whole_number(name: str, default: int, low: int, high: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
        refuse(name, f"must be a whole number from {low} to {high}")
    return int(value)


def switch(name: str, default: str = "off") -> bool:
    """Return whether the variable is on. Refuse values that mean neither on nor off."""
    value = text(name, default).lower()
    if value not in ON | OFF:
        refuse(name, "must be on or off")
    return value in ON


def choice(name: str, *words: str) -> str:
    """Return the variable, which must be one of these words. The first is the default."""
    value = text(name, words[0]).lower()
    if value not in words:
        refuse(name, f"must be one of {', '.join(words)}")
    return value


def secret_key(name: str, *, is_optional: bool) -> str:
    """Return the variable. If it is optional and not set, return a publicly known key."""
    value = text(name)
    if not value and not is_optional:
        refuse(
            name,
            "is not set: `make run` and `manage.py migrate` write one into .env; otherwise, set 50 "
            "letters",
        )
    return value or "insecure: good for development only, since everybody can read it here"


def mailbox_key(name: str, *, is_required: bool) -> str:
    value = text(name)
    if is_required and len(value) < 32:
        refuse(
            name,
            "must be set with REDIS_URL, the same for all processes, with at least 32 characters: "
            "it encrypts what waits there",
        )
    return value


def reports_key(name: str) -> str:
    value = text(name)
    if 0 < len(value) < 32:
        refuse(name, "must have at least 32 characters; if it is not set, SECRET_KEY is used")
    return value


def push_key(name: str, *, is_https: bool, is_installable: bool) -> str:
    value = text(name)
    if not value:
        return ""
    if not re.fullmatch("[A-Za-z0-9_-]{43}", value):
        refuse(name, "must be a key from `manage.py push_key`, or not set")
    if not is_https:
        refuse(name, "needs a SITE_URL with https, because browsers allow push only there")
    if not is_installable:
        refuse(name, "needs INSTALLABLE=on, because the service worker shows what is pushed")
    return value


load_file()
