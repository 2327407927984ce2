"""Deleting an account or ending a session closes other windows at once and clears them."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD


def opens_account(person):
    person.page.locator(".me__name").click()
    with person.page.context.expect_page() as opened:
        person.page.get_by_role("link", name="Your account").click()
    return opened.value


def test_deleting_an_account(alice, bob, somebody):
    phone = somebody("phone", signed_up=False).logs_in(alice.name)
    bob.chooses(alice)
    phone.chooses(bob).says("private words")
    bob.hears("private words")

    account = opens_account(alice)
    account.get_by_role("link", name="Delete your account").click()
    account.get_by_label("Current password").fill(PASSWORD)
    account.get_by_role("button", name="Delete my account for good").click()
    expect(account.get_by_role("status").first).to_contain_text("Your account was deleted")
    for page in (alice.page, phone.page):
        expect(page).to_have_url(re.compile("/accounts/login/"))
        assert "private words" not in page.content()
    bob.says("are you there?")
    expect(bob.pane.get_by_text("are you there?")).to_be_visible()
    expect(bob.heard("are you there?").locator(".state--delivered")).to_have_count(0)
    # The grace period of presence delays this for a few seconds.
    online = bob.page.locator("#found").get_by_role("link", name=f"{alice.name} online")
    expect(online).to_have_count(0, timeout=20_000)
    bob.page.goto(f"{bob.url}/")
    bob.is_connected()
    expect(bob.entry(alice)).to_have_count(0)

    account.goto(f"{alice.url}/accounts/signup/")
    account.get_by_label("User name").fill(alice.name)
    account.get_by_label("Password").fill(PASSWORD)
    account.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(account.get_by_label("User name")).to_have_accessible_description(re.compile("taken"))
    account.close()


@pytest.mark.matrix
def test_logging_out_other_sessions(alice, bob, somebody):
    phone = somebody("phone", signed_up=False).logs_in(alice.name)
    phone.chooses(bob).says("private words")
    account = opens_account(alice)
    account.get_by_role("link", name="Active sessions").click()
    places = account.get_by_role("listitem")
    expect(places).to_have_count(2)
    expect(places.first).to_contain_text("Chrome on Linux (this browser)")
    places.last.get_by_role("button", name="Log out").click()
    expect(account.get_by_role("status")).to_have_text("The session was logged out.")
    expect(phone.page).to_have_url(re.compile("/accounts/login/"))
    assert "private words" not in phone.page.content()
    alice.is_connected().chooses(bob).says("still here")
    bob.chooses(alice).hears("still here")


@pytest.mark.matrix
def test_recovering_with_a_code(alice):
    account = opens_account(alice)
    account.get_by_role("link", name="Recovery codes").click()
    account.get_by_label("Current password").fill(PASSWORD)
    account.get_by_role("button", name="Create new codes").click()
    code = account.locator(".codes code").first.inner_text()
    account.get_by_role("link", name="Back to your account").click()
    account.get_by_role("button", name="Log out").click()
    account.get_by_role("link", name="Forgot your password?").click()
    account.get_by_label("User name").fill(alice.name)
    account.get_by_label("Recovery code").fill(code.upper().replace("-", " "))
    account.get_by_label("New password").fill("another long enough password")
    account.get_by_role("button", name="Change password").click()
    expect(account.get_by_role("status").first).to_contain_text("You can now log in")
    account.close()
    alice.logs_in(password="another long enough password")


@pytest.mark.matrix
def test_the_download(alice):
    account = opens_account(alice)
    with account.expect_download() as file:
        account.get_by_role("link", name="Download your data").click()
    assert file.value.suggested_filename == "what-is-held-about-you.json"
    assert alice.name in file.value.path().read_text()
