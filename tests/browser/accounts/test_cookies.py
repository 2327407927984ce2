"""Several sites on one host don't interfere in one browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Somebody
from tests.support.servers import Server


@pytest.fixture
def other_site(tmp_path):
    running = Server(tmp_path).start()
    yield running
    running.stop()


def put(page, **cookies):
    for name, value in cookies.items():
        page.context.add_cookies([{"name": name, "value": value, "url": page.url}])


def looks_for(person, name):
    person.page.get_by_role("searchbox").fill(name)


def finds(person, other):
    with person.page.expect_response("**/people/") as answer:
        looks_for(person, other.name)
    assert answer.value.status == 200
    expect(person.page.locator("#found")).to_contain_text(other.name)


def test_two_sites_on_one_host_log_no_user_out(alice, bob, other_site):
    there = Somebody("anna", alice.page.context.new_page(), other_site.url).signs_up()
    put(alice.page, sessionid="of another program", csrftoken="of another program")
    finds(alice, bob)
    alice.comes_again().chooses(bob)
    there.comes_again()
    assert there.errors == []


def speaks(person, language):
    expect(person.page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.matrix
def test_two_sites_on_one_host_keep_separate_storage(alice, other_site):
    there = Somebody("anna", alice.page.context.new_page(), other_site.url).signs_up()
    for person, language in ((alice, "ar"), (there, "fr")):
        person.page.goto(f"{person.url}/accounts/")
        languages = person.page.locator("select[name=language]")
        languages.select_option(language)
        person.page.locator("form", has=languages).get_by_role("button").click()
        speaks(person, language)
    alice.page.reload()
    speaks(alice, "ar")
    names = [cookie["name"] for cookie in alice.page.context.cookies()]
    assert sum(name.endswith("_known") for name in names) == 2


def test_a_page_with_deleted_cookies_says_so(alice, bob):
    alice.page.context.clear_cookies()
    looks_for(alice, bob.name)
    expect(alice.page).to_have_url(re.compile("/accounts/login/"))
    expect(alice.page.get_by_text("You’re logged out.")).to_be_visible()


def test_a_session_with_former_cookie_names_continues(alice, bob):
    cookies = alice.page.context.cookies()
    values = {cookie["name"].rpartition("_")[2]: cookie["value"] for cookie in cookies}
    alice.page.context.clear_cookies()
    put(alice.page, sessionid=values["session"], csrftoken=values["csrf"])
    finds(alice, bob)  # in the page that was open before
    names = {cookie["name"] for cookie in alice.page.context.cookies()}
    assert names.isdisjoint({"sessionid", "csrftoken"})
    alice.comes_again()
