"""The download contains all data about a user, from every table, and no credentials."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from accounts import invitations, personal_data
from accounts.auth import recovery, second_factor, totp
from accounts.models import Block, User
from tests.accounts.clients import browser
from tests.accounts.test_passkeys import added

PAGE = "/accounts/download/"
SECRET = b"a secret of 20 bytes"

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(alice):
    """Return Alice with a row in every table that can have one."""
    alice.groups.add(Group.objects.create(name="the choir"))
    recovery.make_codes(alice)
    invitations.create(alice, 3, timedelta(days=7))
    added(alice)
    second_factor.turn_on(alice, SECRET, totp.code(SECRET, totp.current_step() - 1))
    Block.objects.create(blocker=alice, blocked=User.objects.create_user("Bert"))
    alice.reports_made.file(User.objects.create_user("Rob").pk, {"messages": []})
    for by, about in ((alice, "999"), (User.objects.create_superuser("Ruth"), str(alice.pk))):
        LogEntry.objects.log_actions(by.pk, User.objects.filter(pk=about) or [by], 2, "changed")
    return alice


def second_step():
    """Return Alice's client after the second step of her log-in."""
    client = browser()
    client.post("/accounts/login/code/", {"code": totp.code(SECRET, totp.current_step())})
    return client


def held(client):
    response = client.get(PAGE)
    assert response["Content-Disposition"].startswith("attachment")
    return json.loads(response.content)


def test_every_column_of_every_table_is_exported(full):
    found = held(second_step())
    assert {"people", "sessions", "recovery codes", "invitations", "log entries"} <= found.keys()
    [me] = found["people"]
    columns = {field.name for field in (*User._meta.concrete_fields, *User._meta.many_to_many)}
    assert me.keys() == columns
    assert (me["username"], me["groups"]) == ("alice", ["the choir"])
    assert len(found["recovery codes"]) == 10
    assert found["invitations"][0]["uses_left"] == 3
    [passkey] = found["passkeys"]
    assert (passkey["name"], passkey["last_used_on"]) == ("My telephone", None)
    assert bytes.fromhex(passkey["credential_id"]) == bytes(full.passkeys.get().credential_id)
    assert found["sessions"][0]["session_data"]["sign_in"]["device"] == "Firefox on Linux"


def test_log_entries_of_the_administration_about_a_user_are_exported(full):
    found = held(second_step())
    assert {entry["object_repr"] for entry in found["log entries"]} >= {"alice"}


def test_the_export_is_the_same_in_every_language(full):
    client = second_step()
    german = json.loads(client.get(PAGE, headers={"accept-language": "de"}).content)
    assert german.keys() == held(client).keys()


def points_to_people(field):
    other = field.related_model if field.concrete else None
    return isinstance(other, type) and issubclass(User, other)


def test_no_table_with_user_data_is_left_out(full):
    """Search for references to users, so that a new model fails here if it is left out."""
    second_step()
    # A many-to-many relation is exported from its other side.
    pointing = {relation.related_model for relation in User._meta.related_objects}
    assert len(pointing) >= 4
    for model in pointing:
        assert isinstance(model, type)
        assert list(personal_data.rows_about(model, full)), (
            f"{model.__name__} has no row of Alice's: give her one here"
        )


def test_a_block_is_exported_for_the_blocker_only(full):
    bert = User.objects.get(username="Bert")
    assert [row["blocked"] for row in held(second_step())["blocks"]] == [bert.pk]
    assert list(personal_data.rows_about(Block, bert)) == []
    found = personal_data.export(bert)
    assert "blocks" not in found
    assert [row["username"] for row in found["people"]] == ["Bert"]
    assert "alice" not in str(found)


def test_every_model_with_a_reference_to_users_is_queried():
    models = [
        model for model in apps.get_models() if any(map(points_to_people, model._meta.get_fields()))
    ]
    assert len(models) >= 4
    nobody = User(pk=0)
    assert all(list(personal_data._queries(model, nobody)) for model in models)


def test_no_credential_is_exported(full):
    here = second_step()
    text = here.get(PAGE).content.decode()
    secrets = [full.password, here.session.session_key, here.session["_auth_user_hash"]]
    secrets += [code.digest for code in full.recovery_codes.all()] + [full.invitations.get().digest]
    assert len(secrets) == 14
    secrets.append(bytes(full.second_factor.sealed_secret).hex())
    assert not any(secret in text for secret in secrets)
    assert text.count(personal_data.WITHHELD) >= 14


def test_a_pending_totp_secret_is_not_exported(full):
    here = second_step()
    here.get("/accounts/second-factor/on/")
    assert here.session["second_factor_secret"] not in here.get(PAGE).content.decode()


def test_a_link_opened_in_this_session_is_not_exported(alice, bob):
    here, link = browser(), recovery.reset_link(bob).removeprefix("http://localhost:8000")
    assert here.get(link).status_code == 302
    assert link.split("/")[-2] not in here.get(PAGE).content.decode()


def test_no_data_of_other_users_is_exported(full, bob):
    browser("bob")
    recovery.make_codes(bob)
    assert "bob" not in Client().get(PAGE).content.decode()
    found = held(second_step())
    assert len(found["recovery codes"]) == 10
    assert len(found["sessions"]) == 1
    assert "bob" not in json.dumps(found)
