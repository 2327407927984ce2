"""The framed pages without JavaScript, and their error messages."""

import re
import uuid

import pytest

from accounts.templatetags.names import as_name
from messaging.backends import presence
from messaging.delivery import actions
from messaging.domain.messages import Refused, StateUnavailable
from messaging.domain.rate_limit import Rate, RateLimit
from tests.server.test_headers import SECURITY
from tests.support.flat_html import flat

pytestmark = pytest.mark.django_db

FRAMED = ["over/", "people/", "write/", "write/{bob}/", "write/4242/"]
FRAMED += ["write/{bob}/clear/", "write/{bob}/take-back/{id}/"]
POLICY = "content-security-policy"
ID = "2a9e0d6c-0000-4000-8000-000000000001"


@pytest.fixture
def here(alice, client):
    client.force_login(alice)
    return client


def said(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def path_of(path, bob):
    return "/plain/" + path.format(bob=bob.pk, id=ID)


@pytest.mark.parametrize("path", FRAMED)
def test_only_a_page_of_this_site_can_embed_them(path, here, bob):
    response = here.get(path_of(path, bob))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response[POLICY] == SECURITY[POLICY].replace("ancestors 'none'", "ancestors 'self'")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["", "with/{bob}/"])
def test_the_outer_page_cannot_be_embedded(path, here, bob):
    response = here.get(path_of(path, bob))
    assert response["X-Frame-Options"] == "DENY"
    assert response[POLICY] == f"{SECURITY[POLICY]}; frame-src 'self'"
    assert 'src="/plain/transcript/"' in response.content.decode()
    assert (f'src="/plain/write/{bob.pk}/#text"' in response.content.decode()) is bool(path)


