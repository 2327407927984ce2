"""The clearing of a conversation for all participants, and its progress."""

from dataclasses import asdict, dataclass, field

from messaging.domain.conversations import Conversation


@dataclass(frozen=True, slots=True)
class Clearing:
    """A conversation that the person with the id `by` has cleared.

    For each participant's id, `numbers` has the number of the entry that announces the clearing,
    and `windows` the windows at that time. `done` collects the windows that have shown the entry.
    """

    id: str
    by: int
    conversation: Conversation
    numbers: dict[int, int]
    windows: dict[int, frozenset[str]]
    done: set[str] = field(default_factory=set)
    final: "Progress | None" = None  # set once no window is awaited any more


@dataclass(frozen=True, slots=True)
class Progress:
    """The numbers of windows that have cleared, are open, are away, or were away for too long."""

    cleared: int
    open: int
    away: int
    gone: int

    def counts(self) -> dict[str, int]:
        return {**asdict(self), "total": self.total}

    @property
    def total(self) -> int:
        return self.cleared + self.open + self.away + self.gone

    @property
    def is_settled(self) -> bool:
        return not (self.open or self.away)
