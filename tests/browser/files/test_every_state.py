"""All states of a received file at once: accessible, and readable on every screen."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.files.offers import Transfers, card, offers
from tests.browser.files.painted import drawn

TEXT = b"Nothing is stored. " * 20_000  # 6 chunks
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STATES = ("offered", "queued", "waiting", "receiving", "interrupted", "failed", "gone", "stopped")
NAMES = {state: f"{state} the annual report of the harbour.pdf" for state in STATES}


def press(person, name: str, action: str) -> None:
    button = card(person, name).locator(f"button[data-file={action}]")
    if person.page.evaluate("matchMedia('(pointer: coarse)').matches"):
        button.tap()
    else:
        button.click()


def is_in(person, name: str, state: str) -> None:
    expect(card(person, name)).to_have_attribute("data-state", state)


@pytest.fixture
def show_all(alice, somebody):
    """Return a function. It returns a user whose page shows a file in each state."""

    def show(**context):
        bob = somebody("bob", **context)
        transfers = Transfers(bob.page)
        alice.chooses(bob).says("look at this")
        bob.chooses(alice).hears("look at this")
        picture = drawn(alice.page, "jpeg", 800, 600)
        for name, data in {"harbour.jpg": picture, "minutes.exe": TEXT}.items():
            offers(alice, name, data)
            press(bob, name, "accept")
            transfers.is_opened(bob.page, len(transfers.sockets) or 1)
            transfers.sends_all(data)
            expect(card(bob, name).locator("[data-file=save]")).to_be_visible()
        for state, code in {"failed": 4410, "gone": 4404, "stopped": 4411}.items():
            offers(alice, NAMES[state], TEXT)
            press(bob, NAMES[state], "accept")
            is_in(bob, NAMES[state], "waiting")
            transfers.is_opened(bob.page, len(transfers.sockets))
            transfers.socket.close(code=code)
            is_in(bob, NAMES[state], state)
        for state in ("interrupted", "receiving", "waiting", "queued"):
            offers(alice, NAMES[state], TEXT)
            press(bob, NAMES[state], "accept")
            is_in(bob, NAMES[state], "queued" if state == "queued" else "waiting")
            if state in ("interrupted", "receiving"):
                transfers.is_opened(bob.page, len(transfers.sockets))
                transfers.says(type="start")
                transfers.sends(TEXT, last=4)
                is_in(bob, NAMES[state], "receiving")
            if state == "interrupted":
                transfers.says(type="interrupted")
                is_in(bob, NAMES[state], state)
        offers(alice, NAMES["offered"], TEXT)
        expect(card(bob, NAMES["offered"]).get_by_role("button")).to_have_count(2)
        if folder := os.environ.get("SHOTS"):
            bob.page.screenshot(path=f"{folder}/{len([*Path(folder).iterdir()])}.png")
        return bob

    return show


def test_every_state_is_accessible(show_all):
    bob = show_all()
    is_accessible(bob.page)
    press(bob, "harbour.jpg", "show")
    expect(bob.page.locator("#picture")).to_be_visible()
    is_accessible(bob.page)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.matrix)])
def test_a_thumb_hits_every_button(show_all, scheme):
    bob = show_all(**PHONE, color_scheme=scheme)
    fits(bob.page)
    is_hit(bob.page)


def test_every_state_fits_on_a_small_screen_in_german(show_all):
    small = PHONE | {"viewport": {"width": 320, "height": 640}}
    bob = show_all(**small, locale="de-DE")
    fits(bob.page)
    is_hit(bob.page)


def test_every_state_is_visible_without_colours(show_all):
    bob = show_all(forced_colors="active")
    bar = card(bob, NAMES["receiving"]).get_by_role("progressbar")
    assert bar.evaluate("bar => getComputedStyle(bar).forcedColorAdjust") == "auto"
    expect(bar).to_be_visible()
