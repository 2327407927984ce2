"""The roster: all other people in pages, online people first, then sorted by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from django.contrib.auth import get_user_model

from messaging.domain.plain_text import clean
from messaging.people import blocks
from messaging.people.blocks import Blocks

PAGE_SIZE = 50
MAX_QUERY_LENGTH = 64  # the search field's maxlength; SQLite fails on a pattern of 50,000


@dataclass(frozen=True, slots=True)
class RosterRow:
    key: str  # the case-folded name, used for sorting and searching
    id: int
    name: str
    is_online: bool
    is_blocked: bool = False  # by the viewer


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page, and the position from which the next one continues ("" on the last page)."""

    people: list[RosterRow]
    query: str
    more: str


def load_page(
    viewer_id: int,
    online: dict[int, str],
    query: str = "",
    after: str = "",
    between: Blocks = blocks.NO_BLOCKS,
) -> RosterPage:
    """Return the first page of people whose name contains `query`, or the page after `after` (the
    `more` of an earlier one).

    `online` maps the IDs of people whom the viewer may see online to their names. The cost does not
    grow with the number of users: online people come from memory, and at most one page of the
    others from a database index.
    """
    query = clean(query).strip()[:MAX_QUERY_LENGTH].strip()
    wanted = get_user_model().objects.fold(query)
    is_offline, _, after_name = clean(after).partition(":")
    present = () if is_offline == "1" else _online(viewer_id, online, wanted, after_name)
    offline = _offline(viewer_id, online, wanted, after_name if is_offline == "1" else "", between)
    rows = list(islice(present, PAGE_SIZE + 1))
    rows += islice(offline, PAGE_SIZE + 1 - len(rows))
    shown = rows[:PAGE_SIZE]
    more = f"{int(not shown[-1].is_online)}:{shown[-1].key}" if len(rows) > PAGE_SIZE else ""
    return RosterPage(shown, query, more)


def _online(
    viewer_id: int, online: dict[int, str], wanted: str, after_name: str
) -> Iterator[RosterRow]:
    """Yield the online people after this name: one page and one more row."""
    fold = get_user_model().objects.fold
    rows = ((fold(name), id, name) for id, name in online.items() if id != viewer_id)
    found = (row for row in rows if wanted in row[0] and row[0] > after_name)
    for key, id, name in nsmallest(PAGE_SIZE + 1, found):
        yield RosterRow(key, id, name, is_online=True)


def _offline(
    viewer_id: int, online: dict[int, str], wanted: str, after_name: str, between: Blocks
) -> Iterator[RosterRow]:
    people = (
        get_user_model()
        .objects.filter(is_active=True, username_key__gt=after_name)
        .exclude(pk=viewer_id)
    )
    if wanted:
        people = people.filter(username_key__contains=wanted)
    # Skip online people here, not in the query, because there may be thousands of them.
    size = PAGE_SIZE + 1
    for key, id, name in (
        people.order_by("username_key").values_list("username_key", "pk", "username").iterator(size)
    ):
        if id not in online:
            yield RosterRow(key, id, name, is_online=False, is_blocked=id in between.mine)
