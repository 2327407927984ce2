"""Rules for every URL of accounts, read from the routes."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.urls import urlpatterns
from tests.accounts.clients import browser
from tests.messaging.views.test_response_headers import is_dressed

pytestmark = pytest.mark.django_db

VALUES = {"pk": 1, "number": "MQ", "token": "none"}
DOORS = {
    str(route.name): reverse(
        f"accounts:{route.name}", kwargs={name: VALUES[name] for name in route.pattern.converters}
    )
    for route in urlpatterns
}
# For those who have no session yet, or whose session has just ended.
OUTSIDE = {
    *("signup", "login", "logout", "recover", "mail_link", "new_password", "reset", "invitation"),
    *("log_in_code", "log_in_passkey", "log_in_passkey_options"),
}
INSIDE = DOORS.keys() - OUTSIDE

each_door = pytest.mark.parametrize("name", DOORS)


def test_every_url_is_covered():
    assert DOORS.keys() > OUTSIDE
    assert len(INSIDE) > 5


@each_door
@pytest.mark.parametrize("is_in", [True, False])
def test_a_cross_site_form_does_nothing(name, is_in, alice):
    strict = Client(enforce_csrf_checks=True)
    if is_in:
        strict.force_login(alice)
    # Without a token nothing is looked at: what only takes a GET says so no sooner.
    assert strict.post(DOORS[name]).status_code == 403


@pytest.mark.parametrize("name", sorted(INSIDE))
def test_anonymous_users_are_redirected_to_the_log_in_page(name):
    answers = [Client().get(DOORS[name]), Client().post(DOORS[name])]
    led = [answer for answer in answers if answer.status_code != 405]
    assert led
    for answer in led:
        assert answer.status_code == 302
        assert answer["Location"] == f"/accounts/login/?next={DOORS[name]}"


@each_door
@pytest.mark.parametrize("is_in", [True, False])
def test_responses_are_never_cached_and_need_no_csp_exception(name, is_in, alice):
    visitor = browser() if is_in else Client()
    answer = visitor.get(DOORS[name])
    assert answer.status_code < 500
    assert "no-store" in answer["Cache-Control"]
    assert is_dressed(answer)
    page = answer.content.decode()
    assert [tag for tag in re.findall(r"<script\b[^>]*>", page) if 'src="/static/' not in tag] == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|\bhx-on\b", page) == []
