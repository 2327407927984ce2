"""Deleting an account removes all its data, and reserves the name."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import personal_data
from accounts.auth import recovery
from accounts.models import ReservedName, User
from tests.accounts.clients import PEOPLE, act, browser, is_in, log_in
from tests.accounts.page_reader import words_beside
from tests.accounts.test_data_export import full, second_step  # noqa: F401 - a fixture
from tests.conftest import PASSWORD
from tests.support.http_client import Visitor
from tests.support.servers import Server

PAGE = "/accounts/delete/"
NAME = "Wilhelmine-Quitzow"

pytestmark = pytest.mark.django_db


def delete(client, password=PASSWORD):
    return client.post(PAGE, {"current_password": password})


def sign_up(name):
    return Client().post("/accounts/signup/", {"username": name, "password": PASSWORD})


def test_deletion_requires_the_password(alice):
    here = browser()
    response = delete(here, "not the right password")
    assert "Incorrect password" in words_beside(response, "current_password")
    assert is_in(here)


def test_a_deleted_user_is_logged_out_everywhere_and_told_so(alice):
    here, phone = browser(), browser()
    response = delete(here)
    assert response.url == "/accounts/login/"
    assert "Your account was deleted" in here.get(response.url).content.decode()
    assert not is_in(here)
    assert not is_in(phone)
    assert log_in(Client()).status_code == 422


def test_every_row_is_deleted(full, bob):
    here = second_step()
    recovery.make_codes(bob)
    tables = [model for model in apps.get_models() if list(personal_data.rows_about(model, full))]
    assert len(tables) >= 5
    delete(here)
    assert [model for model in tables if list(personal_data.rows_about(model, full))] == []
    assert bob.recovery_codes.count() == 10


def rows_that_hold(text):
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            found += [table for row in cursor.fetchall() if text in str(row).lower()]
        return found


def test_no_table_contains_the_name_afterwards(full):
    here = second_step()
    assert "accounts_user" in rows_that_hold("alice")
    delete(here)
    assert rows_that_hold("alice") == []


def test_the_name_is_reserved_in_every_spelling_for_thirty_days(alice):
    delete(browser())
    for spelling in ("alice", "ALICE", "ａｌｉｃｅ"):  # noqa: RUF001
        assert "taken" in words_beside(sign_up(spelling), "username")
    assert sign_up("alicia").status_code == 302
    ReservedName.objects.update(until=timezone.now().date())
    assert sign_up("alice").status_code == 422
    ReservedName.objects.update(until=timezone.now().date() - timedelta(days=1))
    assert sign_up("alice").status_code == 302
    assert ReservedName.objects.count() == 0


def test_the_reservation_lasts_thirty_days_and_contains_no_name(alice):
    delete(browser())
    kept = ReservedName.objects.get()
    assert kept.until == timezone.now().date() + timedelta(days=30)
    assert "alice" not in str(kept.__dict__)


def test_a_new_server_key_releases_no_name(alice, settings):
    delete(browser())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    assert "taken" in words_beside(sign_up("alice"), "username")
    settings.SECRET_KEY_FALLBACKS = []
    assert sign_up("alice").status_code == 302


def test_no_user_can_be_renamed_to_a_reserved_name(alice, bob, staff):
    personal_data.delete_account(alice)
    response = staff.post(f"{PEOPLE}{bob.pk}/change/", {"username": "alice", "is_active": "on"})
    assert "taken" in response.context["adminform"].form.errors["username"][0]


def test_a_name_reserved_during_a_sign_up_is_refused(alice, monkeypatch):
    monkeypatch.setattr(User, "clean", lambda self: personal_data.delete_account(alice))
    monkeypatch.setattr(User, "validate_unique", lambda self, exclude=None: None)
    assert "taken" in words_beside(sign_up("alice"), "username")
    assert User.objects.count() == 0


def test_the_command_releases_names_after_their_time(alice):
    personal_data.delete_account(alice)
    call_command("forget_expired")
    assert ReservedName.objects.count() == 1
    ReservedName.objects.update(until=timezone.now().date() - timedelta(days=1))
    call_command("forget_expired")
    assert ReservedName.objects.count() == 0


@pytest.mark.parametrize("how", ["one", "many"])
def test_the_administration_deletes_in_the_same_way(alice, staff, how):
    if how == "one":
        staff.post(f"{PEOPLE}{alice.pk}/delete/", {"post": "yes"})
    else:
        act(staff, "delete_selected", alice, post="yes")
    assert not User.objects.filter(username="alice").exists()
    assert rows_that_hold("alice") == []
    assert ReservedName.objects.count() == 1


def test_the_browser_clears_its_data_too(alice):
    here = browser()
    delete(here)
    assert here.cookies["sotto_8000_known"].value == ""
    assert here.cookies["known"].value == ""  # its name in earlier releases


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path, EMAIL_URL="consolemail://").start()
    yield running
    running.stop()


def files_that_hold(folder, name):
    files = [file for file in folder.glob("accounts.sqlite3*") if file.is_file()]
    assert files
    return [file.name for file in files if name.lower().encode() in file.read_bytes().lower()]


def test_no_byte_of_the_name_stays_in_the_database_files(server, tmp_path):
    """Use a database file with persistent connections and a write-ahead log, as on a server."""
    visitor = Visitor(server)
    sign_up = {"username": NAME, "password": PASSWORD, "email": f"{NAME}@example.org"}
    visitor.posts("/accounts/signup/", **sign_up)
    visitor.posts("/accounts/codes/", current_password=PASSWORD)
    assert files_that_hold(tmp_path, NAME)
    visitor.posts("/accounts/delete/", current_password=PASSWORD)
    assert "Your account was deleted" in visitor.asks("/accounts/login/").answer.body
    assert files_that_hold(tmp_path, NAME) == []
