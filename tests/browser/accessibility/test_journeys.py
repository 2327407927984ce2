"""Pages and error messages in the course of journeys are accessible in both colour schemes and
sizes.
"""

import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Locator, Page, expect

from tests.browser import audit
from tests.browser.audit import is_accessible, is_hit
from tests.browser.conftest import DESKTOP, PHONE, is_only
from tests.conftest import PASSWORD

ERROR_PAGES = {"403": "You can’t do that", "404": "Page not found"}
FAULTS = {
    "400": "That didn’t work",
    "429": "Too many requests",
    "500": "Something went wrong",
    "503": "Back in a moment",
}


@pytest.fixture
def visitor(browser):
    """A user who makes mistakes, so console errors are expected."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    yield page
    page.context.close()


def is_described(element: Locator, words: str) -> None:
    expect(element).to_have_accessible_description(re.compile(words))


def submit(page: Page, button: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ").capitalize()).fill(text)
    page.get_by_role("main").get_by_role("button", name=button).click()


@pytest.mark.matrix
def test_signing_up(visitor, server):
    visitor.goto(f"{server.url}/accounts/signup/")
    submit(visitor, "Sign up", user_name="a", password="1234567890")
    expect(visitor.locator(".field__error")).to_have_count(2)
    expect(visitor.get_by_label("User name")).to_be_focused()
    is_described(visitor.get_by_label("User name"), "too short")
    is_accessible(visitor)


@pytest.mark.matrix
def test_logging_in(visitor, server):
    visitor.goto(f"{server.url}/accounts/login/")
    submit(visitor, "Log in", user_name="nobody", password="wrong")
    is_described(visitor.get_by_label("Password"), "Incorrect user name or")
    is_accessible(visitor)


@pytest.mark.matrix
def test_changing_the_password(alice):
    alice.page.goto(f"{alice.url}/accounts/password/")
    submit(alice.page, "Change password", current_password="wrong", new_password="1234567890")
    expect(alice.page.locator(".field__error")).to_have_count(2)
    is_accessible(alice.page)
    is_only(alice.errors, 422)
    new = "another long password"
    submit(alice.page, "Change password", current_password=PASSWORD, new_password=new)
    expect(alice.page.get_by_role("status")).to_be_visible()
    is_accessible(alice.page)


@pytest.mark.matrix
def test_creating_codes_and_invitations(alice, server):
    server.makes_staff(alice.name)
    page, place = alice.page, f"{alice.url}/accounts"
    page.goto(f"{place}/codes/")
    submit(page, "Create new codes", current_password=PASSWORD)
    expect(page.locator(".codes li")).to_have_count(10)
    is_accessible(page)
    page.goto(f"{place}/invitations/")
    submit(page, "Create invitation", number_of_people="0")
    expect(page.get_by_label("Number of people")).to_be_focused()
    is_only(alice.errors, 422)
    submit(page, "Create invitation", number_of_people="2")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    is_accessible(page)
    page.goto(f"{place}/second-factor/on/")
    submit(page, "Continue", current_password=PASSWORD)
    expect(page.get_by_role("img", name="QR code with the key")).to_be_visible()
    is_accessible(page)
    page.goto(f"{place}/passkeys/add/")
    expect(page.get_by_role("button", name="Create passkey")).to_be_visible()
    is_accessible(page)
    page.goto(f"{place}/invitations/")
    is_described(page.get_by_role("button", name="Revoke"), "For 2 people")
    is_accessible(page)


def test_too_many_attempts(alice):
    page = alice.page
    page.goto(f"{alice.url}/accounts/delete/")
    for _ in range(11):
        submit(page, "Delete my account", current_password="wrong")
    words = re.compile(r"Try again in \d+ (minutes|seconds)")
    expect(page.get_by_role("alert")).to_contain_text(words)
    is_accessible(page)
    assert "429" in alice.errors.pop()
    is_only(alice.errors, 422)


@pytest.mark.matrix
def test_recovering_an_account(visitor, server):
    visitor.goto(f"{server.url}/accounts/recover/")
    submit(visitor, "Change password", user_name="nobody", recovery_code="x", new_password=PASSWORD)
    is_described(visitor.get_by_label("Recovery code"), "Incorrect user name or")
    is_accessible(visitor)
    visitor.goto(f"{server.url}/accounts/reset/")
    expect(visitor.get_by_role("heading")).to_have_text("This link doesn’t work")


@pytest.mark.matrix
def test_the_error_pages(visitor, server):
    visitor.goto(f"{server.url}/nothing-here/")
    expect(visitor.get_by_role("heading")).to_have_text(ERROR_PAGES["404"])
    is_accessible(visitor)
    visitor.goto(f"{server.url}/accounts/login/")
    visitor.context.clear_cookies()
    submit(visitor, "Log in", user_name="alice", password=PASSWORD)
    expect(visitor.get_by_role("heading")).to_have_text(ERROR_PAGES["403"])
    is_accessible(visitor)


@pytest.mark.matrix
@pytest.mark.parametrize(("status", "heading"), FAULTS.items())
def test_pages_for_refusals_and_server_errors(visitor, server, status, heading):
    values = {"seconds": 3, "site_name": "Sotto", "site_url": server.url}
    body = render_to_string(f"{status}.html", values)
    visitor.route("**/accounts/login/", lambda route: route.fulfill(status=int(status), body=body))
    visitor.goto(f"{server.url}/accounts/login/")
    expect(visitor.get_by_role("heading")).to_have_text(heading)
    is_accessible(visitor)


def test_the_list_of_blocked_people(alice, bob):
    page = alice.chooses(bob).page
    dialog = alice.opens_dialog(f"Block {bob.name}")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    is_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    row = alice.pane.get_by_role("button", name="Block")
    expect(row).to_be_focused()
    is_accessible(page)
    row.click()
    dialog.get_by_role("button", name="Block").click()
    expect(alice.pane.get_by_role("button", name="Unblock")).to_be_visible()
    expect(alice.pane.get_by_role("button", name="More actions for")).to_be_focused()
    is_accessible(page)
    page.goto(f"{alice.url}/people/blocked/")
    expect(page.get_by_role("button", name=f"Unblock {bob.name}")).to_be_visible()
    is_accessible(page)


def test_the_chat_page_without_an_open_conversation(alice):
    page = alice.page
    page.locator(".me__name").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    is_accessible(page)
    switch = page.get_by_role("switch", name="Appear offline")
    is_described(switch, "Messages still arrive")
    switch.press("Enter")
    expect(switch).to_be_checked()
    expect(switch).to_be_focused()
    is_accessible(page)
    page.locator(".me__name").click()
    page.get_by_role("searchbox", name="Search people").fill("nobody of that name")
    expect(page.get_by_text("No results for")).to_be_visible()
    is_accessible(page)


def test_a_conversation(alice, bob):
    bob.chooses(alice).says("to be counted")
    expect(alice.entry(bob)).to_contain_text("1 unread")
    is_accessible(alice.page)
    alice.chooses(bob).says("one thing, see https://example.org/")
    bob.hears("one thing")
    bob.is_typing_to(alice)
    # They fade within seconds, so check them at once.
    stand_still = "words => words.getAnimations().forEach((fading) => fading.pause())"
    alice.pane.locator(".typing__now").evaluate(stand_still)
    is_accessible(alice.page)
    bob.says("and another")
    alice.hears("and another")
    alice.writes("x" * 4003)
    expect(alice.pane.get_by_text("3 too many")).to_be_visible()
    is_accessible(alice.page)


def test_a_conversation_on_a_touch_screen(somebody, bob):
    alice = somebody("alice", **PHONE)
    expect(alice.page.locator("html")).to_have_css("overscroll-behavior-y", "none")
    is_hit(alice.page)
    alice.page.locator(".me__name").tap()
    expect(alice.page.get_by_role("button", name="Log out")).to_be_visible()
    is_hit(alice.page)
    alice.page.keyboard.press("Escape")
    alice.chooses(bob).says("from a phone")
    bob.chooses(alice).says("to a phone")
    alice.hears("to a phone")
    for words in ("from a phone", "to a phone"):
        alice.holds(words)
        is_hit(alice.page)
        alice.page.keyboard.press("Escape")
    alice.pane.get_by_role("button", name="More actions for").tap()
    expect(alice.pane.get_by_role("button", name="Block")).to_be_visible()
    is_hit(alice.page)
    alice.pane.get_by_role("button", name="Report").last.tap()
    expect(alice.page.get_by_role("dialog").get_by_label("Reason")).to_be_visible()
    is_hit(alice.page)


def test_too_small_and_clipped_elements_are_found(alice):
    """Check the audit itself with a sample of each problem."""
    page = alice.page
    page.goto(f"{alice.url}/accounts/delete/")
    page.locator("h1").evaluate("""heading => {
        const [small, wide, cut] = ['button', 'p', 'p'].map(name => document.createElement(name))
        small.textContent = 'x'
        small.style.height = '30px'
        wide.textContent = cut.textContent = 'words'.repeat(9)
        wide.style.width = '3000px'
        Object.assign(cut.style, { overflow: 'hidden', width: '20px', whiteSpace: 'nowrap' })
        heading.after(small, wide, cut)
    }""")
    missed = page.evaluate(audit.MISSED, audit.TOUCHED)
    assert any(found.startswith("<button style") for found in missed)
    assert len(page.evaluate(audit.CUT)) == 2


def test_a_report(alice, bob):
    bob.chooses(alice).says("something bad")
    alice.chooses(bob).hears("something bad")
    alice.pane.get_by_role("button", name=f"More actions for {bob.name}").click()
    alice.pane.get_by_role("button", name=f"Report {bob.name}").click()
    dialog = alice.page.get_by_role("dialog", name=f"Report {bob.name}")
    expect(dialog.get_by_role("checkbox", name=re.compile("something bad"))).to_be_focused()
    expect(dialog.get_by_role("group", name="Select the messages")).to_be_visible()
    is_accessible(alice.page)
    dialog.get_by_label("Reason").select_option("Something else")
    dialog.get_by_label("Note").fill("x" * 1001)
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("The limit is 1000")
    is_accessible(alice.page)
    is_only(alice.errors, 422)
    dialog.get_by_label("Note").fill("")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("status")).to_contain_text("Report sent")
    is_accessible(alice.page)


@pytest.mark.matrix
def test_a_refused_message(alice, somebody):
    absent = somebody("absent", signed_up=False).registers()
    alice.comes_again().chooses(absent).says("are you there?")
    expect(alice.pane.get_by_role("status").get_by_text("Waiting for")).to_be_visible()
    is_accessible(alice.page)


def test_the_account_and_the_lists_have_names(alice, bob):
    page = alice.chooses(bob).page
    expect(page.locator(".me__name")).to_have_accessible_name(f"Your account: {alice.name}")
    for landmark in ("banner", "main", "search"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("complementary", name="People")).to_be_visible()
    expect(page.get_by_role("log", name=f"Conversation with {bob.name}")).to_be_attached()
    expect(alice.entry(bob)).to_have_accessible_name(f"{bob.name} online")
