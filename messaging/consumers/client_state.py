"""The state that the server keeps for an open page."""

import asyncio
import logging
from collections.abc import Sequence

from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from messaging.domain import sizes
from messaging.domain.conversations import Person
from messaging.domain.messages import Refused, StateUnavailable
from messaging.people import blocks, visibility
from messaging.people.blocks import Blocks
from messaging.rendering.renderer import Renderer

logger = logging.getLogger(__name__)


class ClientState:
    """The person, panes and blocks of a page. `window` is "" until the page has said hello."""

    __slots__ = (
        "blocks",
        "hides_typing",
        "is_hidden",
        "language",
        "panes",
        "peers",
        "person",
        "refreshing",
        "window",
    )

    def __init__(self, person: Person) -> None:
        self.person = person
        self.language = get_language()  # stored: the call takes as long as rendering a message
        self.window = ""
        self.panes: set[int] = set()
        self.peers: dict[int, Person] = {}
        self.blocks = blocks.NO_BLOCKS
        self.is_hidden = False  # appears offline to others
        self.hides_typing = False
        self.refreshing: asyncio.Lock | None = None  # created when first needed

    async def connect(self, conversation_ids: list[int]) -> None:
        """Record the panes of a page. Raise StateUnavailable if the database is unavailable,
        because then blocks and visibility are unknown.
        """
        try:
            await self.refresh(self._add_panes(conversation_ids))
        except DatabaseError:
            raise StateUnavailable from None

    async def open_panes(self, conversation_ids: list[int]) -> None:
        """Record new panes, and load the names of the people."""
        try:
            if unknown := self._add_panes(conversation_ids):
                self._add_names(await _load_names(unknown))
        except DatabaseError:
            logger.warning("The database does not answer; names could not be loaded")

    def add_pane(self, peer: Person) -> None:
        """Record a pane that the server adds for an incoming message."""
        self.panes.add(peer.id)
        if peer.name:
            self.peers.setdefault(peer.id, peer)

    @property
    def appearance(self) -> dict[str, bool]:
        """What the person hides from others."""
        return {"is_hidden": self.is_hidden, "hides_typing": self.hides_typing}

    async def refresh(self, ids: list[int] | None = None) -> tuple[dict[str, bool], Blocks]:
        """Reload blocks, appearance and the names for these IDs. Return the previous appearance
        and blocks.

        Refreshes run one at a time, so that an older answer never replaces a newer one.
        """
        self.refreshing = self.refreshing or asyncio.Lock()
        async with self.refreshing:
            people, hidden, found = await _load(self.person.id, ids or [])
            before = self.appearance, self.blocks
            (self.is_hidden, self.hides_typing), self.blocks = hidden, found
        self._add_names(people)
        return before

    def _add_panes(self, conversation_ids: list[int]) -> list[int]:
        """Add panes. Return the IDs for which the page had none yet."""
        unknown = [id for id in conversation_ids if id not in self.panes]
        if len(self.panes) + len(unknown) > sizes.MAX_PANES:
            raise Refused(_("Too many conversations are open on this page. Reload the page."))
        self.panes.update(unknown)
        return unknown

    def _add_names(self, people: list[tuple[int, str]]) -> None:
        self.peers.update({id: Person(id, name) for id, name in people})

    def peer(self, conversation_id: int) -> Person:
        """Return the other participant of a conversation, without a name if the page never had a
        pane for it. Looking up the name would reveal that the person is online.
        """
        return self.peers.get(conversation_id) or Person(conversation_id, "")

    def open_peers(self) -> list[Person]:
        return [self.peer(id) for id in self.panes]

    def overview(self, renderer: Renderer) -> str:
        """Return HTML with the current state, for a page that has missed updates."""
        changes, blocked = visibility.current_presence(self.open_peers(), self.blocks)
        return renderer.overview(changes, blocked, **self.appearance)

    def participant(self, conversation_id: int) -> Person:
        """Return the other participant of a conversation, or raise Refused if it has no pane."""
        if conversation_id not in self.peers:
            raise Refused(_("Open the conversation first."))
        return self.peers[conversation_id]


@database_sync_to_async
def _load_names(ids: list[int]) -> list[tuple[int, str]]:
    people = get_user_model().objects.filter(pk__in=ids, is_active=True)
    return list(people.values_list("pk", "username"))


@database_sync_to_async
def _load(person_id: int, ids: list[int]) -> tuple[list[tuple[int, str]], Sequence[bool], Blocks]:
    """Switch to the database thread only once, because thousands of pages may connect at once."""
    people = get_user_model().objects.filter(pk__in=[person_id, *ids], is_active=True)
    rows = list(people.values_list("pk", "username", "appears_offline", "hides_typing"))
    hidden = next((hides for id, _, *hides in rows if id == person_id), (False, False))
    met = set(ids)
    return [(id, name) for id, name, *_ in rows if id in met], hidden, blocks.load(person_id)
