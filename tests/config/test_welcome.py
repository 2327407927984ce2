"""`manage.py welcome` checks the port before the development server starts."""

import errno
import io
import os
import socket

import pytest
from django.core.management import CommandError, call_command

from tests.support.servers import free_port

pytestmark = pytest.mark.django_db
ADDRESSES = pytest.mark.parametrize(
    ("host", "family", "place"),
    [
        ("localhost", socket.AF_INET, "127.0.0.1"),
        ("sotto.localhost", socket.AF_INET, "127.0.0.1"),
        ("127.0.0.1", socket.AF_INET, "127.0.0.1"),
        ("[::1]", socket.AF_INET6, "::1"),
    ],
)


def welcomed() -> str:
    said = io.StringIO()
    call_command("welcome", stdout=said)
    return said.getvalue()


@ADDRESSES
def test_a_free_port_prints_nothing(settings, host, family, place):
    settings.SITE_URL = f"http://{host}:{free_port()}"
    assert f"1. Open {settings.SITE_URL} and sign up." in welcomed()


@ADDRESSES
def test_a_taken_port_is_refused(settings, host, family, place):
    with socket.create_server((place, 0), family=family) as taken:
        port = taken.getsockname()[1]
        settings.SITE_URL = f"http://{host}:{port}"
        with pytest.raises(CommandError, match=f"Port {port} is already in use"):
            welcomed()


@pytest.mark.parametrize("reason", [errno.EACCES, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_another_error_is_reported_in_the_words_of_the_system(settings, monkeypatch, reason):
    def refuse(*_, **__):
        raise OSError(reason, os.strerror(reason))

    monkeypatch.setattr(socket, "create_server", refuse)
    settings.SITE_URL = "http://[::1]:8000"
    with pytest.raises(CommandError) as refused:
        welcomed()
    assert str(refused.value) == f"The server cannot listen at [::1]:8000: {os.strerror(reason)}"
