"""From a new server that requires invitations to a conversation of two users."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.accounts.test_deletion import opens_account
from tests.browser.conftest import becomes, is_only
from tests.support.servers import ROOT, Server

CREATE = """
from datetime import timedelta
from accounts.invitations import create
print(create(None, 2, timedelta(1)))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("server"), SIGNUP="invite").start()
    yield running
    running.stop()


def asks(server, *words: str) -> str:
    """Return the URL that a command prints."""
    command = [sys.executable, "manage.py", *words]
    made = subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True
    )
    return re.findall(r"http\S+", made.stdout)[0]


def invites(person) -> str:
    """Create an invitation, starting at the chat page, and return its link."""
    account = opens_account(person)
    account.get_by_role("link", name="Invite someone").click()
    account.get_by_role("button", name="Create invitation").click()
    expect(account.get_by_role("img", name="QR code for this link")).to_be_visible()
    link = account.locator(".invitation__link").inner_text()
    account.get_by_role("link", name="Back to invitations").click()
    # In the reader's time zone.
    expect(account.locator("time")).to_have_attribute("title", re.compile(r"\d{4}"))
    account.close()
    person.page.keyboard.press("Escape")
    return link


def test_the_first_user_invites_the_second_and_others_are_refused(somebody, server):
    greta, dora, emil = (somebody(name, signed_up=False) for name in ("greta", "dora", "emil"))
    greta.page.goto(asks(server, "first_admin_link"))
    expect(greta.page.get_by_text("You’ll be the administrator")).to_be_visible()
    greta.fills_in_the_sign_up()
    greta.is_connected()
    with greta.page.expect_popup() as opened:
        greta.page.locator(".roster").get_by_role("link", name="Invite someone").click()
    expect(opened.value.get_by_role("heading", name="Invitations")).to_be_visible()
    opened.value.close()

    dora.page.goto(f"{server.url}/accounts/signup/")
    expect(dora.page.get_by_role("heading", name="Sign-up is closed")).to_be_visible()
    is_only(dora.errors, 403)

    link = invites(greta)
    dora.page.goto(link)
    expect(dora.page).to_have_url(f"{server.url}/accounts/signup/")
    dora.fills_in_the_sign_up()
    dora.is_connected()
    expect(dora.page.get_by_role("link", name="Invite someone")).to_have_count(0)
    greta.chooses(dora).says("Welcome!")
    dora.chooses(greta).hears("Welcome!")

    emil.page.goto(link)
    expect(emil.page.get_by_role("heading", name="This link doesn’t work")).to_be_visible()
    is_only(emil.errors, 410)


@pytest.mark.matrix
def test_an_invitation_works_and_is_revoked_without_javascript(somebody, server):
    greta = somebody("greta", signed_up=False, java_script_enabled=False)
    greta.page.goto(asks(server, "shell", "--no-imports", "-c", CREATE))
    greta.fills_in_the_sign_up()
    expect(greta.page.get_by_role("heading", name="People")).to_be_visible()
    server.makes_staff(greta.name)
    page = greta.page
    page.goto(f"{server.url}/accounts/invitations/")
    page.get_by_role("button", name="Create invitation").click()
    page.get_by_role("link", name="Back to invitations").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("status")).to_have_text("The invitation was revoked.")
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)


@pytest.mark.matrix
def test_the_first_person_on_an_open_site_passes_on_its_address(somebody, tmp_path):
    site = Server(tmp_path).start()
    greta = somebody("greta", url=site.url)
    page = greta.page
    expect(page.get_by_role("main")).to_contain_text("Invite someone to start talking.")
    expect(page.get_by_text("Pick someone to start talking.")).to_be_hidden()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    invite = page.get_by_role("button", name="Invite someone")
    expect(invite).to_have_accessible_description(re.compile(rf"^{site.url} Only this computer"))
    invite.press("Enter")
    expect(page.get_by_role("status").get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == site.url

    page.evaluate("navigator.clipboard.writeText('something else')")
    page.evaluate("""() => {
        window.clipboard = navigator.clipboard
        Object.defineProperty(navigator, 'clipboard', { value: undefined })
    }""")
    invite.click()
    expect.soft(invite).to_be_focused()
    becomes(lambda: page.evaluate("clipboard.readText()"), site.url)

    page.evaluate("navigator.share = async (shared) => { window.shared = shared }")
    invite.click()
    becomes(lambda: page.evaluate("window.shared"), {"url": site.url})

    somebody("dora", url=site.url)
    expect(page.get_by_text("Pick someone to start talking.")).to_be_visible()
    expect(page.get_by_text("Nobody else is here yet")).to_have_count(2)
    for each in page.get_by_text("Nobody else is here yet").all():
        expect(each).to_be_hidden()
    expect(invite).to_be_visible()
    greta.forgives_the_wire()
    site.stop()
