"""How much a mailbox holds, and why it refuses more."""

from django.utils.translation import gettext_lazy

from messaging.domain.messages import Message, Refused

# Of one inbox, so that a person whose windows show nothing cannot fill the server's memory.
MAX_ENTRIES = 5_000
MAX_BYTES = 4_000_000
MAX_WINDOWS = 50
# Only what a window has shown is removed to make room, so that no sender can displace what waits.
# An inbox takes
# - messages, edits and reactions, while it and their sender's share, a quarter, have room;
# - unsends, clearings and removed reactions, in the same share, also if messages fill the inbox, or
#   in place of what they remove;
# - the owner's copies and notes, in a share of a half. If that is full, the owner cannot send, and
#   instead of further notes the page is told to ask.
OF_A_SENDER, OF_THE_OWNER = 4, 2

REFUSALS = {
    "withdrawn": gettext_lazy("It was unsent, or the conversation was cleared."),
    "another": gettext_lazy("Another message with this ID was already sent. Reload the page."),
    "nobody": gettext_lazy("{name} has no open window."),
    "blocked": gettext_lazy("{name} can’t be reached."),  # by either of the two
    "full": gettext_lazy("Too many messages are waiting for this person. Try again in a moment."),
    "share": gettext_lazy("Too many of your messages are still waiting. Try again in a moment."),
    "behind": gettext_lazy("Your other windows are still catching up. Try again in a moment."),
}


def refusal(reason: str, message: Message | None = None) -> Refused:
    """Return the error for one of REFUSALS."""
    return Refused(str(REFUSALS[reason]), message, is_waiting=reason == "nobody")
