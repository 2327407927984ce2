"""Sotto as an installed app: its cache, offline page, installation and removal."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible
from tests.browser.conftest import PHONE, becomes
from tests.browser.kept import OFFLINE, READY, in_caches, workers
from tests.conftest import PASSWORD
from tests.support.fresh_copy import make_copy
from tests.support.servers import Server

HASH = r"\.[0-9a-f]{12}(?=\.)"


class Collected(Server):
    """A copy of the project with collected static files, as in production. Their names contain
    hashes.
    """

    def __init__(self, folder, **environment):
        super().__init__(folder, **environment)
        self.root = folder / "project"
        self.root.mkdir()
        make_copy(self.root)

    def collects(self):
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        return self


@pytest.fixture
def browser(whole_browser):
    return whole_browser


@pytest.fixture
def collected(tmp_path):
    running = Collected(tmp_path).collects().start()
    yield running
    running.stop()


def has_a_worker(person):
    """Wait for the service worker, which handles all requests of later pages."""
    person.page.evaluate(READY)
    assert workers(person.page) == [["/", "/worker.js"]]
    person.page.reload()
    becomes(lambda: person.page.evaluate("Boolean(navigator.serviceWorker.controller)"), True)
    return person.is_connected()


def paths(person):
    return {path for files in in_caches(person.page).values() for path, _, _ in files}


def test_the_browser_accepts_the_manifest(alice):
    devtools = alice.page.context.new_cdp_session(alice.page)
    read = devtools.send("Page.getAppManifest")
    assert read["errors"] == []
    assert json.loads(read["data"])["name"] == "Sotto"
    wrong = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # All pages of Playwright are incognito.
    assert [error["errorId"] for error in wrong] == ["in-incognito"]


def test_the_service_worker_caches_the_offline_page_only(collected, somebody):
    alice, bob = [has_a_worker(somebody(name, url=collected.url)) for name in ("alice", "bob")]
    alice.chooses(bob).says("the canary sings")
    bob.chooses(alice).hears("the canary sings")
    alice.page.goto(f"{collected.url}/accounts/")
    alice.page.goto(f"{collected.url}/")
    alice.is_connected()
    for person in (alice, bob):
        [(name, files)] = in_caches(person.page).items()
        assert re.fullmatch(r"static-[0-9a-f]{12}", name)
        assert {re.sub(HASH, "", path) for path, _, _ in files} == OFFLINE
        everything = json.dumps(files)
        for word in ("the canary sings", alice.name, bob.name, "set-cookie", "csrfmiddlewaretoken"):
            assert word not in everything


@pytest.mark.matrix
def test_files_without_hashed_names_are_cached_only_for_the_offline_page(alice):
    has_a_worker(alice)
    assert paths(alice) == OFFLINE


def test_the_offline_page_explains_itself_and_leads_back(collected, somebody):
    alice = has_a_worker(somebody("alice", url=collected.url))
    collected.stop()
    alice.page.goto(f"{collected.url}/accounts/")
    expect(alice.page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(alice.page.get_by_text("messages are never stored")).to_be_visible()
    is_accessible(alice.page)
    # Its style sheet is cached too.
    button = alice.page.get_by_role("link", name="Try again")
    assert button.evaluate("button => getComputedStyle(button).fontWeight") == "600"
    button.click()
    expect(alice.page.get_by_role("heading", name="No connection")).to_be_visible()
    collected.start()
    # Browsers don't report that the server is back, so the page polls it.
    expect(alice.page.get_by_role("heading", name="Your account")).to_be_visible()
    alice.forgives_the_wire()


@pytest.mark.matrix
def test_the_offline_page_leaves_once_the_network_is_back(collected, somebody):
    alice = has_a_worker(somebody("alice", url=collected.url))
    collected.stop()
    alice.page.goto(f"{collected.url}/")
    expect(alice.page.get_by_role("heading", name="No connection")).to_be_visible()
    collected.start()
    alice.page.evaluate("dispatchEvent(new Event('online'))")
    alice.is_connected()
    alice.forgives_the_wire()


@pytest.mark.matrix
def test_logging_out_and_in_works_with_the_service_worker(collected, somebody):
    alice, bob = [has_a_worker(somebody(name, url=collected.url)) for name in ("alice", "bob")]
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("button", name="Log out").click()
    alice.page.get_by_label("User name").fill(alice.name)
    alice.page.get_by_label("Password").fill("wrong, and long enough")
    alice.page.get_by_role("button", name="Log in", exact=True).click()
    expect(alice.page.get_by_text("Incorrect user name or")).to_be_visible()
    alice.page.get_by_label("Password").fill(PASSWORD)
    alice.page.get_by_role("button", name="Log in", exact=True).click()
    alice.is_connected().chooses(bob).says("here I am again")
    bob.chooses(alice).hears("here I am again")
    expect(alice.heard("here I am again")).to_contain_text("delivered")
    alice.forgives_the_wire()  # the answer to a wrong password is a 422


@pytest.mark.matrix
def test_an_upgrade_replaces_the_cached_files(collected, somebody):
    alice = has_a_worker(somebody("alice", url=collected.url))
    [before] = in_caches(alice.page)
    [old] = [path for path in paths(alice) if "/css/base." in path]
    collected.stop()
    with (collected.root / "static/css/base.css").open("a") as style:
        style.write("@layer last { .wordmark { letter-spacing: 7px; } }\n")
    collected.collects().start()
    alice.page.goto(f"{collected.url}/")
    alice.is_connected()
    wordmark = alice.page.locator(".wordmark").first
    assert wordmark.evaluate("mark => getComputedStyle(mark).letterSpacing") == "7px"
    becomes(lambda: len(in_caches(alice.page)) == 1 and before not in in_caches(alice.page), True)
    alice.comes_again()
    becomes(lambda: old in paths(alice), False)
    assert any("/css/base." in path for path in paths(alice))
    alice.forgives_the_wire()


@pytest.mark.matrix
def test_a_disabled_service_worker_removes_itself_and_its_cache(collected, somebody):
    alice = has_a_worker(somebody("alice", url=collected.url))
    assert in_caches(alice.page)
    collected.stop()
    collected.environment["INSTALLABLE"] = "off"
    collected.start()
    alice.page.goto(f"{collected.url}/")
    alice.is_connected()
    becomes(lambda: workers(alice.page), [])
    becomes(lambda: in_caches(alice.page), {})
    alice.comes_again()
    assert alice.page.evaluate("navigator.serviceWorker.controller") is None
    assert (workers(alice.page), in_caches(alice.page)) == ([], {})
    alice.forgives_the_wire()


# Appearance


def test_the_offline_page_fits_a_phone(somebody):
    visitor = somebody("visitor", signed_up=False, **PHONE)
    visitor.page.goto(f"{visitor.url}/offline/")
    expect(visitor.page.get_by_role("heading", name="No connection")).to_be_visible()
    fits(visitor.page)


PIXEL = """colour => {
  const canvas = document.createElement('canvas').getContext('2d')
  canvas.fillStyle = colour
  canvas.fillRect(0, 0, 1, 1)
  return [...canvas.getImageData(0, 0, 1, 1).data]
}"""


@pytest.mark.matrix
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_browser_chrome_has_the_colour_of_the_page(alice, scheme):
    alice.page.emulate_media(color_scheme=scheme)
    behind = alice.page.evaluate("getComputedStyle(document.body).backgroundColor")
    meta = alice.page.locator(f'meta[name="theme-color"][media*="{scheme}"]')
    said = meta.get_attribute("content")
    assert alice.page.evaluate(PIXEL, said) == alice.page.evaluate(PIXEL, behind)
    if scheme == "light":
        manifest = alice.page.request.get(f"{alice.url}/manifest.webmanifest").json()
        assert manifest["theme_color"] == manifest["background_color"] == said


DIFFERENCE = """async ([one, other]) => {
  const draw = async (file) => {
    const picture = new Image(512, 512)
    picture.src = file
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 192
    const context = canvas.getContext('2d')
    context.drawImage(picture, 0, 0, 192, 192)
    return context.getImageData(0, 0, 192, 192).data
  }
  const [left, right] = [await draw(one), await draw(other)]
  return left.reduce((sum, value, place) => sum + Math.abs(value - right[place]), 0) / left.length
}"""


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["icon-192", "icon-512", "icon-maskable-512"])
def test_each_icon_matches_its_svg(alice, name):
    drawing = re.sub(r"-\d+$", "", name)
    files = [f"/static/img/{name}.png", f"/static/img/{drawing}.svg"]
    assert alice.page.evaluate(DIFFERENCE, files) < 2  # of 255
    others = ["/static/img/icon.svg", "/static/img/icon-maskable.svg"]
    assert alice.page.evaluate(DIFFERENCE, others) > 2


INSETS = {"top": 40, "left": 44, "bottom": 30, "right": 44}


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 640}, {"width": 800, "height": 360}])
def test_nothing_is_under_the_camera_or_the_home_bar_of_a_phone(somebody, bob, viewport):
    alice = somebody("alice", **{**PHONE, "viewport": viewport})
    devtools = alice.page.context.new_cdp_session(alice.page)
    insets = INSETS | {f"{side}Max": size for side, size in INSETS.items()}
    devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    is_inside(alice.page.locator(".me"), viewport)
    is_inside(alice.page.locator("#search"), viewport)
    alice.chooses(bob)
    is_inside(alice.pane.locator(".pane__peer"), viewport)
    is_inside(alice.composer, viewport)
    is_inside(alice.pane.get_by_role("button", name="Send", exact=True), viewport)
    alice.page.goto(f"{alice.url}/accounts/")
    is_inside(alice.page.locator(".masthead .wordmark"), viewport)
    is_inside(alice.page.get_by_role("heading", name="Your account"), viewport, scrolls=True)


def is_inside(element, viewport, *, scrolls=False):
    expect(element).to_be_visible()
    box = element.bounding_box()
    assert box["x"] >= INSETS["left"], box
    assert box["x"] + box["width"] <= viewport["width"] - INSETS["right"], box
    assert box["y"] >= INSETS["top"], box
    assert scrolls or box["y"] + box["height"] <= viewport["height"] - INSETS["bottom"], box
