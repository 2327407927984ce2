"""From a server on which nobody is, and to which nobody gets uninvited, to two people who talk."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.support.servers import ROOT, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), SIGNUP="invite").start()
    yield running
    running.stop()


def asks(server, *words: str) -> str:
    """The address that a command prints."""
    command = [sys.executable, "manage.py", *words]
    made = subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True
    )
    return re.findall(r"http\S+", made.stdout)[0]


def signs_up(person) -> None:
    person.page.get_by_label("User name").fill(person.name)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("main").get_by_role("button", name="Sign up").click()


def is_turned_away(person, status: int) -> None:
    """The console notes each answer that is not a 200."""
    assert [error for error in person.errors if f"status of {status}" not in error] == []
    person.errors.clear()


def invites(person) -> str:
    """The link of an invitation that a person makes, from the chat page's own corner on."""
    person.page.locator(".me__name").click()
    with person.page.context.expect_page() as opened:
        person.page.get_by_role("link", name="Your account").click()
    account = opened.value
    account.get_by_role("link", name="Invite someone").click()
    account.get_by_role("button", name="Create invitation").click()
    expect(account.get_by_role("img", name="QR code for this link")).to_be_visible()
    link = account.locator(".invitation__link").inner_text()
    account.get_by_role("link", name="Back to invitations").click()
    expect(account.locator("time")).to_have_attribute(
        "title", re.compile(r"\d{4}")
    )  # by the reader's own clock
    account.close()
    person.page.keyboard.press("Escape")
    return link


def test_the_first_one_invites_the_second_and_nobody_else_gets_in(somebody, server):
    greta, dora, emil = (somebody(name, signed_up=False) for name in ("greta", "dora", "emil"))
    greta.page.goto(asks(server, "first_admin_link"))
    expect(greta.page.get_by_text("You’ll be the administrator")).to_be_visible()
    signs_up(greta)
    greta.is_connected()

    dora.page.goto(f"{server.url}/accounts/signup/")
    expect(dora.page.get_by_role("heading", name="Sign-up is closed")).to_be_visible()
    is_turned_away(dora, 403)

    link = invites(greta)
    dora.page.goto(link)
    expect(dora.page).to_have_url(f"{server.url}/accounts/signup/")
    signs_up(dora)
    dora.is_connected()
    greta.chooses(dora).says("Welcome!")
    dora.chooses(greta).hears("Welcome!")

    emil.page.goto(link)
    expect(emil.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    is_turned_away(emil, 410)


def test_an_invitation_works_without_scripts_and_is_taken_back(somebody, server):
    greta = somebody("greta", signed_up=False, java_script_enabled=False)
    words = (
        "from datetime import timedelta; from accounts.invitations import create; "
        "print(create(None, 2, timedelta(1)))"
    )
    greta.page.goto(asks(server, "shell", "--no-imports", "-c", words))
    signs_up(greta)
    expect(greta.page.get_by_role("heading", name="People")).to_be_visible()
    server.makes_staff(greta.name)
    page = greta.page
    page.goto(f"{server.url}/accounts/invitations/")
    page.get_by_role("button", name="Create invitation").click()
    page.get_by_role("link", name="Back to invitations").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_have_text("The invitation was revoked.")
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
