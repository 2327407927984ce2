"""The outbox of a page, like resend.js and retry.js of static/js/connection/."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.frame_parser import State

AWAIT = 3.0  # seconds after which a page retries a message to an absent person


@dataclass(slots=True)
class Said:
    id: str
    peer: int
    text: str
    at: float = field(default_factory=time.monotonic)
    is_taken: bool = False  # whether it is in the transcript
    is_queued: bool = False  # whether it queues behind a message that waits for the rate limit


class Outbox:
    """Call `offer` to send a message. It does nothing without a connection."""

    def __init__(self, offer: Callable[[Said], None]) -> None:
        self.offer = offer
        self.kept: dict[str, Said] = {}
        self.trying: list[
            tuple[Said, float]
        ] = []  # texts of the state "not sent, trying again", and their times
        self.timer: asyncio.TimerHandle | None = None

    def says(self, peer: int, text: str) -> Said:
        said = Said(str(uuid.uuid4()), peer, text)
        said.is_queued = bool(self.line())
        self.kept[said.id] = said
        if not said.is_queued:
            self.offer(said)
        return said

    def line(self) -> list[Said]:
        return [said for said in self.kept.values() if said.is_queued]

    def offers_again(self) -> None:
        """Resend messages of the transcript first, because they are older."""
        every = list(self.kept.values())
        for said in [said for said in every if said.is_taken] + [
            said for said in every if not said.is_taken
        ]:
            if not said.is_queued:
                self.offer(said)

    def is_taken(self, id: str) -> None:
        if not (said := self.kept.get(id)):
            return
        said.is_taken = True
        if said.is_queued:
            said.is_queued = False
            self.goes_on()

    def goes_on(self) -> None:
        self.timer = None
        if line := self.line():
            self.offer(line[0])

    def learns(self, state: State) -> None:
        said = self.kept.get(state.id)
        if said is None:
            return
        if state.name == "delivered":
            del self.kept[said.id]
        elif state.seconds is not None:
            self.trying.append((said, time.monotonic()))
            said.is_queued = True
            self.timer = self.timer or self._later(state.seconds, self.goes_on)
        elif state.name == "waiting":
            self._later(AWAIT, lambda: said.id in self.kept and self.offer(said))

    @staticmethod
    def _later(seconds: float, do: Callable[[], object]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, do)
