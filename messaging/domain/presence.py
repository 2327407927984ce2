"""What is told of who is online."""

from dataclasses import dataclass

from messaging.domain.messages import Person


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since it was last told."""

    arrived: list[Person]
    left: list[Person]

    def __bool__(self) -> bool:
        return bool(self.arrived or self.left)
