"""The frames of a page as bytes, and what to find in the server's frames."""

import json

from messaging.rendering.page_version import PAGE_VERSION

# The request headers that htmx's extension adds to every form.
CONFIRMATION_HEADERS = {
    "HX-Request": "true",
    "HX-Trigger": None,
    "HX-Trigger-Name": None,
    "HX-Target": None,
}

LENGTH = 60  # characters of a message
MARK = b"Bench no. "
DIGITS = 9
CURSOR = b'name="cursor" value="'
BEAT = b"#heartbeat"
TOLD = b"#state-"  # reports the state of a message to its sender's windows


def headers(host: str, peer: int) -> dict:
    return CONFIRMATION_HEADERS | {"HX-Current-URL": f"http://{host}/conversations/{peer}/"}


def hello(host: str, window: str, peer: int) -> bytes:
    fields = {
        "type": "hello",
        "window": window,
        "away": "0",
        "cursor": "",
        "pane": str(peer),
        "version": PAGE_VERSION,
    }
    return _json(fields | {"HEADERS": headers(host, peer)})


def message(host: str, peer: int) -> tuple[bytes, bytes]:
    """Return a message frame before and after its number, which is used as id and text."""
    text = MARK.decode() + "%NUMBER%" + "." * (LENGTH - len(MARK) - DIGITS)
    fields = {
        "type": "message",
        "conversation": str(peer),
        "text": text,
        "HEADERS": headers(host, peer),
    }
    whole = _json(fields | {"id": "00000000-0000-4000-8000-000%NUMBER%"})
    before, between, behind = whole.split(b"%NUMBER%")
    return before, between + b"%s" + behind


def said(template: tuple[bytes, bytes], number: int) -> bytes:
    digits = b"%09d" % number
    return template[0] + digits + template[1] % digits


def confirmation(host: str, peer: int) -> tuple[bytes, bytes]:
    """Return a confirmation frame before and after its cursor."""
    fields = {"type": "shown", "cursor": "%CURSOR%", "HEADERS": headers(host, peer)}
    before, behind = _json(fields).split(b"%CURSOR%")
    return before, behind


def numbers(payload: bytes) -> list[int]:
    """Return the numbers of the messages in a frame."""
    found, place = [], payload.find(MARK)
    while place >= 0:
        place += len(MARK)
        found.append(int(payload[place : place + DIGITS]))
        place = payload.find(MARK, place)
    return found


def cursor(payload: bytes) -> bytes:
    """Return the cursor of a frame, or nothing."""
    place = payload.rfind(CURSOR)
    if place < 0:
        return b""
    place += len(CURSOR)
    return payload[place : payload.index(b'"', place)]


def _json(fields: dict) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()
