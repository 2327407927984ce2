"""Rate limits of log-ins, which do not lock the owner out."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache.backends.dummy import DummyCache
from django.test import Client, RequestFactory

from accounts.auth import throttling
from accounts.auth.throttling import Limit
from accounts.models import User
from accounts.views.responses import try_again_in
from tests.accounts.clients import browser, is_in, log_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "not the right password"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Lower the limits, and stop the clock."""
    for name in ("LOG_IN_ELSEWHERE", "LOG_IN_HERE", "PASSWORD_AGAIN", "SIGN_UP", "RECOVERY"):
        monkeypatch.setattr(throttling, name, getattr(throttling, name)._replace(most=3))
    monkeypatch.setattr(throttling, "LOG_IN_ADDRESS", throttling.LOG_IN_ADDRESS._replace(most=6))
    clock = type("Clock", (), {"now": 1_000_000_000.0, "time": lambda self: self.now})()
    monkeypatch.setattr(throttling, "time", clock)
    return clock


def guess(name="alice", times=4, **extra):
    return [log_in(Client(), name, WRONG, **extra).status_code for _ in range(times)]


def test_guesses_are_limited_with_the_time_to_wait(alice):
    assert guess(times=3) == [422] * 3
    answer = log_in(Client(), "alice", WRONG)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert re.search(r"Try again in \d+ (minutes|seconds)\.", page)
    assert int(answer["Retry-After"]) <= 3600
    assert 'value="alice"' in page
    assert WRONG not in page


def test_the_right_password_is_not_checked_either_beyond_the_limit(alice):
    guess(times=3)
    stranger = Client()
    assert log_in(stranger).status_code == 429
    assert not is_in(stranger)


def test_the_owners_browser_logs_in_during_an_attack_from_elsewhere(alice):
    here = browser()
    here.post("/accounts/logout/")
    assert guess(times=20)[-1] == 429
    assert log_in(here).status_code == 302
    assert is_in(here)