@pytest.mark.parametrize("path", FRAMED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_anonymous_visitor_in_a_frame_gets_a_link_to_the_log_in_page(path, method, client, bob):
    response = getattr(client, method)(path_of(path, bob))
    assert response.status_code in {403, 405}
    if response.status_code == 403:
        assert 'href="/accounts/login/" target="_top"' in flat(response.content.decode())
        assert bob.username not in said(response)


def test_a_page_that_is_turned_off_says_so(here, settings):
    settings.STREAMS = 0
    response = here.get("/plain/")
    assert "turned off" in said(response)
    assert "<iframe" not in response.content.decode()


def test_the_pages_with_scripts_link_here(here, bob):
    page = flat(here.get("/").content.decode())
    assert '<a href="/plain/">Use the page without JavaScript</a>' in page
    assert f'href="/plain/with/{bob.pk}/"' in here.get(f"/conversations/{bob.pk}/").content.decode()


def test_people_are_listed_and_found(here, bob, carol):
    response = here.get("/plain/people/")
    assert [name in said(response) for name in ("alice", "bob", "carol")] == [False, True, True]
    assert f'href="/plain/write/{bob.pk}/#text" target="form"' in flat(response.content.decode())
    found = here.post("/plain/people/", {"q": "car"})
    assert [name in said(found) for name in ("bob", "carol")] == [False, True]
    assert "No results for “zoë”" in said(here.post("/plain/people/", {"q": "zoë"}))


def test_people_beyond_a_page_are_on_the_next_page(here, django_user_model):
    for number in range(55):
        django_user_model(username=f"person{number:02}").save()
    first = here.get("/plain/people/").content.decode()
    (after,) = re.findall(r'name="after" value="([^"]*)"', first)
    second = here.post("/plain/people/", {"q": "", "after": after})
    assert "person00" in first
    assert "person54" not in first
    assert "person54" in said(second)
    assert "All people" in said(second)


def test_searching_too_fast_is_explained(here, monkeypatch):
    monkeypatch.setattr("messaging.rate_limits.searches", RateLimit(Rate(1, 0.1)))
    assert here.post("/plain/people/", {"q": "a"}).status_code == 200
    response = here.post("/plain/people/", {"q": "a"})
    assert response.status_code == 429
    assert "too fast" in said(response)


def field(response):
    page = flat(response.content.decode())
    ((id, text),) = re.findall(
        r'name="id" value="([^"]*)".*name="text" value="([^"]*)"', page, re.DOTALL
    )
    return id, text


def test_the_field_is_empty_and_has_a_new_message_id_each_time(here, bob):
    (first, text), (second, _) = (
        field(here.get(f"/plain/write/{bob.pk}/")),
        field(here.get(f"/plain/write/{bob.pk}/")),
    )
    assert text == ""
    assert uuid.UUID(first) != uuid.UUID(second)


def refuses(monkeypatch, refusal):
    async def say(*_, **__):
        raise refusal

    monkeypatch.setattr(actions, "post_message", say)


@pytest.mark.parametrize(
    "case",
    [
        (
            Refused("{name} is out.", is_waiting=True),
            409,
            "Not sent. bob is out. Your text is still here",
        ),
        (Refused("that was too fast.", seconds=3), 429, "Send it again in 3 seconds"),
        (Refused("it is 9 characters long."), 422, "Not sent. it is 9 characters long."),
    ],
)
def test_a_refused_message_stays_in_the_field_with_the_reason(here, bob, monkeypatch, case):
    refusal, status, words = case
    refuses(monkeypatch, refusal)
    id = str(uuid.uuid4())
    response = here.post(f"/plain/write/{bob.pk}/", {"id": id, "text": 'a "draft" & more'})
    assert response.status_code == status
    assert words in said(response)
    assert field(response)[1] == "a &quot;draft&quot; &amp; more"
    assert field(response)[0] != id, "nothing of that name was taken: it may be changed"
    assert 'role="alert"' in response.content.decode()


def test_a_message_keeps_its_id_if_it_is_unknown_whether_it_was_accepted(here, bob, monkeypatch):
    refuses(monkeypatch, Refused("not sent, trying again.", seconds=1, is_trying=True))
    id = str(uuid.uuid4())
    response = here.post(f"/plain/write/{bob.pk}/", {"id": id, "text": "hello"})
    assert response.status_code == 503
    assert field(response) == (id, "hello")
    assert "it won’t arrive twice" in said(response)


def test_a_recipient_without_a_window_is_reported_by_the_mailbox(here, bob):
    response = here.post(f"/plain/write/{bob.pk}/", {"id": str(uuid.uuid4()), "text": "hello"})
    assert response.status_code == 409
    assert "bob isn’t connected" in said(response)


@pytest.mark.parametrize("id", ["", "made-up", "x" * 10_000])
def test_a_message_without_a_valid_id_is_refused(here, bob, id):
    assert here.post(f"/plain/write/{bob.pk}/", {"id": id, "text": "hello"}).status_code == 422


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_a_message_to_oneself_or_to_an_unknown_user_is_refused(who, here, alice):
    id = alice.pk if who == "alice" else 4242
    response = here.post(f"/plain/write/{id}/", {"id": str(uuid.uuid4()), "text": "hello"})
    assert response.status_code == 404
    assert "have an account here" in said(response)


@pytest.mark.parametrize("what", ["clear", f"take-back/{ID}"])
def test_actions_that_empty_a_page_ask_for_confirmation(what, here, bob, monkeypatch):
    done = []

    async def do(*words, **_):
        done.append(words)

    monkeypatch.setattr(actions, "clear", do)
    monkeypatch.setattr(actions, "unsend", do)
    path = f"/plain/write/{bob.pk}/{what}/"
    assert "emptied" in said(here.get(path))
    assert done == []
    assert here.post(path).url == f"/plain/write/{bob.pk}/#text"
    assert len(done) == 1
    assert done[0][1].other(done[0][0].id).name == "bob"


def test_a_message_that_cannot_be_unsent_is_explained(here, bob, monkeypatch):
    async def fails(*_):
        raise StateUnavailable

    monkeypatch.setattr(actions, "unsend", fails)
    assert here.post(f"/plain/write/{bob.pk}/take-back/{ID}/").status_code == 503
    assert here.post(f"/plain/write/{bob.pk}/take-back/made-up/").status_code == 404


def test_a_user_is_blocked_and_unblocked(here, alice, bob):
    path = f"/plain/write/{bob.pk}/"
    assert here.post(f"{path}block/").url == f"{path}#text"
    page = here.get(path).content.decode()
    assert f"You’ve blocked {as_name('bob')}" in page
    assert 'name="text"' not in page
    assert here.post(f"{path}unblock/").url == f"{path}#text"
    assert 'name="text"' in here.get(path).content.decode()


@pytest.mark.parametrize("what", ["block", "unblock"])
def test_appearance_changes_are_limited_and_need_a_post(what, here, bob, monkeypatch):
    monkeypatch.setattr("messaging.rate_limits.choices", RateLimit(Rate(1, 0.1)))
    path = f"/plain/write/{bob.pk}/{what}/"
    assert here.get(path).status_code == 405
    assert here.post(path).status_code == 302
    assert here.post(path).status_code == 429


def test_the_users_own_appearance_is_shown(here, bob, monkeypatch):
    assert "offline" in said(here.get(f"/plain/write/{bob.pk}/"))
    monkeypatch.setattr(presence, "is_online", lambda id: id == bob.pk)
    assert "online" in said(here.get(f"/plain/write/{bob.pk}/"))
