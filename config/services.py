"""The addresses of services (database, Redis, mail), as variables name them.

django-environ and redis-py take them apart. They, urllib and libpq are lenient in ways of their
own, and show parts of what they cannot read, passwords too. So an address is let through only in a
form that all of them read alike.
"""

import re
import unicodedata
from urllib.parse import unquote, urlsplit

import environ

from config.environment import UNPRINTABLE, refuse, text

USER, PASSWORD, PORT = r"[^:/?#\[\]]*", r"[^/?#\[\]]*", r"(?::[1-9][0-9]{0,4})"
NAME = r"[^\s,:@/?#%\[\]]+"
HOST = rf"(?:{NAME}|\[[0-9a-fA-F:.]+\]){PORT}?"
# Several are tried one after the other. The port of one alone would be taken for that of all.
HOSTS = rf"(?:{HOST}|{NAME}(?:,{NAME})+|{NAME}{PORT}(?:,{NAME}{PORT})+)"
# An option's text: a + would become a space, and digits alone a number.
OTHER = r"[a-zA-Z/.~_-][^&#+]*"
# What libpq is told beside the address (docs/configure.md).
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
REDIS_USER = rf"(?:{USER}:{PASSWORD}@)?"  # a name without a password is left out by redis-py
REDIS_PLACE = rf"{REDIS_USER}{HOST}(?:/[0-9]{{0,6}})?"


def _behind(option: str) -> str:
    return rf"(?:\?(?:{option})(?:&(?:{option}))*)?"


SQLITE = r"sqlite:///[^?#+]*[^?#+/]|sqlite://:memory:"
POSTGRES = (  # behind four slashes stands the directory of a socket
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
OPTIONS = "docs/configure.md says what may stand behind a ?"


def database(name: str, default: str) -> dict:
    """Return the variable as Django's description of a database: SQLite or PostgreSQL."""
    url = text(name, default)
    if url.startswith("sqlite:"):
        words = (
            "sqlite:/// with three slashes before a relative path, such as "
            "sqlite:///sotto.sqlite3, or four before an "
            "absolute one. In a path, ? is written %3F, # %23, + %2B and % %25"
        )
    else:
        words = (
            "an address such as postgres://NAME:PASSWORD@HOST:PORT/DATABASE or "
            f"sqlite:///FILE. {ESCAPES}. {OPTIONS}"
        )
    _check(name, url, f"{POSTGRES}|{SQLITE}", words)
    return environ.Env.db_url_config(url)


def redis_address(name: str) -> str:
    """Return the variable as the address of a Redis or Valkey server; "" where there is none."""
    example = (
        "redis://HOST:PORT/0, redis://NAME:PASSWORD@HOST:PORT/0, rediss://HOST/0 or "
        "unix:///SOCKET?db=0"
    )
    url = text(name)
    if url:
        _check(name, url, REDIS, f"an address such as {example}. {ESCAPES}. {OPTIONS}")
    return url


def mail_server(name: str) -> dict:
    """Return the variable as Django's settings for mail; nothing where there is none."""
    url = text(name)
    if not url:
        return {}
    _check(
        name,
        url,
        MAIL,
        f"an address such as smtp+tls://name:password@mail.example.org:587. {ESCAPES}",
    )
    server = environ.Env.email_url_config(url)
    usual = 465 if server.get("EMAIL_USE_SSL") else 587 if server.get("EMAIL_USE_TLS") else 25
    return {**server, "EMAIL_PORT": server["EMAIL_PORT"] or usual}


def _check(name: str, url: str, form: str, words: str) -> None:
    try:
        is_good = (
            re.fullmatch(form, url)
            and not re.search("%(?![0-9a-fA-F]{2})", url)
            and _is_unambiguous(url)
        )
    except ValueError:  # no UTF-8 behind percent signs, or what urllib does not take for a host
        is_good = False
    if not is_good:
        refuse(name, f"must be {words}")


def _is_unambiguous(url: str) -> bool:
    parts = urlsplit(url)
    ports = re.findall(r":([0-9]+)(?:,|\Z)", parts.netloc.rpartition("@")[2])
    options = [option.partition("=")[0] for option in parts.query.split("&")]
    printable = not any(
        unicodedata.category(each) in UNPRINTABLE for each in unquote(url, errors="strict")
    )
    return (
        printable
        and all(int(port) < 65_536 for port in ports)
        and len(options) == len(set(options))
    )
