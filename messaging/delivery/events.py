"""Post events to people's inboxes, where they wait until a window has shown them."""

from messaging.backends import mailbox
from messaging.domain import franking
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Message
from messaging.domain.offers import Answered

NOTES_PER_POST = 100  # notes about messages in one post


def copies(message: Message) -> list[Draft]:
    """Return a message, an edit or a reaction as one draft per participant, the sender's last."""
    sender_id, conversation = message.sender.id, message.conversation
    if message.kind == "reaction":
        theirs = own = Event("message_reacted")
    else:
        name = "message_posted" if message.is_original else "message_edited"
        words = {"proof": franking.proof(message)}
        theirs, own = Event(name, words | {"seal": franking.sign(message)}), Event(name, words)
    others = conversation.others(sender_id)
    drafts = [Draft(person.id, conversation, theirs, sender_id, message) for person in others]
    return [*drafts, Draft(sender_id, conversation, own, sender_id, message)]


def unsaid(sender: Person, conversation: Conversation, key: str) -> list[Draft]:
    """Return the drafts that remove a message from the windows of all participants."""
    return _removal(sender, conversation, Event("message_unsent", {"key": key}))


async def reaction_taken_away(reaction: Message) -> None:
    event = Event("message_reacted", {"key": reaction.key})
    await mailbox.post(_removal(reaction.sender, reaction.conversation, event))


async def file_answered(
    by: Person, conversation: Conversation, answered: Answered, *, is_blocked: bool
) -> None:
    """Tell all windows of both people that `by` has received a file, or declines it. Under a block,
    tell only those of `by`, whose pages resend the answer until they see it.
    """
    name = "file_received" if answered.is_received else "file_declined"

    def told(person: Person) -> Draft:
        event = Event(name, {"key": answered.message}, {"is_mine": person != by})
        return Draft(person.id, conversation, event, by.id)

    others = () if is_blocked else conversation.others(by.id)
    await mailbox.post([told(person) for person in (*others, by)])


def _removal(sender: Person, conversation: Conversation, event: Event) -> list[Draft]:
    people = *conversation.others(sender.id), sender
    return [Draft(person.id, conversation, event, sender.id) for person in people]


async def conversation_cleared(by: Person, conversation: Conversation, clearing_id: str) -> None:
    """Empty the transcripts of all participants, and tell `by` how many windows have done so."""
    drafts = _clearings(by, conversation, clearing_id, is_counted=True)
    clearing = await mailbox.clear(by.id, conversation, clearing_id, drafts)
    await clearing_went_on(clearing, await mailbox.progress(clearing))


async def conversation_cleared_uncounted(
    by: Person, conversation: Conversation, clearing_id: str
) -> None:
    """Empty the transcripts of all participants, without a count of windows. The count would reveal
    a person who appears offline.
    """
    drafts = _clearings(by, conversation, clearing_id, is_counted=False)
    await mailbox.clear(by.id, conversation, clearing_id, drafts, is_counted=False)


async def conversation_cleared_alone(
    by: Person, conversation: Conversation, clearing_id: str
) -> None:
    """Empty the transcript of `by` only."""
    await mailbox.post(_clearings(by, conversation, clearing_id, is_counted=False)[:1])


def _clearings(
    by: Person, conversation: Conversation, clearing_id: str, *, is_counted: bool
) -> list[Draft]:
    """Return a draft for each participant, beginning with the person who clears."""

    def cleared(person: Person) -> Draft:
        shape = {"is_mine": person == by, "is_counted": is_counted}
        event = Event("conversation_cleared", {"clearing_id": clearing_id}, shape)
        return Draft(person.id, conversation, event, by.id)

    return [cleared(person) for person in (by, *conversation.others(by.id))]


async def conversation_severed(conversation: Conversation) -> None:
    """Refuse messages that no window has shown, because a participant has blocked the other."""
    unshown = await mailbox.sever(conversation)
    await _tell_senders(unshown, "unreachable")


async def clearing_went_on(clearing: Clearing, progress: Progress) -> None:
    event = Event("clearing_went_on", {"clearing_id": clearing.id}, progress.counts())
    await mailbox.post([Draft(clearing.by, clearing.conversation, event, clearing.by)])


async def messages_delivered(messages: list[Message]) -> None:
    await _tell_senders(messages, "delivered", state="delivered")


async def recipient_away(message: Message) -> None:
    await _tell_senders([message], "delivered", state="away")


async def messages_expired(messages: list[Message]) -> None:
    await _tell_senders(messages, "expired", state="waiting")


async def conversation_read(viewer: Person, conversation: Conversation, message_id: str) -> None:
    """Tell the viewer's other windows that a message has been read."""
    event = Event("conversation_read", {"message_id": message_id})
    await mailbox.post([Draft(viewer.id, conversation, event, viewer.id)])


async def _tell_senders(messages: list[Message], outcome: str, **shape: str) -> None:
    """Post notes to senders in batches, because each post costs time. There is no note for a
    delivered reaction.
    """
    messages = [
        message for message in messages if message.kind != "reaction" or outcome != "delivered"
    ]
    for place in range(0, len(messages), NOTES_PER_POST):
        await mailbox.post(
            [_note(message, outcome, shape) for message in messages[place : place + NOTES_PER_POST]]
        )


def _note(message: Message, outcome: str, shape: dict[str, str]) -> Draft:
    words = {"key": message.key, "message_id": message.id, "version": message.version}
    words["proof"] = franking.proof(message)
    event = Event(f"{message.kind}_{outcome}", words, shape)
    return Draft(message.sender.id, message.conversation, event, message.sender.id)
