"""What the server knows of one open page while its socket lives: whose it is and whom it shows."""

import logging

from channels.db import aclose_old_connections
from django.contrib.auth import get_user_model
from django.db import DatabaseError

from messaging import frames
from messaging.conversations import Person, Refused
from messaging.homes import presence

logger = logging.getLogger(__name__)


class Page:
    """`window` is the name that the page has given itself; until it has said hello, there is none."""

    __slots__ = ("panes", "peers", "person", "window")

    def __init__(self, person: Person) -> None:
        self.person = person
        self.window = ""
        self.panes: set[int] = set()
        self.peers: dict[int, Person] = {}

    async def meet(self, ids: list[int]) -> None:
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

    def peer(self, id: int) -> Person:
        """Somebody to talk to; without a name if the page never had a pane for them."""
        return self.peers.get(id) or Person(id, presence.online().get(id, ""))

    def known(self) -> list[Person]:
        """Everybody of whom it shows a pane."""
        return [self.peer(id) for id in self.panes]

    def participant(self, id: int) -> Person:
        """Somebody whose conversation the page shows: nobody else's is there to be changed."""
        if id not in self.peers:
            raise Refused("Open the conversation first.")
        return self.peers[id]
