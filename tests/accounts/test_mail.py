"""Reset links by e-mail, which do not reveal who has an account."""

import re

import pytest
from django.core import mail as sent
from django.test import Client

from accounts.auth import recovery, throttling
from accounts.models import User
from tests.accounts.clients import log_in

PAGE = "/accounts/mail/"
NEW = "another long enough password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def alice(alice):
    alice.email = "Alice@example.org"
    alice.save()
    return alice


def ask(address, client=None, **extra):
    """Return the answer after all background work is done."""
    response = (client or Client()).post(PAGE, {"email": address}, follow=True, **extra)
    recovery.executor.submit(lambda: None).result(10)
    return response


def test_there_is_no_such_page_without_a_mail_server(client, alice):
    for answer in (client.get(PAGE), client.post(PAGE, {"email": alice.email})):
        assert answer.status_code == 404
    assert PAGE not in client.get("/accounts/recover/").content.decode()


def test_a_link_arrives_by_mail_and_works(client, alice, mail_server):
    assert PAGE in client.get("/accounts/recover/").content.decode()
    ask("alice@EXAMPLE.org")
    [letter] = sent.outbox
    assert letter.to == ["Alice@example.org"]
    assert letter.from_email == "no-reply@localhost"
    [link] = re.findall(r"http://localhost:8000(\S+)", str(letter.body))
    client.post(client.get(link).url, {"new_password": NEW})
    assert log_in(Client(), password=NEW).status_code == 302


def test_a_mail_is_in_the_language_of_the_request(alice, mail_server):
    ask("alice@example.org", headers={"accept-language": "de"})
    [letter] = sent.outbox
    assert letter.subject == "Passwort für Sotto zurücksetzen"
    assert str(letter.body).startswith("Hallo alice,\n\njemand")


def test_known_and_unknown_addresses_get_the_same_answer(alice, mail_server):
    pages = [ask(f"{name}@example.org", Client()).content for name in ("alice", "nobody")]
    plain = {re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page) for page in pages}
    assert len(plain) == 1
    assert b"If an account uses this address" in plain.pop()
    assert len(sent.outbox) == 1


def test_the_answer_does_not_wait_for_the_mail(alice, mail_server, monkeypatch):
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


def test_a_failing_mail_server_is_logged_without_the_address(alice, mail_server, settings, caplog):
    settings.EMAIL_BACKEND = "tests.accounts.test_mail.Broken"
    assert ask(alice.email).status_code == 200
    assert "A mail could not be sent: ConnectionRefusedError" in caplog.text
    assert "example.org" not in caplog.text


class Broken:
    """A mail server that is unavailable."""

    def __init__(self, **_):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError(messages[0].to[0])


def test_an_inactive_user_gets_no_mail_and_two_users_with_one_address_get_two(
    alice, bob, carol, mail_server
):
    User.objects.update(email="all@example.org")
    User.objects.filter(pk=carol.pk).update(is_active=False)
    ask("all@example.org")
    assert {letter.body.split(",")[0] for letter in sent.outbox} == {"Hello alice", "Hello bob"}


def test_an_address_that_only_the_database_considers_equal_gets_no_mail(alice, mail_server):
    User.objects.filter(pk=alice.pk).update(email="mike@example.org")
    ask("m\u0131ke@example.org")
    assert sent.outbox == []


def test_the_number_of_mails_to_a_user_is_limited(alice, mail_server):
    for number in range(6):
        ask(alice.email, REMOTE_ADDR=f"192.0.2.{number}")
    assert len(sent.outbox) == throttling.MAIL_TO.most == 3


def test_the_number_of_requests_from_a_network_address_is_limited(alice, mail_server, monkeypatch):
    monkeypatch.setattr(throttling, "MAIL_ADDRESS", throttling.MAIL_ADDRESS._replace(most=1))
    assert ask("a@example.org").status_code == 200
    answer = ask("b@example.org")
    assert answer.status_code == 429
    assert 'value="b@example.org"' in answer.content.decode()


@pytest.mark.parametrize("address", ["", "nonsense", "a@b\ncc: c@example.org", "\x00@example.org"])
def test_invalid_addresses_are_refused(mail_server, address):
    assert ask(address).status_code == 422
    assert sent.outbox == []
