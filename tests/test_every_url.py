"""Rules for every URL, read from the routes."""

import re

import pytest
from django.test import Client
from django.urls import reverse

import accounts.urls
import messaging.urls
from tests.accounts.clients import browser
from tests.messaging.views.test_response_headers import has_security_headers

pytestmark = pytest.mark.django_db

VALUES = {
    **dict.fromkeys(("pk", "conversation_id", "peer_id"), 1),
    "number": "MQ",
    "token": "none",
    "message_id": "none",
}
URLS = {
    f"{module.app_name}:{route.name}": reverse(
        f"{module.app_name}:{route.name}",
        kwargs={name: VALUES[name] for name in route.pattern.converters},
    )
    for module in (accounts.urls, messaging.urls)
    for route in module.urlpatterns
}
PUBLIC = {
    *("signup", "login", "logout", "recover", "mail_link", "new_password", "reset", "invitation"),
    *("log_in_code", "log_in_passkey", "log_in_passkey_options", "reload"),
}
# These have a link to the log-in page instead, which cannot be framed.
FRAMED = {name for name, url in URLS.items() if re.match("/plain/(?!$|with/)", url)}
PRIVATE = [name for name in URLS.keys() - FRAMED if name.partition(":")[2] not in PUBLIC]

each_url = pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
each_visitor = pytest.mark.parametrize("is_in", [True, False], ids=["logged in", "anonymous"])


@each_url
@each_visitor
def test_a_cross_site_form_does_nothing(url, is_in, alice):
    strict = Client(enforce_csrf_checks=True)
    if is_in:
        strict.force_login(alice)
    # The token is checked before the view, even if that accepts only GET.
    assert strict.post(url).status_code == 403


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_anonymous_users_are_redirected_to_the_log_in_page(name):
    answers = [Client().get(URLS[name]), Client().post(URLS[name])]
    allowed = [answer for answer in answers if answer.status_code != 405]
    assert allowed
    for answer in allowed:
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/accounts/login/?next={URLS[name]}",
        )


@each_url
@each_visitor
def test_responses_are_never_cached_and_need_no_csp_exception(url, is_in, alice):
    visitor = browser() if is_in else Client()
    answer = visitor.get(url)
    assert answer.status_code < 500
    assert "no-store" in answer["Cache-Control"]
    assert url.startswith("/plain/") or has_security_headers(answer)
    page = answer.content.decode()
    assert [tag for tag in re.findall(r"<script\b[^>]*>", page) if 'src="/static/' not in tag] == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|\bhx-on\b", page) == []
