"""Other names of this machine redirect to SITE_URL. Other hosts get a page that names it."""

import pytest
from django.test import Client

from config.middleware.loopback import listening_address

pytestmark = pytest.mark.django_db


def asked(host, method="get", path="/accounts/login/?next=/"):
    return getattr(Client(raise_request_exception=False, headers={"host": host}), method)(path)


LOOPBACK = """
127.0.0.1:8000 [::1]:8000 127.0.0.2:8000 sotto.localhost:8000 0.0.0.0:8000 [::]:8000
"""


@pytest.mark.parametrize("host", LOOPBACK.split())
@pytest.mark.parametrize("debug", [False, True])
def test_a_loopback_name_redirects_to_the_site(settings, host, debug):
    settings.DEBUG = debug
    answer = asked(host)
    assert (answer.status_code, answer.url) == (302, "http://localhost:8000/accounts/login/?next=/")
    assert asked(host, "post").status_code == 400


def test_an_allowed_name_is_not_redirected(settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "127.0.0.1"]
    assert asked("127.0.0.1:8000").status_code == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8001", "127.0.0.1", "192.0.2.7:8000", "evil.example:8000", "127.0.0.1@a"]
)
@pytest.mark.parametrize("debug", [False, True])
def test_an_unknown_name_gets_a_link_to_the_site(settings, host, debug):
    settings.DEBUG = debug
    answer = asked(host)
    assert answer.status_code == 400
    assert '<a href="http://localhost:8000">' in answer.content.decode()


OURS = {
    "http://localhost:8001": "localhost:8001",
    "http://localhost": "localhost:80",
    "http://sotto.localhost:8000": "localhost:8000",
    "http://[::1]:8000": "[::1]:8000",
    "http://127.0.0.1:8000": "127.0.0.1:8000",
}
OTHERS = ["http://192.0.2.7:8000", "https://localhost:8000", "https://chat.example.org"]


@pytest.mark.parametrize(("site", "address"), [*OURS.items(), *((site, "") for site in OTHERS)])
def test_only_a_local_site_redirects_loopback_names(settings, site, address):
    settings.SITE_URL = site
    assert listening_address() == address


def test_a_public_site_redirects_no_name(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://chat.example.org", ["chat.example.org"]
    assert asked("localhost:8000").status_code == 400
