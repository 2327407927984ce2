"""Read the environment and the file of variables beside it, and refuse nonsense in words.

No refusal repeats a value: it may hold a password, or be one that was written behind the wrong
name.
"""

import os
import re
import unicodedata
from email.utils import parseaddr
from io import StringIO
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import environ
import idna
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.message import sanitize_address

from config import env_file

BASE_DIR = Path(__file__).resolve().parent.parent
# The file of variables: .env, or the one that ENV_FILE names, or none where ENV_FILE is empty.
ENV_FILE = os.environ.get("ENV_FILE")

HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
HOST_PATTERN = re.compile(rf"\*|\[[0-9a-f:]+\]|\.?{HOST.pattern}")
NUMBER = re.compile(
    r"[0-9]+|0x[0-9a-f]*"
)  # at the end of a host it makes an IPv4 address of it (WHATWG URL, 3.5)
LONGEST_LABEL = 63  # letters between two dots (RFC 1035)
# Control characters, halves of characters (what is not UTF-8 in the environment), and line breaks
# of all kinds.
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}

_places: dict[str, str] = {}


def load_file() -> None:
    """Add what the file says to the environment, which wins, so that processes started from here
    have it too.
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
    """Raise ImproperlyConfigured: the variable `words`, and where it stands if that is a file."""
    raise ImproperlyConfigured(f"{name} {words}{_places.get(name, '')}.") from None


def is_set(name: str) -> bool:
    """Say whether the variable has a value, without reading what it is."""
    return bool(os.environ.get(name, "").strip())


def text(name: str, default: str = "") -> str:
    """Return the variable as it is written: `Env.str` takes a value that begins with $ for the name
    of another.

    Spaces around it do not count: some readers of files drop them.
    """
    value = os.environ.get(name, default).strip()
    if any(unicodedata.category(character) in UNPRINTABLE for character in value):
        refuse(name, "must be one line of UTF-8 without control characters")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        refuse(name, "must not stand in quotes here: docker takes them as a part of the value")
    return value


def short_text(name: str, default: str, most: int) -> str:
    """Return the variable as at most so many characters, the default where there are none."""
    value = text(name, default) or default
    if len(value) > most:
        refuse(name, f"must be at most {most} characters long")
    return value


def sender(name: str, default: str) -> str:
    """Return the variable as mails say whom they are from: an address, or a name and an address."""
    value = text(name)
    if not value:
        return default
    try:
        _, address = parseaddr(sanitize_address(value, "utf-8"))
    except ValueError:
        address = ""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        refuse(
            name, "must be an address such as no-reply@example.org, or Chat <no-reply@example.org>"
        )
    return value


def listed(name: str, default: str = "") -> list[str]:
    """Return the variable as a list, separated by commas."""
    return [item for each in text(name, default).split(",") if (item := each.strip())]


def whole_number(name: str, default: int, low: int, high: int) -> int:
    """Return the variable as an int between `low` and `high`."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
        refuse(name, f"must be a whole number from {low} to {high}")
    return int(value)


def switch(name: str, default: str = "off") -> bool:
    """Return the variable as a yes or no; a word that is neither is refused, not read as off."""
    value = text(name, default).lower()
    if value not in {"on", "true", "yes", "1", "off", "false", "no", "0", ""}:
        refuse(name, "must be on or off")
    return value in {"on", "true", "yes", "1"}


def choice(name: str, *words: str) -> str:
    """Return the variable as one of these words, the first where it is not set."""
    value = text(name, words[0]).lower()
    if value not in words:
        refuse(name, f"must be one of {', '.join(words)}")
    return value


def networks(name: str, default: str = "") -> list[str]:
    """Return the variable as addresses and networks (`10.0.0.0/8`), a lone address being a network
    of one.
    """
    try:
        return [str(ip_network(each)) for each in listed(name, default)]
    except ValueError:
        refuse(name, "must be addresses or networks such as 10.0.0.0/8, separated by commas")


def hosts(name: str) -> list[str]:
    """Return the variable as the names or patterns that Django takes for hosts."""
    found = listed(name)
    if not all(map(HOST_PATTERN.fullmatch, found)):
        refuse(name, "must be host names, without scheme, port or path, separated by commas")
    return found


def origin(name: str, default: str) -> str:
    """Return the variable as a browser writes an address in `Origin`."""
    return _origin(name, text(name, default))


def origins(name: str) -> list[str]:
    return [_origin(name, each) for each in listed(name)]


def _origin(name: str, url: str) -> str:
    """Return scheme, host, and port if it is not the usual one (RFC 6454)."""
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        host, port = "", None
    more = (
        parts.username or parts.password or parts.query or parts.fragment or port == 0
        if host
        else ""
    )
    if not host or more or parts.scheme not in {"http", "https"} or parts.path not in {"", "/"}:
        refuse(name, "must be an address such as https://chat.example.org, without a path")
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _host(name: str) -> str:
    """A host as browsers write it: an IPv6 address in brackets, a name in ASCII (UTS 46, not
    transitional).
    """
    if ":" in name and "%" not in name:  # no browser takes a zone
        return f"[{IPv6Address(name)}]"
    labels = [_label(label) for label in idna.uts46_remap(name, std3_rules=False).split(".")]
    name = ".".join(labels)
    if NUMBER.fullmatch(labels[-1]):
        return str(IPv4Address(name))
    if not HOST.fullmatch(name) or max(map(len, labels)) > LONGEST_LABEL:
        raise ValueError(name)
    return name


def _label(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


load_file()
