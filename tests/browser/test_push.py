"""Notifications while no page is open: the switch, the service worker, and the way from a message
that waits to its arrival.
"""

import re

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from messaging.push import vapid
from tests.browser.audit import fits, is_accessible
from tests.browser.conftest import PHONE, becomes
from tests.browser.kept import READY
from tests.support.push_service import PushService
from tests.support.servers import Server

KEY = vapid.new_key()
HOST, CONTACT = "push.example.org", "admin@example.org"

# Subscribing needs the network, so this keeps a subscription in the page's memory and counts.
# `window.name` lasts through reloads.
SUBSCRIBING = """
const kept = JSON.parse(window.name || '{"made": 0, "asked": 0, "ended": 0}')
window.kept = kept
const keep = () => { window.name = JSON.stringify(kept) }
const decoded = (key) => Uint8Array.from(
  atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
const current = () => kept.key && {
  endpoint: `https://${kept.host ?? 'push.example.org'}/${kept.made}`,
  options: { applicationServerKey: decoded(kept.key).buffer },
  unsubscribe: async () => { kept.ended += 1; delete kept.key; keep(); return true },
}
PushManager.prototype.getSubscription = async () => current()
PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
  if (kept.key || !userVisibleOnly) throw new Error('not unsubscribed, or invisible')
  if (kept.fails) throw new DOMException('push service error', 'AbortError')
  Object.assign(kept, { key: applicationServerKey, made: kept.made + 1 })
  keep()
  return current()
}
const { requestPermission } = Notification
Notification.requestPermission = () => {
  kept.asked += 1
  keep()
  return requestPermission.call(Notification)
}
"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag }) => [title, body, tag])"""
WAITING = ["Sotto", "Someone is trying to reach you.", "waiting"]


@pytest.fixture
def browser(whole_browser):
    return whole_browser


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with override_settings(PUSH_KEY=KEY):
        public_key = vapid.public_key()
    service = PushService(tmp_path_factory.mktemp("service"), HOST, public_key, f"mailto:{CONTACT}")
    yield service
    service.close()
    assert service.faults == []


@pytest.fixture(scope="module")
def server(service, tmp_path_factory):
    running = Server(
        tmp_path_factory.mktemp("push"),
        PUSH_KEY=KEY,
        PUSH_CONTACT=CONTACT,
        PUSH_SERVICES=HOST,
        PUSH_PORT=str(service.port),
        SSL_CERT_FILE=str(service.certificate),
        DJANGO_SETTINGS_MODULE="tests.settings.push_elsewhere",
    ).start()
    yield running
    running.stop()


@pytest.fixture
def at(somebody):
    """A function that returns a person whose browser can subscribe, or is told not to."""

    def arrive(name, *allows, script="", **context):
        person = somebody(name, permissions=list(allows), **context)
        person.page.add_init_script(SUBSCRIBING + script)
        return person.comes_again()

    return arrive


@pytest.fixture
def bob(at):
    return at("bob", "notifications")


def switch(person):
    return person.page.locator("#push-switch")


def status(person):
    return person.page.locator("#push").get_by_role("status")


def opens_the_menu(person):
    person.page.locator(".me__name").click()
    person.page.locator("summary:has(+ #attention)").click()
    expect(switch(person)).to_be_visible()


def turns_on(person):
    opens_the_menu(person)
    switch(person).click()
    expect(switch(person)).to_be_checked()
    expect(status(person)).to_contain_text("On in this browser")


def kept(person):
    return person.page.evaluate("kept")


def test_it_is_turned_on_by_a_click_renewed_with_each_page_and_turned_off(bob):
    opens_the_menu(bob)
    assert kept(bob)["asked"] == 0
    expect(switch(bob)).not_to_be_checked()
    switch(bob).press("Space")
    expect(status(bob)).to_contain_text("On in this browser")
    expect(switch(bob)).to_be_checked()
    expect(switch(bob)).to_be_focused()
    assert [kept(bob)[each] for each in ("asked", "made", "ended")] == [1, 1, 0]
    with bob.page.expect_response(re.compile("/push/$")) as renewal:
        bob.comes_again()
    assert renewal.value.status == 200
    opens_the_menu(bob)
    expect(switch(bob)).to_be_checked()
    assert [kept(bob)[each] for each in ("asked", "made", "ended")] == [1, 1, 0]
    switch(bob).click()
    expect(switch(bob)).not_to_be_checked()
    assert "key" not in kept(bob)


@pytest.mark.parametrize("change", ["delete kept.key", "kept.key = 'BAAA'"])
def test_a_lost_subscription_and_one_with_another_key_are_renewed(bob, change):
    turns_on(bob)
    bob.page.evaluate(f"() => {{ {change}; window.name = JSON.stringify(kept) }}")
    bob.comes_again()
    becomes(lambda: kept(bob)["made"], 2)
    assert len(kept(bob)["key"]) == 87


def test_turning_it_on_ends_the_subscription_of_whoever_was_there_before(bob):
    before = {"made": 1, "asked": 0, "ended": 0, "key": "BAAA"}
    bob.page.evaluate("before => { window.name = JSON.stringify(before) }", before)
    bob.comes_again()
    turns_on(bob)
    assert [kept(bob)[each] for each in ("made", "ended")] == [2, 1]


OBSTACLES = {
    "delete window.PushManager": "doesn’t support this",
    "delete window.PushManager; navigator.standalone = false": "Add Sotto to the home screen first",
    "Object.defineProperty(window, 'isSecureContext', { value: false })": "only at an address with",
    "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })": "blocks",
}


