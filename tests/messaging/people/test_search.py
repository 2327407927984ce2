"""Finding people by any part of the name, however it is typed."""

import re
from html import unescape

import pytest

from messaging.people import roster

PEOPLE = "/people/"
SIGNS = ["%", "_", "b_b", "b%", "\\", "'", '"', "' or 1=1 --", "*", "[a-z]", "bob\\"]
NONSENSE = [
    "x" * 100_000,
    "%" * 60_000,
    "\ufdfa" * 60_000,
    "\u0316\u0301" * 50_000,
    "\ud800",
    "\x00",
    ":",
    "1:\x00",
    "0:\ud800",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(client, alice):
    client.force_login(alice)
    return client


def names(page):
    return [row.name for row in page.people]


def found(response):
    """Return the names in the list of people."""
    page = response.content.decode()
    rows = page.partition('id="found"')[2] or page
    return [
        unescape(name) for name in re.findall(r'<bdi class="person__name"[^>]*>(.*?)</bdi>', rows)
    ]


@pytest.mark.parametrize(
    "query",
    ["rob", "ROB", "obi", "bin", " robin ", "\uff32\uff2f\uff22", "\x00r\x07ob", "ro\ud800b"],
    ids=ascii,
)
@pytest.mark.parametrize("is_online", [True, False])
def test_a_person_is_found_by_any_part_of_the_name(query, is_online, alice, bob, django_user_model):
    robin = django_user_model.objects.create_user("Robin")
    assert names(roster.load_page(alice.pk, {robin.pk: "Robin"} if is_online else {}, query)) == [
        "Robin"
    ]


@pytest.mark.parametrize("query", ["ΜΑΐΟΣ", "μαΐ", "straße", "STRASSE"])
@pytest.mark.parametrize("is_online", [True, False])
def test_spelling_and_case_do_not_matter_in_any_script(query, is_online, alice, django_user_model):
    people = [django_user_model.objects.create_user(name) for name in ("Μαΐος", "Straße")]
    online = {person.pk: person.username for person in people} if is_online else {}
    assert len(roster.load_page(alice.pk, online, query).people) == 1


@pytest.mark.parametrize("query", SIGNS)
def test_wildcards_are_searched_literally(query, alice, bob):
    assert names(roster.load_page(alice.pk, {}, query)) == []
    assert names(roster.load_page(alice.pk, {bob.pk: "bob"}, query)) == []


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: ascii(text[:3]))
def test_no_text_breaks_the_search_or_its_pages(text, alice, bob):
    assert len(roster.load_page(alice.pk, {}, text).query) <= roster.MAX_QUERY_LENGTH
    assert roster.load_page(alice.pk, {}, "", text).more == ""


@pytest.mark.parametrize("q", ["b%ED%A0%80o", "b%00o", "%", "%FF%FE", "b%EF%BF%BFo"])
def test_no_bytes_break_the_answer(q, here, bob):
    response = here.generic("POST", PEOPLE, f"q={q}", "application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert len(found(response)) == (q == "b%00o")


def test_an_empty_result_is_explained(here, bob):
    response = here.post(PEOPLE, {"q": "<zoe>"}, headers={"hx-request": "true"})
    assert found(response) == []
    assert "No results for “<zoe>”." in unescape(response.content.decode())
    assert "<zoe>" not in response.content.decode()


def test_htmx_gets_the_rows_and_a_plain_form_the_page(here, bob, carol):
    rows = here.post(PEOPLE, {"q": "bo"}, headers={"hx-request": "true"})
    page = here.post(PEOPLE, {"q": "bo"})
    assert found(rows) == found(page) == ["bob"]
    assert "<html" not in rows.content.decode()
    assert '<html lang="en" dir="ltr">' in page.content.decode()
    assert 'value="bo"' in page.content.decode()
