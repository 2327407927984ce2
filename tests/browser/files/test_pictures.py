"""Received pictures: which ones are drawn, and which ones can only be saved."""

import base64
import struct

import pytest
from playwright.sync_api import expect

from tests.browser.files.offers import Transfers, button, card, has_buttons, offers, reads
from tests.browser.files.painted import GIF, drawn, png, turned

RED, BLUE = [200, 0, 0], [0, 0, 200]
COLORS = """canvas => {
  const { width, height } = canvas
  const at = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)
  return [[width, height], at(width / 4, height / 4), at(width * 3 / 4, height * 3 / 4)]
}"""
SIZE = """async ([path, text]) => {
  const { default: sizeOf } = await import(path)
  return sizeOf(Uint8Array.from(atob(text), (each) => each.charCodeAt(0))) ?? null
}"""
DRAW = """async ([path, files]) => {
  let [decoded, running, most] = [0, 0, 0]
  window.createImageBitmap = async () => {
    most = Math.max(most, running += 1)
    decoded += 1
    await new Promise((done) => setTimeout(done))
    running -= 1
    throw new Error()
  }
  const { draw } = await import(path)
  const bytesOf = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0))
  await Promise.all(files.map((text) => draw(bytesOf(text), 'harbour')))
  return [decoded, most]
}"""
COPIES = "(card, count) => { while (count--) card.after(card.cloneNode()) }"
HEADER = "/static/js/files/picture_header.js"
WATCH = """window.reports = []
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  reports.push(`${violatedDirective} ${blockedURI}`))"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="boom()"><rect width="9" height="9"/></svg>'
HTML = b"<!doctype html><script>boom()</script><img src=x onerror=boom()>"


@pytest.fixture
def alice(somebody):
    return somebody("alice")


@pytest.fixture
def bob(somebody):
    person = somebody("bob", signed_up=False)
    person.page.add_init_script(WATCH)
    yield person.signs_up()
    assert person.page.evaluate("reports") == []


@pytest.fixture
def transfers(alice, bob):
    alice.chooses(bob).says("look at this")
    bob.chooses(alice).hears("look at this")
    return Transfers(bob.page)


@pytest.fixture
def receive(alice, bob, transfers):
    """Return a function that lets Alice offer a file and Bob receive it."""

    def pass_on(name: str, data: bytes, kind: str) -> None:
        offers(alice, name, data, kind)
        button(bob, name, "Accept").click()
        transfers.is_opened(bob.page, 1)
        transfers.sends_all(data)
        expect(button(bob, name, "Save")).to_be_visible(timeout=20_000)

    return pass_on


def colors(canvas) -> tuple[list[int], list[int], list[int]]:
    """Return the size of a canvas, and its colours at the upper left and the lower right."""
    return canvas.evaluate(COLORS)


def is_near(one: list[int], other: list[int]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    "kind", ["png", *(pytest.param(kind, marks=pytest.mark.matrix) for kind in ("jpeg", "webp"))]
)
def test_a_picture_is_drawn_and_enlarged(alice, bob, receive, kind):
    receive("harbour", drawn(alice.page, kind, 800, 600), kind)
    has_buttons(bob, "harbour", "Show", "Save")
    picture = card(bob, "harbour").get_by_role("img", name="harbour")
    size, left, right = colors(picture)
    assert size == [320, 240]
    assert is_near(left, RED)
    assert is_near(right, BLUE)
    button(bob, "harbour", "Show").click()
    dialog = bob.page.get_by_role("dialog", name="harbour")
    assert colors(dialog.get_by_role("img", name="harbour"))[0] == [800, 600]
    bob.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(button(bob, "harbour", "Show")).to_be_focused()
    picture.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(button(bob, "harbour", "Show")).to_be_focused()


def test_a_gif_is_drawn(alice, bob, receive):
    receive("dot.gif", GIF, "gif")
    has_buttons(bob, "dot.gif", "Show", "Save")
    assert colors(card(bob, "dot.gif").get_by_role("img"))[0] == [1, 1]


def test_a_picture_is_turned_by_its_orientation(alice, bob, receive):
    receive("up", turned(drawn(alice.page, "jpeg", 640, 320)), "jpeg")
    has_buttons(bob, "up", "Show", "Save")
    size, top, bottom = colors(card(bob, "up").get_by_role("img"))
    assert size == [120, 240]
    assert is_near(top, RED)
    assert is_near(bottom, BLUE)


def test_a_picture_is_recognised_by_its_bytes(alice, bob, receive):
    receive("notes.txt", drawn(alice.page, "png"), "")
    has_buttons(bob, "notes.txt", "Show", "Save")


@pytest.mark.parametrize(
    "data", [SVG, HTML, b"GIF89a", drawn, png], ids=["svg", "html", "header", "cut", "bomb"]
)
def test_unsafe_pictures_can_only_be_saved(alice, bob, receive, data):
    """The kind that its sender claims doesn't matter."""
    if data is drawn:
        data = drawn(alice.page, "jpeg")[:400]
    if data is png:
        data = png(50_000, 50_000)
    receive("picture.png", data, "png")
    has_buttons(bob, "picture.png", "Save")
    reads(bob, "picture.png", "This picture can’t be shown here.")
    expect(card(bob, "picture.png").locator("canvas")).to_have_count(0)
    with bob.page.expect_download() as download:
        button(bob, "picture.png", "Save").click()
    assert download.value.path().read_bytes() == data


