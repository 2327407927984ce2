"""What a person can do in a conversation, whether over a socket or HTTP."""

import secrets

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging import rate_limits
from messaging.backends import mailbox
from messaging.delivery import events, groups
from messaging.delivery.counters import counts
from messaging.delivery.outcomes import message_waits
from messaging.domain import franking, messages, offers
from messaging.domain.conversations import Conversation, Person
from messaging.domain.mailbox_results import Receipt
from messaging.domain.messages import Edited, Message, Posted, Reacted, Refused, StateUnavailable
from messaging.domain.offers import Answered
from messaging.people import blocks, visibility
from messaging.people.blocks import Blocks

RETRY_SECONDS = 1  # before a page retries
NOT_SENT = gettext_lazy("Something went wrong. Try again in a moment.")
TOO_OLD = gettext_lazy("This message is too old to edit or react to.")


async def post_message(
    sender: Person,
    conversation: Conversation,
    posted: Posted,
    *,
    is_blocked: bool = False,
) -> Message | None:
    """Post a message to all windows of the participants, or raise Refused. For a retry, return the
    message as first posted, because its page may have missed the answer.
    """
    if file := posted.file:
        message = offers.compose_offer(sender, conversation, posted.id, posted.text, file)
    else:
        message = messages.compose(sender, conversation, posted.id, posted.text)
    try:
        receipt = await _submit(message, is_blocked=is_blocked)
    except StateUnavailable:
        raise Refused(str(NOT_SENT), message, seconds=RETRY_SECONDS, is_trying=True) from None
    except Refused as refusal:
        if refusal.is_waiting:
            message_waits(message)
        raise
    if receipt.is_new:
        counts.posted += 1
    if receipt.is_delivered:  # the page may have missed this answer too
        await events.messages_delivered([message])
    return None if receipt.is_new else message._replace(posted_at=receipt.posted_at)


async def edit(
    sender: Person, conversation: Conversation, edited: Edited, *, is_blocked: bool = False
) -> None:
    """Change the sender's own message in every window that shows it, or raise Refused. The edit
    arrives after the message everywhere.

    A message key begins with its sender's ID, so the author need not be looked up. An edit needs
    the token of the message. Otherwise, an edit with an invented ID would reveal whether the
    recipient is online.
    """
    message = messages.compose(sender, conversation, edited.id, edited.text, "edit")
    if franking.is_of_file(edited.proof):
        raise Refused(_("A file can’t be edited."), message)
    if not franking.proves(edited.proof, conversation, sender.id, edited.id):
        raise Refused(str(TOO_OLD), message)
    await _submit_now(message, is_blocked=is_blocked)


async def react(
    sender: Person, conversation: Conversation, reacted: Reacted, *, is_blocked: bool = False
) -> None:
    """Show a reaction in every window that has the message, or raise Refused. Nothing is stored.
    Like an edit, it needs the token of the message.

    Removing a reaction leaves nothing to see, so the answer does not depend on who is online.
    """
    message = messages.react(sender, conversation, reacted.message, reacted.reaction)
    author_id, message_id = messages.read_key(reacted.message)
    if not franking.proves(reacted.proof, conversation, author_id, message_id):
        raise Refused(str(TOO_OLD), message)
    if reacted.reaction:
        return await _submit_now(message, is_blocked=is_blocked)
    await rate_limits.messages.acquire(sender.id, message)
    await events.reaction_taken_away(message)


async def _submit_now(message: Message, *, is_blocked: bool) -> None:
    try:
        await _submit(message, is_blocked=is_blocked)
    except StateUnavailable:
        raise Refused(str(NOT_SENT), message) from None


async def _submit(message: Message, *, is_blocked: bool) -> Receipt:
    limit = rate_limits.offers if message.file else rate_limits.messages
    receipt = await mailbox.submit(message, events.copies(message), limit, is_blocked=is_blocked)
    if receipt.is_away:
        await events.recipient_away(message)
    return receipt


async def answer_file(
    person: Person, conversation: Conversation, answered: Answered, *, is_blocked: bool = False
) -> None:
    """Tell the windows of both people that `person` has received a file or declines it, or raise
    Refused. Under a block, only the windows of `person` are told.
    """
    offers.check_answer(person, conversation, answered)
    await rate_limits.messages.acquire(person.id)
    await events.file_answered(person, conversation, answered, is_blocked=is_blocked)


async def unsend(
    sender: Person, conversation: Conversation, message_id: str, proof: str = ""
) -> None:
    """Remove the sender's own message from every window, including one that reconnects in time.

    A message key begins with its sender's ID, so the author need not be looked up. A block makes no
    difference, because neither person learns about the other. The recipients' windows are told only
    if the message was accepted: if its token proves this, or the mailbox still knows the message.
    """
    await rate_limits.messages.acquire(sender.id)
    key = messages.message_key(sender, message_id)
    await groups.messages_withdrawn(conversation, message=key)
    drafts = events.unsaid(sender, conversation, key)
    has_passed = franking.proves(proof, conversation, sender.id, message_id, franking.LAST_60_DAYS)
    await mailbox.retract(sender, conversation, message_id, drafts, has_passed=has_passed)


async def clear(
    person: Person, conversation: Conversation, between: Blocks = blocks.NO_BLOCKS
) -> None:
    """Clear a conversation for all participants or, if there is a block, for `person` only."""
    await rate_limits.messages.acquire(person.id)
    clearing_id = secrets.token_hex(8)
    others = [each.id for each in conversation.others(person.id)]
    is_alone = any(other_id in between for other_id in others)
    await groups.messages_withdrawn(conversation, *([person.id] if is_alone else []))
    if is_alone:
        await events.conversation_cleared_alone(person, conversation, clearing_id)
    elif all(visibility.is_online(other_id, between) for other_id in others):
        await events.conversation_cleared(person, conversation, clearing_id)
    else:  # a count would reveal the windows of a person who appears offline
        await events.conversation_cleared_uncounted(person, conversation, clearing_id)
