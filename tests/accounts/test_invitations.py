"""Sign-up by invitation, and who can invite."""

import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts.models import Invitation, User
from tests.accounts.clients import browser
from tests.accounts.page_reader import focused
from tests.accounts.test_sign_up import database_of_many, in_many_windows  # noqa: F401 - a fixture
from tests.conftest import PASSWORD

PAGE, SIGN_UP = "/accounts/invitations/", "/accounts/signup/"
HERE = "http://localhost:8000"

pytestmark = pytest.mark.django_db


@pytest.fixture
def invite_only(settings):
    settings.SIGNUP = "invite"


@pytest.fixture
def boss(alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    return browser()


def link_in(response):
    return re.findall(rf'href="{HERE}(/accounts/invitation/[^"]+)"', response.content.decode())[0]


def make(client, uses=1, days=7):
    return link_in(client.post(PAGE, {"uses": uses, "days": days}))


def arrive(link, name="Dora"):
    """Open an invitation and sign up."""
    client = Client()
    client.get(link)
    return client.post(SIGN_UP, {"username": name, "password": PASSWORD})


def first_link(*words):
    written = io.StringIO()
    call_command("first_admin_link", *words, stdout=written)
    return (re.findall(rf"{HERE}(\S+)", written.getvalue()) or [""])[0]


def test_a_closed_sign_up_says_so(client, settings):
    settings.SIGNUP = "closed"
    fields = {"username": "Dora", "password": PASSWORD}
    for response in (client.get(SIGN_UP), client.post(SIGN_UP, fields)):
        assert response.status_code == 403
        assert "Sign-up isn’t open" in response.content.decode()
    assert User.objects.count() == 0
    assert "Sign up" not in client.get("/accounts/login/").content.decode()


def test_a_closed_sign_up_refuses_invitations_too(boss, settings):
    settings.SIGNUP = "invite"
    link = make(boss)
    settings.SIGNUP = "closed"
    assert arrive(link).status_code == 403
    assert boss.get("/accounts/invitations/").status_code == 403
    assert boss.get("/admin/accounts/invitation/add/").status_code == 403
    assert "Invite someone" not in boss.get("/accounts/").content.decode()
    settings.SIGNUP = "invite"
    assert arrive(link).status_code == 302


def test_sign_up_without_an_invitation_is_refused(client, invite_only):
    assert arrive("/accounts/login/").status_code == 403
    assert "need an invitation" in client.get(SIGN_UP).content.decode()
    assert "to invite you" in client.get("/accounts/login/").content.decode()


def test_an_invitation_allows_sign_up(boss, invite_only):
    link, guest = make(boss), Client()
    opened = guest.get(link)
    assert opened["Location"] == SIGN_UP  # it has left the address
    assert "You have been invited" in guest.get(SIGN_UP).content.decode()
    assert focused(guest.get(SIGN_UP)) == ["username"]
    assert guest.post(SIGN_UP, {"username": "Dora", "password": PASSWORD}).status_code == 302
    assert get_user(guest).get_username() == "Dora"
    assert not get_user(guest).is_staff


def test_an_opened_invitation_stays_in_its_browser_for_an_hour_or_until_it_is_used(
    boss, invite_only
):
    link, guest = make(boss), Client()
    guest.get(link)
    cookie = guest.cookies["sotto_8000_invitation"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (3600, True, "Lax")
    guest.post(SIGN_UP, {"username": "Dora", "password": PASSWORD})
    assert guest.cookies["sotto_8000_invitation"].value == ""
    assert guest.session.get_expiry_age() > 3600


@pytest.mark.parametrize("forged", ["1", "1:1tw:x", "x"])
def test_a_forged_invitation_cookie_is_refused(boss, invite_only, forged):
    make(boss)
    guest = Client()
    guest.cookies["sotto_8000_invitation"] = forged
    assert guest.get(SIGN_UP).status_code == 403


def test_an_invitation_works_once_and_is_then_deleted(boss, invite_only):
    link = make(boss)
    assert arrive(link).status_code == 302
    assert Client().get(link).status_code == 410
    assert Invitation.objects.count() == 0


def test_looking_and_mistyping_use_up_nothing(boss, invite_only):
    link, guest = make(boss), Client()
    guest.get(link)
    guest.head(link)
    assert guest.post(SIGN_UP, {"username": "a/b", "password": "x"}).status_code == 422
    assert arrive(link).status_code == 302


def test_an_invitation_for_several_people_is_counted_down(boss, invite_only):
    link = make(boss, uses=2)
    assert [arrive(link, name).status_code for name in ("Dora", "Emil", "Fritz")] == [302, 302, 403]
    assert User.objects.count() == 3


def test_an_invitation_used_up_during_the_sign_up_is_explained(boss, invite_only):
    link, late = make(boss), Client()
    late.get(link)
    arrive(link)
    assert late.post(SIGN_UP, {"username": "Emil", "password": PASSWORD}).status_code == 403


def test_one_of_many_simultaneous_sign_ups_succeeds(database_of_many, invite_only):
    def prepare():
        link = invitations.create(None, 1, timedelta(days=1)).removeprefix(HERE)
        guests = [Client() for _ in range(10)]
        for guest in guests:
            guest.get(link)
        return guests

    [guests] = in_many_windows(1, prepare)

    def enter():
        guest = guests.pop()
        fields = {"username": f"guest-{len(guests)}", "password": PASSWORD}
        return guest.post(SIGN_UP, fields).status_code

    assert sorted(set(in_many_windows(10, enter))) in ([302, 422], [302, 403], [302, 403, 422])
    assert in_many_windows(1, User.objects.count) == [1]


def test_an_invitation_expires(boss, invite_only):
    link = make(boss, days=1)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert arrive(link).status_code == 403
    boss.get(PAGE)
    assert Invitation.objects.count() == 0


def test_an_invitation_is_revoked_even_if_it_was_opened(boss, invite_only):
    link, guest = make(boss), Client()
    guest.get(link)
    page = boss.get(PAGE).content.decode()
    [place] = re.findall(r'action="(/accounts/invitations/\d+/end/)"', page)
    assert boss.post(place).url == PAGE
    assert guest.post(SIGN_UP, {"username": "Dora", "password": PASSWORD}).status_code == 403
    assert Client().get(link).status_code == 410


def test_users_cannot_revoke_invitations_of_others(boss, bob, settings):
    settings.INVITATIONS = "everybody"
    make(boss)
    browser("bob").post(f"{PAGE}{Invitation.objects.get().pk}/end/")
    assert Invitation.objects.count() == 1


def test_only_a_hash_of_it_is_stored(boss):
    token = make(boss).split("/")[-2]
    assert token not in str(list(Invitation.objects.values()))
    assert token not in boss.get(PAGE).content.decode()


def test_users_can_invite_if_the_site_allows_it(bob, settings):
    here = browser("bob")
    assert here.get(PAGE).status_code == here.post(PAGE, {"uses": 1, "days": 7}).status_code == 403
    assert PAGE not in here.get("/accounts/").content.decode()
    settings.INVITATIONS, settings.SIGNUP = "everybody", "invite"
    assert PAGE in here.get("/accounts/").content.decode()
    assert arrive(make(here)).status_code == 302


def test_the_number_of_open_invitations_is_limited(bob, settings, monkeypatch):
    settings.INVITATIONS = "everybody"
    monkeypatch.setattr(invitations, "MAX_OPEN", 2)
    here, fields = browser("bob"), {"uses": 1, "days": 7}
    assert [here.post(PAGE, fields).status_code for _ in range(3)] == [200, 200, 422]


def test_an_invitation_ends_if_its_author_loses_the_permission(boss, alice, invite_only):
    link = make(boss, uses=5)
    User.objects.filter(pk=alice.pk).update(is_staff=False)
    assert arrive(link).status_code == 403
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_active=False)
    assert arrive(link).status_code == 403
    User.objects.filter(pk=alice.pk).update(is_active=True)
    assert arrive(link).status_code == 302


@pytest.mark.parametrize("uses", ["12", "１２", "١٢", "१२"])  # noqa: RUF001 - wide digits are meant
def test_a_number_can_be_typed_in_digits_of_any_script(boss, uses):
    make(boss, uses=uses)
    assert Invitation.objects.get().uses_left == 12


@pytest.mark.parametrize(
    ("uses", "days"), [("0", "7"), ("101", "7"), ("x", "7"), ("1", "9999"), ("1", ""), ("", "")]
)
def test_invalid_input_creates_no_invitation(boss, uses, days):
    assert boss.post(PAGE, {"uses": uses, "days": days}).status_code == 422
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("token", ["x", "é", "a" * 500])
def test_a_made_up_link_is_refused_with_an_explanation(client, token):
    response = client.get(f"/accounts/invitation/{token}/")
    assert response.status_code == 410
    assert "doesn’t work" in response.content.decode()


def test_a_logged_in_user_needs_no_invitation(boss):
    assert boss.get(make(boss)).url == "/"
    assert Invitation.objects.get().uses_left == 1


def test_the_first_account_becomes_administrator_by_a_link(settings):
    settings.SIGNUP = "closed"
    link, guest = first_link(), Client()
    guest.get(link)
    assert "You’ll be the administrator" in guest.get(SIGN_UP).content.decode()
    guest.post(SIGN_UP, {"username": "Greta", "password": PASSWORD})
    assert guest.get("/admin/accounts/user/").status_code == 200
    assert Invitation.objects.count() == 0


def test_only_one_account_becomes_administrator_by_a_link(settings):
    old, new = first_link(), first_link()
    assert Client().get(old).status_code == 410
    late = Client()
    late.get(new)
    User.objects.create_superuser("Ruth")
    assert Client().get(new).status_code == 410
    late.post(SIGN_UP, {"username": "Mallory", "password": PASSWORD})
    assert not User.objects.get(username="Mallory").is_staff
    with pytest.raises(CommandError, match="already"):
        first_link()


def test_the_link_is_printed_only_if_there_is_no_user(alice):
    assert first_link("--if-nobody-is-here") == ""
    alice.delete()
    assert first_link("--if-nobody-is-here")


def test_an_administrator_creates_an_invitation(root, staff):
    soon = timezone.now() + timedelta(days=3)
    fields = {"uses_left": 3, "expires_at_0": soon.date(), "expires_at_1": "12:00:00"}
    page = staff.post("/admin/accounts/invitation/add/", fields, follow=True).content.decode()
    [link] = re.findall(rf"{HERE}(/accounts/invitation/[\w-]+/)", page)
    assert arrive(link).status_code == 302
    made = Invitation.objects.get()
    assert (made.made_by, made.uses_left) == (root, 2)
    assert staff.get(f"/admin/accounts/invitation/{made.pk}/change/").status_code == 200
    staff.post(f"/admin/accounts/invitation/{made.pk}/delete/", {"post": "yes"})
    assert Client().get(link).status_code == 410