def gif(screen: int, frame: int) -> bytes:
    start = b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0x80, 0, 0) + bytes(6)
    extension = b"!\xf9\x04" + bytes(4) + b"\0"
    return start + extension + b"," + struct.pack("<HHHHB", 0, 0, frame, frame, 0) + bytes(9)


def webp(kind: bytes, data: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + kind + struct.pack("<I", len(data)) + data + bytes(9)


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments)


FRAME = b"\xff\xc0" + struct.pack(">HBHH", 11, 8, 300, 400) + bytes(9)
SCAN = b"\xff\xda\0\2ab\xff\0"
NOTE = b"\xff\xe0\x00\x04ab"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(4)
HEADERS = {
    "png": (PNG + b"IHDR" + struct.pack(">II", 400, 300), [400, 300]),
    "a PNG without its header": (PNG + b"IDAT" + struct.pack(">II", 400, 300), None),
    "a PNG of 2 gigapixels": (PNG + b"IHDR" + struct.pack(">II", 50_000, 50_000), None),
    "a PNG without pixels": (PNG + b"IHDR" + struct.pack(">II", 0, 300), None),
    "a long PNG": (PNG + b"IHDR" + struct.pack(">II", 40_000_000, 1), [40_000_000, 1]),
    "gif": (gif(400, 300), [400, 400]),
    "a GIF with a larger frame": (gif(300, 400), [400, 400]),
    "a GIF with a huge frame": (gif(1, 60_000), None),
    "a cut GIF": (gif(400, 300)[:14], None),
    "lossy": (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 400, 300)), [400, 300]),
    "lossless": (webp(b"VP8L", b"\x2f" + struct.pack("<I", 399 | 299 << 14)), [400, 300]),
    "extended": (webp(b"VP8X", bytes(4) + b"\x8f\x01\0\x2b\x01\0"), [400, 300]),
    "a huge canvas": (webp(b"VP8X", bytes(4) + b"\xff" * 6), None),
    "an unknown WebP": (webp(b"VP9 ", bytes(20)), None),
    "jpeg": (jpeg(NOTE, FRAME), [400, 300]),
    "a JPEG with bytes between": (jpeg(NOTE, b"\0", FRAME), None),
    "a JPEG that ends early": (jpeg(NOTE, b"\xff\xd9", FRAME), None),
    "a JPEG of an unusual kind": (jpeg(NOTE, FRAME.replace(b"\xc0", b"\xc3")), None),
    "a JPEG that leads nowhere": (jpeg(b"\xff\xe0\xff\xff"), None),
    "svg": (SVG, None),
    "empty": (b"", None),
}


def test_the_size_of_a_picture_is_read_from_its_header(bob):
    found = {}
    for name, (data, _) in HEADERS.items():
        found[name] = bob.page.evaluate(SIZE, [HEADER, base64.b64encode(data).decode()])
    assert found == {name: size for name, (_, size) in HEADERS.items()}


