"""Read the environment and `.env`, and refuse nonsense in words."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
HOST_PATTERN = re.compile(rf"\*|\[[0-9a-f:]+\]|\.?{HOST.pattern}")
# A raw / ? or # ends a password, and the rest of it would be read as something else.
REDIS_ADDRESS = re.compile(
    r"(rediss?://([^/?#\s]*@)?([^/?#@:\s\[\]]+|\[[0-9a-f:.]+\])?(:[0-9]+)?(/[0-9]*)?|unix://([^/?#\s]*@)?/[^?#@]+)"
    r"(\?[^#@\s]*)?"
)

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def whole_number(name: str, default: int, low: int, high: int) -> int:
    """The variable as an int between `low` and `high`; ImproperlyConfigured says what was there instead."""
    value = env.str(name, default=str(default)).strip()
    if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def switch(name: str, default: str = "off") -> bool:
    """The variable as a yes or no; a word that is neither is refused, not read as off."""
    value = env.str(name, default=default).strip().lower()
    if value not in {"on", "true", "yes", "1", "off", "false", "no", "0", ""}:
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return value in {"on", "true", "yes", "1"}


def database(name: str, default: str) -> dict:
    """The variable as Django's description of a database: SQLite or PostgreSQL."""
    try:
        description = env.db(name, default=default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not the address of a database: {error}.") from error
    if description.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with sqlite:/// or postgres://.")
    return description


def redis_address(name: str) -> str:
    """The variable as the address of a Redis or Valkey server; "" where there is none. What it says is not repeated: it
    may hold a password."""
    url = env.str(name, default="").strip()
    if url and not REDIS_ADDRESS.fullmatch(url):
        raise ImproperlyConfigured(
            f"{name} must be an address such as redis://name:password@localhost:6379/0, rediss://... or "
            "unix:///run/redis.sock. In a name or a password, / is written as %2F, ? as %3F and # as %23."
        )
    return url


def networks(name: str, default: list[str]) -> list[str]:
    """The variable as addresses and networks (`10.0.0.0/8`), a lone address being a network of one."""
    try:
        return [str(ip_network(each.strip())) for each in env.list(name, default=default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be addresses or networks such as 10.0.0.0/8: {error}.") from error


def choice(name: str, *words: str) -> str:
    """The variable as one of these words, the first where it is not set."""
    value = env.str(name, default=words[0]).strip().lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(words)}, not {value!r}.")
    return value


def mail_server(name: str) -> dict:
    """The variable as Django's settings for mail; nothing where there is none. What it says is not repeated: it holds
    a password."""
    if not env.str(name, default="").strip():
        return {}
    try:
        server = env.email(name)
    except (ImproperlyConfigured, ValueError):
        server = {}
    is_smtp = server.get("EMAIL_BACKEND", "").endswith("smtp.EmailBackend")
    if not server or (is_smtp and not server["EMAIL_HOST"]):
        raise ImproperlyConfigured(f"{name} must be an address such as smtp+tls://name:password@mail.example.org:587.")
    usual = 465 if server.get("EMAIL_USE_SSL") else 587 if server.get("EMAIL_USE_TLS") else 25
    return {**server, "EMAIL_PORT": server["EMAIL_PORT"] or usual}


def origin(url: str, name: str) -> str:
    """A site's address as a browser writes it in `Origin` (RFC 6454): scheme, host, port if it is not the usual."""
    message = f"{name} must be an address such as https://chat.example.org, without a path, not {url!r}."
    try:
        parts = urlsplit(url.strip())
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ImproperlyConfigured(message) from error
    if parts.scheme not in {"http", "https"} or parts.path not in {"", "/"}:
        raise ImproperlyConfigured(message)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ImproperlyConfigured(message)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _host(name: str) -> str:
    """A host as browsers write it: an IPv6 address in brackets, a name in letters that every network knows (IDNA)."""
    if ":" in name:
        return f"[{ip_address(name)}]"
    name = name.encode("idna").decode()
    if not HOST.fullmatch(name):
        raise ValueError(name)
    return name
