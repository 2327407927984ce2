"""How windows show a message with a file, and no trace of files without one."""

import pytest
from django.utils import translation

from messaging.delivery import events
from messaging.domain.files import File
from messaging.rendering.files import in_words
from messaging.rendering.htmx import HtmxRenderer
from messaging.rendering.text import render_name
from tests.conftest import signed_in
from tests.messaging.backends.domain import message


@pytest.mark.parametrize(
    ("size", "english", "german"),
    [
        (1, "1 KB", "1 KB"),
        (1_500, "2 KB", "2 KB"),
        (999_000, "999 KB", "999 KB"),
        (1_000_000, "1.0 MB", "1,0 MB"),
        (2_440_000, "2.4 MB", "2,4 MB"),
        (9_949_999, "9.9 MB", "9,9 MB"),
        (9_950_000, "10 MB", "10 MB"),
        (25_000_000, "25 MB", "25 MB"),
        (100_000_000, "100 MB", "100 MB"),
    ],
)
def test_a_size_is_in_words_of_the_language(size, english, german):
    assert in_words(size) == english
    with translation.override("de"):
        assert in_words(size) == german


@pytest.mark.parametrize(
    ("name", "html"),
    [
        ("README", "README"),
        ("<b>.jpg", '&lt;b&gt;<b class="file__extension" dir="ltr">.jpg</b>'),
        ("a.<b>", 'a<b class="file__extension" dir="ltr">.&lt;b&gt;</b>'),
        ("*a* https://a.org/", '*a* https://a<b class="file__extension" dir="ltr">.org/</b>'),
    ],
)
def test_only_the_extension_of_a_name_stands_out(name, html):
    assert render_name(name) == html


def test_a_message_without_a_file_has_nothing_about_files():
    for draft in events.copies(message("hello")):
        assert "file" not in HtmxRenderer().mail(draft)


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("minutes.exe", "This is a program or a script."),
        ("harbour.svg", "This file can run scripts."),
        ("harbour.jpg", ""),
    ],
)
def test_the_recipient_alone_is_warned_of_what_can_run(name, warning):
    offer = message(name)._replace(file=File(2_400_000, "", ""))
    for draft in events.copies(offer):
        shown = HtmxRenderer().mail(draft, "en")
        assert warning in shown or not draft.incoming
        assert ("file__warning" in shown) == bool(warning and draft.incoming)


def test_a_message_is_rendered_in_the_language_that_is_asked_for():
    offer = message("holiday.jpg")._replace(file=File(2_400_000, "jpeg", ""))
    for draft in events.copies(offer):
        assert "2,4 MB" in HtmxRenderer().mail(draft, "de")
        assert "2.4 MB" in HtmxRenderer().mail(draft, "en")


PAGES = (
    "/",
    "/conversations/{}/",
    "/known/",
    "/report/",
    "/lazy-actions/",
    "/plain/",
    "/plain/write/{}/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_site_without_files_has_nothing_about_them_on_any_page(path, alice, bob, settings):
    settings.FILES = "off"
    page = signed_in(alice).get(path.format(bob.pk), headers={"hx-request": "true"})
    assert page.status_code == 200
    words = page.content.decode()
    for word in ('"file', "/files", 'type="file"', "Rate limit: files"):
        assert word not in words
