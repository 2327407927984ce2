"""Every header that a server could act on is removed. Their names are read from sources."""

import re
import sysconfig
from pathlib import Path

import pytest

from config.asgi_middleware.client_address import DROPPED

PACKAGES = Path(sysconfig.get_paths()["purelib"])
# The code that reads requests before our application, and Django.
READERS = {
    "daphne/*.py": "daphne-root-path x-forwarded-for x-forwarded-port x-forwarded-proto x-real-ip",
    "autobahn/websocket/protocol.py": "x-forwarded-for",
    "uvicorn/middleware/*.py": "x-forwarded-for x-forwarded-proto",
    "uvicorn/protocols/**/*.py": "",
    "django/http/request.py": "x-forwarded-host x-forwarded-port",
    "django/core/handlers/asgi.py": "",
    "django/middleware/*.py": "",
    "channels/**/*.py": "",
    "servestatic/*.py": "",
}
# Headers of HTTP itself, of handshakes and of responses, which change no address, scheme or path.
PLAIN = """
accept-encoding accept-language cache-control content-encoding content-language content-length
content-location content-range content-type cookie host if-modified-since if-none-match keep-alive
last-modified origin proxy-connection range referer set-cookie transfer-encoding user-agent
sec-websocket-accept sec-websocket-extensions sec-websocket-key sec-websocket-origin
sec-websocket-protocol sec-websocket-version
access-control-allow-origin cross-origin-opener-policy referrer-policy strict-transport-security
x-content-type-options x-frame-options
"""
# Strings that only look like headers.
OTHERS = """
apple-app-site-association max-age must-revalidate no-cache no-store non-local prefix
s-maxage servestatic-asyncfile servestatic-asyncfile-runtime
"""
QUOTED = re.compile(r"""["']([A-Za-z]+(?:-[A-Za-z]+)+)["']""")
IN_META = re.compile(r"\bHTTP_([A-Z]+(?:_[A-Z]+)*)")


def names_in(source: str) -> set[str]:
    """Return possible headers in a source: quoted words with hyphens, and HTTP_ names."""
    found = QUOTED.findall(source) + [name.replace("_", "-") for name in IN_META.findall(source)]
    return {name.lower() for name in found}


@pytest.mark.parametrize("reader", READERS)
def test_every_header_a_server_could_act_on_is_removed_before_the_application(reader):
    files = sorted(PACKAGES.glob(reader))
    assert files, f"{reader} is not installed"
    found = set().union(*(names_in(file.read_text()) for file in files))
    found -= {*PLAIN.split(), *OTHERS.split()}
    assert found == set(READERS[reader].split())
    assert found <= {name.decode() for name in DROPPED}


SOURCES = """
name.lower() == b"daphne-root-path"
META["HTTP_DAPHNE_ROOT_PATH"]
headers.get('Daphne-Root-Path')
"""


@pytest.mark.parametrize("source", SOURCES.strip().splitlines())
def test_a_header_is_found_however_it_is_read(source):
    assert names_in(source) == {"daphne-root-path"}


def test_django_trusts_none_of_them(settings):
    assert not settings.USE_X_FORWARDED_HOST
    assert not settings.USE_X_FORWARDED_PORT
    assert settings.SECURE_PROXY_SSL_HEADER is None
    assert not [name for name in settings.MIDDLEWARE if "RemoteUser" in name]
