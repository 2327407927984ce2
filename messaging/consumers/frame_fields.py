"""Read and validate the fields of a frame. Raise Refused for an invalid field."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.domain import files
from messaging.domain.messages import MESSAGE_ID, PERSON_ID, Refused
from messaging.domain.sizes import MAX_PANES

SECONDS = re.compile(r"[0-9]{1,12}")
TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,64}")
UNREADABLE = gettext_lazy("The server couldn’t read this request. Reload the page.")


def read_text(fields: dict, name: str) -> str:
    if not isinstance(fields.get(name), str):
        raise Refused(_("This request is incomplete. Reload the page."))
    return fields[name]


def read_token(fields: dict, name: str, *, optional: bool = False) -> str:
    value = read_text(fields, name)
    if not (TOKEN.fullmatch(value) or (optional and value == "")):
        raise Refused(str(UNREADABLE))
    return value


def read_message_id(fields: dict, name: str) -> str:
    if not MESSAGE_ID.fullmatch(read_text(fields, name)):
        raise Refused(str(UNREADABLE))
    return fields[name]


def read_file(fields: dict, name: str) -> files.File | None:
    if name not in fields:
        return None
    if file := files.read(fields[name]):
        return file
    raise Refused(str(UNREADABLE))


def read_seconds(fields: dict, name: str) -> int:
    value = fields.get(name, "0")
    # At most a year. Only the page itself shows this value, so a wrong one does no harm.
    return min(int(value), 31_536_000) if isinstance(value, str) and SECONDS.fullmatch(value) else 0


def read_conversation_id(fields: dict) -> int:
    return _conversation_id(fields.get("conversation"))


def _conversation_id(value: object) -> int:
    # A form sends strings. A number is accepted too, but not a bool, which is an int in Python.
    if (
        isinstance(value, str | int)
        and not isinstance(value, bool)
        and PERSON_ID.fullmatch(str(value))
    ):
        return int(value)
    raise Refused(_("This request has no recipient. Reload the page."))


def read_panes(fields: dict, name: str) -> list[int]:
    value = fields.get(name, [])
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_PANES:
        raise Refused(_("Too many conversations are open on this page. Reload the page."))
    return [_conversation_id(each) for each in values]
