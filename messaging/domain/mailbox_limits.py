"""The limits of a mailbox, and the reasons for refusals."""

from django.utils.translation import gettext_lazy

from messaging.domain.messages import Message, Refused

# Limits of one inbox, so that a person whose windows show nothing cannot fill the server's memory.
MAX_ENTRIES = 5_000
MAX_BYTES = 4_000_000
MAX_WINDOWS = 50
# Only entries that a window has shown make room for new ones, so that no sender can displace
# waiting entries. An inbox accepts
# - messages, edits and reactions, while it and the sender's share (a quarter) have room;
# - unsends, clearings and removed reactions, in the same share, even if messages fill the inbox, or
#   in place of what they remove;
# - the owner's copies and notes, in a share of a half. If it is full, the owner cannot send, and
#   the page is told to ask for what it does not know instead of getting further notes.
OF_A_SENDER, OF_THE_OWNER = 4, 2

REFUSALS = {
    "withdrawn": gettext_lazy("It was unsent, or the conversation was cleared."),
    "another": gettext_lazy("Another message with this ID was already sent. Reload the page."),
    "nobody": gettext_lazy("{name} isn’t connected."),
    "blocked": gettext_lazy("{name} can’t be reached."),  # either may have blocked the other
    "full": gettext_lazy("Too many messages are waiting for this person. Try again in a moment."),
    "share": gettext_lazy("Too many of your messages are still waiting. Try again in a moment."),
    "behind": gettext_lazy("Your other windows are still catching up. Try again in a moment."),
}


def refusal(reason: str, message: Message | None = None) -> Refused:
    """Return the error for one of REFUSALS."""
    return Refused(str(REFUSALS[reason]), message, is_waiting=reason == "nobody")