def decodes(bob, *files: bytes) -> list[int]:
    """Return how many of these files the page decodes, and how many at once."""
    encoded = [base64.b64encode(data).decode() for data in files]
    return bob.page.evaluate(DRAW, ["/static/js/files/picture.js", encoded])


def test_a_jpeg_of_too_many_scans_is_not_decoded(bob):
    assert decodes(bob, jpeg(FRAME, SCAN * 100), jpeg(FRAME, SCAN * 101)) == [1, 1]


def test_pictures_are_decoded_one_after_another(bob):
    assert decodes(bob, *[png(8, 8)] * 3) == [3, 1]


def test_nothing_moves_when_a_picture_is_drawn(alice, bob, transfers):
    data = drawn(alice.page, "png", 800, 300)
    offers(alice, "wide", data, "png")
    alice.says("and below it")
    bob.hears("and below it")
    button(bob, "wide", "Accept").click()
    transfers.is_opened(bob.page, 1)
    transfers.says(type="start")
    expect(card(bob, "wide").get_by_role("progressbar")).to_be_visible()
    before = [bob.heard(words).bounding_box() for words in ("wide", "and below it")]
    transfers.sends(data)
    transfers.says(type="whole")
    has_buttons(bob, "wide", "Show", "Save")
    assert [bob.heard(words).bounding_box() for words in ("wide", "and below it")] == before


def is_accepted(bob, transfers, name: str, *, count: int) -> None:
    transfers.is_opened(bob.page, count)
    reads(bob, name, "Waiting for alice")


def test_small_pictures_are_accepted_after_writing_to_the_sender(alice, bob, transfers):
    data = drawn(alice.page, "png")
    offers(alice, "first.png", data, "png")
    has_buttons(bob, "first.png", "Accept", "Decline")
    bob.says("show me")
    alice.hears("show me")
    offers(alice, "second.png", data, "png")
    is_accepted(bob, transfers, "second.png", count=1)
    transfers.sends_all(data)
    has_buttons(bob, "second.png", "Show", "Save")
    has_buttons(bob, "first.png", "Accept", "Decline")
    offers(alice, "large.png", data, "png", size=2_000_001)
    offers(alice, "notes.txt", data)
    has_buttons(bob, "large.png", "Accept", "Decline")
    has_buttons(bob, "notes.txt", "Accept", "Decline")
    # Another window hasn't written anything.
    other = bob.opens_another_window().chooses(alice)
    offers(alice, "third.png", data, "png")
    is_accepted(bob, transfers, "third.png", count=2)
    has_buttons(other, "third.png", "Accept", "Decline")


def test_a_page_has_room_for_50_pictures_that_nobody_has_accepted(alice, bob, transfers):
    bob.says("show me")
    alice.hears("show me")
    offers(alice, "first.png", png(8, 8), "png")
    is_accepted(bob, transfers, "first.png", count=1)
    card(bob, "first.png").evaluate(COPIES, 49)
    offers(alice, "second.png", png(8, 8), "png")
    has_buttons(bob, "second.png", "Accept", "Decline")
    alice.unsends("first.png")
    offers(alice, "third.png", png(8, 8), "png")
    is_accepted(bob, transfers, "third.png", count=2)


def test_nothing_is_accepted_for_a_person_who_appears_offline(alice, bob, transfers):
    bob.says("show me")
    alice.hears("show me")
    bob.page.locator(".me__name").click()
    bob.page.get_by_role("switch", name="Appear offline").click()
    expect(bob.page.locator("#appearance-note")).to_contain_text("You appear offline")
    offers(alice, "first.png", drawn(alice.page, "png"), "png")
    has_buttons(bob, "first.png", "Accept", "Decline")
    note = card(bob, "first.png").get_by_text("Accepting shows that you’re here.")
    expect(note).to_be_visible()


def test_an_enlarged_picture_closes_with_its_message(alice, bob, receive):
    receive("secret.png", drawn(alice.page, "png"), "png")
    button(bob, "secret.png", "Show").click()
    dialog = bob.page.get_by_role("dialog", name="secret.png")
    expect(dialog).to_be_visible()
    alice.unsends("secret.png")
    expect(dialog).not_to_be_visible()
    expect(bob.page.locator("canvas")).to_have_count(0)
    expect(bob.composer).to_be_focused()
