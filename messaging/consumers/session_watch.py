"""Receive the events of a session, and close its socket when the session ends."""

import contextvars

from channels.layers import get_channel_layer

from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession, authenticator
from messaging.delivery import groups
from messaging.delivery.background import run_in_background


class SessionWatch:
    """A base class for consumers. A separate object would create a reference cycle."""

    __slots__ = ("channel", "context", "session")

    def __init__(self, session: AuthenticatedSession) -> None:
        self.session = session
        self.context = contextvars.copy_context()
        self.channel = ""

    @property
    def person_id(self) -> int:
        return self.session.person.id

    async def close(self, code: int, text: str = "") -> None:
        """Send this text, if any, and close the socket."""
        raise NotImplementedError

    def logged_out(self) -> str:
        """Return the text to send before closing the socket of an ended session."""
        return ""

    def _groups(self) -> tuple[str, ...]:
        """Derive the groups from the session, never from what the browser sent."""
        return groups.person_group(self.person_id), self.session.group

    async def _subscribe(self) -> None:
        layer = get_channel_layer()
        self.channel = await layer.new_channel()
        layer.subscribe(self.channel, self.on_event)
        for group in self._groups():
            await layer.group_add(group, self.channel)
        run_in_background(self._sign_out_if_ended())

    async def _unsubscribe(self) -> None:
        if self.channel:
            layer = get_channel_layer()
            layer.unsubscribe(self.channel)
            for group in self._groups():
                await layer.group_discard(group, self.channel)

    def on_event(self, event: dict) -> None:
        """Handle an event in the context (language and log) of this socket."""
        self.context.run(self._on_event, event)

    def _on_event(self, event: dict) -> None:
        """Start a task for each event that takes time."""
        match event["type"]:
            case "session.ended":
                run_in_background(self._sign_out())
            case "account.changed":
                run_in_background(self._sign_out_if_invalid())

    async def _sign_out(self) -> None:
        """Send the page to the log-in page. If its session has a new key now, make it reconnect,
        because the old key may have been stolen.
        """
        if await authenticator.is_renewed(self.session):
            await self.close(close_codes.RENEWED)
        else:
            await self.close(close_codes.SIGNED_OUT, self.logged_out())

    async def _sign_out_if_ended(self) -> None:
        """Sign out if the session ended after the handshake but before groups were joined."""
        if await authenticator.has_ended(self.session):
            await self._sign_out()

    async def _sign_out_if_invalid(self) -> None:
        if not await authenticator.is_valid(self.session):
            await self._sign_out()
