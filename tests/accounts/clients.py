"""Test clients of several users, and actions on the list of users in the administration."""

from django.test import Client

from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"
LOG_IN = "/accounts/login/"
PEOPLE = "/admin/accounts/user/"
SITE = "http://localhost:8000"


def log_in(client, username="alice", password=PASSWORD, **extra):
    return client.post(LOG_IN, {"username": username, "password": password}, **extra)


def browser(username="alice", password=PASSWORD, agent=FIREFOX):
    """Return a client that has logged in."""
    client = Client(headers={"user-agent": agent})
    assert log_in(client, username, password).status_code == 302
    return client


def is_in(client):
    return client.get("/accounts/").status_code == 200


def act(staff, action, *people, **fields):
    """Run an admin action on users, and return the page that follows."""
    fields |= {"action": action, "_selected_action": [person.pk for person in people]}
    return staff.post(PEOPLE, fields, follow=True).content.decode()
