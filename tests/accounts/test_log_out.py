"""Logging out with a button, never with a link."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.models import Session

LOG_OUT = "/accounts/logout/"

pytestmark = pytest.mark.django_db


def test_log_out_ends_at_the_log_in_page(client, alice):
    client.force_login(alice)
    response = client.post(LOG_OUT)
    assert (response.status_code, response.url) == (302, "/accounts/login/")
    assert not get_user(client).is_authenticated


def test_nothing_of_the_session_remains(client, alice):
    client.force_login(alice)
    assert Session.objects.count() == 1
    client.post(LOG_OUT)
    assert Session.objects.count() == 0


def test_other_sessions_stay_logged_in(client, alice):
    phone = Client()
    phone.force_login(alice)
    client.force_login(alice)
    client.post(LOG_OUT)
    assert get_user(phone) == alice


def test_a_link_does_not_log_out(client, alice):
    client.force_login(alice)
    assert client.get(LOG_OUT).status_code == 405
    assert get_user(client) == alice


def test_logging_out_twice_is_not_an_error(client):
    assert client.post(LOG_OUT).url == "/accounts/login/"
