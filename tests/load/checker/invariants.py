"""What must hold in every record. Each function returns a sentence about each violation."""

from itertools import combinations

from tests.load.checker.record import Event, Record, sender

UNSETTLED = {"sending", "away"}


def delivered_was_shown(record: Record) -> list[str]:
    """A message is *delivered* only after a window of its recipient has shown it."""
    shown, wrong = set(), []
    for event in record.of("shown", "state"):
        if event.kind == "shown" and not record.is_own(event):
            shown.add(event.message)
        elif event.state == "delivered" and event.message not in shown:
            wrong.append(f"{event.message} is delivered in {event.window} but was never shown")
    return wrong


def shown_once(record: Record) -> list[str]:
    """No window shows the message of another person again, even after it was removed."""
    seen, wrong = set(), []
    for event in record.of("shown"):
        place = (event.window, event.message)
        if place in seen and not record.is_own(event):
            wrong.append(f"{event.window} showed {event.message} twice")
        seen.add(place)
    return wrong


def one_order(record: Record) -> list[str]:
    """All windows of a conversation show the same messages in the same order."""
    transcripts, wrong = record.transcripts(), []
    for windows in record.by_conversation().values():
        for one, other in combinations(windows, 2):
            ours = [key for key in transcripts[one] if key in transcripts[other]]
            theirs = [key for key in transcripts[other] if key in transcripts[one]]
            differs = sum(mine != their for mine, their in zip(ours, theirs, strict=True))
            if differs:
                wrong.append(f"{one} and {other} differ in the order of {differs} messages")
    return wrong


def nothing_missed_silently(record: Record) -> list[str]:
    """A window that was open when a message was sent shows it, or is told of lost messages."""
    delivered = {event.message for event in record.of("state") if event.state == "delivered"}
    withdrawn = {event.message for event in record.of("withdrawn")}
    windows = record.by_conversation()
    return [
        f"{window} missed {said.message} in silence"
        for said in record.of("said")
        if said.message in delivered - withdrawn
        for window in windows[record.conversation(said.window)]
        if not _is_aware(record, window, said)
    ]


def _is_aware(record: Record, window: str, said: Event) -> bool:
    """Return whether a window has shown a message, need not do so, or was told of lost ones."""
    mine = [event for event in record.events if event.window == window]
    was_open = any(event.kind == "opened" and event.at <= said.at for event in mine)
    has_shown = any(event.kind == "shown" and event.message == said.message for event in mine)
    is_told = any(event.kind in {"told", "cleared"} and event.at >= said.at for event in mine)
    return not was_open or window in record.closed or has_shown or is_told


def nothing_sending_for_ever(record: Record) -> list[str]:
    """At the end of a run, no message is *sending* in any of its sender's windows.

    This includes messages that the server never accepted, which only their page shows.
    """
    wrong = [
        f"{key} is {state} for ever in {window}"
        for window, transcript in record.transcripts().items()
        for key, state in transcript.items()
        if sender(key) == record.owners[window].person
        and state in UNSETTLED
        and window not in record.closed
    ]
    answered = {(event.window, event.message) for event in record.of("shown", "state", "withdrawn")}
    cleared = {event.window for event in record.of("cleared")}
    return wrong + [
        f"{said.message} was never answered in {said.window}"
        for said in record.of("said")
        if (said.window, said.message) not in answered
        and said.window not in record.closed | cleared
    ]


def nothing_too_old(record: Record) -> list[str]:
    """A message is shown within twice RESUME_SECONDS after its page has last sent it."""
    offered: dict[str, float] = {}
    wrong = []
    for event in record.of("offered", "shown"):
        if event.kind == "offered":
            offered[event.message] = event.at
        elif not record.is_own(event) and event.message in offered:
            age = event.at - offered[event.message]
            if age > 2 * record.resume:
                wrong.append(f"{event.window} showed {event.message} after {age:.0f} s")
    return wrong


INVARIANTS = (
    delivered_was_shown,
    shown_once,
    one_order,
    nothing_missed_silently,
    nothing_sending_for_ever,
    nothing_too_old,
)


def violations(record: Record) -> dict[str, list[str]]:
    """Return the violations of each invariant that does not hold, by its name."""
    found = {check.__name__: check(record) for check in INVARIANTS}
    return {name: wrong for name, wrong in found.items() if wrong}
