"""What has happened, as events that wait in the mailboxes of those whom it concerns until a window
has shown them.
"""

from messaging.backends import mailbox
from messaging.domain import franking
from messaging.domain.clearing import Clearing, Progress
from messaging.domain.events import Draft, Event
from messaging.domain.messages import Message, Person
from messaging.rendering.text import worded

AT_ONCE = 100  # notes about messages in one post


def copies(message: Message) -> list[Draft]:
    """A message, the edit of one, or a reaction to one, as the windows of both are to see it."""
    if message.kind == "reaction":
        words = {"key": message.key, "about": message.id, "version": _version(message)}
        return _both(
            message, reacted := Event("message_reacted", words, {"reaction": message.text}), reacted
        )
    name, words = "message_posted" if message.is_original else "message_edited", _words(message)
    words["proof"] = franking.proof(message)
    return _both(message, Event(name, words | {"seal": franking.seal(message)}), Event(name, words))


def _both(message: Message, theirs: Event, own: Event) -> list[Draft]:
    sender, recipient = message.sender, message.recipient
    return [Draft(recipient.id, sender, theirs, message), Draft(sender.id, recipient, own, message)]


def _words(message: Message) -> dict[str, str]:
    posted_at = message.posted_at.isoformat(timespec="seconds")
    return {
        "key": message.key,
        "message_id": message.id,
        "text": worded(message.text),
        "posted_at": posted_at,
        "clock": posted_at[11:16],
        "version": _version(message),
    }


def _version(message: Message) -> str:
    """What is told of one text of a message says nothing of another: the end of the name of its
    state.
    """
    return "" if message.is_original else f"-{message.posted_at.timestamp():.6f}".replace(".", "")


def unsaid(sender: Person, recipient: Person, key: str) -> list[Draft]:
    """Return what removes a message from the windows of both."""
    event = Event("message_taken_back", {"key": key})
    return [Draft(recipient.id, sender, event, is_peers=True), Draft(sender.id, recipient, event)]


async def reaction_taken_away(reaction: Message) -> None:
    theirs, own = (draft._replace(message=None) for draft in copies(reaction))
    await mailbox.post([theirs._replace(is_peers=True), own])


async def conversation_cleared(by: Person, peer: Person, clearing_id: str) -> None:
    """Empties the transcripts in both people's windows; `by` is told how many of them have
    said so.
    """
    clearing = await mailbox.clear(clearing_id, _clearings(by, peer, clearing_id, is_counted=True))
    await clearing_went_on(clearing, await mailbox.progress(clearing))


async def conversation_cleared_uncounted(by: Person, peer: Person, clearing_id: str) -> None:
    """The same, where a number of windows would say that somebody is there who seems not to be."""
    await mailbox.clear(
        clearing_id, _clearings(by, peer, clearing_id, is_counted=False), is_counted=False
    )


async def conversation_cleared_alone(by: Person, peer: Person, clearing_id: str) -> None:
    """Empties the transcripts in one's own windows, and lets the other one know nothing of it."""
    await mailbox.post(_clearings(by, peer, clearing_id, is_counted=False)[:1])


def _clearings(by: Person, peer: Person, clearing_id: str, *, is_counted: bool) -> list[Draft]:
    def cleared(peer: Person, *, is_mine: bool) -> Event:
        words = {"peer_id": str(peer.id), "peer_name": peer.name, "clearing_id": clearing_id}
        return Event("conversation_cleared", words, {"is_mine": is_mine, "is_counted": is_counted})

    own = Draft(by.id, peer, cleared(peer, is_mine=True))
    return [own, Draft(peer.id, by, cleared(by, is_mine=False), is_peers=True)]


async def conversation_severed(one_id: int, other_id: int) -> None:
    """There is a block between them: what neither has shown of the other is refused, in all windows
    of its sender.
    """
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
    """What one window has read is no longer unread in the person's other windows."""
    event = Event("conversation_read", {"peer_id": str(peer.id), "message_id": message_id})
    await mailbox.post([Draft(viewer.id, peer, event)])


async def _tell_senders(messages: list[Message], fate: str, **shape: str) -> None:
    """Of many at once, as after a burst: each post has its price. That a reaction was seen is not
    told.
    """
    messages = [
        message for message in messages if message.kind != "reaction" or fate != "delivered"
    ]
    for place in range(0, len(messages), AT_ONCE):
        await mailbox.post(
            [_note(message, fate, shape) for message in messages[place : place + AT_ONCE]]
        )


def _note(message: Message, fate: str, shape: dict[str, str]) -> Draft:
    words = {"key": message.key, "message_id": message.id, "peer_name": message.recipient.name}
    words |= {"version": _version(message), "proof": franking.proof(message)}
    return Draft(
        message.sender.id, message.recipient, Event(f"{message.kind}_{fate}", words, shape)
    )
