"""The door for a socket: one open window of one person."""

import logging
import time
from importlib import import_module

from channels.auth import get_user
from channels.consumer import get_handler_name
from channels.db import aclose_old_connections
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError

from messaging import broadcasts, delivery, frames, limits
from messaging.boxes import Arrival
from messaging.conversations import Person, Refused
from messaging.mailbox import mailbox
from messaging.presence import presence
from messaging.pulse import pulse

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore
logger = logging.getLogger(__name__)

# Close codes of our own. A page that is signed out stays away; after the others it comes back.
SIGNED_OUT = 4401
SILENT = 4408
FAILED = 4500
DISCONNECTED = {"Disconnected", "ClientDisconnected"}  # what Daphne's and uvicorn's `send` raise


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
        self.heard_at = time.monotonic()
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

    async def dispatch(self, message: dict) -> None:
        """Whatever goes wrong in forwarding ends here: the server would log it with everything that it was about.

        Channels' own looks after the database at every event, in the one thread that all windows share: a query that
        hangs there would hold up every word. Only what asks the database looks after it here.
        """
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            # A socket that closed while it was being written to is no fault.
            level = logging.DEBUG if type(error).__name__ in DISCONNECTED else logging.ERROR
            logger.log(level, "A window has failed: %s", type(error).__name__)
            await self.close(FAILED)

    # From the page

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.is_signed_in:
            return
        self.heard_at = time.monotonic()
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
        await self._act_on(frame)

    async def _act_on(self, frame: frames.Frame) -> None:
        match frame:
            case frames.Opened(peer):
                await self._meet([peer])
            case frames.Said(peer, message_id, text):
                await self._say(self._peer(peer), message_id, text)
            case frames.TakenBack(peer, message_id):
                await delivery.take_back(self.person, self._participant(peer), message_id)
            case frames.Cleared(peer):
                await delivery.clear(self.person, self._participant(peer))
            case frames.Typing(peer):
                if not await limits.typing.wait(self.person.id):
                    await broadcasts.typing_seen(self.person, peer)
            case frames.Read(peer, message_id):
                if not await limits.reads.wait(self.person.id):
                    await broadcasts.conversation_read(self.person, self._peer(peer), message_id)
            case frames.Shown(cursor):
                await delivery.tell(await mailbox.confirm(self.person.id, self.window, cursor))

    async def _arrive(self, hello: frames.Hello) -> None:
        if self.window:
            raise Refused("This window has already said hello. Reload the page.")
        await self._meet(hello.panes)
        arrival = await mailbox.attach(self.person.id, hello.window, hello.cursor)
        self.sent, self.window = arrival.number, hello.window
        await presence.arrive(self.person, self.window)
        pulse.quicken()
        if hello.cursor or arrival.has_gap:
            await self._catch_up(hello, arrival)
        await self.beat({})

    async def _catch_up(self, hello: frames.Hello, arrival: Arrival) -> None:
        """Tells a page that comes back who is there now, and what it has missed for good, if anything."""
        peers = [self._peer(id) for id in hello.panes]
        was_long = hello.away >= settings.RESUME_SECONDS
        if arrival.is_new_box or arrival.has_gap or arrival.was_forgotten:
            is_restart = arrival.is_new_box and not was_long
            await self.send(broadcasts.gap(peers, is_restart=is_restart, seconds=hello.away))
        await self.send(broadcasts.roster_outdated() + broadcasts.presence_of(presence.among(peers)))

    async def _meet(self, ids: list[int]) -> None:
        """The page has panes for these people: from here on they are known by name, without another query."""
        unknown = [id for id in ids if id not in self.panes]
        if len(self.panes) + len(unknown) > frames.MAX_PANES:
            raise Refused("This page has more conversations open than one page can hold. Reload the page.")
        if not unknown:
            return
        self.panes.update(unknown)
        await aclose_old_connections()
        people = get_user_model().objects.filter(pk__in=unknown, is_active=True).values_list("pk", "username")
        try:
            self.peers.update({id: Person(id, name) async for id, name in people})
        except DatabaseError:
            logger.warning("The database does not answer; people are not known by name")

    def _peer(self, id: int) -> Person:
        """Somebody to talk to; without a name if the page never had a pane for them."""
        return self.peers.get(id) or Person(id, presence.online().get(id, ""))

    def _participant(self, id: int) -> Person:
        """Somebody whose conversation the page shows: nobody else's is there to be changed."""
        if id not in self.peers:
            raise Refused("Open the conversation first.")
        return self.peers[id]

    async def _say(self, recipient: Person, message_id: str, text: str) -> None:
        if posted := await delivery.say(self.person, recipient, message_id, text):
            await self.send(broadcasts.posted(posted, viewer=self.person, peer=recipient))

    async def _refuse(self, refusal: Refused) -> None:
        if refusal.message:
            await self.send(broadcasts.message_refused(refusal))
        else:
            await self.send(broadcasts.notice(refusal.reason))

    # To the page

    async def mail_waiting(self, event: dict) -> None:
        """Forwards what the mailbox holds and this window has not been sent, as one frame."""
        await self._forward()

    async def beat(self, event: dict) -> None:
        """Shows the page that the server is there, with whatever a dropped ring left behind; leaves a silent one."""
        if time.monotonic() - self.heard_at > 2.5 * settings.HEARTBEAT_SECONDS:
            return await self.close(SILENT)
        await self._forward(broadcasts.heartbeat())

    async def _forward(self, further: str = "") -> None:
        if not self.window:
            return
        # One event is handled at a time, so that no frame can overtake another.
        start = await mailbox.goes_on_after(self.person.id, self.sent)
        if start > self.sent:  # it took so little for so long that some of it is gone
            further = broadcasts.gap(map(self._peer, self.panes), is_restart=False, seconds=0) + further
        entries = await mailbox.after(self.person.id, start)
        self.sent = entries[-1].number if entries else start
        if entries or further:
            cursor = mailbox.cursor(self.person.id, self.sent)
            await self.send(broadcasts.mail(entries, self.panes, cursor) + further)

    async def fragment(self, event: dict) -> None:
        """Forwards HTML, unless it is about a conversation that the page does not show."""
        if self.window and (event.get("peer") is None or event["peer"] in self.panes):
            await self.send(event["html"])

    async def account_changed(self, event: dict) -> None:
        """The password or the person has changed: a session that no longer holds ends here too."""
        await aclose_old_connections()
        session = SessionStore(self.scope["session"].session_key)
        if not (await get_user({"session": session})).is_authenticated:
            await self.session_ended(event)

    async def session_ended(self, event: dict) -> None:
        await self.send(broadcasts.sent_away())
        await self.close(SIGNED_OUT)

    def _groups(self) -> list[str]:
        """Derived from the session, never from what the browser sent."""
        own = [broadcasts.person_group(self.person.id), broadcasts.session_group(self.scope["session"])]
        return [*own, broadcasts.EVERYBODY]
