"""Messages that offer a file."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.domain import files
from messaging.domain.conversations import Conversation, Person
from messaging.domain.files import File
from messaging.domain.messages import Message, Refused, compose

MEGABYTE = 1_000_000  # bytes


def compose_offer(
    sender: Person, conversation: Conversation, message_id: str, name: str, file: File
) -> Message:
    """Return a valid message with a file, or raise Refused."""
    message = compose(sender, conversation, message_id, files.clean_name(name))
    if reason := _refusal(file):
        raise Refused(reason, message)
    return message._replace(file=file)


def _refusal(file: File) -> str:
    """Return why a file may not be sent, or "" if it may."""
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
