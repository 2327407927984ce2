"""The parts of the chat page for files."""

import pytest

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def here(client, alice):
    client.force_login(alice)
    client.defaults["HTTP_HOST"] = "localhost:8000"
    return client


def test_a_page_fetches_what_it_needs_for_files(here):
    part = here.get("/files/", headers=HTMX).content.decode()
    assert "js/files/receive.js" in part
    assert here.get("/files/")["Location"] == "/"


def test_no_page_mentions_files_if_there_are_none(here, settings, bob):
    settings.FILES = "off"
    assert here.get("/files/", headers=HTMX).status_code == 404
    for path in ("/", f"/conversations/{bob.pk}/"):
        page = here.get(path).content.decode()
        assert "js/files/" not in page
        assert 'id="files"' not in page


def test_the_chat_page_has_a_place_for_files(here):
    page = here.get("/").content.decode()
    assert "js/files/arrivals.js" in page
    assert '<div id="files"></div>' in page
