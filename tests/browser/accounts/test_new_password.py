"""Changing the password in one window during a conversation in another one of the same browser."""

from playwright.sync_api import expect

from tests.conftest import PASSWORD

# Record what the page says about its connection.
LISTEN = """line => {
  window.said = []
  new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true })
}"""
NOTE = (
    "document.addEventListener('htmx:wsClose', ({ detail }) => { window.code = detail.event.code })"
)


def chooses_a_password(person, password):
    page = person.page.context.new_page()
    page.goto(f"{person.url}/accounts/password/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password was changed")
    page.close()


def test_windows_of_this_browser_stay_open_after_a_new_password(alice, bob):
    alice.chooses(bob).says("before it")
    bob.chooses(alice).hears("before it")
    alice.writes("half a thought")
    second = alice.opens_another_window().chooses(bob)
    for window in (alice, second):
        window.page.locator("#connection").evaluate(LISTEN)
    alice.page.evaluate(NOTE)
    chooses_a_password(alice, "another long enough password")
    bob.says("in that moment")
    for window in (alice, second):
        window.hears("in that moment")
        window.is_connected()
        assert window.page.evaluate("window.said") == []
    assert alice.page.evaluate("window.code") == 4402
    alice.hears("before it")
    expect(alice.composer).to_have_value("half a thought")
    alice.composer.press("Enter")
    bob.hears("half a thought")
    expect(alice.heard("half a thought").locator(".message__state")).to_have_text("delivered")
