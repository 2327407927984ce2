"""Files are attached in the composer, shown before they are sent, and removed again."""

import base64

from playwright.sync_api import expect

from tests.browser.audit import fits, is_accessible, is_hit
from tests.browser.conftest import PHONE
from tests.browser.files.attaching import (
    a_file,
    are_ready,
    attaches,
    button,
    card,
    cards,
    hands,
    problems,
)
from tests.browser.files.drawing import PLAIN
from tests.browser.files.pictures import jpeg


def test_the_button_attaches_several_files(talk):
    alice, _ = talk
    alice.writes("have a look")
    attaches(alice, a_file("notes.txt"), a_file("more.tar.gz", b"x" * 2_400_000))
    expect(cards(alice)).to_have_count(2)
    expect(card(alice, "more")).to_contain_text("2.4 MB")
    expect(card(alice, "more").locator("b")).to_have_text(".gz")
    expect(card(alice, "notes")).to_contain_text("This file may contain its author’s name")
    expect(alice.composer).to_have_value("have a look")
    expect(alice.composer).to_be_focused()
    is_accessible(alice.page)


def test_a_picture_is_shown_small_and_without_its_details(talk):
    alice, _ = talk
    plain = base64.b64decode(alice.page.evaluate(PLAIN, 400)["jpeg"])
    attaches(alice, a_file("holiday.jpg", jpeg(plain)))
    expect(card(alice, "holiday")).to_contain_text("Picture, ")
    expect(card(alice, "holiday")).to_contain_text("Location and camera details were removed.")
    picture = card(alice, "holiday").locator("canvas")
    expect(picture).to_be_visible()
    red, green, *_ = picture.evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(80, 80, 1, 1).data]"
    )
    assert (red > 150, green < 50) == (True, True)
    assert picture.evaluate("({ width }) => width") == 240
    is_accessible(alice.page)


def test_pasted_files_are_attached_and_pasted_text_is_not(talk):
    alice, _ = talk
    hands(alice.composer, [a_file("image.png")], "paste")
    expect(cards(alice)).to_have_count(1)
    alice.composer.evaluate(RICH)
    alice.composer.press("End")
    expect(cards(alice)).to_have_count(1)


# A word processor adds a picture of the text.
RICH = """(target) => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', 'words')
  clipboardData.setData('text/html', '<b>words</b>')
  clipboardData.items.add(new File(['x'], 'image.png'))
  const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData })
  if (!target.dispatchEvent(event)) throw new Error('the text was not pasted')
}"""


def test_files_are_dropped_on_the_conversation(talk):
    alice, _ = talk
    target = alice.pane.get_by_text("Drop files here")
    hands(alice.pane.locator(".transcript"), [a_file()], "dragenter", "dragover")
    expect(target).to_be_visible()
    is_accessible(alice.page)
    hands(target, [], "dragleave")
    hands(target, [a_file()], "dragleave")
    expect(target).to_be_hidden()
    hands(alice.pane.locator(".transcript"), [a_file()], "dragover")
    hands(target, [a_file("one.txt"), a_file("two.txt")], "drop")
    expect(target).to_be_hidden()
    are_ready(alice)
    expect(cards(alice)).to_have_count(2)


def test_a_file_that_is_dropped_elsewhere_does_not_replace_the_page(talk):
    alice, _ = talk
    alice.page.evaluate(
        "document.addEventListener('drop', ({ defaultPrevented }) => {"
        " document.body.dataset.prevented = defaultPrevented })"
    )
    hands(alice.page.locator("#roster"), [a_file()], "dragover", "drop")
    expect(alice.page.locator("body")).to_have_attribute("data-prevented", "true")
    expect(alice.pane.locator(".attachments")).to_have_count(0)


NOTE_DROPS = """() => document.addEventListener('drop', ({ defaultPrevented }) => {
  document.body.dataset.prevented = defaultPrevented
})"""


def test_a_file_is_removed_by_keyboard(talk):
    alice, _ = talk
    attaches(alice, a_file("one.txt"), a_file("two.txt"))
    for left, focused in ((1, card(alice, "two").get_by_role("button")), (0, alice.composer)):
        name = "one" if left else "two"
        card(alice, name).get_by_role("button", name=f"Remove {name}.txt").press("Enter")
        expect(cards(alice)).to_have_count(left)
        expect(focused).to_be_focused()


def test_unacceptable_files_are_refused_next_to_the_composer(talk):
    alice, _ = talk
    alice.writes("nothing is lost")
    attaches(alice, a_file("empty.txt", b""), a_file("huge.iso", b"x" * 25_000_001))
    expect(problems(alice)).to_have_text(
        [
            "empty.txt: This file is empty.",
            "huge.iso: This file is too large. The limit is 25 megabytes.",
        ]
    )
    is_accessible(alice.page)
    attaches(alice, *(a_file(f"{number}.txt") for number in range(11)))
    expect(problems(alice)).to_have_text(["10.txt: You can send 10 files at once."])
    expect(cards(alice)).to_have_count(10)
    expect(alice.composer).to_have_value("nothing is lost")
    is_accessible(alice.page)


def test_a_file_that_is_gone_cannot_be_attached(talk, tmp_path):
    alice, _ = talk
    file = tmp_path / "gone.txt"
    file.write_text("here")
    alice.page.evaluate("document.addEventListener('action', ({ detail }) => detail[1][0].size)")
    alice.page.route("**/files/", lambda route: (file.unlink(), route.continue_()))
    alice.pane.locator(".composer__files").set_input_files(file)
    expect(problems(alice)).to_have_text(["gone.txt: This file can’t be read."])
    expect(cards(alice)).to_have_count(0)


def test_a_folder_cannot_be_attached(talk, tmp_path):
    alice, _ = talk
    alice.pane.locator(".composer").evaluate(FOLDER)
    expect(problems(alice)).to_have_text(["holiday: Folders can’t be sent."])


# Only a real drag has folders.
FOLDER = """(form) => form.dispatchEvent(new CustomEvent('action', {
  bubbles: true, detail: ['attach', [{ name: 'holiday', isDirectory: true }]],
}))"""


def test_nothing_is_attached_while_the_other_is_blocked(talk):
    alice, _ = talk
    alice.opens_dialog("Block").get_by_role("button", name="Block").click()
    expect(button(alice)).to_be_disabled()
    hands(alice.pane.locator(".transcript"), [a_file()], "dragover", "drop")
    expect(alice.pane.get_by_text("Drop files here")).to_be_hidden()
    alice.pane.get_by_role("button", name="Unblock").click()
    expect(button(alice)).to_be_enabled()
    expect(alice.pane.locator(".attachments")).to_have_count(0)


def test_attaching_on_a_phone(somebody, bob):
    alice = somebody("alice", **{**PHONE, "viewport": {"width": 390, "height": 780}}).chooses(bob)
    with alice.page.expect_file_chooser() as chooser:
        button(alice).tap()
    assert chooser.value.is_multiple()
    chooser.value.set_files(
        [a_file("notes.txt"), *(a_file(f"{number} {'long ' * 20}.docx") for number in range(5))]
    )
    are_ready(alice)
    expect(alice.composer).not_to_be_focused()
    alice.pane.locator(".composer__files").set_input_files([a_file("empty.txt", b"")])
    expect(problems(alice)).to_be_in_viewport(ratio=1)
    fits(alice.page)
    is_hit(alice.page)
    card(alice, "notes").get_by_role("button").tap()
    expect(cards(alice)).to_have_count(5)
