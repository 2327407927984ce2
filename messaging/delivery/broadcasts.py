"""The voice: turns an event into a rendered fragment and sends it to the windows that it concerns."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.template.loader import get_template

from messaging.backends import mailbox
from messaging.domain import franking
from messaging.domain.mailbox import Draft, Event
from messaging.domain.messages import Clearing, Message, Person, Progress, Refused, Unreachable
from messaging.domain.presence import Changes
from messaging.rendering import avatars
from messaging.rendering.compiled import draw, draw_each
from messaging.rendering.links import still_linked
from messaging.rendering.text import worded

logger = logging.getLogger(__name__)

EVERYBODY = "people"
RING = {"type": "mail.waiting"}
AT_A_GLANCE = 20  # newcomers whose rows are told; of a crowd, a page asks for its roster
AT_ONCE = 100  # notes about messages in one post
SESSION_NAME = "windows"  # what a session calls the group of its windows


def person_group(person_id: int) -> str:
    return f"user.{person_id}"


def session_group(key: str, session: SessionBase | dict[str, Any]) -> str:
    """Of the windows of one session, by its key and what it holds."""
    # The key itself opens the account: it has no business in a channel layer. It also changes with the password.
    name = session.get(SESSION_NAME) or hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"session.{name}"


async def ring(person_id: int) -> None:
    """Something waits in a person's mailbox. The next ring, or the next beat, brings what a lost one left there."""
    await _layer().group_send(person_group(person_id), RING)


# Events that wait in a mailbox until they have been shown


def copies(message: Message) -> list[Draft]:
    """A message, the edit of one, or a reaction to one, as the windows of both are to see it."""
    if message.kind == "reaction":
        words = {"key": message.key, "about": message.id, "version": _version(message)}
        return _both(message, reacted := Event("message_reacted", words, {"reaction": message.text}), reacted)
    name, words = "message_posted" if message.is_original else "message_edited", _words(message)
    words["proof"] = franking.proof(message)
    return _both(message, Event(name, words | {"seal": franking.seal(message)}), Event(name, words))


def _both(message: Message, theirs: Event, own: Event) -> list[Draft]:
    sender, recipient = message.sender, message.recipient
    return [Draft(recipient.id, sender, theirs, message), Draft(sender.id, recipient, own, message)]


def unsaid(sender: Person, recipient: Person, key: str) -> list[Draft]:
    """Return what removes a message from the windows of both."""
    event = Event("message_taken_back", {"key": key})
    return [Draft(recipient.id, sender, event, is_peers=True), Draft(sender.id, recipient, event)]


async def reaction_taken_away(reaction: Message) -> None:
    theirs, own = (draft._replace(message=None) for draft in copies(reaction))
    await mailbox.post([theirs._replace(is_peers=True), own])


async def conversation_cleared(by: Person, peer: Person, clearing_id: str) -> None:
    """Empties the transcripts in both people's windows; `by` is told how many of them have said so."""
    clearing = await mailbox.clear(clearing_id, _clearings(by, peer, clearing_id, is_counted=True))
    await clearing_went_on(clearing, await mailbox.progress(clearing))


async def conversation_cleared_uncounted(by: Person, peer: Person, clearing_id: str) -> None:
    """The same, where a number of windows would say that somebody is there who seems not to be."""
    await mailbox.clear(clearing_id, _clearings(by, peer, clearing_id, is_counted=False), is_counted=False)


async def conversation_cleared_alone(by: Person, peer: Person, clearing_id: str) -> None:
    """Empties the transcripts in one's own windows, and lets the other one know nothing of it."""
    await mailbox.post(_clearings(by, peer, clearing_id, is_counted=False)[:1])


def _clearings(by: Person, peer: Person, clearing_id: str, *, is_counted: bool) -> list[Draft]:
    def cleared(peer: Person, *, is_mine: bool) -> Event:
        words = {"peer_id": str(peer.id), "peer_name": peer.name, "clearing_id": clearing_id}
        return Event("conversation_cleared", words, {"is_mine": is_mine, "is_counted": is_counted})

    own = Draft(by.id, peer, cleared(peer, is_mine=True))
    return [own, Draft(peer.id, by, cleared(by, is_mine=False), is_peers=True)]


async def conversation_parted(one_id: int, other_id: int) -> None:
    """There is a block between them: what neither has shown of the other is refused, in all windows of its sender."""
    unshown = await mailbox.part(one_id, other_id)
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
    """Of many at once, as after a burst: each post has its price. That a reaction was seen is not told."""
    messages = [message for message in messages if message.kind != "reaction" or fate != "delivered"]
    for place in range(0, len(messages), AT_ONCE):
        await mailbox.post([_note(message, fate, shape) for message in messages[place : place + AT_ONCE]])


def _note(message: Message, fate: str, shape: dict[str, str]) -> Draft:
    words = {"key": message.key, "message_id": message.id, "peer_name": message.recipient.name}
    words |= {"version": _version(message), "proof": franking.proof(message)}
    return Draft(message.sender.id, message.recipient, Event(f"{message.kind}_{fate}", words, shape))


# Events that may pass unseen


async def typing_seen(sender_id: int, recipient_id: int) -> None:
    """Tell the windows of the recipient. Other processes may hear it through Redis: it names nobody."""
    await _layer().group_send(person_group(recipient_id), {"type": "typing.seen", "peer": sender_id})


async def presence_changed(changes: Changes) -> None:
    """To the windows of this process: each finds out for itself who has come and gone."""
    await _layer().tell_here(EVERYBODY, {"type": "presence.changed", "changes": changes, "drawn": {}})


