"""The manifest, the service worker and the offline page are the same for all users."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config import pwa
from tests.conftest import signed_in
from tests.messaging.views.test_response_headers import has_security_headers

pytestmark = pytest.mark.django_db


@pytest.fixture
def manifest(client):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    return answer.json()


def size(file):
    """Return width and height of a PNG from its header (ISO/IEC 15948)."""
    place = finders.find(file)
    assert place
    start = Path(place).read_bytes()[:24]
    assert start[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big")


def test_the_manifest_has_the_name_of_the_site(client, settings):
    settings.SITE_NAME = "“Piano” & Co"
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["name"] == manifest["short_name"] == "“Piano” & Co"


def test_the_app_opens_this_site_and_no_other(manifest):
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert "share_target" not in manifest


def test_icons_are_local_and_have_the_declared_sizes(manifest, client):
    pictures = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon["sizes"] for icon in pictures} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in pictures} == {"any", "maskable"}
    for icon in pictures:
        side = int(icon["sizes"].partition("x")[0])
        assert size(icon["src"].removeprefix("/static/")) == (side, side)


def test_every_page_links_to_the_manifest(client):
    assert (
        '<link rel="manifest" href="/manifest.webmanifest">'
        in client.get("/accounts/login/").content.decode()
    )


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/worker.js", "/offline/"])
def test_the_manifest_contains_no_user_data(path, alice, client):
    somebody = signed_in(alice)
    answer = somebody.get(path)
    assert answer.status_code == 200
    assert answer.content == client.get(path).content
    assert "alice" not in answer.content.decode()
    assert not answer.cookies
    assert has_security_headers(answer)
    assert "no-store" in answer["Cache-Control"]
    assert client.post(path).status_code == 405


def test_the_offline_page_says_that_nothing_is_stored(client):
    page = client.get("/offline/").content.decode()
    assert "messages are never stored" in page
    assert re.findall(r"<(?:form|iframe|img)\b", page) == []


def test_the_service_worker_caches_everything_the_offline_page_needs(client):
    worker = client.get("/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    kept = found_files(worker.content.decode())
    assert (
        set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/offline/").content.decode()))
        == kept
    )
    assert {client.get(file).status_code for file in kept} == {200}


def found_files(worker):
    listed = re.search(r"FILES = \[(.*?)\]", worker, re.DOTALL)
    assert listed
    return set(re.findall(r"'([^']+)'", listed[1]))


def named(client):
    match = re.search(r"CACHE = 'static-([0-9a-f]{12})'", client.get("/worker.js").content.decode())
    assert match
    return match[1]


def test_a_changed_file_page_or_name_changes_the_service_worker(client, settings, monkeypatch):
    names = {named(client), named(client)}
    assert len(names) == 1, "nothing has changed"
    settings.SITE_NAME = "Piano"
    names.add(named(client))
    offline_files = pwa._offline_files()
    monkeypatch.setattr(pwa, "_offline_files", lambda: ["/static/changed.css", *offline_files[1:]])
    names.add(named(client))
    assert len(names) == 3


def test_the_service_worker_shows_pushes_in_its_language_if_there_is_a_key(client, settings):
    assert "'push'" not in client.get("/worker.js").content.decode()
    settings.PUSH_KEY, settings.SITE_NAME = "a key", "Ada's"
    german = client.get("/worker.js", headers={"accept-language": "de"}).content.decode()
    assert "addEventListener('push'" in german
    assert "lang: 'de'" in german
    assert r"showNotification('Ada\u0027s'" in german


def test_the_service_worker_unregisters_itself_if_installing_is_turned_off(client, alice, settings):
    settings.INSTALLABLE = False
    assert client.get("/manifest.webmanifest").status_code == 404
    worker = client.get("/worker.js").content.decode()
    assert "registration.unregister()" in worker
    assert "'fetch'" not in worker
    client.force_login(alice)
    for path in ("/", "/accounts/"):
        page = client.get(path).content.decode()
        assert 'rel="manifest"' not in page
        assert "data-worker" not in page
