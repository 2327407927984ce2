"""The roster: everyone else, those online first, in pages."""

import re
from html import unescape

import pytest
from asgiref.sync import async_to_sync

from messaging.backends import presence
from messaging.domain.conversations import Person
from messaging.people import roster
from tests.support.flat_html import flat

PEOPLE = "/people/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def sign_up(django_user_model):
    """Return a function that creates users quickly, without usable passwords."""

    def make(*names):
        people = [
            django_user_model(username=name, username_key=name, password="!") for name in names
        ]
        return django_user_model.objects.bulk_create(people)

    return make


def come(person):
    async_to_sync(presence.arrive)(Person(person.pk, person.username), "a window")


def names(page):
    return [row.name for row in page.people]


def found(response):
    """Return the names in the list of people."""
    rows = response.content.decode().partition('id="found"')[2] or response.content.decode()
    return [
        unescape(name) for name in re.findall(r'<bdi class="person__name"[^>]*>(.*?)</bdi>', rows)
    ]


def walk(viewer, online, query=""):
    pages = [roster.load_page(viewer.pk, online, query)]
    while pages[-1].more:
        assert len(pages) < 100, "the pages do not end"
        pages.append(roster.load_page(viewer.pk, online, query, pages[-1].more))
    return pages


def test_everyone_but_the_viewer_is_listed(alice, bob, carol):
    assert names(roster.load_page(alice.pk, {alice.pk: "alice"})) == ["bob", "carol"]


def test_inactive_users_are_not_listed(alice, bob, carol):
    carol.is_active = False
    carol.save()
    assert names(roster.load_page(alice.pk, {})) == ["bob"]


def test_people_online_come_first_then_the_order_is_by_name(alice, sign_up):
    online = {person.pk: person.username for person in sign_up("zoe", "dan")}
    sign_up("yan", "ben")
    page = roster.load_page(alice.pk, online)
    assert names(page) == ["dan", "zoe", "ben", "yan"]
    assert [row.is_online for row in page.people] == [True, True, False, False]


def test_capitals_do_not_come_first(alice, django_user_model):
    people = [django_user_model.objects.create_user(name) for name in ("Zoe", "ben", "Dan")]
    for online in ({}, {person.pk: person.username for person in people}):
        assert names(roster.load_page(alice.pk, online)) == ["ben", "Dan", "Zoe"]


@pytest.mark.parametrize(
    "online_each", [0, 1, 2, 3], ids=["none", "all", "every other", "every third"]
)
def test_each_person_is_on_exactly_one_page(online_each, alice, sign_up):
    people = sign_up(*(f"person{number:03}" for number in range(172)))
    online = {
        person.pk: person.username for person in (people[::online_each] if online_each else [])
    }
    pages = walk(alice, online)
    assert [len(page.people) for page in pages] == [50, 50, 50, 22]
    here_first = sorted(people, key=lambda person: (person.pk not in online, person.username))
    assert [row.id for page in pages for row in page.people] == [person.pk for person in here_first]


@pytest.mark.parametrize("number", [50, 51, 100])
def test_the_last_page_offers_no_next_one(number, alice, sign_up):
    sign_up(*(f"person{index:03}" for index in range(number)))
    pages = walk(alice, {})
    assert sum(len(page.people) for page in pages) == number
    assert pages[-1].people


def test_pages_continue_after_names_whose_letters_fold_into_several(alice, django_user_model):
    letters = "αβγδεζηθ"
    people = [
        django_user_model.objects.create_user(f"ΐ{one}{other}")
        for one in letters
        for other in letters
    ]
    for online in ({}, {person.pk: person.username for person in people}):
        walked = [row.name for page in walk(alice, online) for row in page.people]
        assert walked == sorted(person.username for person in people)


def test_a_new_deleted_or_renamed_user_is_in_the_next_roster(alice, sign_up):
    people = sign_up("dan", "eve", "zoe")
    online = {person.pk: person.username for person in people}
    dan, eve, zoe = online
    for names_now in (
        online,
        {eve: "eve"},
        {eve: "eve", zoe: "anna"},
        {},
        {dan: "dan", zoe: "zoe"},
        online,
    ):
        here = [row.name for row in roster.load_page(alice.pk, names_now).people if row.is_online]
        assert here == sorted(names_now.values())


def test_a_page_full_of_people_online_queries_no_others(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = roster.load_page(
            alice.pk, {number: f"person{number:04}" for number in range(10_000, 10_100)}
        )
    assert len(page.people) == roster.PAGE_SIZE


def test_the_chat_page_makes_the_expected_queries(here, bob, django_assert_num_queries):
    with django_assert_num_queries(4):
        here.get("/")


def test_a_search_is_never_in_a_url(here):
    assert here.get(PEOPLE, {"q": "bob"}).url == "/"


def test_a_roster_whose_session_has_ended_redirects_the_whole_page(client, bob):
    response = client.post(PEOPLE, {"q": "bob"}, headers={"hx-request": "true"})
    assert response.headers.get("HX-Redirect", "").startswith("/accounts/login/")
    assert response.status_code == 200


def test_a_user_with_a_window_is_shown_as_online(here, bob, carol):
    come(carol)
    page = flat(here.get("/").content.decode())
    assert re.findall(r"presence-(\d+)\"><span class=\"[^\"]*\">(\w+)<", page) == [
        (str(carol.pk), "online"),
        (str(bob.pk), "offline"),
    ]


@pytest.mark.parametrize("share", [2, 500], ids=["half of them online", "a few online"])
def test_a_page_is_small_with_many_users(share, here, sign_up, django_assert_max_num_queries):
    for person in sign_up(*(f"person{number:05}" for number in range(10_000)))[::share]:
        come(person)
    with django_assert_max_num_queries(6):
        page = here.get("/")
    assert len(found(page)) == 50
    assert page.content.count(b'<li class="person"') <= 51
    assert len(page.content) < 60_000
