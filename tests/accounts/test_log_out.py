"""Logging out: by a button, never by a link."""

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.models import Session

LOG_OUT = "/accounts/logout/"

pytestmark = pytest.mark.django_db


def test_one_is_out_and_at_the_door(client, alice):
    client.force_login(alice)
    response = client.post(LOG_OUT)
    assert (response.status_code, response.url) == (302, "/accounts/login/")
    assert not get_user(client).is_authenticated


def test_nothing_of_the_session_is_left(client, alice):
    client.force_login(alice)
    assert Session.objects.count() == 1
    client.post(LOG_OUT)
    assert Session.objects.count() == 0


def test_other_devices_stay_in(client, alice):
    phone = Client()
    phone.force_login(alice)
    client.force_login(alice)
    client.post(LOG_OUT)
    assert get_user(phone) == alice


def test_a_link_logs_nobody_out(client, alice):
    client.force_login(alice)
    assert client.get(LOG_OUT).status_code == 405
    assert get_user(client) == alice


def test_a_form_from_elsewhere_logs_nobody_out(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(LOG_OUT).status_code == 403
    assert get_user(client) == alice


def test_logging_out_twice_is_no_mistake(client):
    assert client.post(LOG_OUT).url == "/accounts/login/"
