"""A person's inbox: the entries, the windows that show them, and the messages the owner sent."""

from collections.abc import Callable
from dataclasses import dataclass, field

from messaging.backends.memory.accepted import Accepted
from messaging.backends.memory.entry_queue import EntryQueue
from messaging.domain import mailbox_limits
from messaging.domain.conversations import Conversation
from messaging.domain.events import NOTES_LEFT_OUT, Draft
from messaging.domain.mailbox_limits import OF_A_SENDER, OF_THE_OWNER, refusal
from messaging.domain.mailbox_results import Resumption, read_cursor
from messaging.domain.messages import Message

ORIGIN = 8  # characters at the beginning of an epoch, the same for all inboxes of a process


@dataclass(slots=True)
class Window:
    """One open page of a person."""

    cursor: int
    sockets: int = 0
    away_since: float = 0.0

    def is_lost(self, now: float, seconds: float) -> bool:
        """Return whether the window has been away for so long that it is no longer awaited."""
        return self.sockets <= 0 and now >= self.away_since + seconds


@dataclass(slots=True)
class Inbox(EntryQueue):
    epoch: str = ""
    windows: dict[str, Window] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)

    def attach(self, window_id: str, cursor: str, *, again: bool) -> Resumption:
        number = self.number_in(cursor)
        was_forgotten = bool(cursor) and window_id not in self.windows
        if window_id not in self.windows:
            self._make_room()
        # Without a cursor of this inbox, a window gets the entries that no window has shown yet.
        beginning = max(self.confirmed, self.forgotten) if number is None else number
        window = self.windows.setdefault(window_id, Window(beginning))
        window.sockets += not again
        # A window may have lost its connection before it received its first cursor.
        start = window.cursor if number is None else number
        is_new_inbox = bool(cursor) and number is None
        return Resumption(
            max(start, self.forgotten),
            self.epoch,
            is_new_inbox,
            has_gap=start < self.forgotten,
            was_forgotten=was_forgotten,
            is_restart=is_new_inbox and cursor[:ORIGIN] != self.epoch[:ORIGIN],
        )

    def number_in(self, cursor: str) -> int | None:
        """Return the number in a cursor of this inbox, or None for any other cursor."""
        epoch, number = read_cursor(cursor) or ("", 0)
        return number if epoch == self.epoch and number <= self.newest else None

    def _make_room(self) -> None:
        """Forget a window if there are too many. Pages choose their own ids, and could otherwise
        fill the memory with windows that are gone.
        """
        away = [id for id, window in self.windows.items() if window.sockets <= 0]
        if len(self.windows) >= mailbox_limits.MAX_WINDOWS and away:
            del self.windows[min(away, key=lambda id: self.windows[id].away_since)]

    def has_socket(self) -> bool:
        return any(window.sockets > 0 for window in self.windows.values())

    def is_reachable(self, now: float, seconds: float) -> bool:
        """Return whether at least one window is open or expected back."""
        return not all(window.is_lost(now, seconds) for window in self.windows.values())

    def admit_message(self, message: Message) -> None:
        """Raise Refused if there is no room for an incoming message."""
        if self.has_whole_share(message.sender.id, OF_A_SENDER):
            raise refusal("share", message)
        if self.is_full():
            raise refusal("full", message)

    def admit(self, draft: Draft, replaces: Callable[[Message], bool] | None = None) -> None:
        """Raise Refused if there is no room for a draft that is not a message, unless it `replaces`
        a waiting message. Such drafts are small, so they may exceed the limit for messages.
        """
        if replaces and self.holds(replaces):
            return
        if draft.is_own:
            if self.has_whole_share(draft.owner, OF_THE_OWNER):
                raise refusal("behind")
            return
        if self.has_whole_share(draft.by, OF_A_SENDER):
            raise refusal("share")
        if self.is_full(times=2):
            raise refusal("full")

    def append_note(self, draft: Draft, expires: float) -> None:
        """Append a note, which is a draft that is not a message.

        A note that the owner caused can neither be refused nor remove other entries. If there is no
        room, the page is told once to ask for what it does not know. A note that another person
        caused is left out if no window could show it. If such notes accumulated, the next one would
        take longer, and that person would learn that no window is open.
        """
        if not (draft.is_own or self.windows):
            return
        if not (draft.is_own and self.has_whole_share(draft.owner, OF_THE_OWNER)):
            self.append(draft, expires)
        elif self.entries[-1].draft.event != NOTES_LEFT_OUT:
            self.append(draft._replace(event=NOTES_LEFT_OUT, clearing=""), expires)

    def sever(self, owner_id: int, conversation: Conversation) -> list[Message]:
        """Empty the others' messages in a conversation. Return those that no window has shown."""

        def is_meant(message: Message) -> bool:
            return message.sender.id != owner_id and message.conversation.key == conversation.key

        entries = self.between(self.confirmed, self.newest)
        waiting = [entry.draft.message for entry in entries if entry.draft.message]
        self.withdraw(is_meant)
        return [message for message in waiting if is_meant(message)]

    def clear(self, conversation: Conversation) -> None:
        """Empty the entries of a conversation, and refuse its messages from now on."""
        self.withdraw(lambda message: message.conversation.key == conversation.key)
        for known in self.accepted.values():
            known.is_withdrawn |= known.conversation == conversation.key

    def forget_shown(self) -> None:
        everywhere = self.confirmed
        for window in self.windows.values():
            everywhere = min(everywhere, window.cursor)
        while self.entries and self.entries[0].number <= everywhere:
            self.forget_first()

    def forget_old(self, now: float, seconds: float) -> list[Message]:
        """Remove expired entries and windows. Return the messages that no window has shown."""
        unshown = self.forget_expired(now)
        self.windows = {
            id: window for id, window in self.windows.items() if not window.is_lost(now, seconds)
        }
        self.forget_shown()
        self.accepted = {id: known for id, known in self.accepted.items() if known.expires > now}
        return unshown

    def is_unused(self) -> bool:
        return not (self.windows or self.entries or self.accepted)
