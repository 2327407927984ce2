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
READERS = [
    ast.parse((ROOT / "config" / file).read_text())
    for file in ("environment.py", "services.py", "site_addresses.py")
]
KEY = "for-tests-only"
ASK = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name, None) for name in NAMES}))
"""
SECRET = "hush_hush_0123456789_0123456789_01234567"
# Values that some readers misread.
NASTY = [
    f"${SECRET}",
    f"${{{SECRET}}}",
    f"$({SECRET})",
    f"`{SECRET}`",
    f"#{SECRET}",
    f"{SECRET} #1",
    f"{SECRET}#1",
    f"%41{SECRET}",
    f"{SECRET}%",
    f"'{SECRET}",
    f'"{SECRET}',
    f"'{SECRET}'",
    f'"{SECRET}"',
    f"it's {SECRET}",
    f"\\{SECRET}",
    f"{SECRET}\\n",
    f"{SECRET}\\",
    f"{SECRET} {SECRET}",
    f"{SECRET}&;|<>~!*",
    f"{SECRET}=a",
    f"export {SECRET}",
    f"ü€😀{SECRET}",
    f"{SECRET}\udcff",
    f"{SECRET}\n1",
    f"{SECRET}\r",
    f"{SECRET}\x1b[1m",
    f"{SECRET}\u2028",
    f"\ufeff{SECRET}",
]
ANY_TEXT = {"SECRET_KEY", "SITE_NAME", "MAILBOX_KEY", "REPORTS_KEY"}


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("sotto"))


def names_that_settings_read() -> set[str]:
    """Return the variables that the settings read with functions of READERS."""
    readers = {
        node.name for module in READERS for node in module.body if isinstance(node, ast.FunctionDef)
    }
    calls = [node for node in ast.walk(SETTINGS) if isinstance(node, ast.Call) and node.args]
    firsts = [call.args[0] for call in calls if getattr(call.func, "id", None) in readers]
    return {str(first.value) for first in firsts if isinstance(first, ast.Constant)}


def documented() -> dict[str, str]:
    """Return the settings of docs/configure.md, with defaults that are values."""
    lines = (ROOT / "docs" / "configure.md").read_text()
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (?:`([^`]+)`|(?:none|written).*?) \| .+ \|$", lines, re.MULTILINE
    )
    return dict(rows)


def test_the_example_names_every_variable_and_no_other():
    assert set(example()) == names_that_settings_read()


def test_the_documents_have_every_variable_with_its_default():
    assert documented() == example()


def test_reading_the_settings_finds_variables_behind_every_helper():
    assert {"SITE_NAME", "DEBUG", "RESUME_SECONDS", "DATABASE_URL"} <= names_that_settings_read()


def test_the_examples_are_the_defaults(fresh_copy):
    names = sorted(example().keys() - {"SECRET_KEY"})
    ask = ASK.replace("NAMES", repr(names))
    written = manage(
        fresh_copy, "shell", "--no-imports", "--command", ask, **{**example(), "SECRET_KEY": KEY}
    )
    unwritten = manage(fresh_copy, "shell", "--no-imports", "--command", ask, SECRET_KEY=KEY)
    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout) == json.loads(unwritten.stdout)


def test_without_any_variable_but_the_key_it_checks_out(fresh_copy):
    checked = manage(fresh_copy, "check", "--fail-level", "WARNING", SECRET_KEY=KEY)
    assert checked.returncode == 0, checked.stderr


def test_former_keys_are_a_list(reader):
    assert reader.settings(SECRET_KEY_FALLBACKS=" $one#1, two%\\ ,")["SECRET_KEY_FALLBACKS"] == [
        "$one#1",
        "two%\\",
    ]


@pytest.mark.parametrize("name", example())
def test_a_variable_arrives_as_it_is_or_is_refused_without_being_shown(reader, name):
    for value in NASTY:
        said, refusal = attempt(reader.settings, **{name: value})
        assert "hush" not in refusal
        if refusal:
            assert name in refusal
        else:
            assert name in ANY_TEXT | {"SECRET_KEY_FALLBACKS"}
            assert said[name] == (
                [value.strip()] if name == "SECRET_KEY_FALLBACKS" else value.strip()
            )


def test_any_text_may_stand_in_a_name_or_a_key(reader):
    for value in NASTY[:8]:
        assert {name: reader.settings(**{name: value})[name] for name in ANY_TEXT} == dict.fromkeys(
            ANY_TEXT, value
        )


REFUSED = (
    ("DEBUG", "perhaps"),
    ("SITE_URL", ""),
    ("SITE_URL", "chat.example.org"),
    ("SITE_URL", "ftp://chat.example.org"),
    ("SITE_URL", "https://chat.example.org/path"),
    ("SITE_URL", "https://alice@chat.example.org"),
    ("SITE_URL", "http://[::1"),
    ("SITE_URL", "http://localhost:port"),
    ("SITE_URL", "http://localhost:0"),
    ("SITE_URL", "http://[::1%25eth0]:8000"),
    ("SITE_URL", "http://127.1:8000"),
    ("SITE_URL", "http://2130706433"),
    ("SITE_URL", "http://chat.0x7f"),
    ("SITE_URL", "http://*"),
    ("SITE_URL", "http://.example.org"),
    ("SITE_URL", "http://a b"),
    ("SITE_URL", "http://a..example"),
    ("SITE_URL", f"http://{'a' * 64}.example"),
    ("SITE_URL", f"http://{'ä' * 60}.example"),
    ("ALLOWED_HOSTS", "http://chat.example.org"),
    ("ALLOWED_HOSTS", "chat.example.org:8000"),
    ("CSRF_TRUSTED_ORIGINS", "nonsense"),
    ("CSRF_TRUSTED_ORIGINS", "https://*.example.org"),
    ("RESUME_SECONDS", ""),
    ("RESUME_SECONDS", "-1"),
    ("RESUME_SECONDS", "abc"),
    ("RESUME_SECONDS", "1.5"),
    ("RESUME_SECONDS", "9999"),
    ("RESUME_SECONDS", str(10**30)),
    ("RESUME_SECONDS", "000000090999"),
    ("RESUME_SECONDS", "٣٠"),
    ("STREAMS", "-1"),
    ("STREAMS", "many"),
    ("STREAMS", "10001"),
    ("MESSAGE_MAX_LENGTH", "0"),
    ("MESSAGE_MAX_LENGTH", "20001"),
    ("DATABASE_URL", "nonsense"),
    ("SITE_NAME", "x" * 61),
    ("DEFAULT_FROM_EMAIL", "chat.example.org"),
    ("DEFAULT_FROM_EMAIL", "Sotto, the chat <no-reply@example.org>"),
    ("DEFAULT_FROM_EMAIL", "a@example.org, b@example.org"),
    ("DEFAULT_FROM_EMAIL", "no reply@example.org"),
    ("LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
    ("LOG_FORMAT", ""),
    ("TRUSTED_PROXIES", "nginx"),
    ("TRUSTED_PROXIES", "*"),
    ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("TRUSTED_PROXIES", "10.0.0.0/33"),
    ("TRUSTED_PROXIES", "10.0.0.1:80"),
    ("METRICS_ALLOWED", "everybody"),
    ("SIGNUP", "perhaps"),
    ("INVITATIONS", "nobody"),
    ("ADMIN", "perhaps"),
    ("INSTALLABLE", "perhaps"),
    ("HSTS", "forever"),
    ("HSTS", "off"),
    ("REPORTS_KEY", "short"),
    ("EMAIL_URL", "nonsense"),
    ("EMAIL_URL", "ftp://mail.example.org"),
    ("EMAIL_URL", "smtp://"),
    ("EMAIL_URL", "smtps://mail.example.org"),
    ("EMAIL_URL", "smtp://mail.example.org:port"),
    ("SECRET_KEY", ""),
)


@pytest.mark.parametrize(("name", "nonsense"), REFUSED)
def test_nonsense_is_refused_in_words(reader, name, nonsense):
    _, refusal = attempt(reader.settings, **{name: nonsense})
    assert f"ImproperlyConfigured: {name} " in refusal


def test_a_command_says_what_is_wrong_and_where(fresh_copy):
    (fresh_copy / ".env").write_text(f"SECRET_KEY={KEY}\n\nSIGNUP=sometimes\n")
    refused = manage(fresh_copy, "check")
    (fresh_copy / ".env").unlink()
    where = f"(line 3 of {fresh_copy}/.env)"
    assert (
        refused.stderr
        == f"Sotto cannot start: SIGNUP must be one of open, invite, closed {where}.\n"
    )
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
def test_what_is_promised_for_other_names_is_the_operators_word(
    reader, word, said, left_to_the_operator
):
    read = reader.settings(SITE_URL="https://chat.example.org", HSTS=word, DEBUG="on")
    assert read["SECURITY_HEADERS"]["Strict-Transport-Security"] == said
    # The proxy redirects http to https.
    assert read["SILENCED_SYSTEM_CHECKS"] == ["security.W008", *left_to_the_operator]


def test_http_promises_nothing(reader):
    assert "Strict-Transport-Security" not in reader.settings(HSTS="preload")["SECURITY_HEADERS"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "smtp+tls://name:p%40ss@mail.example.org",
            ("mail.example.org", 587, "name", "p@ss", True, False),
        ),
        (
            "smtp+tls://a@b.org:$p@ss+%25@mail.example.org",
            ("mail.example.org", 587, "a@b.org", "$p@ss+%", True, False),
        ),
        ("smtp+ssl://mail.example.org", ("mail.example.org", 465, "", "", False, True)),
        ("smtp://mail.example.org:2525", ("mail.example.org", 2525, "", "", False, False)),
    ],
)
def test_a_mail_server_is_read_as_it_is_written(reader, address, words):
    read = reader.settings(EMAIL_URL=address)
    with override_settings(
        **{name: value for name, value in read.items() if name.startswith("EMAIL_")}
    ):
        mail = get_connection(read["EMAIL_BACKEND"])
    log_in = (mail.username or "", mail.password or "")
    assert (mail.host, mail.port, *log_in, bool(mail.use_tls), bool(mail.use_ssl)) == words
    assert read["DEFAULT_FROM_EMAIL"] == "no-reply@localhost"


@pytest.mark.parametrize(
    "value",
    [
        "no-reply@chat",
        "Our chat <no-reply@example.org>",
        '"Sotto, the chat" <a@example.org>',
        "Plauderstübchen <a@b.org>",
    ],
)
def test_a_sender_is_taken_as_mails_can_say_it(reader, value):
    assert reader.settings(DEFAULT_FROM_EMAIL=value)["DEFAULT_FROM_EMAIL"] == value


DATABASE = "postgres://sotto:PASSWORD@db.example.org:5433/chat"


@pytest.mark.parametrize(
    "password", ["plain", "$abc", "a+b", "a@b", "a:b", "a b", "a&b;c=d", "ü€", "'\"`", "\\"]
)
def test_a_password_of_a_database_arrives_as_it_is_written(reader, password):
    for written in (password, quote(password, safe="")):
        read = reader.settings(DATABASE_URL=DATABASE.replace("PASSWORD", written))["DATABASES"][
            "default"
        ]
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
def test_a_database_is_found_where_the_address_says(reader, address, host, port, name):
    read = reader.settings(DATABASE_URL=address)["DATABASES"]["default"]
    assert (read["HOST"], read["PORT"], read["NAME"]) == (host, port, name)


def test_a_database_is_told_what_stands_behind_the_address(reader):
    read = reader.settings(
        DATABASE_URL="postgres:///chat?sslmode=verify-full&sslrootcert=/etc/a%20b%2Bc.pem"
    )
    options = read["DATABASES"]["default"]["OPTIONS"]
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
def test_a_file_is_found_where_the_address_says(reader, tmp_path, address, file):
    read = reader.settings(DATABASE_URL=address)["DATABASES"]["default"]
    assert read["NAME"] == file.format(folder=tmp_path)


@pytest.mark.parametrize(
    "password", ["plain", "$abc", "a+b", "a@b", "a:b", "a b", "ü€", "'\"`", "\\"]
)
def test_redis_is_asked_with_the_password_that_is_written(reader, password):
    for written in (password, quote(password, safe="")):
        url = reader.settings(
            REDIS_URL=f"redis://:{written}@localhost:6380/2", MAILBOX_KEY="k" * 32
        )["REDIS_URL"]
        assert parse_url(url) == {"password": password, "host": "localhost", "port": 6380, "db": 2}


@pytest.mark.parametrize(
    "address",
    [
        "redis://localhost",
        "redis://[::1]:6379/0?db=1",
        "rediss://a:b@host/?ssl_cert_reqs=none",
        "unix:///run/r.sock?db=1",
    ],
)
def test_other_addresses_of_redis_are_taken(reader, address):
    assert reader.settings(REDIS_URL=address, MAILBOX_KEY="k" * 32)["REDIS_URL"] == address


PASSWORDS = [
    "hush/more",
    "hush?more",
    "hush#more",
    "hush%more",
    "hush[more",
    "12/34hush",
    "12?34hush",
    "%ffhush",
    "hush%0a",
]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        *[("DATABASE_URL", f"postgres://sotto:{each}@localhost/sotto") for each in PASSWORDS],
        *[
            ("REDIS_URL", f"redis://{user}:{each}@localhost/0")
            for each in PASSWORDS
            for user in ("", "sotto")
        ],
        *[("EMAIL_URL", f"smtp+tls://sotto:{each}@localhost") for each in PASSWORDS],
        ("DATABASE_URL", "sqlite://hush.sqlite3"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///hush?timeout=5"),
        ("DATABASE_URL", "sqlite:///hush#1"),
        ("DATABASE_URL", "sqlite:///hush/"),
        ("DATABASE_URL", "sqlite:///hush+1"),
        ("DATABASE_URL", "mysql://hush@localhost/sotto"),
        ("DATABASE_URL", "postgres://hush@localhost"),
        ("DATABASE_URL", "postgres://hush@localhost/sotto/"),
        ("DATABASE_URL", "postgres://localhost:port/hush"),
        ("DATABASE_URL", "postgres://localhost:99999/hush"),
        ("DATABASE_URL", "postgres://one:5432,two/hush"),
        ("DATABASE_URL", "postgres://%2Frun%2Fpostgresql/hush"),
        ("DATABASE_URL", "postgres:///hush+1"),
        ("DATABASE_URL", "postgres:///hush?application_name=a+b"),
        ("DATABASE_URL", "postgres:///hush?application_name=%C2%B2"),
        ("DATABASE_URL", "postgres:///hush?application_name=007"),
        ("DATABASE_URL", "postgres:///hush?conn_max_age=600"),
        ("DATABASE_URL", "postgres:///hush?sslmode=always"),
        ("DATABASE_URL", "postgres:///hush?sslmode=prefer&sslmode=require"),
        ("REDIS_URL", "localhost"),
        ("REDIS_URL", "http://hush"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://localhost:hush"),
        ("REDIS_URL", "redis://localhost:0"),
        ("REDIS_URL", "redis://localhost/hush"),
        ("REDIS_URL", "redis://localhost/0/1"),
        ("REDIS_URL", "redis://hush@localhost"),
        ("REDIS_URL", "redis://localhost?db=hush"),
        ("REDIS_URL", "redis://localhost?socket_timeout=1"),
        ("REDIS_URL", "redis://localhost?ssl_cert_reqs=none"),
        ("REDIS_URL", "redis://one,two"),
        ("REDIS_URL", "unix://"),
        ("EMAIL_URL", "ftp://name:hush@mail.example.org"),
        ("EMAIL_URL", "smtp://mail.example.org/hush"),
    ],
)
def test_an_address_that_could_be_read_otherwise_is_refused_without_being_shown(
    reader, name, address
):
    _, refusal = attempt(reader.settings, MAILBOX_KEY="k" * 32, **{name: address})
    assert f"ImproperlyConfigured: {name} must be " in refusal
    assert "hush" not in refusal


def test_a_public_site_names_its_database(reader):
    _, refusal = attempt(reader.settings, SITE_URL="https://chat.example.org")
    assert "DATABASE_URL is not set" in refusal
    for variables in ({"DATABASE_URL": "sqlite:///sotto.sqlite3"}, {"DEBUG": "on"}):
        read = reader.settings(SITE_URL="https://chat.example.org", **variables)
        assert read["DATABASES"]["default"]["NAME"].endswith("/sotto.sqlite3")
