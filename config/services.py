"""Read the URLs of services: database, Redis and mail server.

Accept only URLs that django-environ, redis-py, urllib and libpq parse in the same way. Their own
errors would show parts of the URL, even passwords.
"""

import re
from urllib.parse import unquote, urlsplit

import environ

from config import environment
from config.environment import is_printable, refuse, text

USER, PASSWORD, PORT = r"[^:/?#\[\]]*", r"[^/?#\[\]]*", r"(?::[1-9][0-9]{0,4})"
NAME = r"[^\s,:@/?#%\[\]]+"
HOST = rf"(?:{NAME}|\[[0-9a-fA-F:.]+\]){PORT}?"
# libpq tries several hosts in turn. It would use a single port for all of them.
HOSTS = rf"(?:{HOST}|{NAME}(?:,{NAME})+|{NAME}{PORT}(?:,{NAME}{PORT})+)"
# An option's value as text. A + would become a space, and digits would become a number.
OTHER = r"[a-zA-Z/.~_-][^&#+]*"
POSTGRES_OPTION = (
    rf"(?:application_name|options|sslcert|sslcrl|sslkey|sslrootcert)={OTHER}|host=/{OTHER}|keepalives=[01]|"
    r"(?:connect_timeout|keepalives_count|keepalives_idle|keepalives_interval)=[0-9]{1,6}|"
    r"(?:channel_binding|gssencmode)=(?:disable|prefer|require)|"
    r"sslmode=(?:disable|allow|prefer|require|verify-ca|verify-full)|"
    r"target_session_attrs=(?:any|read-write|read-only|primary|standby|prefer-standby)"
)
REDIS_OPTION = r"db=[0-9]{1,6}"
REDIS_TLS_OPTION = (
    rf"{REDIS_OPTION}|(?:ssl_ca_certs|ssl_certfile|ssl_keyfile)={OTHER}|ssl_cert_reqs=(?:none|optional|required)|"
    r"ssl_check_hostname=(?:true|false)"
)
REDIS_USER = rf"(?:{USER}:{PASSWORD}@)?"  # redis-py ignores a user without a password
REDIS_PLACE = rf"{REDIS_USER}{HOST}(?:/[0-9]{{0,6}})?"


def _behind(option: str) -> str:
    return rf"(?:\?(?:{option})(?:&(?:{option}))*)?"


SQLITE = r"sqlite:///[^?#+]*[^?#+/]|sqlite://:memory:"
POSTGRES = (  # four slashes precede the directory of a Unix socket
    rf"(?:postgres(?:ql)?|psql|pgsql)://(?:{USER}(?::{PASSWORD})?@)?(?:{HOSTS}?/|//(?:[^/?#+]+/)+)[^/?#+]+"
    rf"{_behind(POSTGRES_OPTION)}"
)
REDIS = (
    rf"redis://{REDIS_PLACE}{_behind(REDIS_OPTION)}|rediss://{REDIS_PLACE}{_behind(REDIS_TLS_OPTION)}|"
    rf"unix://{REDIS_USER}/[^?#]+{_behind(REDIS_OPTION)}"
)
MAIL = rf"smtp(?:\+tls|\+ssl)?://(?:{USER}(?::{PASSWORD})?@)?{HOST}/?|consolemail://"
ESCAPES = (
    "In a name or password, / is written %2F, ? %3F, # %23, @ %40, : %3A, [ %5B, ] %5D and % %25"
)
OPTIONS = "docs/configure.md lists the options that may follow a ?"
SQLITE_WORDS = (
    "sqlite:/// with three slashes before a relative path, such as sqlite:///sotto.sqlite3, or "
    "four before an absolute one. In a path, ? is written %3F, # %23, + %2B and % %25"
)
DATABASE_EXAMPLES = (
    "an address such as postgres://NAME:PASSWORD@HOST:PORT/DATABASE or sqlite:///FILE"
)
REDIS_EXAMPLES = (
    "redis://HOST:PORT/0, redis://NAME:PASSWORD@HOST:PORT/0, rediss://HOST/0 or unix:///SOCKET?db=0"
)
MAIL_EXAMPLE = "smtp+tls://name:password@mail.example.org:587"

SQLITE_OPTIONS = {
    # Writers wait for the lock when they begin, and do not fail later with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # secure_delete overwrites deleted rows. The page cache takes half a megabyte in each thread.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA "
    "secure_delete=ON; PRAGMA cache_size=-512;",
}
# PostgreSQL allows 100 connections in all, for all processes. Idle ones are closed soon, because
# they break when PostgreSQL restarts.
POOL = {"min_size": 0, "max_size": 10, "timeout": 5, "max_idle": 5, "reconnect_timeout": 1}


def database(name: str, default: str, *, is_required: bool) -> dict:
    """Return the variable as an entry of DATABASES for SQLite or PostgreSQL."""
    if is_required and not text(name):
        # Probably the environment was not loaded, and the accounts are in another database.
        refuse(
            name,
            "is not set, and a site with https must name its database: postgres://... or a file, "
            "such as the one that a site without https has, sqlite:///sotto.sqlite3",
        )
    url = text(name, default)
    is_sqlite = url.startswith("sqlite:")
    words = SQLITE_WORDS if is_sqlite else f"{DATABASE_EXAMPLES}. {ESCAPES}. {OPTIONS}"
    _check(name, url, f"{POSTGRES}|{SQLITE}", words)
    found = environ.Env.db_url_config(url)
    return _sqlite(found) if is_sqlite else _postgres(found)


def _sqlite(found: dict) -> dict:
    file = found["NAME"]
    path = file if file == ":memory:" else str(environment.BASE_DIR / file)
    # Opening a connection takes as long as rendering the chat page, so keep it for a minute.
    return {**found, "NAME": path, "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 60}


def _postgres(found: dict) -> dict:
    options = {"connect_timeout": 5, **found.get("OPTIONS", {}), "pool": POOL}
    return {**found, "OPTIONS": options, "CONN_HEALTH_CHECKS": True}


def redis_address(name: str) -> str:
    url = text(name)
    if url:
        _check(name, url, REDIS, f"an address such as {REDIS_EXAMPLES}. {ESCAPES}. {OPTIONS}")
    return url


def mail_server(name: str) -> dict:
    """Return the variable as Django's settings EMAIL_*, or {} if it is not set."""
    url = text(name)
    if not url:
        return {}
    _check(name, url, MAIL, f"an address such as {MAIL_EXAMPLE}. {ESCAPES}")
    server = environ.Env.email_url_config(url)
    usual = 465 if server.get("EMAIL_USE_SSL") else 587 if server.get("EMAIL_USE_TLS") else 25
    return {**server, "EMAIL_PORT": server["EMAIL_PORT"] or usual}


def _check(name: str, url: str, form: str, words: str) -> None:
    try:
        is_good = re.fullmatch(form, url) and _is_unambiguous(url)
    except ValueError:  # percent-escapes that are not UTF-8, or a host that urllib rejects
        is_good = False
    if not is_good:
        refuse(name, f"must be {words}")


def _is_unambiguous(url: str) -> bool:
    parts = urlsplit(url)
    ports = re.findall(r":([0-9]+)(?:,|\Z)", parts.netloc.rpartition("@")[2])
    options = [option.partition("=")[0] for option in parts.query.split("&")]
    return (
        not re.search("%(?![0-9a-fA-F]{2})", url)
        and is_printable(unquote(url, errors="strict"))
        and all(int(port) < 65_536 for port in ports)
        and len(options) == len(set(options))
    )
