"""Passkeys in a real browser, with Chromium's virtual authenticator."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import is_accessible
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD

ABLE = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
DEVICE = {"protocol": "ctap2", "transport": "internal", **ABLE}

FORGET = """
from importlib import import_module
from django.conf import settings
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
for row in SessionStore.get_model_class().objects.all():
    session = SessionStore(row.session_key)
    session.pop("confirmed_at", None)
    session.save()
"""


class Device:
    """A virtual authenticator. Its user may be present (`touched`) and verified (`verified`)."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("WebAuthn.enable")
        options = {**DEVICE, "automaticPresenceSimulation": False}
        added = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = added["authenticatorId"]

    def is_touched(self) -> None:
        self._set("AutomaticPresenceSimulation", enabled=True)

    def knows_the_finger(self, *, does: bool) -> None:
        self._set("UserVerified", isUserVerified=does)

    def passkeys(self) -> list[dict]:
        known = self.wire.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return known["credentials"]

    def winds_back(self) -> None:
        """Set back the counter, as if the passkey had been copied."""
        (passkey,) = self.passkeys()
        known = {"authenticatorId": self.id, "credentialId": passkey["credentialId"]}
        self.wire.send("WebAuthn.removeCredential", known)
        copy = {**passkey, "signCount": 0}
        self.wire.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": copy})

    def _set(self, what: str, **values: bool) -> None:
        self.wire.send(f"WebAuthn.set{what}", {"authenticatorId": self.id, **values})


@pytest.fixture
def device(alice):
    return Device(alice.page)


def offers_nothing_by_itself(page):
    """Turn off passkeys in the autofill from the next page on. The virtual authenticator answers
    without a choice by the user, and would log in again and again.
    """
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")


def confirms(person):
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Continue").click()


def adds(person, device, name):
    page = person.page
    page.goto(f"{person.url}/accounts/passkeys/")
    page.get_by_role("link", name="Add a passkey").click()
    if "confirm" in page.url:
        confirms(person)
    device.is_touched()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_role("status")).to_contain_text("added")


def logs_out(person):
    person.page.goto(f"{person.url}/")
    person.is_connected()
    person.page.locator(".me__name").click()
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url(re.compile("/accounts/login/"))


def test_a_passkey_is_added_used_renamed_and_removed(alice, device):
    page = alice.page
    adds(alice, device, "Laptop")
    offers_nothing_by_itself(page)
    (passkey,) = device.passkeys()
    assert passkey["isResidentCredential"]
    assert alice.name.encode().hex() not in passkey["userHandle"]
    is_accessible(page)

    page.get_by_role("link", name="Rename").click()
    page.get_by_role("textbox", name="Name").fill("The blue laptop")
    is_accessible(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("listitem")).to_contain_text("not used yet")

    logs_out(alice)
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".me__name")).to_contain_text(alice.name)
    alice.is_connected()

    page.goto(f"{alice.url}/accounts/passkeys/")
    expect(page.get_by_role("listitem")).to_contain_text("last used")
    remove = page.get_by_role("link", name="Remove")
    expect(remove).to_have_accessible_description("The blue laptop")
    remove.click()
    is_accessible(page)
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_text("You have no passkeys yet.")).to_be_visible()

    logs_out(alice)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("isn’t accepted here")).to_be_visible()
    is_accessible(page)


def test_the_browser_suggests_a_passkey_in_the_name_field(alice, device):
    page = alice.page
    adds(alice, device, "Laptop")
    expect(page.get_by_role("listitem")).to_contain_text("not used yet")
    page.context.clear_cookies(name=re.compile("session$"))
    page.goto(f"{alice.url}/accounts/login/?next=/accounts/passkeys/")
    expect(page.get_by_role("listitem")).to_contain_text("last used")


@pytest.mark.matrix
def test_a_cancelled_passkey_dialog_is_explained(alice, device):
    page = alice.page
    page.goto(f"{alice.url}/accounts/passkeys/add/")
    confirms(alice)
    device.knows_the_finger(does=False)
    device.is_touched()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was created")
    is_accessible(page)
    assert device.passkeys() == []
    device.knows_the_finger(does=True)
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_role("status")).to_contain_text("“Laptop” added")

    offers_nothing_by_itself(page)
    logs_out(alice)
    device.knows_the_finger(does=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was used")


@pytest.mark.matrix
def test_an_authenticator_is_added_once(alice, device):
    adds(alice, device, "Laptop")
    alice.page.get_by_role("link", name="Add a passkey").click()
    alice.page.get_by_label("Name").fill("The same laptop")
    alice.page.get_by_role("button", name="Create passkey").click()
    expect(alice.page.get_by_role("status")).to_contain_text("already has a passkey for this site")
    assert len(device.passkeys()) == 1


@pytest.mark.matrix
def test_an_expired_confirmation_asks_for_the_password_again(alice, device, server):
    page = alice.page
    page.goto(f"{alice.url}/accounts/passkeys/add/")
    confirms(alice)
    page.get_by_label("Name").fill("Laptop")
    server.manage("shell", "-v0", "-c", FORGET)
    page.get_by_role("button", name="Create passkey").click()
    confirms(alice)
    expect(page.get_by_role("button", name="Create passkey")).to_be_visible()
    assert device.passkeys() == []


@pytest.mark.matrix
def test_a_copied_passkey_is_refused(alice, device):
    adds(alice, device, "Laptop")
    offers_nothing_by_itself(alice.page)
    logs_out(alice)
    device.winds_back()
    alice.page.get_by_role("button", name="Use a passkey").click()
    expect(alice.page.get_by_text("isn’t accepted here")).to_be_visible()


def test_an_account_with_only_a_passkey_is_deleted_with_it(alice, device, server):
    page = alice.page
    adds(alice, device, "Laptop")
    offers_nothing_by_itself(page)
    server.changes("UPDATE accounts_user SET password = '!' WHERE username = ?", alice.name)
    # A new password starts a new session.
    page.goto(f"{alice.url}/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    alice.is_connected()
    page.goto(f"{alice.url}/accounts/delete/")
    is_accessible(page)
    device.knows_the_finger(does=False)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was used")
    device.knows_the_finger(does=True)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("Your account was deleted")).to_be_visible()


def test_without_javascript_passkey_pages_explain_themselves(browser, server):
    page = browser.new_context(java_script_enabled=False, **PHONE).new_page()
    page.goto(f"{server.url}/accounts/login/")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    page.context.close()
