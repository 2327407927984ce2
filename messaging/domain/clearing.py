"""A conversation that was emptied for both, and how far that has come."""

from dataclasses import asdict, dataclass, field

from messaging.domain.messages import Person


@dataclass(frozen=True, slots=True)
class Clearing:
    """A conversation emptied for both: by whom and with whom, and for each of them the entry that
    says so and the windows that there were (each person's, by id). `done` gathers the windows that
    have said that they are empty.
    """

    id: str
    by: Person
    peer: Person
    numbers: dict[int, int]
    windows: dict[int, frozenset[str]]
    done: set[str] = field(default_factory=set)
    final: "Progress | None" = None  # how it has ended, once there is nothing left to wait for


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a clearing has come, in windows: emptied, still to answer, away, and away for too
    long.
    """

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
