"""A link by e-mail, where there is a mail server; who asks does not learn who is here."""

import re

import pytest
from django.core import mail as sent
from django.test import Client

from accounts.auth import recovery, throttling
from accounts.models import User
from tests.accounts.signing import log_in

PAGE = "/accounts/mail/"
NEW = "another long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def post_office(settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def alice(alice):
    alice.email = "Alice@example.org"
    alice.save()
    return alice


def ask(address, client=None, **extra):
    """The answer, after everything that it set going is done."""
    response = (client or Client()).post(PAGE, {"email": address}, follow=True, **extra)
    recovery.executor.submit(lambda: None).result(10)
    return response


def test_without_a_mail_server_there_is_no_such_page(client, alice):
    for answer in (client.get(PAGE), client.post(PAGE, {"email": alice.email})):
        assert answer.status_code == 404
    assert PAGE not in client.get("/accounts/recover/").content.decode()


def test_a_link_comes_by_mail_and_works(client, alice, post_office):
    assert PAGE in client.get("/accounts/recover/").content.decode()
    ask("alice@EXAMPLE.org")
    [letter] = sent.outbox
    assert letter.to == ["Alice@example.org"]
    assert letter.from_email == "no-reply@localhost"
    [link] = re.findall(r"http://localhost:8000(\S+)", str(letter.body))
    client.post(client.get(link).url, {"new_password": NEW})
    assert log_in(Client(), password=NEW).status_code == 302


def test_a_mail_speaks_the_language_of_whoever_asks(alice, post_office):
    ask("alice@example.org", headers={"accept-language": "de"})
    [letter] = sent.outbox
    assert letter.subject == "Passwort für Sotto zurücksetzen"
    assert str(letter.body).startswith("Hallo alice,\n\njemand")


def test_known_and_unknown_addresses_are_answered_alike(alice, post_office):
    pages = [ask(f"{name}@example.org", Client()).content for name in ("alice", "nobody")]
    plain = {re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page) for page in pages}
    assert len(plain) == 1
    assert b"If an account uses this address" in plain.pop()
    assert len(sent.outbox) == 1


def test_the_answer_does_not_wait_for_the_letter_to_be_written_and_sent(
    alice, post_office, monkeypatch
):
    written, waiting = [], []

    def write(user):
        written.append(user)
        return "a link"

    monkeypatch.setattr(recovery, "reset_link", write)
    monkeypatch.setattr(recovery.executor, "submit", lambda *work: waiting.append(work))
    Client().post(PAGE, {"email": alice.email})
    assert written == sent.outbox == []
    [[send, *words]] = waiting
    send(*words)
    assert written == [alice]
    assert "a link" in sent.outbox[0].body


def test_a_mail_server_that_fails_is_noted_without_the_address(
    alice, post_office, settings, caplog
):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Broken"
    assert ask(alice.email).status_code == 200
    assert "A mail could not be sent: ConnectionRefusedError" in caplog.text
    assert "example.org" not in caplog.text


class Broken:
    """A mail server that is not there."""

    def __init__(self, **_):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError(messages[0].to[0])


def test_who_is_shut_out_gets_none_and_two_with_one_address_get_two(alice, bob, carol, post_office):
    User.objects.update(email="all@example.org")
    User.objects.filter(pk=carol.pk).update(is_active=False)
    ask("all@example.org")
    assert {letter.body.split(",")[0] for letter in sent.outbox} == {"Hello alice", "Hello bob"}


def test_an_address_that_only_a_database_takes_for_another(alice, post_office):
    User.objects.filter(pk=alice.pk).update(email="mike@example.org")
    ask("m\u0131ke@example.org")
    assert sent.outbox == []


def test_nobody_is_flooded(alice, post_office):
    for number in range(6):
        ask(alice.email, REMOTE_ADDR=f"192.0.2.{number}")
    assert len(sent.outbox) == throttling.MAIL_TO.most == 3


def test_one_address_does_not_ask_for_ever(alice, post_office, monkeypatch):
    monkeypatch.setattr(throttling, "MAIL_ADDRESS", throttling.MAIL_ADDRESS._replace(most=1))
    assert ask("a@example.org").status_code == 200
    answer = ask("b@example.org")
    assert answer.status_code == 429
    assert 'value="b@example.org"' in answer.content.decode()


@pytest.mark.parametrize("address", ["", "nonsense", "a@b\ncc: c@example.org", "\x00@example.org"])
def test_nonsense_is_refused(post_office, address):
    assert ask(address).status_code == 422
    assert sent.outbox == []
