"""Attach files, and read what the page shows of them."""

import base64
from collections.abc import Sequence

from playwright.sync_api import FilePayload, Locator, expect

from tests.browser.conftest import Somebody

CHUNK = 65_536
# Each chunk differs from the others, and the last one is not full.
LARGE = b"".join(bytes([number]) * CHUNK for number in range(20))[:-1]
DROP = """(target, [files, kinds]) => {
  const dataTransfer = new DataTransfer()
  for (const { name, mimeType, buffer } of files) {
    const bytes = Uint8Array.from(atob(buffer), (letter) => letter.charCodeAt(0))
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }))
  }
  for (const kind of kinds) {
    const words = { bubbles: true, cancelable: true }
    const event = kind === 'paste'
      ? new ClipboardEvent(kind, { ...words, clipboardData: dataTransfer })
      : new DragEvent(kind, { ...words, dataTransfer })
    target.dispatchEvent(event)
  }
}"""


def a_file(name: str = "notes.txt", data: bytes = b"These are notes.") -> FilePayload:
    return {"name": name, "mimeType": "", "buffer": data}


def attaches(person: Somebody, *files: FilePayload) -> None:
    """Choose files with the button, and wait until they are prepared."""
    with person.page.expect_file_chooser() as chooser:
        button(person).click()
    chooser.value.set_files(list(files))
    are_ready(person)


def hands(target: Locator, files: Sequence[FilePayload], *kinds: str) -> None:
    """Dispatch events with files, as a browser does for the clipboard and for a drag."""
    plain = [{**file, "buffer": base64.b64encode(file["buffer"]).decode()} for file in files]
    target.evaluate(DROP, [plain, kinds])


def button(person: Somebody) -> Locator:
    return person.pane.get_by_role("button", name="Attach files")


def cards(person: Somebody) -> Locator:
    return person.pane.locator(".attachment")


def card(person: Somebody, name: str) -> Locator:
    return cards(person).filter(has_text=name)


def are_ready(person: Somebody) -> None:
    person.pane.locator(".attachments").wait_for(state="attached")
    expect(person.pane.locator(".attachment", has_text="Preparing…")).to_have_count(0)


def problems(person: Somebody) -> Locator:
    return person.pane.get_by_role("alert").locator("p")


def sends_file(person: Somebody, name: str, data: bytes) -> None:
    attaches(person, a_file(name, data))
    person.composer.press("Control+Enter")


def offers(person: Somebody, name: str, data: bytes = LARGE) -> None:
    sends_file(person, name, data)
    expect(person.heard(name)).to_contain_text("delivered")


def state(person: Somebody, name: str) -> Locator:
    """Return the state of this message's file."""
    return person.heard(name).locator(".file__state")


def asks_before_leaving(person: Somebody) -> bool:
    return person.page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
