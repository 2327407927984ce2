"""What axe finds (nothing), and what it cannot see: where the focus is, and what a screen reader hears."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import PASSWORD

AXE = Axe()
# Beside what axe does by itself (best practice included): targets of 24 px (WCAG 2.2).
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
ERROR_PAGES = {"400": "That did not work", "403": "That is not allowed", "404": "There is nothing here"}


def is_accessible(page: Page) -> None:
    """Nothing is found in either colour scheme, with nothing in motion; there is one heading of rank one."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        report = AXE.run(page, options=RULES)
        assert report.response["violations"] == [], f"{page.url}, {scheme}: {report.generate_report()}"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)


def fits(page: Page) -> None:
    """Nobody has to scroll sideways."""
    widths = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert widths[0] == widths[1], f"{page.url} is wider than its window: {widths}"


@pytest.fixture
def visitor(browser):
    """Somebody who makes mistakes: errors in their console are what is asked for."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    yield page
    page.context.close()


@pytest.fixture(params=[DESKTOP, PHONE["viewport"]], ids=["desktop", "phone"])
def window(request, somebody):
    """Somebody with a window of either size."""
    return somebody("wanda", viewport=request.param)


def submit(page: Page, button: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    page.get_by_role("main").get_by_role("button", name=button).click()


def test_signing_up(visitor, server):
    visitor.goto(f"{server.url}/accounts/signup/")
    is_accessible(visitor)
    submit(visitor, "Sign up", user_name="a", password="1234567890")
    expect(visitor.locator(".field__error")).to_have_count(2)
    expect(visitor.get_by_label("User name")).to_be_focused()
    expect(visitor.get_by_label("User name")).to_have_accessible_description(re.compile("too short"))
    is_accessible(visitor)


def test_logging_in(visitor, server):
    visitor.goto(f"{server.url}/accounts/login/")
    is_accessible(visitor)
    submit(visitor, "Log in", user_name="nobody", password="wrong")
    expect(visitor.get_by_label("Password")).to_have_accessible_description(re.compile("do not belong together"))
    is_accessible(visitor)


def test_changing_the_password(alice):
    alice.page.goto(f"{alice.url}/accounts/password/")
    is_accessible(alice.page)
    submit(alice.page, "Change the password", current_password="wrong", new_password="1234567890")
    expect(alice.page.locator(".field__error")).to_have_count(2)
    is_accessible(alice.page)
    assert [error for error in alice.errors if "status of 422" not in error] == []
    alice.errors.clear()  # the console notes each answer that is not a 200, and a form with faults is none
    submit(alice.page, "Change the password", current_password=PASSWORD, new_password="another long password")
    expect(alice.page.get_by_role("status")).to_be_visible()
    is_accessible(alice.page)


def make_staff(server, person) -> None:
    words = f"User.objects.filter(username={person.name!r}).update(is_staff=True)"
    server.manage("shell", "-v0", "-c", f"from accounts.models import User; {words}")


def is_only(errors: list[str], status: int) -> None:
    """The console notes each answer that is not a 200, and here that is what was asked for."""
    assert [error for error in errors if f"status of {status}" not in error] == []
    errors.clear()


def test_the_pages_about_ones_account(window, server):
    make_staff(server, window)
    page, place = window.page, f"{window.url}/accounts"
    for path in ("", "passkeys/", "second-factor/", "devices/", "codes/", "invitations/", "delete/"):
        page.goto(f"{place}/{path}")
        is_accessible(page)
        fits(page)
    page.goto(f"{place}/codes/")
    submit(page, "Show new codes", current_password=PASSWORD)
    expect(page.locator(".codes li")).to_have_count(10)
    is_accessible(page)
    fits(page)
    page.goto(f"{place}/invitations/")
    submit(page, "Make an invitation", for_how_many_people="0")
    expect(page.get_by_label("For how many people")).to_be_focused()
    submit(page, "Make an invitation", for_how_many_people="2")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    is_accessible(page)
    fits(page)
    page.goto(f"{place}/second-factor/on/")
    is_accessible(page)
    submit(page, "Go on", current_password=PASSWORD)
    expect(page.get_by_role("img", name="The secret for your app")).to_be_visible()
    is_accessible(page)
    fits(page)
    page.goto(f"{place}/passkeys/add/")
    expect(page.get_by_role("button", name="Make the passkey")).to_be_visible()
    is_accessible(page)
    fits(page)
    page.goto(f"{place}/invitations/")
    expect(page.get_by_role("button", name="Take back")).to_have_accessible_description(re.compile("For 2 people"))
    is_accessible(page)


def test_too_many_attempts(alice):
    page = alice.page
    page.goto(f"{alice.url}/accounts/delete/")
    for _ in range(11):
        submit(page, "Delete my account", current_password="wrong")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Try again in \d+ (minutes|seconds)"))
    is_accessible(page)
    assert "429" in alice.errors.pop()
    is_only(alice.errors, 422)


def test_the_ways_back_in(visitor, server):
    visitor.goto(f"{server.url}/accounts/recover/")
    is_accessible(visitor)
    submit(visitor, "Change the password", user_name="nobody", recovery_code="x", new_password=PASSWORD)
    expect(visitor.get_by_label("Recovery code")).to_have_accessible_description(re.compile("do not belong together"))
    is_accessible(visitor)
    visitor.goto(f"{server.url}/accounts/reset/")
    expect(visitor.get_by_role("heading")).to_have_text("This link does not work")
    is_accessible(visitor)


def test_the_error_pages(visitor, server):
    visitor.goto(f"{server.url.replace('localhost', '127.0.0.1')}/accounts/login/")
    expect(visitor.get_by_role("heading")).to_have_text(ERROR_PAGES["400"])
    is_accessible(visitor)
    visitor.goto(f"{server.url}/nothing-here/")
    expect(visitor.get_by_role("heading")).to_have_text(ERROR_PAGES["404"])
    is_accessible(visitor)
    visitor.goto(f"{server.url}/accounts/login/")
    visitor.context.clear_cookies()
    submit(visitor, "Log in", user_name="alice", password=PASSWORD)
    expect(visitor.get_by_role("heading")).to_have_text(ERROR_PAGES["403"])
    is_accessible(visitor)


def test_the_page_for_a_fault_of_the_server(visitor, server):
    visitor.route("**/accounts/login/", lambda route: route.fulfill(status=500, body=render_to_string("500.html")))
    visitor.goto(f"{server.url}/accounts/login/")
    expect(visitor.get_by_role("heading")).to_have_text("Something went wrong")
    is_accessible(visitor)


def test_the_blocked_people(window, bob):
    window.page.goto(f"{window.url}/people/blocked/")
    expect(window.page.get_by_text("You have blocked nobody.")).to_be_visible()
    is_accessible(window.page)
    window.page.goto(f"{window.url}/")
    window.is_connected().chooses(bob).pane.get_by_role("button", name="More about").click()
    expect(window.pane.get_by_role("button", name="Block")).to_be_visible()
    is_accessible(window.page)
    window.pane.get_by_role("button", name="Block").click()
    expect(window.pane.get_by_role("button", name="Unblock")).to_be_focused()
    is_accessible(window.page)
    window.page.goto(f"{window.url}/people/blocked/")
    expect(window.page.get_by_role("button", name=f"Unblock {bob.name}")).to_be_visible()
    is_accessible(window.page)


def test_the_chat_page_with_nobody_chosen(window):
    is_accessible(window.page)
    window.page.locator(".me__name").click()
    expect(window.page.get_by_role("button", name="Log out")).to_be_visible()
    is_accessible(window.page)
    switch = window.page.get_by_role("switch", name="Appear offline")
    expect(switch).to_have_accessible_description(re.compile("Messages still reach you"))
    switch.press("Enter")
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    is_accessible(window.page)
    window.page.locator(".me__name").click()
    window.page.get_by_role("searchbox", name="Find a person").fill("nobody of that name")
    expect(window.page.get_by_text("Nobody here is called")).to_be_visible()
    is_accessible(window.page)


def test_a_conversation(window, alice, bob):
    bob.chooses(window).says("to be counted")
    expect(window.entry(bob)).to_contain_text("1 unread")
    is_accessible(window.page)
    window.chooses(alice).says("one thing, see https://example.org/")
    alice.chooses(window).hears("one thing")
    alice.composer.press_sequentially("h")
    expect(window.pane.get_by_text("is typing")).to_be_visible()
    is_accessible(window.page)
    alice.says("and another")
    window.hears("and another")
    window.writes("x" * 4003)
    expect(window.pane.get_by_text("3 too many")).to_be_visible()
    is_accessible(window.page)


def test_a_report(window, bob):
    bob.chooses(window).says("something bad")
    window.chooses(bob).hears("something bad")
    window.pane.get_by_role("button", name=f"More about {bob.name}").click()
    is_accessible(window.page)
    window.pane.get_by_role("button", name=f"Report {bob.name}").click()
    dialog = window.page.get_by_role("dialog", name=f"Report {bob.name}")
    expect(dialog.get_by_role("checkbox", name=re.compile("something bad"))).to_be_focused()
    expect(dialog.get_by_role("group", name="What is sent")).to_be_visible()
    is_accessible(window.page)
    dialog.get_by_label("Why").select_option("Something else")
    dialog.get_by_label("Note").fill("x" * 1001)
    dialog.get_by_role("button", name="Send the report").click()
    expect(dialog.get_by_role("status")).to_contain_text("1000 is the limit")
    is_accessible(window.page)
    is_only(window.errors, 422)
    dialog.get_by_label("Note").fill("")
    dialog.get_by_role("button", name="Send the report").click()
    expect(dialog.get_by_role("status")).to_contain_text("Reported.")
    is_accessible(window.page)


def test_a_refused_message(window, server):
    name = f"sleeper-of-{window.name}"
    server.manage("shell", "-v0", "-c", f"from accounts.models import User; User.objects.create_user('{name}')")
    window.page.reload()
    window.is_connected().page.locator("#people").get_by_role("link", name=name).click()
    window.says("are you there?")
    expect(window.pane.get_by_role("status").get_by_text("waiting for")).to_be_visible()
    is_accessible(window.page)


def test_the_account_and_the_lists_say_what_they_are(alice, bob):
    page = alice.chooses(bob).page
    expect(page.locator(".me__name")).to_have_accessible_name(f"Your account: {alice.name}")
    for landmark in ("banner", "main", "search"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("complementary", name="People")).to_be_visible()
    expect(page.get_by_role("log", name=f"Conversation with {bob.name}")).to_be_attached()
    expect(alice.entry(bob)).to_have_accessible_name(f"{bob.name} online")
