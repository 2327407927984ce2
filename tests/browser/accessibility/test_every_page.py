"""Every page in every language is accessible, usable by touch, and fits when enlarged."""

import pytest

from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.conftest import DESKTOP, PHONE, is_only
from tests.browser.pages import NO_PAGE, ON_THE_WAY, PUBLIC, SIGNED_IN, routes
from tests.support.servers import Server

OTHERS = ["ar", "de", "es", "fr", "hi", "ja", "pt-BR", "zh-CN"]
# Half a minute in each.
LANGUAGES = ["en", *(pytest.param(language, marks=pytest.mark.matrix) for language in OTHERS)]
# CSS pixels of a window of 1280 px at 200 % and 400 % zoom.
ENLARGED = {"200 %": {"width": 640, "height": 360}, "400 %": {"width": 320, "height": 256}}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with mail, so that every page exists."""
    running = Server(tmp_path_factory.mktemp("server"), EMAIL_URL="consolemail://").start()
    yield running
    running.stop()


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


def everywhere(person, server, look) -> None:
    """Visit all pages, first anonymously, then as a logged-in user."""
    for path in PUBLIC.values():
        person.page.goto(f"{person.url}{path}")
        look(person.page)
    is_only(person.errors, 410)  # the page for a new password has no link here
    person.signs_up()
    server.makes_staff(person.name)
    for path in SIGNED_IN.values():
        answer = person.page.goto(f"{person.url}{path}")
        assert answer.status == 200, path
        look(person.page)
    person.page.goto("about:blank")


def test_every_page_is_listed():
    others = " ".join([*ON_THE_WAY.values(), NO_PAGE])
    assert set(routes()) == {*PUBLIC, *SIGNED_IN, *others.split()}


def test_every_page_is_accessible(somebody, server, language):
    everywhere(somebody("wanda", signed_up=False, locale=language), server, is_accessible)


def test_every_control_is_large_enough_for_touch(somebody, server, language):
    everywhere(somebody("wanda", signed_up=False, locale=language, **PHONE), server, is_hit)


def test_every_page_fits_when_it_is_enlarged(somebody, server, language):
    def look(page):
        for size in ENLARGED.values():
            page.set_viewport_size(size)
            fits(page)

    everywhere(somebody("wanda", signed_up=False, locale=language, viewport=DESKTOP), server, look)
