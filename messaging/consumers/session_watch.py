"""Close a socket when its session ends."""

from messaging.consumers import close_codes
from messaging.consumers.authentication import AuthenticatedSession, authenticator


class SessionWatch:
    """A base class of what serves a socket. A separate object would need a reference to it."""

    __slots__ = ("session",)

    def __init__(self, session: AuthenticatedSession) -> None:
        self.session = session

    @property
    def person_id(self) -> int:
        return self.session.person.id

    async def close(self, code: int, text: str = "") -> None:
        """Send this text, if any, and close the socket."""
        raise NotImplementedError

    def logged_out(self) -> str:
        """Return what to send before the socket of a session that has ended is closed."""
        return ""

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
