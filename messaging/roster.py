"""The list of the other people: those online first, then by name, a page at a time."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

from django.contrib.auth import get_user_model

from messaging import blocks
from messaging.blocks import Blocks
from messaging.conversations import clean

PAGE_SIZE = 50
LONGEST_QUERY = 64  # as the search field says; SQLite gives up on a pattern of 50,000


@dataclass(frozen=True, slots=True)
class Row:
    key: str  # the folded name, by which rows are sorted and found
    id: int
    name: str
    is_online: bool
    is_blocked: bool = False  # by the viewer


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the people, and the place after which the next page begins ("" at the end)."""

    people: list[Row]
    query: str
    more: str


class Listing:
    """Those online in the order of the roster, remembered from one request to the next."""

    def __init__(self) -> None:
        self.last: tuple[dict[int, str], list[tuple[str, int, str]]] = ({}, [])

    def of(self, online: dict[int, str]) -> list[tuple[str, int, str]]:
        """Folded name, id and name of each. Only who has come or left since is folded and sorted."""
        before, ordered = self.last
        if online != before:
            ordered = ordered.copy()  # another thread may be reading the old one
            for id, name in before.items() - online.items():
                del ordered[bisect_left(ordered, (_fold(name), id, name))]
            for id, name in online.items() - before.items():
                insort(ordered, (_fold(name), id, name))
            self.last = online, ordered
        return ordered


listing = Listing()


def page(
    viewer_id: int, online: dict[int, str], query: str = "", after: str = "", between: Blocks = blocks.NONE
) -> Page:
    """The first page of those whose name contains `query`, or the one behind `after` (an earlier page's `more`).

    `online` names those whom the viewer may see online, by id (`messaging.visibility`). The cost does not grow with the
    number of people registered: those online are taken from memory, the others from the index on their names, and no
    more than a page of them.
    """
    query = clean(query).strip()[:LONGEST_QUERY].strip()
    wanted = _fold(query)
    is_offline, _, after_name = clean(after).partition(":")
    present = () if is_offline == "1" else _online(viewer_id, online, wanted, after_name)
    absent = _absent(viewer_id, online, wanted, after_name if is_offline == "1" else "", between)
    rows = list(islice(present, PAGE_SIZE + 1))
    rows += islice(absent, PAGE_SIZE + 1 - len(rows))
    shown = rows[:PAGE_SIZE]
    more = f"{int(not shown[-1].is_online)}:{shown[-1].key}" if len(rows) > PAGE_SIZE else ""
    return Page(shown, query, more)


def _online(viewer_id: int, online: dict[int, str], wanted: str, after_name: str) -> Iterator[Row]:
    ordered = listing.of(online)
    start = bisect_right(ordered, after_name, key=itemgetter(0))
    for key, id, name in islice(ordered, start, None):
        if wanted in key and id != viewer_id:
            yield Row(key, id, name, is_online=True)


def _absent(viewer_id: int, online: dict[int, str], wanted: str, after_name: str, between: Blocks) -> Iterator[Row]:
    people = get_user_model().objects.filter(is_active=True, username_key__gt=after_name).exclude(pk=viewer_id)
    if wanted:
        people = people.filter(username_key__contains=wanted)
    # Those online are passed over here instead of in the query: there may be thousands of them.
    size = PAGE_SIZE + 1
    for key, id, name in people.order_by("username_key").values_list("username_key", "pk", "username").iterator(size):
        if id not in online:
            yield Row(key, id, name, is_online=False, is_blocked=id in between.mine)


def _fold(name: str) -> str:
    return get_user_model().objects.fold(name)
