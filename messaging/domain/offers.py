"""Messages that offer a file, and their recipients' answers."""

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.domain import files, franking
from messaging.domain.conversations import Conversation, Person
from messaging.domain.files import MEGABYTE, File
from messaging.domain.messages import MESSAGE_KEY, Message, Refused, compose, read_key


class Answered(NamedTuple):
    """The recipient's page has received a file, or declines it. `proof` is the message's token."""

    conversation_id: int
    message: str
    proof: str
    is_received: bool


def compose_offer(
    sender: Person, conversation: Conversation, message_id: str, name: str, file: File
) -> Message:
    """Return a valid message with a file, or raise Refused."""
    message = compose(sender, conversation, message_id, files.clean_name(name))
    if reason := refusal(file):
        raise Refused(reason, message)
    return message._replace(file=file)


def check_answer(person: Person, conversation: Conversation, answered: Answered) -> None:
    """Raise Refused unless the answer is for a file that the other participant has sent.

    What happens next does not depend on who is online, so the token may be old.
    """
    if settings.FILES == "off":
        raise Refused(_("This site doesn’t accept files."))
    found = MESSAGE_KEY.fullmatch(answered.message)
    if not found or int(found[1]) not in {each.id for each in conversation.others(person.id)}:
        raise Refused(_("The server couldn’t read this request. Reload the page."))
    proves = franking.is_of_file(answered.proof) and franking.proves(
        answered.proof, conversation, *read_key(answered.message), franking.LAST_60_DAYS
    )
    if not proves:
        raise Refused(_("This file is too old to receive or decline."))


def refusal(file: File) -> str:
    """Return the reason why a file must not be sent, or "" if it is allowed."""
    if settings.FILES == "off":
        return _("This site doesn’t accept files.")
    if settings.FILES == "pictures" and not file.kind:
        return _("This site accepts only pictures: JPEG, PNG, WebP and GIF.")
    if not file.size:
        return _("This file is empty.")
    limit = settings.FILE_MAX_MB
    if file.size <= limit * MEGABYTE:
        return ""
    sentence = ngettext(
        "This file is too large. The limit is %(limit)d megabyte.",
        "This file is too large. The limit is %(limit)d megabytes.",
        limit,
    )
    return sentence % {"limit": limit}
