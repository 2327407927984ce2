"""Too many attempts: refused in words, and without shutting out the one whose account it is."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache.backends.dummy import DummyCache
from django.test import Client, RequestFactory

from accounts.auth import throttling
from accounts.auth.throttling import Limit
from accounts.models import User
from accounts.views.responses import try_again_in
from tests.accounts.signing import browser, is_in, log_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "not the right password"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Small numbers, so that a test reaches them; and a clock that stands still."""
    for name in ("LOG_IN_ELSEWHERE", "LOG_IN_HERE", "PASSWORD_AGAIN", "SIGN_UP", "RECOVERY"):
        monkeypatch.setattr(throttling, name, getattr(throttling, name)._replace(most=3))
    monkeypatch.setattr(throttling, "LOG_IN_ADDRESS", throttling.LOG_IN_ADDRESS._replace(most=6))
    clock = type("Clock", (), {"now": 1_000_000_000.0, "time": lambda self: self.now})()
    monkeypatch.setattr(throttling, "time", clock)
    return clock


def hammer(name="alice", times=4, **extra):
    return [log_in(Client(), name, WRONG, **extra).status_code for _ in range(times)]


def test_guessing_is_stopped_in_words_with_the_time_to_wait(alice):
    assert hammer(times=3) == [422] * 3
    answer = log_in(Client(), "alice", WRONG)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert re.search(r"Try again in \d+ (minutes|seconds)\.", page)
    assert int(answer["Retry-After"]) <= 3600
    assert 'value="alice"' in page
    assert WRONG not in page


def test_the_right_password_is_not_looked_at_either(alice):
    hammer(times=3)
    stranger = Client()
    assert log_in(stranger).status_code == 429
    assert not is_in(stranger)


def test_the_owners_browser_gets_in_while_somebody_hammers_from_elsewhere(alice):
    here = browser()
    here.post("/accounts/logout/")
    assert hammer(times=20)[-1] == 429
    assert log_in(here).status_code == 302
    assert is_in(here)


