"""Read reports. The reporter's page supplies the messages; this server's signatures verify them."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from messaging.domain import files, franking
from messaging.domain.conversations import Conversation, Person
from messaging.domain.files import File
from messaging.domain.messages import MESSAGE_ID, Message, Refused
from messaging.domain.plain_text import clean
from messaging.domain.sizes import MAX_REPORTED
from messaging.domain.strict_json import DECODER

# Stored in English; the pages translate them.
REASONS = {
    "threat": gettext_noop("Threats or violence"),
    "harassment": gettext_noop("Harassment or hate"),
    "sexual": gettext_noop("Unwanted sexual content"),
    "danger": gettext_noop("Someone is in danger"),
    "spam": gettext_noop("Spam or fraud"),
    "other": gettext_noop("Something else"),
}
MAX_MESSAGES = 50
LONGEST_NOTE = 1_000
# The format in the HTML of a message. Our pages send no other.
POSTED_AT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\+00:00")
UNREADABLE = gettext_lazy("The server couldn’t read this request.")
NAMES = {"sender", "id", "text", "posted_at", "seal"}
SEAL = re.compile(r"[\w-]{0,64}", re.ASCII)


class Exhibit(NamedTuple):
    """A message from the reporter's page. The reporter's own are context and never verified."""

    message: Message
    is_verified: bool


class Report(NamedTuple):
    reason: str
    note: str
    exhibits: list[Exhibit]


def read(
    reporter: Person, reported: Person, reason: str, note: str, shown: Sequence[str]
) -> Report:
    """Return a valid report, or raise Refused. `shown` contains each message as JSON."""
    if reason not in REASONS:
        raise Refused(_("Choose a reason."))
    note = clean(note).strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(_too_long(len(note)))
    if len(shown) > MAX_MESSAGES:
        raise Refused(_too_many(len(shown)))
    exhibits = [_exhibit(text, reporter, reported) for text in shown]
    if not any(exhibit.message.sender == reported for exhibit in exhibits):
        raise Refused(_("Select at least one message from this person."))
    if sum(len(exhibit.message.text) for exhibit in exhibits) > MAX_REPORTED:
        raise Refused(_("The selected messages are too long for one report. Select fewer."))
    return Report(REASONS[reason], note, exhibits)


def _too_long(length: int) -> str:
    sentence = ngettext(
        "The note is %(length)d character long. The limit is %(limit)d.",
        "The note is %(length)d characters long. The limit is %(limit)d.",
        length,
    )
    return sentence % {"length": length, "limit": LONGEST_NOTE}


def _too_many(count: int) -> str:
    sentence = ngettext(
        "You selected %(count)d message. The limit is %(limit)d.",
        "You selected %(count)d messages. The limit is %(limit)d.",
        count,
    )
    return sentence % {"count": count, "limit": MAX_MESSAGES}


def _exhibit(text: str, reporter: Person, reported: Person) -> Exhibit:
    """Read a message between these two people. A seal from another conversation is not valid."""
    fields, file = _fields(text)
    if not (MESSAGE_ID.fullmatch(fields["id"]) and SEAL.fullmatch(fields["seal"])):
        raise Refused(str(UNREADABLE))
    content, posted_at = clean(fields["text"]), _moment(fields["posted_at"])
    senders = {str(person.id): person for person in (reporter, reported)}
    if fields["sender"] not in senders:
        raise Refused(str(UNREADABLE))
    message = Message(
        fields["id"],
        senders[fields["sender"]],
        Conversation.of(reporter, reported),
        content,
        posted_at,
        file=file,
    )
    is_theirs = message.sender == reported
    return Exhibit(message, is_theirs and franking.is_valid(fields["seal"], message))


def _fields(text: str) -> tuple[dict[str, str], File | None]:
    """Return the fields of a message that are text, and its file, if any."""
    try:
        fields = DECODER.decode(text)
    except (ValueError, RecursionError):
        raise Refused(str(UNREADABLE)) from None
    if not isinstance(fields, dict):
        raise Refused(str(UNREADABLE))
    has_file = "file" in fields
    file = files.read(fields.pop("file", None))
    is_readable = fields.keys() == NAMES and all(isinstance(each, str) for each in fields.values())
    if not is_readable or has_file != bool(file):
        raise Refused(str(UNREADABLE))
    return fields, file


def _moment(text: str) -> datetime:
    try:
        if POSTED_AT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # such as 31 February
        pass
    raise Refused(str(UNREADABLE))
