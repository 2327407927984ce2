"""Ending a session closes its windows within a second, and no others."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts import personal_data, sessions
from accounts.auth import recovery
from accounts.models import Session, User
from messaging.consumers.authentication import AuthenticatedSession, _authenticate, authenticator
from messaging.consumers.close_codes import RENEWED, SIGNED_OUT
from messaging.consumers.websocket import HEARTBEATS_PER_CHECK, registry
from messaging.delivery import groups
from tests.conftest import PASSWORD
from tests.messaging.conftest import AT_ONCE, come_back, empty_memory, open_window, signed_in  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def end_others(here, phone):
    here.client.post("/accounts/devices/end/", {"where": "others"})


def end_one(here, phone):
    name = phone.client.session[sessions.DETAILS]["name"]
    here.client.post("/accounts/devices/end/", {"where": name})


def use_a_code(here, phone):
    recovery.set_password(here.user, "another long enough password")


def shut_out(here, phone):
    here.user.is_active = False
    here.user.save()


def delete_account(here, phone):
    here.client.post("/accounts/delete/", {"current_password": PASSWORD})


def delete_in_admin(here, phone):
    root = signed_in(User.objects.create_superuser("Ruth"))
    root.post(f"/admin/accounts/user/{here.user.pk}/delete/", {"post": "yes"})


def new_password_by_staff(here, phone):
    root = signed_in(User.objects.create_superuser("Ruth"))
    new = "one that staff has chosen"
    fields = {"usable_password": "true", "password1": new, "password2": new, "set-password": "1"}
    assert root.post(f"/admin/accounts/user/{here.user.pk}/password/", fields).status_code == 302


def let_time_pass(here, phone):
    Session.objects.filter(user=here.user).update(expire_date=timezone.now())
    call_command("forget_expired")


async def is_away(window):
    assert await window.is_closed() == SIGNED_OUT


@pytest.mark.parametrize("end", [end_others, end_one])
async def test_logging_a_session_out_closes_its_windows_and_no_others(alice, bob, open_window, end):
    here, phone = await open_window(alice, bob), await open_window(alice)
    there = await open_window(bob, alice)
    await sync_to_async(end)(here, phone)
    async with asyncio.timeout(AT_ONCE):
        await is_away(phone)
    await here.says("still here", to=bob)
    await there.sees("still here")


@pytest.mark.parametrize(
    "end",
    [use_a_code, shut_out, delete_account, delete_in_admin, new_password_by_staff, let_time_pass],
)
async def test_ending_every_session_closes_every_window(alice, bob, open_window, end):
    here, phone = await open_window(alice), await open_window(alice)
    silent, there = await open_window(alice, hello=False), await open_window(bob)
    await sync_to_async(signed_in)(alice)  # and one without a window
    await sync_to_async(end)(here, phone)
    async with asyncio.timeout(AT_ONCE):
        for window in (here, phone, silent):
            await is_away(window)
    assert "refresh" not in await there.settles()


async def change_password(window):
    fields = {"current_password": PASSWORD, "new_password": "another long enough password"}
    await sync_to_async(window.client.post)("/accounts/password/", fields)


async def test_a_changed_password_closes_the_windows_of_other_sessions(alice, open_window):
    here, phone = await open_window(alice), await open_window(alice)
    async with asyncio.timeout(AT_ONCE):
        await change_password(here)
        await is_away(phone)
    assert (await sync_to_async(here.client.get)("/accounts/")).status_code == 200


async def test_own_windows_reconnect_with_the_new_key_and_miss_nothing(
    alice, bob, open_window, come_back
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    second = await open_window(alice, client=here.client)
    silent = await open_window(alice, client=here.client, hello=False)
    await here.settles()
    await change_password(here)
    async with asyncio.timeout(AT_ONCE):
        for window in (here, second, silent):
            assert await window.is_closed() == RENEWED
    assert "refresh" not in here.seen + second.seen
    await there.says("meanwhile", to=alice)
    back = await come_back(here, bob)
    await back.sees("meanwhile")


async def test_the_old_session_key_does_not_reconnect(alice, open_window):
    here, thief = await open_window(alice), Client()
    name = settings.SESSION_COOKIE_NAME
    thief.cookies[name] = here.client.cookies[name].value
    theirs = await open_window(alice, client=thief)
    await change_password(here)
    async with asyncio.timeout(AT_ONCE):
        assert await theirs.is_closed() == RENEWED
    again = await open_window(alice, client=thief, hello=False)
    async with asyncio.timeout(AT_ONCE):
        await is_away(again)


async def test_a_blocked_database_keeps_no_window_open(alice, open_window, monkeypatch):
    async def stuck(holder):
        await asyncio.sleep(60)

    here = await open_window(alice)
    monkeypatch.setattr(authenticator.renewals, "load", stuck)
    async with asyncio.timeout(AT_ONCE):
        await sync_to_async(here.client.post)("/accounts/logout/")
        async with asyncio.timeout(AT_ONCE):
            await is_away(here)


async def test_windows_are_told_of_a_new_password_once_the_new_key_is_stored(
    alice, open_window, monkeypatch
):
    """Otherwise, a window could check too early and be sent to the log-in page."""
    here, found = await open_window(alice), []

    def look(person_id):
        rows = Session.objects.filter(user=person_id)
        found.append([_authenticate(row.session_key) for row in rows])

    old = here.client.session.session_key
    monkeypatch.setattr(groups, "account_changed", look)
    await change_password(here)
    [[holder]] = found
    assert isinstance(holder, AuthenticatedSession)
    assert holder.key != old


async def test_a_session_check_after_a_new_server_key_ends_no_session(alice, open_window, settings):
    client = await sync_to_async(signed_in)(alice)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    here = await open_window(alice, client=client)
    await open_window(alice, client=client)  # a browser cannot be told another key over a socket
    assert "refresh" not in await here.settles()
    assert (await sync_to_async(client.get)("/accounts/")).status_code == 200


async def test_a_session_whose_end_was_missed_is_checked_again(alice, bob, open_window):
    here, there = await open_window(alice), await open_window(bob)
    # Delete it without sending a signal.
    await sync_to_async(lambda: Session.objects.filter(user=alice)._raw_delete("default"))()
    look_again()
    async with asyncio.timeout(AT_ONCE):
        await is_away(here)
    assert "refresh" not in await there.settles()


async def test_a_session_check_that_failed_is_repeated(alice, open_window, monkeypatch, caplog):
    async def away(key):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(authenticator.ends, "load", away)
        here = await open_window(alice)
        patch.setattr(authenticator, "authenticate", away)
        await sync_to_async(lambda: Session.objects.filter(user=alice)._raw_delete("default"))()
        look_again()
        assert "refresh" not in await here.settles()
        assert "a session could not be checked" in caplog.text
    look_again()
    async with asyncio.timeout(AT_ONCE):
        await is_away(here)


def look_again():
    for window in [window for own in registry.connections.values() for window in own]:
        for _ in range(HEARTBEATS_PER_CHECK):
            window.beat()


@pytest.mark.parametrize(
    "end",
    [
        lambda alice: Session.objects.filter(user=alice)._raw_delete("default"),
        lambda alice: User.objects.filter(pk=alice.pk).update(is_active=False),
    ],
)
async def test_an_end_between_the_handshake_and_joining_the_group_is_noticed(
    alice, open_window, monkeypatch, end
):
    holder = authenticator.authenticate

    async def find_and_then_end(key):
        found = await holder(key)
        await sync_to_async(end)(alice)  # before the window has joined its group
        return found

    monkeypatch.setattr(authenticator, "authenticate", find_and_then_end)
    here = await open_window(alice, hello=False)
    async with asyncio.timeout(AT_ONCE):
        await is_away(here)


async def test_a_window_checks_its_session_even_if_the_request_that_told_it_has_ended(
    alice, open_window, monkeypatch
):
    """The view's thread, in which the database would be queried, has ended by then."""
    here, holder = await open_window(alice), authenticator.authenticate

    async def later(key):
        await asyncio.sleep(0.1)
        return await holder(key)

    monkeypatch.setattr(authenticator, "authenticate", later)
    alice.set_password("another long enough password")
    await sync_to_async(alice.save)(update_fields=["password"])
    async with asyncio.timeout(AT_ONCE):
        await is_away(here)


def test_a_session_is_checked_at_least_once_a_minute(settings):
    assert HEARTBEATS_PER_CHECK * settings.HEARTBEAT_SECONDS <= 60


async def test_a_rolled_back_end_closes_no_window(alice, open_window):
    from django.db import transaction

    here = await open_window(alice)

    def fail():
        with transaction.atomic():
            personal_data.delete_account(User.objects.get(pk=alice.pk))
            transaction.set_rollback(True)

    await sync_to_async(fail)()
    assert "refresh" not in await here.settles()