def test_a_known_browser_has_a_limit_of_its_own(alice, bob):
    here = browser()
    here.post("/accounts/logout/")
    assert [log_in(here, "alice", WRONG).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert log_in(Client()).status_code == 302  # elsewhere nothing has happened


def test_a_new_key_of_the_server_makes_no_stranger_of_a_known_browser(alice, settings):
    here = browser()
    here.post("/accounts/logout/")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    hammer(times=4)
    assert log_in(here).status_code == 302
    here.post("/accounts/logout/")
    settings.SECRET_KEY_FALLBACKS = []
    hammer(times=4)
    assert log_in(here).status_code == 429


def test_a_browser_known_to_one_is_a_stranger_to_another(alice, bob):
    here = browser("bob")
    here.post("/accounts/logout/")
    hammer("alice", 3)
    assert log_in(here, "alice").status_code == 429


def test_a_browser_may_be_known_to_several(alice, bob):
    here = browser()
    here.post("/accounts/logout/")
    log_in(here, "bob")
    here.post("/accounts/logout/")
    hammer("alice", 3)
    assert log_in(here, "ALICE").status_code == 302


def test_a_browser_that_was_known_before_the_cookie_had_this_name_gets_in(alice):
    here = Client()
    here.cookies["known"] = browser().cookies["sotto_8000_known"].value
    hammer(times=4)
    assert log_in(here).status_code == 302


@pytest.mark.parametrize("forged", ["x", "a" * 16 + "-" + "0" * 64, "." * 500, "é"])
def test_a_forged_cookie_is_worth_nothing(alice, forged):
    hammer(times=3)
    forger = Client()
    forger.cookies["sotto_8000_known"] = forged
    assert log_in(forger).status_code == 429


def test_the_cookie_says_nothing_and_is_kept_from_scripts(alice):
    cookie = browser().cookies["sotto_8000_known"]
    assert re.fullmatch(r"[\w-]{16}-[0-9a-f]{64}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_names_that_nobody_has_are_counted_alike(alice):
    elsewhere = hammer("nobody-here", 4, REMOTE_ADDR="192.0.2.7")
    assert hammer("alice", 4) == elsewhere == [422, 422, 422, 429]
    known, unknown = (
        log_in(Client(), name, WRONG).content.decode() for name in ("alice", "nobody-here")
    )
    plain = [re.sub(r'value="[^"]*"', "", page) for page in (known, unknown)]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("spelling", ["ALICE", " alice ", "ａｌｉｃｅ"])  # noqa: RUF001
def test_every_spelling_counts_for_the_same(alice, spelling):
    hammer(times=3)
    assert log_in(Client(), spelling).status_code == 429


def test_one_address_cannot_try_name_after_name(alice):
    assert [hammer(f"name-{number}", 1)[0] for number in range(7)] == [422] * 6 + [429]
    assert hammer("name-9", 1, REMOTE_ADDR="192.0.2.7") == [422]


def test_an_address_that_has_to_wait_fills_nobody_elses_counter(alice):
    for number in range(6):
        hammer(f"name-{number}", 1)
    assert hammer("alice", 5) == [429] * 5
    assert log_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_an_address_is_a_host_or_the_network_of_a_customer(address, network):
    assert throttling.address(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_who_is_right_is_not_counted(alice):
    assert [log_in(Client()).status_code for _ in range(10)] == [302] * 10


def test_the_time_is_over_when_it_was_said_to_be(alice, quick):
    hammer(times=3)
    wait = int(log_in(Client())["Retry-After"])
    quick.now += wait - 1
    assert log_in(Client()).status_code == 429
    quick.now += 1
    assert log_in(Client()).status_code == 302


def test_a_thousand_at_once_are_counted_each():
    limit = Limit("a test", 10, 60)
    with ThreadPoolExecutor(20) as crowd:
        waits = list(crowd.map(lambda _: throttling.wait([(limit, "somebody")]), range(1000)))
    assert waits.count(0) == 10


def test_neither_names_nor_addresses_lie_in_the_cache(alice, monkeypatch):
    seen: list[str] = []

    def add(key, *_):
        seen.append(key)
        return True

    monkeypatch.setattr(throttling.cache, "add", add)
    hammer(times=1)
    assert len(seen) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in seen)


class AnswerOfRedis(Exception):
    """Any answer that is no success: no right to do this, no memory left, read-only."""


@pytest.fixture(params=[ConnectionError, ValueError, AnswerOfRedis])
def away(request, monkeypatch):
    """The cache, as when Redis does not answer, its address is none, or it refuses."""

    def fail(*_):
        raise request.param("of a cache at redis://:password@localhost")

    for question in ("add", "incr", "get", "decr"):
        monkeypatch.setattr(throttling.cache, question, fail)


def test_without_the_cache_people_still_log_in(alice, away):
    assert [log_in(Client()).status_code for _ in range(10)] == [302] * 10


def test_without_the_cache_guessing_is_stopped_all_the_same_and_the_owner_gets_in(
    alice, away, caplog
):
    here = browser()
    here.post("/accounts/logout/")
    assert hammer(times=4) == [422, 422, 422, 429]
    assert log_in(Client()).status_code == 429
    assert log_in(here).status_code == 302
    assert caplog.text.count("each process counts its own") == 1  # not once for each attempt
    assert "password" not in caplog.text


def test_a_cache_that_goes_away_while_it_counts_keeps_nobody_out(alice, monkeypatch):
    def fail(*_):
        raise ConnectionError

    monkeypatch.setattr(throttling.cache, "incr", fail)
    assert log_in(Client()).status_code == 302


def test_a_cache_that_keeps_nothing_cannot_count(alice, monkeypatch, caplog):
    monkeypatch.setattr(throttling, "cache", DummyCache("", {}))
    assert hammer(times=4) == [422, 422, 422, 429]
    assert "each process counts its own" in caplog.text


def test_a_counter_that_ends_while_it_is_asked_begins_again(monkeypatch, caplog):
    counter = [(Limit("a test", 1, 60), "somebody")]
    assert throttling.wait(counter) == 0
    count = throttling.cache.incr
    ended: list[bool] = []

    def incr(key):
        if not ended:
            ended.append(throttling.cache.delete(key))
        return count(key)

    monkeypatch.setattr(throttling.cache, "incr", incr)
    assert throttling.wait(counter) == 0
    assert throttling.wait(counter) > 0
    assert caplog.text == ""


def test_a_counter_that_has_ended_is_given_nothing_back(monkeypatch, caplog):
    monkeypatch.setattr(throttling.cache, "get", lambda *_: 1)
    throttling.give_back([(Limit("a test", 1, 60), "somebody")])
    assert caplog.text == ""


def test_signing_up_is_limited_and_what_was_typed_stays(client, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    page, bad = "/accounts/signup/", {"username": "a/b", "password": "x"}
    assert [client.post(page, bad).status_code for _ in range(3)] == [422] * 3
    good = {"username": "Dora", "password": PASSWORD, "email": "d@example.org"}
    answer = client.post(page, good)
    assert answer.status_code == 429
    assert 'value="Dora"' in answer.content.decode()
    assert 'value="d@example.org"' in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert User.objects.count() == 0


@pytest.mark.parametrize("page", ["password", "delete", "codes"])
def test_who_has_found_a_window_open_cannot_guess_the_password(alice, page):
    here, address = browser(), f"/accounts/{page}/"
    wrong = {"current_password": WRONG, "new_password": "another long enough password"}
    assert [here.post(address, wrong).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert here.post(address, {**wrong, "current_password": PASSWORD}).status_code == 429
    assert User.objects.filter(pk=alice.pk).exists()


def test_recovery_codes_cannot_be_tried_for_ever(alice):
    fields = {"username": "alice", "code": "aaaa", "new_password": "another long enough password"}
    tries = [Client().post("/accounts/recover/", fields).status_code for _ in range(4)]
    assert tries == [422, 422, 422, 429]


@pytest.mark.parametrize("is_staff", [False, True])
def test_the_administration_has_no_way_around_it(client, alice, is_staff):
    login, new = {"username": "alice", "password": PASSWORD}, "another long password"
    assert client.post("/admin/login/", login).status_code == 404
    User.objects.filter(pk=alice.pk).update(is_staff=is_staff)
    client.force_login(alice)
    assert client.post("/admin/login/", login).status_code == 404
    change = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/admin/password_change/", change)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


WAITS = {1: "a second", 90: "90 seconds", 91: "2 minutes", 120: "2 minutes", 121: "3 minutes"}


@pytest.mark.parametrize(("seconds", "words"), WAITS.items())
def test_the_time_is_said_so_that_it_suffices(seconds, words):
    assert try_again_in(seconds) == f"Try again in {words}."
