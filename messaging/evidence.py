"""What somebody reports: messages that their page shows, each compared with what this server has signed."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from messaging import franking
from messaging.conversations import MESSAGE_ID, Message, Person, Refused, clean
from messaging.frames import DECODER

REASONS = {
    "threat": "Threats or violence",
    "harassment": "Harassment or hate",
    "sexual": "Unwanted sexual content",
    "danger": "Somebody is in danger",
    "spam": "Spam or fraud",
    "other": "Something else",
}
MOST_MESSAGES = 50
MOST_CHARACTERS = 100_000  # of all messages together
LONGEST_NOTE = 1_000
# As the fragment of a message has it; a page that says it in another way is not ours.
POSTED_AT = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\+00:00")
UNREADABLE = "The page sent something that this server cannot read."
NAMES = {"sender", "id", "text", "posted_at", "seal"}
SEAL = re.compile(r"[\w-]{0,64}", re.ASCII)


class Exhibit(NamedTuple):
    """One message as the reporter's page shows it. What they wrote themselves is context, and never verified."""

    message: Message
    is_verified: bool


class Report(NamedTuple):
    reason: str
    note: str
    exhibits: list[Exhibit]


def read(reporter: Person, reported: Person, reason: str, note: str, shown: Sequence[str]) -> Report:
    """A report that may be kept, or Refused. `shown` are messages as the page writes them, each one as JSON."""
    if reason not in REASONS:
        raise Refused("Choose why you report this.")
    note = clean(note)
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note is {len(note)} characters long, and {LONGEST_NOTE} is the limit.")
    if len(shown) > MOST_MESSAGES:
        raise Refused(f"These are {len(shown)} messages, and {MOST_MESSAGES} is the limit. Untick some.")
    exhibits = [_exhibit(text, reporter, reported) for text in shown]
    if not any(exhibit.message.sender == reported for exhibit in exhibits):
        raise Refused(f"Tick at least one message that {reported.name} wrote.")
    if sum(len(exhibit.message.text) for exhibit in exhibits) > MOST_CHARACTERS:
        raise Refused("This is more text than one report holds. Untick some messages.")
    return Report(REASONS[reason], note, exhibits)


def _exhibit(text: str, reporter: Person, reported: Person) -> Exhibit:
    """Who wrote it to whom follows from who reports whom: of other conversations nothing holds."""
    fields = _fields(text)
    if not (MESSAGE_ID.fullmatch(fields["id"]) and SEAL.fullmatch(fields["seal"])):
        raise Refused(UNREADABLE)
    said, posted_at = clean(fields["text"]), _moment(fields["posted_at"])
    if fields["sender"] == str(reporter.id):
        return Exhibit(Message(fields["id"], reporter, reported, said, posted_at), False)
    if fields["sender"] != str(reported.id):
        raise Refused(UNREADABLE)
    message = Message(fields["id"], reported, reporter, said, posted_at)
    return Exhibit(message, franking.holds(fields["seal"], message))


def _fields(text: str) -> dict[str, str]:
    try:
        fields = DECODER.decode(text)
    except (ValueError, RecursionError):
        raise Refused(UNREADABLE) from None
    if not isinstance(fields, dict) or fields.keys() != NAMES or not all(isinstance(it, str) for it in fields.values()):
        raise Refused(UNREADABLE)
    return fields


def _moment(text: str) -> datetime:
    try:
        if POSTED_AT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:  # the 31st of February
        pass
    raise Refused(UNREADABLE)
