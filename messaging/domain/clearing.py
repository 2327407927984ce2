"""A conversation that was cleared for all participants, and the progress of that."""

from dataclasses import asdict, dataclass, field

from messaging.domain.conversations import Conversation


@dataclass(frozen=True, slots=True)
class Clearing:
    """A conversation that the person with the id `by` has cleared.

    `numbers` and `windows` have each person's entry that says so, and their windows at that time,
    by the person's id. `done` collects the windows that have shown the entry.
    """

    id: str
    by: int
    conversation: Conversation
    numbers: dict[int, int]
    windows: dict[int, frozenset[str]]
    done: set[str] = field(default_factory=set)
    final: "Progress | None" = None  # once no window is waited for


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of windows that are cleared, still open, away, and away for too long."""

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
