"""Whose turn comes when, so that nobody has to be looked at before something of theirs is due."""

import heapq


class Schedule:
    """One time for each person, the earliest that was named. Times are seconds of the clock of whoever asks."""

    def __init__(self) -> None:
        self.times: dict[int, float] = {}
        self.queue: list[tuple[float, int]] = []

    def name(self, person_id: int, time: float) -> None:
        """A turn at this time, unless there is an earlier one."""
        known = self.times.get(person_id)
        if known is None or time < known:
            self.times[person_id] = time
            heapq.heappush(self.queue, (time, person_id))

    def due(self, now: float) -> list[int]:
        """Those whose turn has come; they have none any more."""
        people = []
        while self.queue and self.queue[0][0] <= now:
            time, person_id = heapq.heappop(self.queue)
            if self.times.get(person_id) == time:  # else an earlier one was named after it
                del self.times[person_id]
                people.append(person_id)
        return people
