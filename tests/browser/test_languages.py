"""Each page and window is in its user's language, from right to left where needed."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD

LANGUAGES = [code for code, _ in settings.LANGUAGES]
PAGES = """
/accounts/ /accounts/devices/ /accounts/passkeys/add/ /accounts/delete/ /people/blocked/ /known/
"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Returns on which side of an element each of its lines begins.
SIDES = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const box = element.getBoundingClientRect()
  const sides = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { 0: line, index } of node.data.matchAll(/.+/g)) {
      const range = new Range()
      range.setStart(node, index)
      range.setEnd(node, index + line.length)
      const { left, right } = range.getBoundingClientRect()
      sides.push(left - box.left <= box.right - right ? 'left' : 'right')
    }
  }
  return sides
}"""
DIRECTION = "field => getComputedStyle(field).direction"


def speaks(visitor, language):
    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    assert visitor.page.evaluate(SIDEWAYS) == 0, visitor.page.url


def test_a_chosen_language_persists(somebody):
    visitor = somebody("visitor", signed_up=False, locale="en-GB")
    visitor.page.goto(f"{visitor.url}/accounts/signup/")
    speaks(visitor, "en")
    visitor.page.get_by_label("Language").select_option("ar")
    visitor.page.get_by_role("button", name="Choose").click()
    speaks(visitor, "ar")
    expect(visitor.page.locator("html")).to_have_attribute("dir", "rtl")
    assert visitor.page.url.endswith("/accounts/signup/")
    visitor.page.get_by_label("اسم المستخدم").fill(visitor.name)
    visitor.page.get_by_label("كلمة المرور").fill(PASSWORD)
    visitor.page.get_by_role("button", name="التسجيل").click()
    visitor.is_connected()
    speaks(visitor, "ar")


def test_each_person_sees_events_in_their_own_language(somebody):
    anna = somebody("anna", signed_up=False, locale="de")
    amir = somebody("amir", signed_up=False, locale="ar-EG")
    for person in (anna, amir):
        person.page.goto(f"{person.url}/accounts/signup/")
        person.page.locator("[name=username]").fill(person.name)
        person.page.locator("[name=password]").fill(PASSWORD)
        person.page.locator(".button:not(.button--quiet)").click()
        person.is_connected()
    anna.chooses(amir)
    amir.chooses(anna).is_typing_to(anna)
    expect(anna.pane.locator(".typing")).to_contain_text("tippt")
    anna.says("Guten Tag")
    amir.hears("Guten Tag")
    expect(anna.heard("Guten Tag")).to_contain_text("zugestellt")
    amir.says("أهلًا")
    anna.hears("أهلًا")
    expect(amir.heard("أهلًا")).to_contain_text("وصلت")


@pytest.mark.parametrize(("locale", "page"), [("en-GB", "ltr"), ("ar-EG", "rtl")])
def test_the_direction_of_a_message_follows_its_text(somebody, locale, page):
    anna = somebody("anna", signed_up=False, locale=locale).signs_up()
    other = somebody("other")
    anna.comes_again().chooses(other)
    other.chooses(anna)
    assert anna.composer.evaluate(DIRECTION) == page
    for text, direction in (("hello (שלום)!", "ltr"), ("שלום (hello)!", "rtl")):
        anna.writes(text)
        assert anna.composer.evaluate(DIRECTION) == direction
        anna.page.get_by_role("searchbox").fill(text)
        assert anna.page.get_by_role("searchbox").evaluate(DIRECTION) == direction
    anna.page.get_by_role("searchbox").fill("")
    text = "שלום (hello)!\nhello (שלום)!\nand a longer line, which leaves room beside both"
    anna.page.context.set_offline(True)
    expect(anna.page.locator("body[data-connection=closed]")).to_be_attached()
    anna.says(text)
    sides = ["right", "left", "left"]
    assert anna.pane.locator(".outbox .message__text").evaluate(SIDES) == sides
    anna.page.context.set_offline(False)
    other.hears("hello (שלום)!")
    for person in (anna, other):
        assert person.heard("hello").locator(".message__text").evaluate(SIDES) == sides
    anna.errors.clear()  # the console reports the simulated loss of the network


# Known defects of browsers: an invalid language tag, blocked storage.
ODD = """
  Object.defineProperty(navigator, 'languages', { value: ['en-US@posix', '', 'x'] })
  Object.defineProperty(navigator, 'platform', { value: undefined })
  for (const name of ['sessionStorage', 'localStorage']) {
    const get = () => { throw new DOMException('closed', 'SecurityError') }
    Object.defineProperty(window, name, { get })
  }
  for (const name of ['AudioContext', 'Notification']) delete window[name]
"""
LOCAL = (
    "at => new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit', timeZone: "
    "'Asia/Kathmandu' }).format(at)"
)


def test_a_browser_without_time_zones_still_works(somebody):
    anna = somebody("anna", signed_up=False, locale="en-GB", timezone_id="Asia/Kathmandu")
    anna.page.add_init_script(ODD)
    other = somebody("other", timezone_id="UTC", locale="en-GB")
    anna.signs_up().chooses(other).says("good morning")
    other.chooses(anna).says("and to you")
    anna.hears("and to you")
    here, there = (person.heard("and to you").locator("time") for person in (anna, other))
    at = there.evaluate("time => new Date(time.dateTime).getTime()")
    expect(here).to_have_text(anna.page.evaluate(LOCAL, at))
    anna.page.keyboard.press("Control+k")
    expect(anna.page.get_by_role("searchbox")).to_be_focused()
    anna.page.locator(".me__name").click()
    anna.page.get_by_text("Sound and notifications").click()
    for sign, reason in (
        ("Sound", "let this page play sounds"),
        ("Notification", "support notifications here"),
    ):
        anna.page.get_by_role("switch", name=sign).click()
        expect(anna.page.locator("#attention").get_by_role("status")).to_contain_text(reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_wider_than_a_small_phone(somebody, language):
    visitor = somebody("visitor", signed_up=False, locale=language, **PHONE)
    for page in ("/accounts/login/", "/accounts/recover/", "/accounts/signup/"):
        visitor.page.goto(visitor.url + page)
        speaks(visitor, language)
    visitor.page.locator("[name=username]").fill(visitor.name)
    visitor.page.locator("[name=password]").fill(PASSWORD)
    visitor.page.locator(".button:not(.button--quiet)").click()
    visitor.is_connected()
    speaks(visitor, language)
    for page in PAGES.split():
        visitor.page.goto(visitor.url + page)
        speaks(visitor, language)
