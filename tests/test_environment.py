"""The settings and .env.example name the same variables; nonsense is refused in words, before anything starts."""

import ast
import json
import re

import pytest

from tests.fresh_copy import ROOT, make_copy, manage

KEY = "for-tests-only"
ASK = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name, None) for name in NAMES}))
"""


@pytest.fixture(scope="module")
def fresh_copy(tmp_path_factory):
    return make_copy(tmp_path_factory.mktemp("sotto"))


def names_that_settings_read() -> set[str]:
    """Every literal name given to `env`, or to a function of config.environment that asks `env`."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    parsers = ast.parse((ROOT / "config" / "environment.py").read_text())
    functions = [node for node in parsers.body if isinstance(node, ast.FunctionDef)]
    helpers = {function.name for function in functions if any(map(asks_env, ast.walk(function)))}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    firsts = [call.args[0] for call in calls if call.args and (asks_env(call) or called_name(call) in helpers)]
    return {str(first.value) for first in firsts if isinstance(first, ast.Constant)}


def asks_env(node: ast.AST) -> bool:
    """`env("NAME")` or `env.str("NAME")`."""
    function = getattr(node, "func", None)
    return "env" in {getattr(function, "id", None), getattr(getattr(function, "value", None), "id", None)}


def called_name(node: ast.AST) -> str | None:
    return getattr(getattr(node, "func", None), "id", None)


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", lines, re.MULTILINE))


def documented() -> dict[str, str]:
    """The settings in docs/configure.md, with those of their defaults that are values and not words."""
    lines = (ROOT / "docs" / "configure.md").read_text()
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]+)`|(?:none|written).*?) \| .+ \|$", lines, re.MULTILINE)
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
    written = manage(fresh_copy, "shell", "--no-imports", "--command", ask, **{**example(), "SECRET_KEY": KEY})
    unwritten = manage(fresh_copy, "shell", "--no-imports", "--command", ask, SECRET_KEY=KEY)
    assert written.returncode == 0, written.stderr
    assert json.loads(written.stdout) == json.loads(unwritten.stdout)


def test_without_any_variable_but_the_key_it_checks_out(fresh_copy):
    checked = manage(fresh_copy, "check", "--fail-level", "WARNING", SECRET_KEY=KEY)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("DEBUG", "perhaps"),
        ("SITE_URL", ""),
        ("SITE_URL", "chat.example.org"),
        ("SITE_URL", "ftp://chat.example.org"),
        ("SITE_URL", "https://chat.example.org/path"),
        ("SITE_URL", "https://alice@chat.example.org"),
        ("SITE_URL", "http://[::1"),
        ("SITE_URL", "http://localhost:port"),
        ("SITE_URL", "http://*"),
        ("SITE_URL", "http://.example.org"),
        ("SITE_URL", "http://a b"),
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
        ("REDIS_URL", "http://localhost:6379"),
        ("REDIS_URL", "redis://localhost:port/0"),
        ("REDIS_URL", "redis://localhost:6379/name"),
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
        ("EMAIL_URL", "smtp://mail.example.org:port"),
        ("SECRET_KEY", ""),
    ],
)
def test_nonsense_is_refused_in_words(fresh_copy, name, nonsense):
    refused = manage(fresh_copy, "check", **{"SECRET_KEY": KEY, name: nonsense})
    assert refused.returncode != 0
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("HTTPS://Chat.Example.org:443/", "https://chat.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://192.168.0.7:8000", "http://192.168.0.7:8000"),
    ],
)
def test_an_address_is_read_as_browsers_write_it(fresh_copy, address, origin):
    words = ["shell", "-c", "from django.conf import settings; print('is', settings.SITE_URL)"]
    read = manage(fresh_copy, *words, SECRET_KEY=KEY, SITE_URL=address)
    assert f"is {origin}\n" in read.stdout, read.stderr


ASK_HSTS = """
from django.conf import settings as s
print('is', s.SECURITY_HEADERS.get("Strict-Transport-Security"), s.SILENCED_SYSTEM_CHECKS)
"""
OTHER_NAMES = ["security.W005", "security.W021"]


@pytest.mark.parametrize(
    ("word", "said", "left_to_the_operator"),
    [
        ("host", "max-age=31536000", OTHER_NAMES),
        ("subdomains", "max-age=31536000; includeSubDomains", OTHER_NAMES[1:]),
        ("preload", "max-age=31536000; includeSubDomains; preload", []),
    ],
)
def test_what_is_promised_for_other_names_is_the_operators_word(fresh_copy, word, said, left_to_the_operator):
    https = {"SECRET_KEY": KEY, "SITE_URL": "https://chat.example.org"}
    read = manage(fresh_copy, "shell", "-c", ASK_HSTS, **https, HSTS=word)
    silenced = ["security.W008", *left_to_the_operator]  # that http leads to https is for the proxy to say
    assert f"is {said} {silenced}\n" in read.stdout, read.stderr


def test_http_promises_nothing(fresh_copy):
    read = manage(fresh_copy, "shell", "-c", ASK_HSTS, SECRET_KEY=KEY, HSTS="preload")
    assert "is None " in read.stdout, read.stderr


ASK_MAIL = """
from django.conf import settings as s
from django.core.mail import get_connection
mail = get_connection()
print('is', mail.host, mail.port, mail.username, mail.password, mail.use_tls, mail.use_ssl, s.DEFAULT_FROM_EMAIL)
"""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("smtp+tls://name:p%40ss@mail.example.org", "mail.example.org 587 name p@ss True False"),
        ("smtp+ssl://mail.example.org", "mail.example.org 465 None None False True"),
        ("smtp://mail.example.org:2525", "mail.example.org 2525 None None False False"),
    ],
)
def test_a_mail_server_is_read_as_it_is_written(fresh_copy, address, words):
    read = manage(fresh_copy, "shell", "-c", ASK_MAIL, SECRET_KEY=KEY, EMAIL_URL=address)
    assert f"is {words} no-reply@localhost\n" in read.stdout, read.stderr


def test_the_password_of_a_mail_server_is_not_repeated(fresh_copy):
    refused = manage(fresh_copy, "check", SECRET_KEY=KEY, EMAIL_URL="ftp://name:hush-hush@mail.example.org")
    assert refused.returncode != 0
    assert "hush-hush" not in refused.stderr


@pytest.mark.parametrize("sign", "/?#")
def test_a_sign_that_ends_a_password_is_refused_without_repeating_it(fresh_copy, sign):
    password = f"12{sign}hush-hush"
    refused = manage(fresh_copy, "check", SECRET_KEY=KEY, REDIS_URL=f"redis://:{password}@localhost:6379/0")
    assert refused.returncode != 0
    assert "REDIS_URL must be" in refused.stderr
    assert "hush-hush" not in refused.stderr