def test_a_known_browser_has_its_own_limit(alice, bob):
    here = browser()
    here.post("/accounts/logout/")
    assert [log_in(here, "alice", WRONG).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert log_in(Client()).status_code == 302  # other browsers are not affected


def test_a_new_server_key_keeps_known_browsers(alice, settings):
    here = browser()
    here.post("/accounts/logout/")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    guess(times=4)
    assert log_in(here).status_code == 302
    here.post("/accounts/logout/")
    settings.SECRET_KEY_FALLBACKS = []
    guess(times=4)
    assert log_in(here).status_code == 429


def test_a_browser_is_known_to_one_user_only(alice, bob):
    here = browser("bob")
    here.post("/accounts/logout/")
    guess("alice", 3)
    assert log_in(here, "alice").status_code == 429


def test_a_browser_can_be_known_to_several_users(alice, bob):
    here = browser()
    here.post("/accounts/logout/")
    log_in(here, "bob")
    here.post("/accounts/logout/")
    guess("alice", 3)
    assert log_in(here, "ALICE").status_code == 302


def test_a_browser_known_by_a_cookie_with_the_former_name_logs_in(alice):
    here = Client()
    here.cookies["known"] = browser().cookies["sotto_8000_known"].value
    guess(times=4)
    assert log_in(here).status_code == 302


@pytest.mark.parametrize("forged", ["x", "a" * 16 + "-" + "0" * 64, "." * 500, "é"])
def test_a_forged_cookie_is_ignored(alice, forged):
    guess(times=3)
    forger = Client()
    forger.cookies["sotto_8000_known"] = forged
    assert log_in(forger).status_code == 429


def test_the_cookie_reveals_nothing_and_is_hidden_from_scripts(alice):
    cookie = browser().cookies["sotto_8000_known"]
    assert re.fullmatch(r"[\w-]{16}-[0-9a-f]{64}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_unknown_names_are_counted_alike(alice):
    elsewhere = guess("nobody-here", 4, REMOTE_ADDR="192.0.2.7")
    assert guess("alice", 4) == elsewhere == [422, 422, 422, 429]
    known, unknown = (
        log_in(Client(), name, WRONG).content.decode() for name in ("alice", "nobody-here")
    )
    plain = [re.sub(r'value="[^"]*"', "", page) for page in (known, unknown)]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("spelling", ["ALICE", " alice ", "ａｌｉｃｅ"])  # noqa: RUF001
def test_every_spelling_counts_for_the_same_name(alice, spelling):
    guess(times=3)
    assert log_in(Client(), spelling).status_code == 429


def test_one_address_cannot_try_name_after_name(alice):
    assert [guess(f"name-{number}", 1)[0] for number in range(7)] == [422] * 6 + [429]
    assert guess("name-9", 1, REMOTE_ADDR="192.0.2.7") == [422]


def test_attempts_of_a_blocked_address_do_not_count_for_the_names(alice):
    for number in range(6):
        guess(f"name-{number}", 1)
    assert guess("alice", 5) == [429] * 5
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
def test_an_address_is_an_ipv4_host_or_an_ipv6_network(address, network):
    assert throttling.address(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_successful_log_ins_are_not_counted(alice):
    assert [log_in(Client()).status_code for _ in range(10)] == [302] * 10


def test_the_limit_ends_when_announced(alice, quick):
    guess(times=3)
    wait = int(log_in(Client())["Retry-After"])
    quick.now += wait - 1
    assert log_in(Client()).status_code == 429
    quick.now += 1
    assert log_in(Client()).status_code == 302


def test_a_thousand_simultaneous_attempts_are_all_counted():
    limit = Limit("a test", 10, 60)
    with ThreadPoolExecutor(20) as crowd:
        waits = list(crowd.map(lambda _: throttling.wait([(limit, "somebody")]), range(1000)))
    assert waits.count(0) == 10


def test_neither_names_nor_addresses_are_stored_in_the_cache(alice, monkeypatch):
    seen: list[str] = []

    def add(key, *_):
        seen.append(key)
        return True

    monkeypatch.setattr(throttling.cache, "add", add)
    guess(times=1)
    assert len(seen) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in seen)


class AnswerOfRedis(Exception):
    """Any error reply of Redis: no permission, out of memory, read-only."""


@pytest.fixture(params=[ConnectionError, ValueError, AnswerOfRedis])
def away(request, monkeypatch):
    """Make the cache fail: no answer, a wrong URL, or an error."""

    def fail(*_):
        raise request.param("of a cache at redis://:password@localhost")

    for question in ("add", "incr", "get", "decr"):
        monkeypatch.setattr(throttling.cache, question, fail)


def test_log_in_works_without_the_cache(alice, away):
    assert [log_in(Client()).status_code for _ in range(10)] == [302] * 10


def test_guesses_are_limited_without_the_cache_and_the_owner_logs_in(alice, away, caplog):
    here = browser()
    here.post("/accounts/logout/")
    assert guess(times=4) == [422, 422, 422, 429]
    assert log_in(Client()).status_code == 429
    assert log_in(here).status_code == 302
    assert caplog.text.count("each process counts its own") == 1  # not for each attempt
    assert "password" not in caplog.text


def test_a_cache_that_fails_while_counting_refuses_no_log_in(alice, monkeypatch):
    def fail(*_):
        raise ConnectionError

    monkeypatch.setattr(throttling.cache, "incr", fail)
    assert log_in(Client()).status_code == 302


def test_a_cache_that_stores_nothing_cannot_count(alice, monkeypatch, caplog):
    monkeypatch.setattr(throttling, "cache", DummyCache("", {}))
    assert guess(times=4) == [422, 422, 422, 429]
    assert "each process counts its own" in caplog.text


def test_a_counter_that_expires_while_it_is_read_begins_again(monkeypatch, caplog):
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


def test_an_expired_counter_is_not_decremented(monkeypatch, caplog):
    monkeypatch.setattr(throttling.cache, "get", lambda *_: 1)
    throttling.give_back([(Limit("a test", 1, 60), "somebody")])
    assert caplog.text == ""


def test_sign_ups_are_limited_and_the_form_is_kept(client, settings):
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
def test_an_open_session_cannot_be_used_to_guess_the_password(alice, page):
    here, address = browser(), f"/accounts/{page}/"
    wrong = {"current_password": WRONG, "new_password": "another long enough password"}
    assert [here.post(address, wrong).status_code for _ in range(4)] == [422, 422, 422, 429]
    assert here.post(address, {**wrong, "current_password": PASSWORD}).status_code == 429
    assert User.objects.filter(pk=alice.pk).exists()


def test_guesses_of_recovery_codes_are_limited(alice):
    fields = {"username": "alice", "code": "aaaa", "new_password": "another long enough password"}
    tries = [Client().post("/accounts/recover/", fields).status_code for _ in range(4)]
    assert tries == [422, 422, 422, 429]


@pytest.mark.parametrize("is_staff", [False, True])
def test_the_log_in_of_the_administration_has_the_same_limit(client, alice, is_staff):
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
def test_the_time_to_wait_is_rounded_up(seconds, words):
    assert try_again_in(seconds) == f"Try again in {words}."
