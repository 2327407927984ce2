"""Blocking and appearing offline over HTTP, with and without htmx."""

import re

import pytest
from asgiref.sync import async_to_sync

from messaging import rate_limits
from messaging.backends import presence
from messaging.delivery import groups
from messaging.domain.conversations import Person
from messaging.domain.rate_limit import Rate
from messaging.people import blocks, roster, visibility
from tests.accounts.page_reader import found
from tests.messaging.conftest import signed_in
from tests.support.flat_html import flat

HTMX = {"hx-request": "true"}
pytestmark = pytest.mark.django_db
POSTS = ["/people/{}/block/", "/people/{}/unblock/", "/appearance/"]


def is_here(person):
    async_to_sync(presence.arrive)(Person(person.pk, person.username), "a window")


def html(client, path):
    return flat(client.get(path).content.decode())


def row(page, person):
    """Return a person's row in the roster."""
    return found(rf'(<li class="person" id="person-{person.pk}">.*?</li>)', page)


def head(page):
    return found(r'(<header class="pane__header">.*?</header>)', page)


def presences(markup):
    return re.findall(r'<span class="presence[^>]*>(\w+)</span>', markup)


# Posting


@pytest.mark.parametrize("path", POSTS)
def test_it_requires_a_post(path, alice, bob):
    assert signed_in(alice).get(path.format(bob.pk)).status_code == 405
    assert not blocks.load(alice.pk)


def test_without_javascript_each_post_leads_to_a_page(alice, bob):
    client = signed_in(alice)
    assert client.post(f"/people/{bob.pk}/block/")["Location"] == f"/conversations/{bob.pk}/"
    assert bob.pk in blocks.load(alice.pk)
    page = html(client, "/people/blocked/")
    assert re.search(rf'<form action="/people/{bob.pk}/unblock/" method="post"', page)
    assert "csrfmiddlewaretoken" in page
    assert client.post(f"/people/{bob.pk}/unblock/")["Location"] == "/people/blocked/"
    assert bob.pk not in blocks.load(alice.pk)
    assert client.post("/appearance/", {"offline": "yes"})["Location"] == "/"
    alice.refresh_from_db()
    assert alice.appears_offline


def test_htmx_gets_a_fragment(alice, bob):
    client = signed_in(alice)
    for path, fields in ((f"/people/{bob.pk}/block/", {}), ("/appearance/", {"offline": "yes"})):
        answer = client.post(path, fields, headers=HTMX)
        assert answer.status_code == 204, "the socket says it"
    listed = client.get("/people/blocked/", headers=HTMX)
    assert listed.content.decode().startswith('<div id="blocked">')
    assert "HX-Request" in listed["Vary"]
    assert "bob" in listed.content.decode()
    assert (
        "You haven’t blocked anyone."
        in client.post(f"/people/{bob.pk}/unblock/", headers=HTMX).content.decode()
    )


def test_neither_oneself_nor_an_unknown_user_can_be_blocked(alice, bob):
    client = signed_in(alice)
    bob.is_active = False
    bob.save()
    assert [
        client.post(f"/people/{id}/block/").status_code for id in (alice.pk, bob.pk, 424242)
    ] == [404] * 3
    assert not blocks.load(alice.pk)


@pytest.mark.parametrize("number", [424242, 10**30])
def test_unblocking_a_user_who_is_not_blocked_tells_no_window(alice, bob, number, monkeypatch):
    told = []

    async def note(*people):
        told.append(people)

    monkeypatch.setattr(groups, "choices_changed", note)
    client = signed_in(alice)
    blocks.add(bob.pk, alice.pk)
    for id in (number, bob.pk):
        assert client.post(f"/people/{id}/unblock/").status_code == 302
    assert told == []
    assert alice.pk in blocks.load(bob.pk)
    blocks.add(alice.pk, bob.pk)
    client.post(f"/people/{bob.pk}/unblock/")
    assert told == [(alice.pk, bob.pk)]


def test_an_invalid_choice_makes_the_user_visible_again(alice):
    client = signed_in(alice)
    for answer, appears in [("yes", True), ("maybe", False), ("yes", True), ("no", False)]:
        client.post("/appearance/", {"offline": answer})
        alice.refresh_from_db()
        assert alice.appears_offline is appears


def test_going_too_fast_is_explained_everywhere(alice, bob, monkeypatch):
    monkeypatch.setattr(rate_limits.choices, "rate", Rate(burst=1, per_second=0.001))
    client = signed_in(alice)
    client.post("/appearance/", {"offline": "no"})
    plain = client.post(f"/people/{bob.pk}/block/")
    assert plain.status_code == 429
    assert "You’re going too fast" in plain.content.decode()
    chat = client.post(f"/people/{bob.pk}/block/", headers=HTMX)
    assert 'hx-swap-oob="innerHTML:#notices"' in chat.content.decode()
    assert chat["HX-Reswap"] == "none"
    listed = client.post(f"/people/{bob.pk}/unblock/", headers=HTMX | {"hx-target": "blocked"})
    assert listed.content.decode().startswith('<div id="blocked">')
    assert "You’re going too fast" in listed.content.decode()
    assert not blocks.load(alice.pk)


