"""The counters of this process."""

from collections import Counter
from dataclasses import dataclass, field

from messaging.consumers import close_codes

# Reasons for refusals. They name neither people nor files.
REASONS = {
    close_codes.NOT_YOURS: "not_yours",
    close_codes.GONE: "gone",
    close_codes.WITHDRAWN: "withdrawn",
    close_codes.STOPPED: "stopped",
    close_codes.INVALID: "invalid",
    close_codes.BUSY: "busy",
    close_codes.SILENT: "stalled",
    close_codes.SLOW: "stalled",
    close_codes.FAILED: "failed",
}


@dataclass(slots=True)
class Counts:
    started: int = 0
    finished: int = 0
    passed: int = 0  # bytes
    closed: Counter[str] = field(default_factory=Counter)

    def close(self, code: int) -> None:
        if code in REASONS:
            self.closed[REASONS[code]] += 1


counts = Counts()
