"""The administration is hidden from users who are not staff, and shows no contacts."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts import invitations
from accounts.auth import recovery
from accounts.models import Invitation, Report, User
from messaging.backends.memory.presence import Leases
from tests.accounts.clients import PEOPLE, act
from tests.conftest import PASSWORD, signed_in
from tests.support.backends import own_presence
from tests.support.fresh_copy import make_copy, manage

PLACES = """
/admin /admin/ /admin/login/ /admin/logout/ /admin/accounts/user/ /admin/accounts/user
/admin/jsi18n/ /admin/nothing/ /admin/password_change/ /admin/r/1/1/
"""
AWAY = """
from django.conf import settings
from django.test import Client
from accounts.models import User
here = Client(headers={"host": "localhost:8000"})
here.force_login(User.objects.create_superuser("Ruth"))
print(here.get("/").status_code, "Administration" in here.get("/").content.decode())
paths = ("/admin/", "/admin", "/admin/login/", "/admin/accounts/user/")
print([here.get(path).status_code for path in paths])
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(db):
    """Return staff with permissions for users only."""
    person = User.objects.create_user("Hetty", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    return signed_in(person)


@pytest.mark.parametrize("place", PLACES.split())
@pytest.mark.parametrize("method", ["get", "post", "put", "options"])
@pytest.mark.parametrize("is_in", [False, True])
def test_users_who_are_not_staff_get_not_found(alice, place, method, is_in):
    visitor = Client(enforce_csrf_checks=True)
    if is_in:
        visitor.force_login(alice)
    answer, usual = (getattr(visitor, method)(path) for path in (place, "/nothing/"))
    assert answer.status_code == 404
    assert (answer.content, dict(answer.headers)) == (usual.content, dict(usual.headers))


def test_former_staff_get_not_found(staff, root):
    assert staff.get(PEOPLE).status_code == 200
    User.objects.filter(pk=root.pk).update(is_staff=False, is_superuser=False)
    assert staff.get(PEOPLE).status_code == 404


def test_staff_can_omit_the_slash_and_use_the_usual_log_in_and_log_out(staff):
    assert staff.get("/admin", follow=True).status_code == 200
    assert staff.get("/admin/password_change/").url == reverse("accounts:password")
    assert staff.get("/admin/logout/").status_code == 405
    assert get_user(staff).is_authenticated
    assert staff.post("/admin/logout/").url == reverse("accounts:login")
    assert not get_user(staff).is_authenticated


def test_the_administration_can_be_turned_off(tmp_path):
    variables = {"SECRET_KEY": "for-tests-only", "ADMIN": "off"}
    copy = make_copy(tmp_path)
    assert manage(copy, "migrate", **variables).returncode == 0
    asked = manage(copy, "shell", "-v0", "--command", AWAY, **variables)
    assert asked.stdout.splitlines() == ["200 False", "[404, 404, 404, 404]"], asked.stderr


def test_signing_users_out_everywhere_reports_the_number_of_sessions(staff, alice, bob, carol):
    phone, laptop, tablet, other = map(signed_in, (alice, alice, bob, carol))
    assert "3 sessions ended (2 people)." in act(staff, "end_sessions", alice, bob)
    assert [get_user(client).is_authenticated for client in (phone, laptop, tablet)] == [False] * 3
    assert get_user(other).is_authenticated
    assert Client().login(username="alice", password=PASSWORD)
    assert "0 sessions ended (1 person)." in act(staff, "end_sessions", bob)


def test_signing_oneself_out_too_keeps_this_session(staff, root):
    phone = signed_in(root)
    assert "1 session ended (1 person)." in act(staff, "end_sessions", root)
    assert not get_user(phone).is_authenticated
    assert get_user(staff).is_authenticated


@pytest.mark.parametrize(
    "action", ["deactivate", "end_sessions", "make_reset_links", "delete_selected"]
)
def test_staff_cannot_act_on_users_with_more_permissions(helper, root, action):
    there = signed_in(root)
    page = act(helper, action, root)
    helper.post(PEOPLE, {"action": action, "_selected_action": [root.pk], "post": "yes"})
    assert "/accounts/reset/" not in page
    assert get_user(there).is_authenticated
    assert User.objects.get(pk=root.pk).is_active


@pytest.mark.parametrize("page", ["change", "password", "delete"])
def test_staff_cannot_open_pages_of_users_with_more_permissions(helper, root, alice, page):
    assert helper.get(f"{PEOPLE}{alice.pk}/{page}/").status_code == 200
    passwords = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    fields = {"username": "Ruth", **passwords, "post": "yes"}
    assert helper.post(f"{PEOPLE}{root.pk}/{page}/", fields).status_code == 403


def test_staff_cannot_grant_permissions_they_lack(helper, alice):
    fields = {"username": "alice", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    assert helper.post(f"{PEOPLE}{alice.pk}/change/", fields).status_code == 302
    alice.refresh_from_db()
    assert (alice.is_active, alice.is_staff, alice.is_superuser) == (True, False, False)


@pytest.mark.parametrize("page", ["add/", "{}/change/", "{}/delete/"])
def test_staff_cannot_grant_permissions_they_lack_through_a_group(helper, page):
    group, person = Group.objects.create(name="helpers"), User.objects.get(username="Hetty")
    person.groups.add(group)
    person.user_permissions.add(*Permission.objects.filter(content_type__model="group"))
    power = Permission.objects.get(codename="view_report")
    fields = {"name": "helpers", "permissions": [power.pk], "post": "yes"}
    assert helper.post(f"/admin/auth/group/{page.format(group.pk)}", fields).status_code == 403
    assert not User.objects.get(username="Hetty").has_perm("accounts.view_report")
    assert helper.get("/admin/auth/group/").status_code == 200


def test_a_superuser_grants_permissions_through_groups(staff):
    power = Permission.objects.get(codename="view_report")
    staff.post("/admin/auth/group/add/", {"name": "helpers", "permissions": [power.pk]})
    assert list(Group.objects.get().permissions.all()) == [power]


QUESTIONS = "blocking blocking__id blocked_by__isnull reports_made__isnull"


@pytest.mark.parametrize("question", ["sessions__session_key__startswith", *QUESTIONS.split()])
def test_no_url_filters_by_a_column_that_the_list_does_not_show(helper, alice, question):
    """The first URL would reveal a session key letter by letter."""
    key = signed_in(alice).session.session_key
    answer = helper.get(PEOPLE, {question: key if "key" in question else "1"})
    assert answer.status_code == 400
    assert "result_list" not in answer.content.decode()


def everything_about(monkeypatch, *people):
    """Give these users every kind of row, and a lease."""
    for person in people:
        signed_in(person)
        recovery.make_codes(person)
        leases = Leases(person.username, {"window": 1})
        monkeypatch.setitem(own_presence().leases, person.pk, leases)
        entry = {"object_id": str(person.pk), "object_repr": "x", "action_flag": 2}
        LogEntry.objects.create(user=person, **entry)
    invitations.create(people[0], 2, invitations.LIFETIME_OF_FIRST)
    Group.objects.create(name="helpers").user_set.set(people)


def pages(admin_class):
    """Yield the URL and object of each page of a model. The list has no object."""
    base = f"admin:{admin_class.opts.app_label}_{admin_class.opts.model_name}"
    yield reverse(f"{base}_changelist"), None
    yield reverse(f"{base}_add"), None
    for thing in admin_class.model.objects.all():
        for page in ("change", "history", "delete"):
            yield reverse(f"{base}_{page}", args=[thing.pk]), thing


def test_no_page_shows_who_talks_to_whom(staff, alice, bob, monkeypatch):
    everything_about(monkeypatch, alice, bob)
    seen = []
    for address, thing in (page for each in admin.site._registry.values() for page in pages(each)):
        answer = staff.get(address)
        if answer.status_code == 403:  # this model has no such page
            continue
        assert answer.status_code == 200, address
        text = re.sub(r"<(script|style)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
        seen.append(address)
        # Only lists of all users contain several names.
        if isinstance(thing, User):
            others = {"alice", "bob"} - {thing.username}
            assert [name for name in others if name in text] == [], address
        talk = r"(?i)conversation|message[^s\w-]|talk|online"
        assert not re.search(talk, text), address
        rows = re.findall(r"<tr\b.*?</tr>", text, re.DOTALL)
        assert [row for row in rows if "alice" in row and "bob" in row] == [], address
    assert len(seen) > 12


def test_the_models_in_the_administration_are_the_expected_ones():
    """A new model has to be considered here before staff see it."""
    assert set(admin.site._registry) == {get_user_model(), Group, Invitation, Report}
    # Reporters know that staff see who reported whom.
    for model in admin.site._registry.keys() - {Report}:
        concrete = (field for field in model._meta.get_fields() if field.concrete)
        people = {field.name for field in concrete if field.related_model is User}
        assert people <= {"made_by", "blocking"}, "two people in one row: who has to do with whom"
    person = admin.site._registry[get_user_model()]
    shown = {*flatten_fieldsets(person.fieldsets or ()), *person.list_display, *person.list_filter}
    assert "blocking" not in shown
