"""Files with malicious names or contents."""

import pytest
from playwright.sync_api import expect

from tests.browser.files.offers import Transfers, button, card, has_buttons, offers

NAMES = {
    "<img src=x onerror=boom()>.png": "<img src=x onerror=boom()>.png",
    "</p></li><script>boom()<script>": "<p><li><script>boom()<script>",
    '"onmouseover="boom().jpg': '"onmouseover="boom().jpg',
    "javascript:boom()": "javascriptboom()",
    "report\u202egpj.exe": "reportgpj.exe",
    "../../etc/passwd": "....etcpasswd",
    "https://evil.example/a.png": "httpsevil.examplea.png",
    "*bold* `code`.txt": "*bold* `code`.txt",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="boom()"/>'
WATCH = """window.harm = []
window.boom = () => harm.push('boom')
addEventListener('securitypolicyviolation', ({ blockedURI }) => harm.push(blockedURI))"""


@pytest.fixture
def bob(somebody):
    person = somebody("bob", signed_up=False)
    person.page.add_init_script(WATCH)
    yield person.signs_up()
    assert person.page.evaluate("harm") == []


def test_hostile_names_are_shown_and_saved_as_text(alice, bob):
    transfers = Transfers(bob.page)
    alice.chooses(bob).says("look at this")
    bob.chooses(alice).hears("look at this")
    for name, shown in NAMES.items():
        offers(alice, name, SVG, "png")
        message = bob.pane.locator(".transcript > .message").last
        expect(message.locator(".message__text")).to_have_text(shown)
        expect(message.locator(".message__text :not(b)")).to_have_count(0)
        button(bob, shown, "Accept").click()
        transfers.is_opened(bob.page, len(transfers.sockets))
        transfers.sends_all(SVG)
        has_buttons(bob, shown, "Save")
        expect(card(bob, shown).locator("canvas")).to_have_count(0)