def test_too_many_blocks_are_explained(alice, bob, carol, monkeypatch):
    monkeypatch.setattr(blocks, "MAX_BLOCKED", 1)
    client = signed_in(alice)
    client.post(f"/people/{bob.pk}/block/")
    refused = client.post(f"/people/{carol.pk}/block/")
    assert refused.status_code == 409
    assert "which is the limit" in refused.content.decode()
    assert carol.pk not in blocks.load(alice.pk)


# What the pages show


def test_the_blocker_sees_blocked_and_cannot_write(alice, bob):
    blocks.add(alice.pk, bob.pk)
    is_here(bob)
    page = html(signed_in(alice), f"/conversations/{bob.pk}/")
    assert presences(head(page)) == presences(row(page, bob)) == ["blocked"]
    composer = found(r'(<form class="composer".*?</form>)', page)
    assert composer.count(" disabled>") == 3  # the text, its button, and the one for files
    assert f'formaction="/people/{bob.pk}/unblock/"' in page


def test_the_blocked_user_sees_the_same_as_of_a_user_offline(alice, bob, carol):
    client = signed_in(bob)
    path = f"/conversations/{alice.pk}/"

    def seen():
        return re.sub(r'(csrfmiddlewaretoken|window)" value="[^"]*"', "", html(client, path))

    before = seen()
    is_here(alice)
    assert seen() != before
    blocks.add(alice.pk, bob.pk)
    assert seen() == before
    assert "blocked</span>" not in before.split("<template")[0]


def test_a_search_shows_the_same_too(alice, bob):
    is_here(alice)
    blocks.add(alice.pk, bob.pk)
    answer = signed_in(bob).post("/people/", {"q": "ali"}, headers=HTMX)
    assert presences(row(flat(answer.content.decode()), alice)) == ["offline"]


def test_a_blocked_user_is_listed_among_those_offline_on_every_page(
    alice, django_user_model, monkeypatch
):
    monkeypatch.setattr(roster, "PAGE_SIZE", 2)
    people = [django_user_model.objects.create_user(f"person{number}") for number in range(6)]
    for person in people[:4]:
        is_here(person)
    blocks.add(alice.pk, people[1].pk)
    blocks.add(people[3].pk, alice.pk)
    between, more = blocks.load(alice.pk), ""
    rows: list[roster.RosterRow] = []
    for _ in range(3):
        page = roster.load_page(alice.pk, visibility.online(between), "", more, between)
        rows, more = rows + page.people, page.more
    assert more == ""
    assert [(row.name[-1], row.is_online, row.is_blocked) for row in rows] == [
        ("0", True, False),
        ("2", True, False),
        ("1", False, True),
        ("3", False, False),
        ("4", False, False),
        ("5", False, False),
    ]


def test_a_hidden_user_is_offline_in_roster_search_and_pane(alice, bob):
    is_here(alice)
    presence.hide(alice.pk, is_hidden=True)
    page = html(signed_in(bob), f"/conversations/{alice.pk}/")
    assert presences(head(page)) == presences(row(page, alice)) == ["offline"]
    assert " disabled>" not in page.split("<template")[0]


def test_a_hidden_users_own_page_says_so(alice):
    client = signed_in(alice)
    assert "You appear offline" not in html(client, "/")
    client.post("/appearance/", {"offline": "yes"})
    page = html(client, "/")
    assert "You appear offline" in page
    assert 'aria-checked="true"' in page
    assert "are marked “delivered”" in page


def test_the_list_shows_own_blocks_only(alice, bob, carol):
    blocks.add(alice.pk, bob.pk)
    blocks.add(carol.pk, alice.pk)
    assert set(
        re.findall(r'<bdi translate="no">(\w+)</bdi>', html(signed_in(alice), "/people/blocked/"))
    ) == {"bob"}
    assert "You haven’t blocked anyone." in html(signed_in(bob), "/people/blocked/")


def test_my_data_counts_own_blocks_and_never_names_blockers(alice, bob, carol):
    before = html(signed_in(alice), "/known/")
    blocks.add(carol.pk, alice.pk)
    after = html(signed_in(alice), "/known/")
    count = r'People you have blocked</dt><dd><bdi translate="no">(\d+)</bdi>'
    assert re.findall(count, before) == re.findall(count, after) == ["0"]
    assert "carol" not in after
    blocks.add(alice.pk, bob.pk)
    assert re.findall(count, html(signed_in(alice), "/known/")) == ["1"]
    assert re.search(r'Appears offline to others</dt><dd><bdi translate="no">no</bdi>', after)


def test_the_menu_opens_the_list_in_another_tab(alice):
    assert 'href="/people/blocked/" target="_blank"' in html(signed_in(alice), "/")
