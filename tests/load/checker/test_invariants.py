"""The checker finds a planted violation of each invariant, and none in a sound record."""

import pytest

from tests.load.checker.invariants import INVARIANTS, violations
from tests.load.checker.record import Event, Owner, Record

ALICE, BOB = 1, 2
OWNERS = {"a": Owner(ALICE, BOB), "a2": Owner(ALICE, BOB), "b": Owner(BOB, ALICE)}
OPENED = [Event(0, window, "opened") for window in OWNERS]


def said(key, at=1.0):
    return [
        Event(at, "a", "said", key),
        Event(at, "a", "offered", key),
        Event(at, "a", "shown", key, "sending"),
        Event(at, "a2", "shown", key, "sending"),
        Event(at, "b", "shown", key),
        Event(at, "a", "state", key, "delivered"),
        Event(at, "a2", "state", key, "delivered"),
    ]


SOUND = OPENED + said("1-x") + said("1-y", at=2.0)


def without(window, kind, key):
    return [e for e in SOUND if (e.window, e.kind, e.message) != (window, kind, key)]


def swapped():
    place = SOUND.index(Event(1.0, "b", "shown", "1-x"))
    return [*SOUND[:place], *SOUND[place + 1 :], SOUND[place]]


PLANTED = {
    "delivered_was_shown": [*without("b", "shown", "1-x"), Event(3, "b", "told")],
    "shown_once": [
        *SOUND,
        Event(3, "b", "removed", "1-y"),
        Event(4, "b", "shown", "1-y"),
    ],
    "one_order": [e._replace(at=2.0) if e.message else e for e in swapped()],
    "nothing_missed_silently": without("a2", "shown", "1-x"),
    "nothing_sending_for_ever": without("a2", "state", "1-y"),
    "nothing_too_old": [
        *OPENED,
        *[e._replace(at=30) if e.kind in {"shown", "state"} else e for e in said("1-x")],
    ],
}


def test_a_sound_record_has_no_violations():
    assert violations(Record(10, OWNERS, SOUND)) == {}


def test_a_violation_of_each_invariant_is_planted():
    assert set(PLANTED) == {check.__name__ for check in INVARIANTS}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(name):
    assert name in violations(Record(10, OWNERS, PLANTED[name]))


def test_a_window_that_is_told_of_lost_messages_has_not_missed_them_in_silence():
    events = [*without("a2", "shown", "1-x"), Event(3, "a2", "told")]
    assert violations(Record(10, OWNERS, events)) == {}


def test_a_message_that_was_never_answered_is_found():
    events = [*SOUND, Event(3, "a", "said", "1-z")]
    assert list(violations(Record(10, OWNERS, events))) == ["nothing_sending_for_ever"]
