"""The door for a socket: one open window of one person."""

import asyncio
import logging

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model
from django.db import DatabaseError

from messaging import broadcasts, conversations, frames
from messaging.conversations import Message, Person, Refused
from messaging.mailbox import mailbox
from messaging.presence import presence
from messaging.pulse import pulse

logger = logging.getLogger(__name__)

# Close codes of our own. A page reconnects after neither: it would only be sent away again.
SIGNED_OUT = 4401


class WindowConsumer(AsyncWebsocketConsumer):
    """Reads frames and calls the domain; forwards what waits in the mailbox, and fragments that may pass unseen."""

    person: Person
    is_signed_in = False
    window = ""  # until the page has said hello, nothing is forwarded
    sent = 0

    async def connect(self) -> None:
        user = self.scope["user"]
        await self.accept()
        self.is_signed_in = user.is_authenticated
        if not self.is_signed_in:
            # Accepted first: a refused handshake would make the page try again for ever.
            return await self.session_ended({})
        self.person = Person(user.pk, user.get_username())
        self.peers: dict[int, Person] = {}
        self.panes: set[int] = set()
        self.turn = asyncio.Lock()
        for group in self._groups():
            await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        if not self.is_signed_in:
            return
        for group in self._groups():
            await self.channel_layer.group_discard(group, self.channel_name)
        if self.window:
            await mailbox.detach(self.person.id, self.window)
            await presence.leave(self.person, self.window)
            pulse.quicken()

    # From the page

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.is_signed_in:
            return
        try:
            if not text_data:
                raise Refused("This server reads text alone.")
            await self._obey(frames.parse(text_data))
        except Refused as refusal:
            await self._refuse(refusal)
        except Exception as error:  # noqa: BLE001 - the window must not pay for a fault of the server
            # By its kind alone: an exception's message, and the frames of its stack, may hold what somebody wrote.
            logger.error("A frame could not be handled: %s", type(error).__name__)
            await self._refuse(Refused("Something went wrong on the server. What you wrote is still in this page."))

    async def _obey(self, frame: frames.Frame) -> None:
        if isinstance(frame, frames.Hello):
            return await self._arrive(frame)
        if not self.window:
            raise Refused("The page has not said which window it is. Reload the page.")
        match frame:
            case frames.Opened(peer):
                await self._meet([peer])
            case frames.Said():
                await self._post(frame)
            case frames.Typing(peer):
                await broadcasts.typing_seen(self.person, peer)
            case frames.Read(peer, message_id):
                await broadcasts.conversation_read(self.person, self._peer(peer), message_id)
            case frames.Shown(cursor):
                for message in await mailbox.confirm(self.person.id, self.window, cursor):
                    await broadcasts.message_delivered(message)

    async def _arrive(self, hello: frames.Hello) -> None:
        if self.window:
            raise Refused("This window has already said hello. Reload the page.")
        await self._meet(hello.panes)
        self.sent, _ = await mailbox.attach(self.person.id, hello.window, hello.cursor)
        self.window = hello.window
        await presence.arrive(self.person, self.window)
        pulse.quicken()
        await self.mail_waiting({})

    async def _meet(self, ids: list[int]) -> None:
        """The page has panes for these people: from here on they are known by name, without another query."""
        self.panes.update(ids)
        unknown = [id for id in ids if id not in self.peers]
        if not unknown:
            return
        people = get_user_model().objects.filter(pk__in=unknown, is_active=True).values_list("pk", "username")
        try:
            self.peers.update({id: Person(id, name) async for id, name in people})
        except DatabaseError:
            logger.warning("The database does not answer; people are not known by name")

    def _peer(self, id: int) -> Person:
        """Somebody to talk to; without a name if the page never had a pane for them."""
        return self.peers.get(id) or Person(id, presence.online().get(id, ""))

    async def _post(self, said: frames.Said) -> None:
        message = conversations.compose(self.person, self._peer(said.peer), said.id, said.text)
        if not await mailbox.is_reachable(message.recipient.id):
            raise Refused(f"{message.recipient.name or 'this person'} has no open window.", message.id)
        if first := await mailbox.accept(message):
            again = Message(message.id, message.sender, message.recipient, message.text, first)
            return await self.send(broadcasts.posted(again, viewer=self.person, peer=message.recipient))
        await broadcasts.message_posted(message)

    async def _refuse(self, refusal: Refused) -> None:
        if refusal.message_id:
            await self.send(broadcasts.message_refused(refusal.message_id, refusal.reason))
        else:
            await self.send(broadcasts.notice(refusal.reason))

    # To the page

    async def mail_waiting(self, event: dict) -> None:
        """Forwards what the mailbox holds and this window has not been sent, as one frame."""
        if not self.window:
            return
        async with self.turn:
            entries = await mailbox.after(self.person.id, self.sent)
            self.sent = entries[-1].number if entries else self.sent
            if entries or not event:
                cursor = mailbox.cursor(self.person.id, self.sent)
                await self.send(broadcasts.mail(entries, self.panes, cursor))

    async def fragment(self, event: dict) -> None:
        """Forwards HTML, unless it is about a conversation that the page does not show."""
        if self.window and event.get("peer") in {None, *self.panes}:
            await self.send(event["html"])

    async def session_ended(self, event: dict) -> None:
        await self.send(broadcasts.sent_away())
        await self.close(SIGNED_OUT)

    def _groups(self) -> list[str]:
        """Derived from the session, never from what the browser sent."""
        groups = [broadcasts.person_group(self.person.id), broadcasts.EVERYBODY]
        session = self.scope.get("session")
        if session and session.session_key:
            groups.append(broadcasts.session_group(session.session_key))
        return groups
