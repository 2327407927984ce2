"""Two-step verification in a real browser."""

import base64
import re

from playwright.sync_api import expect

from accounts.auth import totp
from tests.browser.accounts.test_passkeys import confirms, logs_out
from tests.browser.audit import is_accessible
from tests.browser.conftest import is_only
from tests.conftest import PASSWORD


def turns_codes_on(person) -> tuple[bytes, str]:
    """Turn on two-step verification. Return the app's secret and the code that was used."""
    page = person.page
    page.goto(f"{person.url}/accounts/second-factor/")
    page.get_by_role("link", name="Turn on").click()
    confirms(person)
    expect(page.get_by_role("img", name="QR code with the key")).to_be_visible()
    secret = base64.b32decode(page.locator("code").inner_text().replace(" ", ""))
    types(person, "000000x", button="Turn on")
    is_told(page, "Incorrect code")
    is_accessible(page)
    first = shown(secret)
    types(person, first, button="Turn on")
    expect(page.get_by_role("status")).to_contain_text("Two-step verification is now on")
    is_accessible(page)
    return secret, first


def shown(secret: bytes, steps_from_now: int = 0) -> str:
    return totp.code(secret, totp.current_step() + steps_from_now)


def types(person, code, button="Log in"):
    person.page.get_by_role("textbox", name="Code").fill(code)
    person.page.get_by_role("button", name=button).click()


def is_told(page, words):
    code = page.get_by_role("textbox", name="Code")
    expect(code).to_have_accessible_description(re.compile(words))


def types_the_password(person):
    person.page.get_by_label("User name").fill(person.name)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Log in").click()
    expect(person.page.get_by_role("heading", name="Enter your code")).to_be_visible()


def test_authenticator_codes_are_turned_on_used_and_turned_off(alice):
    page = alice.page
    secret, spent = turns_codes_on(alice)
    logs_out(alice)
    types_the_password(alice)
    is_accessible(page)
    for code in (shown(secret, -20), spent):
        types(alice, code)
        is_told(page, "incorrect or was already used")
    is_accessible(page)
    page.goto(f"{alice.url}/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    types_the_password(alice)
    types(alice, shown(secret, +1))
    alice.is_connected()
    is_only(alice.errors, 422)

    page.goto(f"{alice.url}/accounts/second-factor/")
    page.get_by_role("link", name="Turn off").click()
    is_accessible(page)
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("status")).to_contain_text("Two-step verification is now off")


def test_codes_need_no_javascript(browser, server):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{server.url}/accounts/signup/")
    page.get_by_label("User name").fill("noscript")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.goto(f"{server.url}/accounts/second-factor/on/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    secret = base64.b32decode(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_role("textbox", name="Code").fill(shown(secret))
    page.get_by_role("button", name="Turn on").click()
    page.context.clear_cookies(name=re.compile("session$"))
    page.goto(f"{server.url}/accounts/login/?next=/accounts/second-factor/")
    page.get_by_label("User name").fill("noscript")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("textbox", name="Code").fill(shown(secret, +1))
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("you enter a code")).to_be_visible()
    page.context.close()
