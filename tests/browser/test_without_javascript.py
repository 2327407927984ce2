"""Journeys in browsers without JavaScript, also together with users who have it."""

import itertools
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import is_accessible, is_hit
from tests.browser.conftest import DESKTOP, PHONE
from tests.conftest import PASSWORD
from tests.support.servers import Server

_numbers = itertools.count(1)
CONNECTED = "Connected. New messages appear here."


class Plainly:
    """A person without JavaScript. No test waits for a page with a transcript to load completely,
    because it never does.
    """

    def __init__(self, name: str, page: Page, url: str) -> None:
        self.name, self.page, self.url = name, page, url
        self.said = page.frame_locator("iframe[name=transcript]")
        self.people = page.frame_locator("iframe[name=people]")
        self.form_frame = page.frame_locator("iframe[name=form]")

    def opens(self, path: str) -> "Plainly":
        self.page.goto(f"{self.url}{path}", wait_until="commit")
        return self

    def submits(self, button: str, **fields: str) -> None:
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " ").capitalize(), exact=True).fill(text)
        self.page.get_by_role("main").get_by_role("button", name=button).click(no_wait_after=True)

    def signs_up(self) -> "Plainly":
        self.opens("/accounts/signup/").submits("Sign up", user_name=self.name, password=PASSWORD)
        expect(self.way_here).to_be_visible()
        return self

    @property
    def way_here(self):
        """Return the link in the pages with scripts. Playwright finds no text in a `noscript`."""
        return self.page.locator("noscript a")

    def is_at_the_page(self) -> "Plainly":
        self.opens("/plain/")
        expect(self.said.get_by_text(CONNECTED, exact=True)).to_be_visible()
        return self

    @property
    def field(self):
        return self.form_frame.get_by_role("textbox")

    def chooses(self, name: str) -> "Plainly":
        self.people.get_by_role("link", name=name, exact=True).click(no_wait_after=True)
        expect(self.form_frame.get_by_role("heading", name=name)).to_be_visible()
        expect(self.field).to_be_focused()
        return self

    def says(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter", no_wait_after=True)

    def heard(self, text: str):
        return self.said.locator(".message", has_text=text)

    def hears(self, text: str) -> None:
        expect(self.heard(text)).to_be_visible()


@pytest.fixture
def plainly(browser, server):
    """Return a function. `plainly("paula")` returns a registered user without JavaScript."""
    contexts = []

    def arrive(name: str, *, url: str = "", **context) -> Plainly:
        context = {"java_script_enabled": False, "viewport": DESKTOP, **context}
        contexts.append(browser.new_context(**context))
        name = f"{name}{next(_numbers)}"
        return Plainly(name, contexts[-1].new_page(), url or server.url).signs_up()

    yield arrive
    for context in contexts:
        context.close()


def test_a_user_with_scripts_and_one_without_talk_to_each_other(alice, plainly):
    paula = plainly("paula").is_at_the_page().chooses(alice.name)
    alice.chooses(paula)
    paula.says("good morning")
    alice.hears("good morning")
    expect(paula.field).to_have_value("")
    expect(paula.field).to_be_focused()
    expect(paula.said.get_by_text("delivered")).to_be_visible()
    alice.says("and to you <b>too</b>")
    paula.hears("and to you <b>too</b>")
    expect(alice.pane.get_by_text("delivered", exact=True)).to_be_visible()
    expect(alice.pane.locator(".pane__presence")).to_have_text("online")


def test_two_users_without_scripts_talk_on_small_screens(plainly):
    paula, peter = (plainly(name, **PHONE).is_at_the_page() for name in ("paula", "peter"))
    paula.people.get_by_role("searchbox").fill(peter.name)
    paula.people.get_by_role("button", name="Search").click(no_wait_after=True)
    expect(paula.people.get_by_role("link", name=paula.name)).to_have_count(0)
    paula.chooses(peter.name).says("can you read this?")
    peter.hears("can you read this?")
    peter.said.get_by_role("link", name=f"Write to {paula.name}").click(no_wait_after=True)
    peter.says("I can")
    paula.hears("I can")
    expect(peter.said.get_by_text("delivered")).to_be_visible()


def test_a_message_to_a_person_who_is_not_connected_stays_in_the_field(plainly, alice):
    paula = plainly("paula").is_at_the_page()
    gone = plainly("gone")
    gone.page.goto("about:blank")
    paula.people.get_by_role("link", name="Refresh").click(no_wait_after=True)
    paula.chooses(gone.name).says("are you there?")
    expect(paula.form_frame.get_by_role("alert")).to_contain_text(f"{gone.name} isn’t connected")
    expect(paula.field).to_have_value("are you there?")
    gone.is_at_the_page()
    paula.field.press("Enter", no_wait_after=True)
    gone.hears("are you there?")
    expect(paula.field).to_have_value("")


def test_an_unsent_message_empties_the_page_and_the_conversation_continues(alice, plainly):
    paula = plainly("paula").is_at_the_page().chooses(alice.name)
    alice.chooses(paula).says("a slip")
    paula.hears("a slip")
    alice.unsends("a slip")
    expect(paula.said.get_by_text("A message was unsent.")).to_be_visible()
    expect(paula.heard("a slip")).to_have_count(0)
    alice.says("what I meant")
    paula.hears("what I meant")
    paula.says("my own slip")
    alice.hears("my own slip")
    paula.said.get_by_role("link", name="Unsend").click(no_wait_after=True)
    paula.form_frame.get_by_role("button", name="Unsend").click(no_wait_after=True)
    expect(alice.heard("my own slip")).to_have_count(0)
    expect(paula.said.get_by_text("A message was unsent.")).to_be_visible()
    expect(paula.said.locator(".message")).to_have_count(0)


def test_clearing_for_both(alice, plainly):
    paula = plainly("paula").is_at_the_page().chooses(alice.name)
    alice.chooses(paula).says("between us")
    paula.hears("between us")
    paula.form_frame.get_by_text("More", exact=True).click()
    paula.form_frame.get_by_role("link", name="Clear for both").click(no_wait_after=True)
    paula.form_frame.get_by_role("button", name="Clear for both").click(no_wait_after=True)
    expect(alice.pane.get_by_text("cleared this conversation for both")).to_be_visible()
    expect(paula.said.get_by_text("was cleared for both")).to_be_visible()
    expect(paula.said.get_by_text("Cleared in 2 of 2 windows.")).to_be_visible()
    expect(paula.heard("between us")).to_have_count(0)


def test_a_reload_starts_empty(alice, plainly):
    paula = plainly("paula").is_at_the_page()
    alice.chooses(paula).says("before")
    paula.hears("before")
    expect(alice.pane.get_by_text("delivered", exact=True)).to_be_visible()
    paula.is_at_the_page()
    alice.says("after")
    paula.hears("after")
    expect(paula.heard("before")).to_have_count(0)


@pytest.mark.matrix
def test_going_back_starts_empty_too(alice, plainly):
    paula = plainly("paula").is_at_the_page()
    alice.chooses(paula).says("before")
    paula.hears("before")
    paula.page.goto("about:blank")
    paula.page.go_back(wait_until="commit")
    expect(paula.said.get_by_text(CONNECTED, exact=True)).to_be_visible()
    expect(paula.heard("before")).to_have_count(0)


SET_TIME = "(line, ms) => line.getAnimations().forEach((each) => { each.currentTime = ms })"


def test_a_page_without_an_answer_for_a_minute_says_so(plainly):
    paula = plainly("paula").is_at_the_page()
    line = paula.said.locator(".part-end").last
    expect(paula.said.get_by_text("Connecting")).to_be_hidden()
    expect(line).to_be_hidden()
    line.evaluate(SET_TIME, 54_000)
    expect(line).to_be_hidden()
    line.evaluate(SET_TIME, 56_000)
    expect(line).to_be_visible()
    expect(line).to_contain_text("The server isn’t answering.")
    line.get_by_role("link").click(no_wait_after=True)
    expect(paula.said.get_by_text(CONNECTED, exact=True)).to_be_visible()


@pytest.mark.matrix
def test_blocking_from_the_form(alice, plainly):
    paula = plainly("paula").is_at_the_page().chooses(alice.name)
    alice.chooses(paula)
    paula.form_frame.get_by_text("More", exact=True).click()
    paula.form_frame.get_by_role("button", name=f"Block {alice.name}").click(no_wait_after=True)
    expect(paula.form_frame.get_by_text("You’ve blocked")).to_be_visible()
    alice.says("hello?")
    expect(alice.pane.get_by_text("can’t be reached")).to_be_visible()
    paula.form_frame.get_by_role("button", name="Unblock").click(no_wait_after=True)
    alice.pane.get_by_role("button", name="Try again").click()
    paula.hears("hello?")


@pytest.mark.matrix
def test_logging_out_in_another_tab_empties_the_page_at_once(alice, plainly):
    paula = plainly("paula").is_at_the_page()
    alice.chooses(paula).says("hush")
    paula.hears("hush")
    other = Plainly(paula.name, paula.page.context.new_page(), paula.url).opens("/accounts/")
    other.page.get_by_role("button", name="Log out").click()
    expect(paula.said.get_by_role("link", name="Log in")).to_be_visible()
    expect(paula.said.get_by_text("hush")).to_have_count(0)
    expect(other.page.get_by_role("button", name="Log in")).to_be_visible()


def test_the_account_pages_without_javascript(plainly, alice):
    paula = plainly("paula")
    page = paula.page
    page.get_by_role("searchbox").fill(alice.name)
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("#found .person__link")).to_have_count(1)
    page.locator("#found .person__link").click()
    expect(paula.way_here).to_have_count(2)
    expect(paula.way_here.last).to_have_attribute("href", re.compile("/plain/with/"))
    expect(paula.way_here.last).to_be_visible()
    expect(page.locator(".composer")).to_be_hidden()
    page.get_by_role("button", name=f"More actions for {alice.name}").click()
    expect(page.get_by_role("button", name=re.compile("^Report"))).to_have_count(0)
    page.get_by_role("button", name=f"Block {alice.name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(page.locator(".pane__presence")).to_have_text("blocked")
    paula.opens("/people/blocked/")
    page.get_by_role("button", name=f"Unblock {alice.name}").click()
    expect(page.get_by_text("You haven’t blocked anyone.")).to_be_visible()
    paula.opens("/")
    page.locator(".me__name").click()
    page.get_by_role("switch", name="Appear offline").click()
    expect(page.get_by_text("You appear offline to others.")).to_be_visible()
    page.locator(".me__name").click()
    page.get_by_role("switch", name="Hide typing").click()
    page.locator(".me__name").click()
    expect(page.get_by_role("switch", name="Hide typing")).to_be_checked()
    expect(page.get_by_role("switch", name="Appear offline")).to_be_checked()

    paula.opens("/accounts/password/")
    new = "another long password"
    paula.submits("Change password", current_password=PASSWORD, new_password=new)
    expect(page.get_by_text("Your password was changed.")).to_be_visible()
    paula.opens("/accounts/codes/").submits("Create new codes", current_password=new)
    expect(page.locator(".codes li")).to_have_count(10)
    for path in ("", "passkeys/", "second-factor/", "devices/", "delete/"):
        assert page.goto(f"{paula.url}/accounts/{path}").status == 200
    page.goto(f"{paula.url}/known/")
    expect(page.get_by_role("heading", name="What this server knows about you")).to_be_visible()

    paula.opens("/accounts/").page.get_by_role("button", name="Log out").click()
    paula.submits("Log in", user_name=paula.name, password=new)
    expect(paula.way_here).to_be_visible()
    paula.opens("/accounts/delete/").submits("Delete my account", current_password=new)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.fixture
def narrow_server(tmp_path):
    running = Server(tmp_path, STREAMS="1").start()
    yield running
    running.stop()


@pytest.mark.matrix
def test_a_server_that_is_full_says_so_in_the_page(narrow_server, plainly):
    first, second = plainly("paula", url=narrow_server.url), plainly("peter", url=narrow_server.url)
    first.is_at_the_page()
    second.opens("/plain/")
    words = "no room for more pages without JavaScript"
    expect(second.said.get_by_role("alert")).to_contain_text(words)
    first.page.goto("about:blank")
    second.said.get_by_role("link", name="Try again").click(no_wait_after=True)
    expect(second.said.get_by_text(CONNECTED, exact=True)).to_be_visible()


@pytest.mark.memory("its own server stops and loses its memory")
def test_a_shutdown_is_announced_and_the_page_continues(tmp_path, plainly):
    server = Server(tmp_path).start()
    try:
        paula = plainly("paula", url=server.url).is_at_the_page()
        server.stop()
        expect(paula.said.get_by_text("The server is restarting")).to_be_visible()
        server.start()
        paula.said.get_by_role("link", name="Continue with an empty page").click(no_wait_after=True)
        expect(paula.said.get_by_text(CONNECTED, exact=True)).to_be_visible()
    finally:
        server.stop()


def test_each_page_is_accessible_and_usable_by_touch(somebody, bob):
    """Each page is opened alone, in a browser that can run the audit's scripts."""
    wanda = somebody("wanda", **PHONE)
    id = wanda.entry(bob).get_attribute("href").strip("/").rpartition("/")[2]
    writing = [f"write/{id}/{end}" for end in ("", "clear/", f"take-back/{uuid.uuid4()}/")]
    for path in ("", f"with/{id}/", "people/", "write/", *writing, "transcript/"):
        wanda.page.goto(f"{wanda.url}/plain/{path}", wait_until="commit")
        wanda.page.locator("main").wait_for()
        is_accessible(wanda.page)
        is_hit(wanda.page)
    wanda.page.goto("about:blank")
