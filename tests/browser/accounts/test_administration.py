"""The administration in a real browser, under the site's Content-Security-Policy and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import SIZES
from tests.browser.conftest import DESKTOP, PHONE

PAGES = """
/admin/ /admin/accounts/ /admin/accounts/user/ /admin/accounts/user/?is_active__exact=1&q=e
/admin/accounts/user/add/ /admin/accounts/user/{id}/change/ /admin/accounts/user/{id}/history/
/admin/accounts/user/{id}/delete/ /admin/accounts/user/{id}/password/ /admin/accounts/invitation/
/admin/accounts/invitation/add/ /admin/auth/group/ /admin/auth/group/add/
"""
# Record violations before any script of the page runs.
LISTEN = """
window.refusals = []
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusals.push(event.violatedDirective)
})
"""


@pytest.fixture(
    params=[DESKTOP, pytest.param(PHONE["viewport"], marks=pytest.mark.matrix)],
    ids=["desktop", "phone"],
)
def greta(request, somebody, server):
    person = somebody("greta", viewport=request.param)
    server.makes_staff(person.name)
    person.page.add_init_script(LISTEN)
    return person


def number(person) -> str:
    found = re.search(r"\d+", person.page.locator("header.me").get_attribute("id") or "")
    assert found
    return found[0]


def is_well(page) -> None:
    """Check the page at both sizes."""
    assert page.evaluate("window.refusals") == [], page.url
    before = page.viewport_size
    for size in SIZES:
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    page.set_viewport_size(before)


def test_every_page_obeys_the_policy_and_fits(greta):
    for place in PAGES.format(id=number(greta)).split():
        answer = greta.page.goto(f"{greta.url}{place}")
        assert answer.status == 200, place
        expect(greta.page.get_by_role("heading").first).to_be_attached()
        is_well(greta.page)


def test_a_user_is_found_and_logged_out(greta, bob):
    page = greta.page
    page.goto(f"{greta.url}/admin/accounts/user/?q={bob.name}")
    page.get_by_role("checkbox", name=re.compile("Select this object|Select all|")).nth(1).check()
    page.get_by_role("combobox", name="Action").select_option("end_sessions")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("1 session ended (1 person).")).to_be_visible()
    is_well(page)
    expect(bob.page).to_have_url(re.compile("/accounts/login/"))


def test_groups_are_chosen_with_the_scripts_of_the_admin(greta):
    """A script of Django moves entries between the lists."""
    page = greta.page
    page.goto(f"{greta.url}/admin/auth/group/add/")
    page.get_by_label("Name").fill(f"helpers of {greta.name}")
    page.locator("#id_permissions_from option").first.click()
    page.get_by_role("button", name=re.compile("Choose selected")).click()
    expect(page.locator("#id_permissions_to option")).to_have_count(1)
    is_well(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
    is_well(page)
