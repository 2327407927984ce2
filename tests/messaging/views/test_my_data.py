"""The page about a user's own data: current values, and no messages."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import models
from django.utils import timezone

from accounts.models import Session
from messaging import rate_limits
from tests.conftest import PASSWORD
from tests.messaging.conftest import signed_in
from tests.support.flat_html import flat

URL = "/known/"
WAITING = "Items waiting for your windows"
ELSEWHERE = "Your messages waiting for other people’s windows"
SECRET = "a heron stood in the canal"


def facts(client):
    """Return the page's terms and their values, without markup."""
    page = flat(client.get(URL).content.decode())
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    return {term: re.sub(r"<[^>]*>|\s+", " ", fact).strip() for term, fact in pairs}


async def facts_of(window):
    return await sync_to_async(facts)(window.client)


def test_every_column_of_the_account_is_there(alice):
    shown = facts(signed_in(alice))
    columns = {field.verbose_name for field in alice._meta.concrete_fields}
    assert len(columns) > 5
    assert {name[0].upper() + name[1:] for name in columns} <= shown.keys()
    assert shown["User name"] == "alice"
    assert shown["E-mail"] == "nothing"


def test_the_password_is_described_as_a_hash_which_is_not_shown(alice):
    client = signed_in(alice)
    assert facts(client)["Password"] == "hashed with Argon2id"
    page = client.get(URL).content.decode()
    assert alice.password not in page
    assert alice.password.rpartition("$")[2] not in page
    assert PASSWORD not in page


def test_a_missing_password_is_described(alice):
    alice.set_unusable_password()
    alice.save()
    assert facts(signed_in(alice))["Password"].startswith("none")


def test_the_rate_limit_for_files_is_shown_only_where_files_are_accepted(alice, settings):
    assert "Rate limit: files" in facts(signed_in(alice))
    settings.FILES = "off"
    shown = facts(signed_in(alice))
    assert "Rate limit: files" not in shown
    assert "Rate limit: messages" in shown


def test_sessions_are_counted_and_this_one_is_marked(alice, bob):
    here = signed_in(alice)
    signed_in(bob)
    assert facts(here)["Sessions"] == "1"
    assert "Another session" not in facts(here)
    there = signed_in(alice)
    assert facts(here)["Sessions"] == "2"
    assert facts(here)["Another session"].startswith("expires")
    there.logout()
    assert facts(here)["Sessions"] == "1"


def test_an_ended_session_is_mentioned(alice):
    here, there = signed_in(alice), signed_in(alice)
    Session.objects.filter(pk=there.session.session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    assert facts(here)["Another session"].endswith("not deleted yet")


def test_session_keys_are_not_shown(alice):
    client = signed_in(alice)
    assert client.session.session_key not in client.get(URL).content.decode()


@pytest.mark.django_db(transaction=True)
async def test_a_message_waits_until_it_is_confirmed(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    there.confirms = False
    assert (await facts_of(there))[WAITING] == "0"
    await here.says(SECRET, to=bob)
    await there.sees(SECRET)
    await here.settles()
    entries, size, age = (await facts_of(there))[WAITING].split(", ")
    assert int(entries) == 1
    assert int(size.removesuffix(" bytes")) > len(SECRET)  # including the signature
    assert re.fullmatch(r"the oldest for \d seconds?", age)
    assert (await facts_of(here))[ELSEWHERE] == "1"
    await there.send(type="shown", cursor=there.cursor())
    await here.settles()
    assert (await facts_of(there))[WAITING] == "0"
    assert (await facts_of(here))[ELSEWHERE] == "0"


@pytest.mark.django_db(transaction=True)
async def test_texts_are_not_shown_and_others_see_nothing(alice, bob, carol, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    third = await open_window(carol)
    before = await facts_of(third)
    there.confirms = False
    await here.says(SECRET, to=bob)
    await there.sees(SECRET)
    after = await facts_of(third)
    looks = "Rate limit: views of this page"  # her own view is counted too
    assert after | {looks: ""} == before | {looks: ""}
    pages = [await sync_to_async(window.client.get)(URL) for window in (here, there, third)]
    assert not any(SECRET in page.content.decode() for page in pages)
    assert "alice" not in pages[1].content.decode()
    assert "alice" not in pages[2].content.decode()


@pytest.mark.django_db(transaction=True)
async def test_windows_message_ids_and_rate_limits_are_counted(alice, bob, open_window):
    here = await open_window(alice, bob)
    await open_window(bob, alice)
    first = await facts_of(here)
    accepted = next(term for term in first if term.startswith("IDs of messages"))
    windows = next(term for term in first if term.startswith("Open windows"))
    assert (first[accepted], first[windows]) == ("0", "1")
    assert first["Rate limit: messages"] == "nothing"
    await open_window(alice, bob, client=here.client)
    await here.says("hello", to=bob)
    await here.sees("hello")
    await rate_limits.messages.retry_after(alice.pk, cost=90)  # for nine seconds
    second = await facts_of(here)
    assert (second[accepted], second[windows]) == ("1", "2")
    assert second["Rate limit: messages"].startswith("one number")


def places_for_files(client):
    return next(
        fact for term, fact in facts(client).items() if term.startswith("Columns for files")
    )


def test_a_file_storage_would_be_counted(alice, monkeypatch):
    client = signed_in(alice)
    assert places_for_files(client) == "0"
    monkeypatch.setattr(
        "messaging.views.my_data._columns", lambda: [models.FileField(), models.TextField()]
    )
    assert places_for_files(client) == "1"


def test_the_log_level_is_the_current_one(alice, caplog):
    client = signed_in(alice)
    with caplog.at_level("ERROR", logger="messaging"):
        assert facts(client)["Log level"].startswith("ERROR.")
    assert facts(client)["Log level"].startswith("INFO.")


def test_the_chat_page_opens_it_in_another_tab(alice):
    page = flat(signed_in(alice).get("/").content.decode())
    assert f'href="{URL}" target="_blank"' in page


def test_it_has_one_heading_and_a_term_for_every_value(alice):
    page = signed_in(alice).get(URL).content.decode()
    assert page.count("<h1") == 1
    assert page.count("<dt>") == page.count("<dd>") > 15
