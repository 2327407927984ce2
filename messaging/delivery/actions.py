"""What a person can do in a conversation. Every door comes through here; the domain decides, and
the voice tells.
"""

import secrets

from django.utils.translation import gettext_lazy

from messaging import rate_limits
from messaging.backends import mailbox
from messaging.delivery import events
from messaging.delivery.counters import counts
from messaging.domain import franking, messages
from messaging.domain.mailbox_results import Receipt, Settled
from messaging.domain.messages import Edited, Message, Person, Reacted, Refused, StateUnavailable
from messaging.people import blocks, visibility
from messaging.people.blocks import Blocks

RETRY_SECONDS = 1  # seconds after which a page offers again what could not be taken
NOT_SENT = gettext_lazy("Something went wrong. Try again in a moment.")
TOO_OLD = gettext_lazy("This message is too old to edit or react to.")


async def post_message(
    sender: Person, recipient: Person, message_id: str, text: str, *, is_blocked: bool = False
) -> Message | None:
    """Posts a message to all windows of both, or raises Refused.

    Returns the message as it was first posted if its page had only not heard of that: it has to be
    told again.
    """
    message = messages.compose(sender, recipient, message_id, text)
    try:
        receipt = await _submit(message, is_blocked=is_blocked)
    except StateUnavailable:
        raise Refused(
            "not sent, trying again.", message, seconds=RETRY_SECONDS, is_trying=True
        ) from None
    if receipt.is_new:
        counts.posted += 1
    if receipt.is_delivered:  # its page may have missed that too
        await events.messages_delivered([message])
    return None if receipt.is_new else message._replace(posted_at=receipt.posted_at)


async def edit(
    sender: Person, recipient: Person, edited: Edited, *, is_blocked: bool = False
) -> None:
    """Changes one's own message in every window that shows it, or raises Refused; what it said
    before is then still there. It goes behind the message, in the same order everywhere.

    Whose message it is need not be looked up: its name on every page begins with its sender's own
    number. Without the token that came with it, it is refused whoever is there: an edit of an
    invented message would be seen nowhere, and its answer would tell whether the other one has a
    window.
    """
    message = messages.compose(sender, recipient, edited.id, edited.text, "edit")
    if not franking.proves(edited.proof, sender.id, recipient.id, edited.id):
        raise Refused(str(TOO_OLD), message)
    await _submit_now(message, is_blocked=is_blocked)


async def react(
    sender: Person, recipient: Person, reacted: Reacted, *, is_blocked: bool = False
) -> None:
    """Shows at a message in every window that has it what one of the two feels, or raises Refused.
    Nothing is kept of it: whose message it is, its key says. It needs the token of the message, as
    an edit does.

    A reaction that is taken away leaves nothing to see. So it is not answered by who is there, like
    what is unsaid.
    """
    message = messages.react(sender, recipient, reacted.message, reacted.reaction)
    author_id, message_id = messages.read_key(reacted.message)
    reader_id = recipient.id if author_id == sender.id else sender.id
    if not franking.proves(reacted.proof, author_id, reader_id, message_id):
        raise Refused(str(TOO_OLD), message)
    if reacted.reaction:
        return await _submit_now(message, is_blocked=is_blocked)
    await rate_limits.messages.acquire(sender.id, message)
    await events.reaction_taken_away(message)


async def _submit_now(message: Message, *, is_blocked: bool) -> None:
    """What its page does not try again by itself."""
    try:
        await _submit(message, is_blocked=is_blocked)
    except StateUnavailable:
        raise Refused(str(NOT_SENT), message) from None


async def _submit(message: Message, *, is_blocked: bool) -> Receipt:
    receipt = await mailbox.submit(
        message, events.copies(message), rate_limits.messages, is_blocked=is_blocked
    )
    if receipt.is_away:
        await events.recipient_away(message)
    return receipt


async def unsend(sender: Person, recipient: Person, message_id: str, proof: str = "") -> None:
    """Removes one's own message from every window, also from one that is away and comes back in
    time.

    Whose message it is need not be looked up: its name on every page begins with its sender's own
    number. A block changes nothing: it takes away one's own words, and tells neither of the other.
    The other one's windows are told only of what has passed: by its token, or because it is still
    known.
    """
    await rate_limits.messages.acquire(sender.id)
    drafts = events.unsaid(sender, recipient, messages.message_key(sender, message_id))
    has_passed = franking.proves(proof, sender.id, recipient.id, message_id, franking.LONG)
    await mailbox.retract(sender, recipient.id, message_id, drafts, has_passed=has_passed)


async def clear(person: Person, peer: Person, between: Blocks = blocks.NO_BLOCKS) -> None:
    """Empties a conversation in every window of both; where there is a block, in one's own."""
    await rate_limits.messages.acquire(person.id)
    clearing_id = secrets.token_hex(8)
    if peer.id in between:
        await events.conversation_cleared_alone(person, peer, clearing_id)
    elif visibility.is_online(peer.id, between):
        await events.conversation_cleared(person, peer, clearing_id)
    else:  # or the windows of somebody who appears offline could be counted
        await events.conversation_cleared_uncounted(person, peer, clearing_id)


async def notify_settled(settled: Settled, *, expired: bool = False) -> None:
    """Tells the senders what became of their messages, and those who cleared how far it has
    come.
    """
    if expired:
        counts.expired += sum(message.is_original for message in settled.messages)
        await events.messages_expired(settled.messages)
    else:
        counts.delivered += sum(message.is_original for message in settled.messages)
        await events.messages_delivered(settled.messages)
    for clearing in settled.clearings:
        await events.clearing_went_on(clearing, await mailbox.progress(clearing))
