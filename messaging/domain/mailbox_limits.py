"""How much a mailbox holds, and why it refuses more."""

from django.utils.translation import gettext_lazy

from messaging.domain.messages import Message, Refused

# What one person can make wait here: a reader who has stopped reading must not fill the memory of
# the server.
MAX_ENTRIES = 5_000
MAX_BYTES = 4_000_000
MAX_WINDOWS = 50
# Room is made only of what some window has shown, so that nobody pushes out what waits. Into a box
# come
# - messages, edits and reactions: while there is room in it, and in the share of their sender,
# which is a quarter;
# - unsends, clearings and reactions that are taken away: in the same share, also when the box is
# full of messages, and in place of what they take out;
# - the owner's own copies and notes, in a share of a half: when that is full, the owner can send
# nothing more, and of further notes the page learns that it has to ask.
OF_A_SENDER, OF_THE_OWNER = 4, 2

REFUSALS = {
    "withdrawn": gettext_lazy("It was unsent, or the conversation was cleared."),
    "another": gettext_lazy("Another message with this ID was already sent. Reload the page."),
    "nobody": gettext_lazy("{name} has no open window."),
    "blocked": gettext_lazy("{name} can’t be reached."),  # whoever of the two has blocked the other
    "full": gettext_lazy("Too many messages are waiting for this person. Try again in a moment."),
    "share": gettext_lazy("Too many of your messages are still waiting. Try again in a moment."),
    "behind": gettext_lazy("Your other windows are still catching up. Try again in a moment."),
}


def refusal(word: str, message: Message | None = None) -> Refused:
    """Return why a mailbox does not take something, in words for its sender."""
    return Refused(str(REFUSALS[word]), message, is_waiting=word == "nobody")
