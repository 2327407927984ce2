"""Actions of staff on users, and their limits."""

import io

import pytest
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests.accounts.clients import PEOPLE, act
from tests.conftest import PASSWORD, signed_in

pytestmark = pytest.mark.django_db


def listed(response):
    return [person.username for person in response.context["cl"].result_list]


def test_users_are_listed_by_name(staff, bob, alice):
    User.objects.create_user("Adam")
    assert listed(staff.get(PEOPLE)) == ["Adam", "alice", "bob", "Ruth"]


@pytest.mark.parametrize("words", ["zoë", "ZOË", "Zoe\u0308", "zoe@example.org", "OË"])
def test_any_spelling_finds_a_user(staff, alice, words):
    User.objects.create_user("Zoë", email="zoe@example.org")
    assert listed(staff.get(PEOPLE, {"q": words})) == ["Zoë"]


@pytest.mark.parametrize("words", ["\x00", "\u0301" * 3_000, "'\"--", "%"])
def test_a_search_for_nonsense_gets_an_answer(staff, words):
    assert staff.get(PEOPLE, {"q": words}).status_code == 200


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"is_active__exact": "0"}, ["bob"]),
        ({"is_staff__exact": "1"}, ["Ruth"]),
        ({"date_joined__gte": "2999-01-01 00:00:00+00:00"}, []),
    ],
)
def test_filters_find_inactive_staff_and_new_users(staff, alice, bob, question, expected):
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert listed(staff.get(PEOPLE, question)) == expected


def with_password(password=PASSWORD, **fields):
    return {"usable_password": "true", "password1": password, "password2": password, **fields}


def test_an_added_user_can_log_in(staff):
    response = staff.post(f"{PEOPLE}add/", with_password(username="Dora"))
    assert response.url == f"{PEOPLE}{User.objects.get(username='Dora').pk}/change/"
    assert Client().login(username="dora", password=PASSWORD)


@pytest.mark.parametrize(("server", "is_asked"), [("", False), ("smtp://mail.example.org", True)])
def test_an_email_address_is_requested_only_with_a_mail_server(
    staff, alice, settings, server, is_asked
):
    settings.EMAIL_URL = server
    assert ('name="email"' in staff.get(f"{PEOPLE}add/").content.decode()) is is_asked
    # An existing user always has the field, so that staff can remove the address.
    assert 'name="email"' in staff.get(f"{PEOPLE}{alice.pk}/change/").content.decode()


BAD_NAMES = {"ALICE": "taken", "admin": "reserved", "a b": "only letters", "a\0b": "Null"}


@pytest.mark.parametrize(("name", "reason"), [*BAD_NAMES.items(), ("", "required")])
def test_a_bad_name_is_refused_with_an_explanation(staff, alice, name, reason):
    response = staff.post(f"{PEOPLE}add/", with_password(username=name))
    assert response.status_code == 200
    assert any(reason in error for error in response.context["adminform"].form.errors["username"])
    assert User.objects.count() == 2


def test_changing_a_name_changes_its_lookup_key(staff, alice):
    page = f"{PEOPLE}{alice.pk}/change/"
    assert staff.get(page).status_code == 200
    response = staff.post(page, {"username": "Alicia", "email": "a@example.org", "is_active": "on"})
    assert response.status_code == 302
    alice.refresh_from_db()
    assert (alice.username, alice.username_key) == ("Alicia", "alicia")
    assert alice.email == "a@example.org"
    assert alice.check_password(PASSWORD)


def test_a_user_cannot_take_the_name_of_another(staff, alice, bob):
    response = staff.post(f"{PEOPLE}{alice.pk}/change/", {"username": "BOB", "is_active": "on"})
    assert "taken" in response.context["adminform"].form.errors["username"][0]


def test_a_user_can_change_the_case_of_the_name(staff, alice):
    staff.post(f"{PEOPLE}{alice.pk}/change/", {"username": "ALICE", "is_active": "on"})
    alice.refresh_from_db()
    assert (alice.username, alice.username_key) == ("ALICE", "alice")


def test_the_lookup_key_is_in_no_form(staff, alice):
    for page in (f"{PEOPLE}add/", f"{PEOPLE}{alice.pk}/change/"):
        assert 'name="username_key"' not in staff.get(page).content.decode()


def test_an_administrator_sets_a_password(staff, alice):
    page = f"{PEOPLE}{alice.pk}/password/"
    assert staff.get(page).status_code == 200
    new = "one that staff has chosen"
    assert staff.post(page, with_password(new, **{"set-password": "1"})).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_deactivated_users_are_logged_out_at_once(staff, alice, bob):
    phone = signed_in(alice)
    assert "2 people deactivated." in act(staff, "deactivate", alice, bob)
    assert not get_user(phone).is_authenticated
    assert not Client().login(username="alice", password=PASSWORD)


def test_users_are_reactivated(staff, alice):
    act(staff, "deactivate", alice)
    assert "1 person reactivated." in act(staff, "reactivate", alice)
    assert Client().login(username="alice", password=PASSWORD)


def test_staff_cannot_deactivate_themselves(staff, root, alice):
    page = act(staff, "deactivate", root, alice)
    assert "You can’t deactivate your own account" in page
    assert "1 person deactivated." in page
    assert set(User.objects.filter(is_active=True)) == {root}


def test_staff_with_view_permission_alone_cannot_deactivate(alice, bob):
    from django.contrib.auth.models import Permission

    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="view_user"))
    act(signed_in(alice), "deactivate", bob)
    bob.refresh_from_db()
    assert bob.is_active


def test_createsuperuser_creates_a_user_who_can_open_these_pages(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="Greta", stdout=io.StringIO())
    client = Client()
    client.post("/accounts/login/?next=/admin/", {"username": "GRETA", "password": PASSWORD})
    assert client.get(PEOPLE).status_code == 200


@pytest.mark.parametrize(
    ("name", "reason"), [("ALICE", "taken"), ("admin", "reserved"), ("a\u200bb", "invisible")]
)
def test_createsuperuser_keeps_the_rules_for_names(alice, monkeypatch, name, reason):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=reason):
        call_command("createsuperuser", interactive=False, username=name)