async def process_died() -> None:
    """It may have known of deliveries that it had not told yet: every page asks for what it does not know."""
    await _layer().group_send(EVERYBODY, {"type": "process.died"})


def lost() -> None:
    """What this process had put where the state of conversations lives is gone: its windows say again that they are
    there."""
    _layer().mended()


async def choices_changed(*people: int) -> None:
    """Every window of these people asks the database what has been chosen: whom each blocks, and whether they show."""
    for person_id in people:
        await _layer().group_send(person_group(person_id), {"type": "choices.changed"})


def session_ended(key: str, session: dict[str, Any]) -> None:
    """Every window of this session is sent to the log-in page; or to come back, if it goes on under another key."""
    _tell_processes(session_group(key, session), {"type": "session.ended"})


def account_changed(person_id: int) -> None:
    """Every window of this person looks again whether its session still holds."""
    _tell_processes(person_group(person_id), {"type": "account.changed"})


def _tell_processes(group: str, event: dict[str, str]) -> None:
    """From a view. While Redis is away nobody can be told: once it is back, each window looks at its session."""
    try:
        async_to_sync(_layer().group_send)(group, event)
    except Unreachable:
        logger.warning("Redis is away: windows of a session that has ended will be told when it is back")


# What a window says to its own page


def mail(draft: Draft, language: str = "") -> str:
    """What waited in a mailbox, for a window of its owner: in its language, or the one that is active."""
    name, words, shape = draft.event
    if draft.message:
        is_mine = draft.message.sender.id == draft.owner
        values = {
            **words,
            "text": still_linked(words.get("text", "")),
            "peer_id": str(draft.peer.id),
            "peer_name": draft.peer.called,
        }
        return _draw(name, values, language, is_mine=is_mine, state="sending", **shape)
    if words.get("peer_name") == "":
        words = {**words, "peer_name": draft.peer.called}
    return _draw(name, words, language, **shape) if name else ""


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
    """What is told of one text of a message says nothing of another: the end of the name of its state."""
    return "" if message.is_original else f"-{message.posted_at.timestamp():.6f}".replace(".", "")


def cursor_moved(cursor: str, language: str = "") -> str:
    """What a page holds on to, and confirms."""
    return _draw("cursor_moved", {"cursor": cursor}, language)


def typing(peer: Person, language: str = "") -> str:
    return _draw("typing_seen", {"peer_id": str(peer.id), "peer_name": peer.called}, language)


def presence(event: Mapping[str, Any], language: str) -> str:
    """Drawn once in each language that a window of this process speaks, which is the one that is active."""
    if language not in event["drawn"]:
        event["drawn"][language] = presence_of(event["changes"])
    return event["drawn"][language]


def presence_of(changes: Changes, blocked: Iterable[Person] = ()) -> str:
    newcomers = [avatars.named(person.id, person.name) for person in changes.arrived[:AT_A_GLANCE]]
    rows = draw_each("messaging/_person.html", newcomers, is_online=True, is_blocked=False)
    return _render("presence_changed", changes=changes, blocked=blocked, rows=rows)


def appearance(*, is_hidden: bool) -> str:
    """How one appears to others, for one's own eyes."""
    return _render("appearance_changed", is_hidden=is_hidden)


def roster_outdated() -> str:
    """For a page that has been away: it asks for its roster again."""
    return _draw("roster_outdated", {})


def overview(changes: Changes, blocked: Iterable[Person], *, is_hidden: bool) -> str:
    """How things stand, for a page that may have missed something which passes unseen."""
    return roster_outdated() + presence_of(changes, blocked) + appearance(is_hidden=is_hidden)


def heartbeat() -> str:
    return _draw("heartbeat", {})


def gap(peers: Iterable[Person], *, is_restart: bool, seconds: int) -> str:
    """A line in each of these conversations that says what a window has missed for good."""
    return _render("gap", peers=peers, is_restart=is_restart, seconds=seconds)


def away_for_longer(seconds: int) -> str:
    """Corrects a page that believes it was away for less."""
    return _render("away_for_longer", seconds=seconds)


def pane_opened(peer: Person, *, is_online: bool, is_blocked: bool) -> str:
    words = avatars.named(peer.id, peer.name)
    shape = {"is_online": is_online, "is_blocked": is_blocked, "max_length": settings.MESSAGE_MAX_LENGTH}
    return _render("pane_opened", peer=peer, **words, **shape)


def refused(refusal: Refused) -> str:
    """In words, at what it was about where that is on the page."""
    message = refusal.message
    if message is None:
        return notice(refusal.reason)
    if message.kind == "reaction":
        return _render("notice", text=refusal.sentence, name=message.recipient.called)
    return _render("message_refused" if message.is_original else "edit_refused", refusal=refusal, message=message)


def offered_again() -> str:
    """Asks the page for everything that it cannot know to have arrived."""
    return _draw("offered_again", {})


def notice(text: str) -> str:
    return _render("notice", text=text)


def sent_away() -> str:
    return _draw("sent_away", {})


def outdated() -> str:
    """For a page that does not fit this server: of another version, or with no place for what it was sent."""
    return _draw("outdated", {"site_name": settings.SITE_NAME})


def let_go() -> str:
    """For the oldest window of somebody who has opened too many."""
    return _draw("let_go", {})


def _render(event: str, **context) -> str:
    return get_template(f"messaging/broadcasts/{event}.html").render(context)


def _draw(event: str, values: Mapping[str, str], language: str = "", **shape: object) -> str:
    """The same for what is said often, or is always the same: drawn once, and then only filled in."""
    return draw(f"messaging/broadcasts/{event}.html", values, language, **shape)


def _layer():
    return get_channel_layer()
