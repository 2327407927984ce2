"""Post events to the mailboxes of people, where they wait until a window has shown them."""

from messaging.backends import mailbox
from messaging.domain import franking
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Message, Person

AT_ONCE = 100  # notes about messages in one post


def copies(message: Message) -> list[Draft]:
    """Return a message, an edit or a reaction as the drafts for both participants."""
    sender, recipient = message.sender, message.conversation.other(message.sender.id)
    if message.kind == "reaction":
        theirs = own = Event("message_reacted")
    else:
        name = "message_posted" if message.is_original else "message_edited"
        words = {"proof": franking.proof(message)}
        theirs, own = Event(name, words | {"seal": franking.seal(message)}), Event(name, words)
    return [Draft(recipient.id, sender, theirs, message), Draft(sender.id, recipient, own, message)]


def unsaid(sender: Person, recipient: Person, key: str) -> list[Draft]:
    """Return the drafts that remove a message from the windows of both."""
    return _removal(sender, recipient, Event("message_taken_back", {"key": key}))


async def reaction_taken_away(reaction: Message) -> None:
    event = Event("message_reacted", {"key": reaction.key})
    recipient = reaction.conversation.other(reaction.sender.id)
    await mailbox.post(_removal(reaction.sender, recipient, event))


def _removal(sender: Person, recipient: Person, event: Event) -> list[Draft]:
    return [Draft(recipient.id, sender, event, is_peers=True), Draft(sender.id, recipient, event)]


async def conversation_cleared(by: Person, peer: Person, clearing_id: str) -> None:
    """Empty the transcripts of both, and tell `by` in how many windows this is done."""
    clearing = await mailbox.clear(clearing_id, _clearings(by, peer, clearing_id, is_counted=True))
    await clearing_went_on(clearing, await mailbox.progress(clearing))


async def conversation_cleared_uncounted(by: Person, peer: Person, clearing_id: str) -> None:
    """Empty the transcripts of both without a count, which would reveal a person who appears
    offline.
    """
    await mailbox.clear(
        clearing_id, _clearings(by, peer, clearing_id, is_counted=False), is_counted=False
    )


async def conversation_cleared_alone(by: Person, peer: Person, clearing_id: str) -> None:
    """Empty the transcript of `by` only."""
    await mailbox.post(_clearings(by, peer, clearing_id, is_counted=False)[:1])


def _clearings(by: Person, peer: Person, clearing_id: str, *, is_counted: bool) -> list[Draft]:
    def cleared(*, is_mine: bool) -> Event:
        words = {"clearing_id": clearing_id}
        return Event("conversation_cleared", words, {"is_mine": is_mine, "is_counted": is_counted})

    own = Draft(by.id, peer, cleared(is_mine=True))
    return [own, Draft(peer.id, by, cleared(is_mine=False), is_peers=True)]


async def conversation_severed(one_id: int, other_id: int) -> None:
    """Refuse what neither has shown of the other, because there is a block between them."""
    unshown = await mailbox.sever(one_id, other_id)
    await _tell_senders(unshown, "unreachable")


async def clearing_went_on(clearing: Clearing, progress: Progress) -> None:
    event = Event("clearing_went_on", {"clearing_id": clearing.id}, progress.counts())
    await mailbox.post([Draft(clearing.by.id, clearing.peer, event)])


async def messages_delivered(messages: list[Message]) -> None:
    await _tell_senders(messages, "delivered", state="delivered")


async def recipient_away(message: Message) -> None:
    await _tell_senders([message], "delivered", state="away")


async def messages_expired(messages: list[Message]) -> None:
    await _tell_senders(messages, "expired", state="waiting")


async def conversation_read(viewer: Person, peer: Person, message_id: str) -> None:
    """Tell the viewer's other windows that a message has been read."""
    event = Event("conversation_read", {"message_id": message_id})
    await mailbox.post([Draft(viewer.id, peer, event)])


async def _tell_senders(messages: list[Message], fate: str, **shape: str) -> None:
    """Post notes in batches, because each post costs time. A reaction that was delivered gets no
    note.
    """
    messages = [
        message for message in messages if message.kind != "reaction" or fate != "delivered"
    ]
    for place in range(0, len(messages), AT_ONCE):
        await mailbox.post(
            [_note(message, fate, shape) for message in messages[place : place + AT_ONCE]]
        )


def _note(message: Message, fate: str, shape: dict[str, str]) -> Draft:
    words = {"key": message.key, "message_id": message.id, "version": message.version}
    words["proof"] = franking.proof(message)
    recipient = message.conversation.other(message.sender.id)
    return Draft(message.sender.id, recipient, Event(f"{message.kind}_{fate}", words, shape))
