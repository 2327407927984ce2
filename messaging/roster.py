"""The list of the other people: those online first, then by name, a page at a time."""

from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from django.contrib.auth import get_user_model

from messaging.conversations import clean

PAGE_SIZE = 50
LONGEST_QUERY = 64  # as the search field says; SQLite gives up on a pattern of 50,000


@dataclass(frozen=True, slots=True)
class Row:
    id: int
    name: str
    is_online: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the people, and the place after which the next page begins ("" at the end)."""

    people: list[Row]
    query: str
    more: str


def page(viewer_id: int, online: dict[int, str], query: str = "", after: str = "") -> Page:
    """The first page of those whose name contains `query`, or the one behind `after` (an earlier page's `more`).

    `online` names those online, by id. The cost does not grow with the number of people registered: those online are
    taken from memory, the others from the index on their names, and no more than a page of them.
    """
    query = clean(clean(query)[:LONGEST_QUERY])
    wanted = _fold(query)
    is_offline, _, after_name = clean(after).partition(":")
    present = () if is_offline == "1" else _present(viewer_id, online, wanted, after_name)
    absent = _absent(viewer_id, online, wanted, after_name if is_offline == "1" else "")
    rows = nsmallest(PAGE_SIZE + 1, present, key=lambda row: _fold(row.name))
    rows += islice(absent, PAGE_SIZE + 1 - len(rows))
    shown = rows[:PAGE_SIZE]
    more = f"{int(not shown[-1].is_online)}:{_fold(shown[-1].name)}" if len(rows) > PAGE_SIZE else ""
    return Page(shown, query, more)


def _present(viewer_id, online, wanted, after_name):
    for id, name in online.items():
        if id != viewer_id and wanted in (key := _fold(name)) and key > after_name:
            yield Row(id, name, is_online=True)


def _absent(viewer_id, online, wanted, after_name):
    people = get_user_model().objects.filter(is_active=True, username_key__gt=after_name).exclude(pk=viewer_id)
    if wanted:
        people = people.filter(username_key__contains=wanted)
    # Those online are passed over here instead of in the query: there may be thousands of them.
    size = PAGE_SIZE + 1
    for id, name in people.order_by("username_key").values_list("pk", "username").iterator(size):
        if id not in online:
            yield Row(id, name, is_online=False)


def _fold(name: str) -> str:
    return get_user_model().objects.fold(name)