@pytest.mark.parametrize(("script", "words"), OBSTACLES.items(), ids=OBSTACLES.values())
def test_a_browser_that_cannot_says_why(at, script, words):
    bob = at("bob", "notifications", script=script)
    opens_the_menu(bob)
    expect(status(bob)).to_contain_text(words)
    switch(bob).click()
    expect(status(bob)).to_contain_text(words)
    expect(switch(bob)).not_to_be_checked()
    assert kept(bob)["asked"] == 0


def test_a_denied_permission_is_explained(at):
    bob = at("bob")
    opens_the_menu(bob)
    switch(bob).click()
    expect(status(bob)).to_contain_text("blocks")
    expect(switch(bob)).not_to_be_checked()
    assert kept(bob)["made"] == 0


def test_failures_of_the_push_service_and_refusals_leave_it_off(bob):
    opens_the_menu(bob)
    bob.page.evaluate("kept.fails = true")
    switch(bob).click()
    expect(status(bob)).to_contain_text("couldn’t reach its push service")
    bob.page.evaluate("kept.fails = false; kept.host = 'elsewhere.example.org'")
    switch(bob).click()
    expect(status(bob)).to_contain_text("doesn’t send notifications to the push service")
    becomes(lambda: "key" in kept(bob), False)
    bob.page.evaluate("delete kept.host")
    bob.page.route("**/push/", lambda route: route.fulfill(status=503))
    switch(bob).click()
    expect(status(bob)).to_contain_text("The server didn’t accept that")
    expect(switch(bob)).not_to_be_checked()
    assert "key" not in kept(bob)
    bob.errors.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_switch_is_accessible_on_a_phone_in_german(at, scheme):
    phone = at("bob", "notifications", locale="de-DE", color_scheme=scheme, **PHONE)
    opens_the_menu(phone)
    switch(phone).click()
    expect(switch(phone)).to_be_checked()
    is_accessible(phone.page)
    fits(phone.page)


# The service worker


class Push:
    """Delivers pushes to a browser as its push service would."""

    def __init__(self, person):
        person.page.evaluate(READY)
        self.devtools = person.page.context.new_cdp_session(person.page)
        self.found: list[dict] = []
        self.devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: self.found.extend(event["registrations"]),
        )
        self.devtools.send("ServiceWorker.enable")
        becomes(lambda: person.page.evaluate("true") and bool(self.found), True)
        self.origin = person.url

    def deliver(self):
        number = self.found[-1]["registrationId"]
        values = {"origin": self.origin, "registrationId": number, "data": ""}
        self.devtools.send("ServiceWorker.deliverPushMessage", values)


def shown(page):
    return page.evaluate(SHOWN)


def leaves_for_settings(person):
    """Go to a page that shows no messages and has no connection."""
    person.page.goto(f"{person.url}/accounts/")


def test_pushes_show_one_notification_until_a_page_connects(bob):
    turns_on(bob)
    push = Push(bob)
    leaves_for_settings(bob)
    for _ in range(2):
        push.deliver()
        becomes(lambda: shown(bob.page), [WAITING])
    bob.page.goto(f"{bob.url}/")
    bob.is_connected()
    becomes(lambda: shown(bob.page), [])


def test_a_page_that_is_open_closes_a_push_that_comes_late(bob):
    turns_on(bob)
    bob.page.evaluate("""() => {
        window.heard = 0
        navigator.serviceWorker.addEventListener('message', () => { window.heard += 1 })
    }""")
    Push(bob).deliver()
    becomes(lambda: bob.page.evaluate("heard"), 1)
    becomes(lambda: shown(bob.page), [])


def test_somebody_who_has_left_again_is_mentioned_with_the_time(bob):
    turns_on(bob)
    push = Push(bob)
    leaves_for_settings(bob)
    push.deliver()
    becomes(lambda: shown(bob.page), [WAITING])
    bob.page.clock.install()
    bob.page.goto(f"{bob.url}/")
    bob.is_connected()
    becomes(lambda: shown(bob.page), [])
    expect(switch(bob)).to_be_attached()
    bob.page.clock.run_for(11_000)
    sentence = re.compile(r"Someone wrote to you at \d+:\d\d.* and may have left since\.")
    expect(bob.page.locator("#notices")).to_have_text(sentence)


# The whole way


def test_a_message_to_somebody_away_leads_them_back_and_arrives_by_itself(alice, bob, service):
    turns_on(bob)
    push = Push(bob)
    alice.chooses(bob)
    leaves_for_settings(bob)
    expect(alice.pane.locator(".pane__presence")).to_contain_text("offline")
    alice.says("are you there?")
    waiting = alice.pane.locator(".outbox")
    expect(waiting).to_contain_text("isn’t connected", timeout=20_000)
    [received] = service.receives(1)
    assert (received.path, received.body) == ("/1", b"")
    push.deliver()
    becomes(lambda: shown(bob.page), [WAITING])
    bob.page.goto(f"{bob.url}/")
    bob.is_connected()
    bob.page.clock.install()
    bob.conversation(alice).click()
    bob.hears("are you there?")
    expect(alice.heard("are you there?")).to_contain_text("delivered")
    becomes(lambda: shown(bob.page), [])
    bob.page.clock.run_for(11_000)
    expect(bob.page.locator("#notices")).to_be_empty()
