"""Settings and .env.example have the same variables. Each value is read as written, or refused."""

import ast
import json
import re
from urllib.parse import quote

import pytest
from django.core.mail import get_connection
from django.test import override_settings
from redis.asyncio.connection import parse_url

from tests.support.fresh_copy import ROOT, make_copy, manage
from tests.support.settings_reader import attempt, example

SETTINGS = ast.parse((ROOT / "config" / "settings.py").read_text())
FILES = ("environment.py", "services.py", "site_addresses.py")
READERS = [ast.parse((ROOT / "config" / file).read_text()) for file in FILES]
KEY = "for-tests-only"
ASK = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name, None) for name in NAMES}))
"""
SECRET = "hush_hush_0123456789_0123456789_01234567"
# Values that some readers misread. @ stands for a secret that must not be shown.
MISREAD = [
    *("$@", "${@}", "$(@)", "`@`", "#@", "@ #1", "@#1", "%41@", "@%", "'@", '"@', "'@'", '"@"'),
    *("it's @", "\\@", "@\\n", "@\\", "@ @", "@&;|<>~!*", "@=a", "export @", "ü€😀@"),
    *("@\udcff", "@\n1", "@\r", "@\x1b[1m", "@\u2028", "\ufeff@"),
]
NASTY = [value.replace("@", SECRET) for value in MISREAD]
ANY_TEXT = {"SECRET_KEY", "SITE_NAME", "MAILBOX_KEY", "REPORTS_KEY"}


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("sotto"))


def names_that_settings_read() -> set[str]:
    """Return the variables that the settings read with functions of READERS."""
    nodes = [node for module in READERS for node in module.body]
    readers = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    calls = [node for node in ast.walk(SETTINGS) if isinstance(node, ast.Call) and node.args]
    firsts = [call.args[0] for call in calls if getattr(call.func, "id", None) in readers]
    return {str(first.value) for first in firsts if isinstance(first, ast.Constant)}


def documented() -> dict[str, str]:
    """Return the settings of docs/configure.md, with defaults that are values."""
    lines = (ROOT / "docs" / "configure.md").read_text()
    row = r"(?m)^\| `([A-Z_]+)` \| (?:`([^`]+)`|(?:none|written).*?) \| .+ \|$"
    return dict(re.findall(row, lines))


def test_the_example_names_every_variable_and_no_other():
    assert set(example()) == names_that_settings_read()


def test_the_documents_have_every_variable_with_its_default():
    assert documented() == example()


def test_reading_the_settings_finds_variables_behind_every_helper():
    assert {"SITE_NAME", "DEBUG", "RESUME_SECONDS", "DATABASE_URL"} <= names_that_settings_read()


def test_the_examples_are_the_defaults(fresh_copy):
    names = sorted(example().keys() - {"SECRET_KEY"})
    ask = ("shell", "--no-imports", "--command", ASK.replace("NAMES", repr(names)))
    written = manage(fresh_copy, *ask, **{**example(), "SECRET_KEY": KEY})
    unwritten = manage(fresh_copy, *ask, SECRET_KEY=KEY)
    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout) == json.loads(unwritten.stdout)


def test_the_settings_pass_the_checks_with_the_key_alone(fresh_copy):
    checked = manage(fresh_copy, "check", "--fail-level", "WARNING", SECRET_KEY=KEY)
    assert checked.returncode == 0, checked.stderr


def test_former_keys_are_a_list(reader):
    read = reader.settings(SECRET_KEY_FALLBACKS=" $one#1, two%\\ ,")
    assert read["SECRET_KEY_FALLBACKS"] == ["$one#1", "two%\\"]


@pytest.mark.parametrize("name", example())
def test_a_variable_is_read_as_it_is_or_refused_without_being_shown(reader, name):
    for value in NASTY:
        said, refusal = attempt(reader.settings, **{name: value})
        assert "hush" not in refusal
        if refusal:
            assert name in refusal
        else:
            is_list = name == "SECRET_KEY_FALLBACKS"
            assert is_list or name in ANY_TEXT
            assert said[name] == ([value.strip()] if is_list else value.strip())


def test_names_and_keys_can_be_any_text(reader):
    for value in NASTY[:8]:
        for name in ANY_TEXT:
            assert reader.settings(**{name: value})[name] == value


REFUSED = {
    "SITE_URL": [
        *("", "chat.example.org", "ftp://chat.example.org", "https://chat.example.org/path"),
        *("https://alice@chat.example.org", "http://[::1", "http://localhost:port"),
        *("http://localhost:0", "http://[::1%25eth0]:8000", "http://127.1:8000"),
        *("http://2130706433", "http://chat.0x7f", "http://*", "http://.example.org"),
        *("http://a b", "http://a..example"),
        *(f"http://{'a' * 64}.example", f"http://{'ä' * 60}.example"),
    ],
    "ALLOWED_HOSTS": ["http://chat.example.org", "chat.example.org:8000"],
    "CSRF_TRUSTED_ORIGINS": ["nonsense", "https://*.example.org"],
    "RESUME_SECONDS": ["", "-1", "abc", "1.5", "9999", str(10**30), "000000090999", "٣٠"],
    "STREAMS": ["-1", "many", "10001"],
    "MESSAGE_MAX_LENGTH": ["0", "20001"],
    "FILES": ["on", "none", "images"],
    "FILE_MAX_MB": ["0", "101", "2.5", "25 MB"],
    "SITE_NAME": ["x" * 61],
    "DEFAULT_FROM_EMAIL": [
        *("chat.example.org", "Sotto, the chat <no-reply@example.org>", "no reply@example.org"),
        "a@example.org, b@example.org",
    ],
    "LOG_LEVEL": ["LOUD"],
    "LOG_FORMAT": ["xml", ""],
    "TRUSTED_PROXIES": ["nginx", "*", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1:80"],
    "METRICS_ALLOWED": ["everybody"],
    **{name: ["perhaps"] for name in ("DEBUG", "SIGNUP", "ADMIN", "INSTALLABLE")},
    "INVITATIONS": ["nobody"],
    "HSTS": ["forever", "off"],
    "DATABASE_URL": ["nonsense"],
    "EMAIL_URL": [
        *("nonsense", "ftp://mail.example.org", "smtp://", "smtps://mail.example.org"),
        "smtp://mail.example.org:port",
    ],
    "REPORTS_KEY": ["short"],
    "PUSH_KEY": ["short", "x" * 42, "x" * 44, "=" * 43],
    "PUSH_CONTACT": [
        *("nobody", "http://example.org", "a@b@c", "mailto:a@example.org", "https://"),
        "https://user@example.org",
    ],
    "PUSH_SERVICES": ["*", "localhost", "10.0.0.1", "[::1]", "https://push.example.org", "a.b:443"],
    "SECRET_KEY": [""],
}


@pytest.mark.parametrize(
    ("name", "nonsense"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_invalid_values_are_refused_with_an_explanation(reader, name, nonsense):
    _, refusal = attempt(reader.settings, **{name: nonsense})
    assert f"ImproperlyConfigured: {name} " in refusal


PUSH = {"PUSH_KEY": "x" * 43, "DEBUG": "on"}


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"SITE_URL": "http://chat.example.org"}, "PUSH_KEY needs a SITE_URL with https"),
        ({"SITE_URL": "https://a.org", "INSTALLABLE": "off"}, "PUSH_KEY needs INSTALLABLE=on"),
        ({"SITE_URL": "http://localhost:8000"}, "PUSH_CONTACT must be an address"),
    ],
)
def test_a_push_key_is_refused_where_push_cannot_work(reader, variables, words):
    _, refusal = attempt(reader.settings, **PUSH, **variables)
    assert words in refusal


@pytest.mark.parametrize(
    ("variables", "contact"),
    [
        ({"SITE_URL": "https://chat.example.org:8443"}, "https://chat.example.org:8443"),
        ({"SITE_URL": "http://localhost:8000", "PUSH_CONTACT": "a@b.org"}, "mailto:a@b.org"),
        ({"SITE_URL": "https://a.org", "PUSH_CONTACT": "https://b.org/c"}, "https://b.org/c"),
    ],
)
def test_push_services_learn_whom_to_contact(reader, variables, contact):
    assert reader.settings(**PUSH, **variables)["PUSH_CONTACT"] == contact


def test_a_command_says_what_is_wrong_and_where(fresh_copy):
    (fresh_copy / ".env").write_text(f"SECRET_KEY={KEY}\n\nSIGNUP=sometimes\n")
    refused = manage(fresh_copy, "check")
    (fresh_copy / ".env").unlink()
    where = f"(line 3 of {fresh_copy}/.env)"
    words = f"SIGNUP must be one of open, invite, closed {where}.\n"
    assert refused.stderr == f"Sotto cannot start: {words}"
    assert refused.returncode == 1


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("https://Straße.example", "https://xn--strae-oqa.example"),
        ("https://faß。example", "https://xn--fa-hia.example"),
        ("https://ｃｈａｔ.example", "https://chat.example"),  # noqa: RUF001
        ("https://نامه\u200cای.example", "https://xn--mgba3gch31f060k.example"),  # noqa: RUF001
        ("https://i❤.example", "https://xn--i-7iq.example"),
        ("https://r3---sn.example", "https://r3---sn.example"),
        ("HTTPS://Chat.Example.org:443/", "https://chat.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://192.168.0.7:8000", "http://192.168.0.7:8000"),
    ],
)
def test_an_address_is_read_as_browsers_write_it(reader, address, origin):
    assert reader.settings(SITE_URL=address, DEBUG="on")["SITE_URL"] == origin


OTHER_NAMES = ["security.W005", "security.W021"]


@pytest.mark.parametrize(
    ("word", "said", "left_to_the_operator"),
    [
        ("host", "max-age=31536000", OTHER_NAMES),
        ("subdomains", "max-age=31536000; includeSubDomains", OTHER_NAMES[1:]),
        ("preload", "max-age=31536000; includeSubDomains; preload", []),
    ],
)
def test_hsts_for_subdomains_and_preloading_needs_a_setting(
    reader, word, said, left_to_the_operator
):
    read = reader.settings(SITE_URL="https://chat.example.org", HSTS=word, DEBUG="on")
    assert read["SECURITY_HEADERS"]["Strict-Transport-Security"] == said
    # The proxy redirects http to https.
    assert read["SILENCED_SYSTEM_CHECKS"] == ["security.W008", *left_to_the_operator]


def test_no_hsts_is_sent_over_http(reader):
    assert "Strict-Transport-Security" not in reader.settings(HSTS="preload")["SECURITY_HEADERS"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("smtp+tls://name:p%40ss@mail.a.org", (587, "name", "p@ss", True, False)),
        ("smtp+tls://a@b.org:$p@ss+%25@mail.a.org", (587, "a@b.org", "$p@ss+%", True, False)),
        ("smtp+ssl://mail.a.org", (465, "", "", False, True)),
        ("smtp://mail.a.org:2525", (2525, "", "", False, False)),
    ],
)
def test_the_mail_server_is_read_from_its_url(reader, address, words):
    read = reader.settings(EMAIL_URL=address)
    mail_settings = {name: value for name, value in read.items() if name.startswith("EMAIL_")}
    with override_settings(**mail_settings):
        mail = get_connection(read["EMAIL_BACKEND"])
    log_in = (mail.username or "", mail.password or "")
    assert mail.host == "mail.a.org"
    assert (mail.port, *log_in, bool(mail.use_tls), bool(mail.use_ssl)) == words
    assert read["DEFAULT_FROM_EMAIL"] == "no-reply@localhost"


@pytest.mark.parametrize(
    "value",
    [
        *("no-reply@chat", "Our chat <no-reply@example.org>", "Plauderstübchen <a@b.org>"),
        '"Sotto, the chat" <a@example.org>',
    ],
)
def test_a_sender_is_accepted_with_or_without_a_name(reader, value):
    assert reader.settings(DEFAULT_FROM_EMAIL=value)["DEFAULT_FROM_EMAIL"] == value


DATABASE = "postgres://sotto:PASSWORD@db.example.org:5433/chat"


SPELT = ["plain", "$abc", "a+b", "a@b", "a:b", "a b", "ü€", "'\"`", "\\"]


def database(reader, address):
    return reader.settings(DATABASE_URL=address)["DATABASES"]["default"]


@pytest.mark.parametrize("password", [*SPELT, "a&b;c=d"])
def test_a_database_password_is_read_from_its_url(reader, password):
    for written in (password, quote(password, safe="")):
        read = database(reader, DATABASE.replace("PASSWORD", written))
        found = [read[name] for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
        assert found == ["sotto", password, "db.example.org", 5433, "chat"]


@pytest.mark.parametrize(
    ("address", "host", "port", "name"),
    [
        ("postgres:///chat", "", "", "chat"),
        ("postgres:////run/postgresql/chat", "/run/postgresql", "", "chat"),
        ("postgresql://[::1]:5433/chat", "::1", 5433, "chat"),
        ("postgres://one,two/chat", "one,two", "", "chat"),
        ("postgres://one:5432,two:5433/chat", "one,two", "5432,5433", "chat"),
    ],
)
def test_the_database_location_is_read_from_its_url(reader, address, host, port, name):
    read = database(reader, address)
    assert (read["HOST"], read["PORT"], read["NAME"]) == (host, port, name)


def test_the_database_options_are_read_from_its_url(reader):
    address = "postgres:///chat?sslmode=verify-full&sslrootcert=/etc/a%20b%2Bc.pem"
    options = database(reader, address)["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["sslrootcert"] == "/etc/a b+c.pem"
    assert options["connect_timeout"] == 5


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("sqlite:///a/so%2Btto%23.sqlite3", "{folder}/a/so+tto#.sqlite3"),
        ("sqlite:////var/lib/sotto.sqlite3", "/var/lib/sotto.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_a_database_file_is_found_by_its_url(reader, tmp_path, address, file):
    assert database(reader, address)["NAME"] == file.format(folder=tmp_path)


def redis_url(reader, address):
    return reader.settings(REDIS_URL=address, MAILBOX_KEY="k" * 32)["REDIS_URL"]


@pytest.mark.parametrize("password", SPELT)
def test_the_redis_password_is_read_from_its_url(reader, password):
    for written in (password, quote(password, safe="")):
        url = redis_url(reader, f"redis://:{written}@localhost:6380/2")
        assert parse_url(url) == {"password": password, "host": "localhost", "port": 6380, "db": 2}


OTHER_REDISES = """
redis://localhost redis://[::1]:6379/0?db=1 rediss://a:b@host/?ssl_cert_reqs=none
unix:///run/r.sock?db=1
"""


@pytest.mark.parametrize("address", OTHER_REDISES.split())
def test_other_redis_urls_are_accepted(reader, address):
    assert redis_url(reader, address) == address


PASSWORDS = "hush/more hush?more hush#more hush%more hush[more 12/34hush 12?34hush %ffhush hush%0a"
WITH_A_PASSWORD = [
    ("DATABASE_URL", "postgres://sotto:{}@localhost/sotto"),
    ("REDIS_URL", "redis://:{}@localhost/0"),
    ("REDIS_URL", "redis://sotto:{}@localhost/0"),
    ("EMAIL_URL", "smtp+tls://sotto:{}@localhost"),
]
AMBIGUOUS = {
    "DATABASE_URL": """
        sqlite://hush.sqlite3 sqlite:// sqlite:/// sqlite:///hush?timeout=5 sqlite:///hush#1
        sqlite:///hush/ sqlite:///hush+1 mysql://hush@localhost/sotto
        postgres://hush@localhost postgres://hush@localhost/sotto/ postgres://localhost:port/hush
        postgres://localhost:99999/hush postgres://one:5432,two/hush
        postgres://%2Frun%2Fpostgresql/hush postgres:///hush+1
        postgres:///hush?application_name=a+b postgres:///hush?application_name=%C2%B2
        postgres:///hush?application_name=007 postgres:///hush?conn_max_age=600
        postgres:///hush?sslmode=always postgres:///hush?sslmode=prefer&sslmode=require
        """,
    "REDIS_URL": """
        localhost http://hush redis:// redis://localhost:hush redis://localhost:0
        redis://localhost/hush redis://localhost/0/1 redis://hush@localhost
        redis://localhost?db=hush redis://localhost?socket_timeout=1
        redis://localhost?ssl_cert_reqs=none redis://one,two unix://
        """,
    "EMAIL_URL": "ftp://name:hush@mail.example.org smtp://mail.example.org/hush",
}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        *((name, url.format(word)) for name, url in WITH_A_PASSWORD for word in PASSWORDS.split()),
        *((name, address) for name, words in AMBIGUOUS.items() for address in words.split()),
    ],
)
def test_an_ambiguous_url_is_refused_without_being_shown(reader, name, address):
    _, refusal = attempt(reader.settings, MAILBOX_KEY="k" * 32, **{name: address})
    assert f"ImproperlyConfigured: {name} must be " in refusal
    assert "hush" not in refusal


def test_a_public_site_must_name_its_database(reader):
    _, refusal = attempt(reader.settings, SITE_URL="https://chat.example.org")
    assert "DATABASE_URL is not set" in refusal
    for variables in ({"DATABASE_URL": "sqlite:///sotto.sqlite3"}, {"DEBUG": "on"}):
        read = reader.settings(SITE_URL="https://chat.example.org", **variables)
        assert read["DATABASES"]["default"]["NAME"].endswith("/sotto.sqlite3")
