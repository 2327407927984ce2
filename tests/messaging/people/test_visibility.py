"""A viewer who must not know whether a person is online gets identical answers in both cases."""

import asyncio
import random
import re
import statistics
import time
from itertools import count, product

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from messaging import rate_limits
from messaging.backends import presence
from messaging.consumers import channel_events
from messaging.delivery import groups
from messaging.delivery.background import background_task
from messaging.domain.conversations import Person
from messaging.domain.presence import Changes
from messaging.domain.rate_limit import Rate
from messaging.people import blocks, roster, visibility
from messaging.people.blocks import Blocks
from tests.conftest import person
from tests.messaging.choices import appears_offline, unblocks
from tests.messaging.choices import blocks as block
from tests.messaging.conftest import (
    connect,
    forget_in_memory,
    forget_in_redis,
    forget_tasks,
    signed_in,
    wait_for_queries,
)
from tests.messaging.consumers.test_arrivals import is_told
from tests.support.backends import own_presence

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.product_pace]
ID = "00000000-0000-4000-8000-{:012d}"

# Values that differ between any two answers. Nothing else is left out of the comparison.
RANDOM = [
    (
        r'<div hx-swap-oob="innerHTML:#confirmation">.*?</form>\s*</div>',
        "",
    ),  # depends on how frames are joined
    (
        r'<output [^>]*>\s*<data value="end-\d+"></data>\s*</output>',
        "",
    ),  # the test's mark for the end of the output
    (r"\s*\n\s*", "\n"),
    (r'name="csrfmiddlewaretoken" value="\w+"', "csrf"),
    (r'name="window" value="[\w-]+"', "window"),
    (r'name="id" value="[\w-]{36}"', "id"),
    (r"cleared-[0-9a-f]{16}", "clearing"),
    (r"<dd>\s*(nothing|one number, kept for [^<]*)\s*</dd>", "pace"),
    (r"the oldest of them for [^<.]*", "age"),
]
UNSTABLE = {"Set-Cookie", "Content-Length"}  # a new CSRF token, and the size of the body


def comparable(text):
    for pattern, word in RANDOM:
        text = re.sub(pattern, word, text, flags=re.DOTALL)
    return text


class Viewer:
    """A viewer who asks from a window with a pane, from one without, and over HTTP."""

    def __init__(self, user, other, client, windows):
        self.user, self.other, self.client, self.windows = user, other, client, windows
        self.taken = [0] * len(windows)  # the number of characters read by each
        self.numbers = count()

    def filled(self, fields):
        """Fill in the person and a new message id."""
        id = ID.format(next(self.numbers))
        names = {
            "other": self.other.pk,
            "mine": f"{self.user.pk}-{id}",
            "theirs": f"{self.other.pk}-{id}",
            "id": id,
        }
        return {name: value.format(**names) for name, value in fields.items()}

    async def asks(self, frame):
        told = []
        for window in self.windows:
            await window.send(**self.filled(frame))
            told.append(await self.receives(window))
        return told

    async def receives(self, asking=None):
        """Return everything the windows receive until the window in `asking` has its answers."""
        await wait_for_queries()
        end = f"end-{next(self.numbers)}"
        await (asking or self.windows[0]).send(
            type="read", conversation=str(self.other.pk), message=end
        )
        for window in self.windows:
            await window.sees(f'value="{end}"')
        news = [window.seen[taken:] for window, taken in zip(self.windows, self.taken, strict=True)]
        self.taken = [len(window.seen) for window in self.windows]
        return comparable("\n--\n".join(news)).strip("-\n")

    async def fetches(self, path, fields, *, htmx):
        path = self.filled({"path": path})["path"]
        ask = self.client.get if fields is None else self.client.post
        values = self.filled(fields or {})
        response = await sync_to_async(ask)(
            path, values, headers={"hx-request": "true"} if htmx else {}
        )
        headers = sorted(
            f"{name}: {value}" for name, value in response.headers.items() if name not in UNSTABLE
        )
        return comparable(
            "\n".join([str(response.status_code), *headers, response.content.decode()])
        )


PROBE = {"conversation": "{other}", "proof": "invented"}
FRAMES = {
    "message": {
        "type": "message",
        "conversation": "{other}",
        "id": "{id}",
        "text": "are you there?",
    },
    "edit of an invented message": {"type": "edit", "id": "{id}", "text": "?", **PROBE},
    "reaction to an invented message": {
        "type": "react",
        "message": "{mine}",
        "reaction": "❤️",
        **PROBE,
    },
    "reaction to one of theirs": {
        "type": "react",
        "message": "{theirs}",
        "reaction": "❤️",
        **PROBE,
    },
    "reaction taken away": {"type": "react", "message": "{theirs}", "reaction": "", **PROBE},
    "unsend": {"type": "unsend", "conversation": "{other}", "id": "{id}"},
    "clear": {"type": "clear", "conversation": "{other}"},
    "typing": {"type": "typing", "conversation": "{other}"},
    "read": {"type": "read", "conversation": "{other}", "message": "message-{theirs}"},
    "opened": {"type": "opened", "conversation": "{other}"},
    "clear, once the pane is known": {"type": "clear", "conversation": "{other}"},
    "shown": {"type": "shown", "cursor": "invented.1"},
}
PAGES = {
    "chat page": ("/", None),
    "roster": ("/people/", {"q": ""}),
    "next page of the roster": ("/people/", {"q": "", "after": "0:carol"}),
    "offline part of the roster": ("/people/", {"q": "", "after": "1:a"}),
    "search": ("/people/", {"q": "bo"}),
    "conversation": ("/conversations/{other}/", None),
    "blocked people": ("/people/blocked/", None),
    "what is known about me": ("/known/", None),
    "report": ("/report/", {"peer": "{other}", "reason": "spam", "note": "", "message": "{{}}"}),
    "people without JavaScript": ("/plain/people/", None),
    "search without JavaScript": ("/plain/people/", {"q": "bo"}),
    "page without JavaScript": ("/plain/with/{other}/", None),
    "field without JavaScript": ("/plain/write/{other}/", None),
    "message without JavaScript": (
        "/plain/write/{other}/",
        {"id": "{id}", "text": "are you there?"},
    ),
    "unsend without JavaScript": ("/plain/write/{other}/take-back/{id}/", {}),
    "clear without JavaScript": ("/plain/write/{other}/clear/", {}),
    "readiness": ("/readyz", None),
}
# A message to a person who appears offline is delivered, so its sender learns that they are online
# (docs/security.md).
SEEN_BY_THE_OTHER = {"message", "message without JavaScript"}


async def has_blocked_the_viewer(viewer, other):
    await sync_to_async(blocks.add)(other.pk, viewer.pk)


async def is_blocked_by_the_viewer(viewer, other):
    await sync_to_async(blocks.add)(viewer.pk, other.pk)


async def appears_to_be_offline(_, other):
    await sync_to_async(type(other).objects.filter(pk=other.pk).update)(appears_offline=True)


RELATIONS = {
    has_blocked_the_viewer: set(),
    is_blocked_by_the_viewer: set(),
    appears_to_be_offline: SEEN_BY_THE_OTHER,
}


@pytest.fixture
def registry(django_user_model, carol, monkeypatch):
    """Create users for several pages of a roster."""
    monkeypatch.setattr(roster, "PAGE_SIZE", 2)
    return [carol, *(person(django_user_model, name) for name in ("ann", "erin", "zoe"))]


@pytest.fixture
def answers(alice, bob, registry, open_window, come_back):
    """Return an async function that collects Alice's answers while Bob is online or not."""
    carol, clients = registry[0], [signed_in(alice), signed_in(registry[0])]

    async def ask(*, is_online, left_out=()):
        forget_tasks()
        await forget_in_redis() if settings.REDIS_URL else forget_in_memory()
        open_ones = [await open_window(bob, alice)] if is_online else []
        open_ones += [third := await open_window(carol, client=clients[1])]
        await is_told(third, carol, "online")
        windows = [await open_window(alice, bob, client=clients[0])]
        await is_told(third, alice, "online")
        windows.append(await open_window(alice, client=clients[0]))
        viewer = Viewer(alice, bob, clients[0], windows)
        told = {"hello": await viewer.receives()}
        for name in [name for name in FRAMES if name not in left_out]:
            told[name] = await viewer.asks(FRAMES[name])
        for name in [name for name in PAGES if name not in left_out]:
            told[name] = [
                await viewer.fetches(*PAGES[name], htmx=is_htmx) for is_htmx in (False, True)
            ]
        told["what comes of it in the windows"] = await viewer.receives()
        await windows[0].leaves()
        windows[0], viewer.taken[0] = await come_back(windows[0], bob), 0
        told["hello of a page that comes back"] = await viewer.receives()
        for window in (*open_ones, *windows):
            await window.leaves()
        return told

    return ask


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
async def test_no_answer_depends_on_whether_the_other_person_is_online(
    relation, alice, bob, answers
):
    await relation(alice, bob)
    left_out = RELATIONS[relation]
    assert await answers(is_online=True, left_out=left_out) == await answers(
        is_online=False, left_out=left_out
    )


async def test_the_answers_differ_for_a_viewer_allowed_to_know(answers):
    """Otherwise, the comparison above would prove nothing."""
    online, offline = await answers(is_online=True), await answers(is_online=False)
    differing = {name for name in online if online[name] != offline[name]}
    assert differing >= {
        "message",
        "clear",
        "chat page",
        "roster",
        "search",
        "conversation",
        "field without JavaScript",
    }


async def test_an_anonymous_visitor_always_gets_the_same_answers(client, alice, bob, open_window):
    async def ask():
        pages = [
            await Viewer(alice, bob, client, []).fetches(*page, htmx=False)
            for page in PAGES.values()
        ]
        socket = connect()
        await socket.connect()
        return [
            *pages,
            (await socket.receive_output())["text"],
            (await socket.receive_output())["code"],
        ]

    offline = await ask()
    await open_window(bob)
    assert await ask() == offline


# Actions of the other person


@pytest.fixture
async def viewer(alice, bob, carol, open_window, monkeypatch):
    """Return Alice with her windows, and Carol, who is allowed to see what Alice is not."""
    monkeypatch.setattr(presence, "grace", 0.2)
    client = await sync_to_async(signed_in)(alice)
    windows = [await open_window(alice, bob, client=client)]
    await is_told(windows[0], alice, "online")
    windows.append(await open_window(alice, client=client))
    viewer = Viewer(alice, bob, client, windows)
    await viewer.receives()
    return viewer


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
async def test_actions_of_the_other_person_are_not_reported(
    relation, alice, bob, viewer, open_window
):
    await relation(alice, bob)
    await groups.choices_changed(alice.pk, bob.pk)
    await viewer.receives()
    there = await open_window(bob, alice)
    await there.send(type="typing", conversation=str(alice.pk))
    await there.settles()
    if relation is not appears_to_be_offline:
        await appears_offline(there)
        await appears_offline(there, "no")
    await background_task._run_once()
    await there.leaves()
    await asyncio.sleep(own_presence().grace)
    await background_task._run_once()
    assert await viewer.receives() == ""


async def test_a_block_by_a_hidden_person_is_not_reported(alice, bob, viewer, open_window):
    await appears_to_be_offline(alice, bob)
    there = await open_window(bob, alice)
    await block(there, alice)
    await there.sees(f'data-blocked="{alice.pk} "')
    await unblocks(there, alice)
    await there.sees(f'data-online="{alice.pk} "')
    assert await viewer.receives() == ""
    await viewer.windows[0].says("still not", to=bob)
    await there.sees("still not")


async def test_an_unblock_by_a_person_who_has_just_left_is_not_reported(
    alice, bob, viewer, monkeypatch
):
    monkeypatch.setattr(presence, "told", {bob.pk: "bob"})
    none, by_bob = Blocks(frozenset(), frozenset()), Blocks(frozenset(), frozenset([bob.pk]))
    assert visibility.people_to_update(none, by_bob) == {bob.pk}
    assert visibility.people_to_update(by_bob, none) == set()


async def test_a_block_by_a_blocked_person_is_not_reported(alice, bob, viewer, open_window):
    there = await open_window(bob, alice)
    await block(viewer.windows[0], bob)
    await viewer.windows[0].sees(f'data-blocked="{bob.pk} "')
    await viewer.receives()
    await block(there, alice)
    await there.sees(f'data-blocked="{alice.pk} "')
    assert await viewer.receives() == ""


async def test_the_progress_of_a_clearing_is_not_reported_once_the_other_person_is_hidden(
    alice, bob, viewer, open_window
):
    there, away = await open_window(bob, alice), await open_window(bob, alice)
    for window in viewer.windows:  # each is told once that he is offline
        await is_told(window, bob, "online")
    await away.leaves()
    await viewer.windows[0].send(type="clear", conversation=str(bob.pk))
    await viewer.windows[0].sees("1 window is offline")
    await appears_offline(there)
    for window in viewer.windows:
        await is_told(window, bob, "offline")
    await viewer.receives()
    await open_window(bob, alice, client=away.client, name=away.name, cursor=away.cursor())
    await background_task._run_once()
    assert await viewer.receives() == ""


# Response times

ANSWERS = {
    "message": "outcome-",
    "edit of an invented message": "edit-outcome",
    "reaction to an invented message": "notices",
    "unsend": "delete:#message-",
    "clear": "-transcript",
}
TRIES, SHUFFLES = 200, 5_000
CHANCE = 0.0005  # probability of such a difference by chance
RUNS = 0.05  # the difference between the medians of two runs on an idle machine


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
async def test_the_other_persons_windows_start_to_work_after_the_answer(
    relation, viewer, open_window, monkeypatch
):
    """Otherwise, their work would measurably delay the answer."""
    monkeypatch.setattr(channel_events, "HIDDEN_DELAY", 1.0)
    (alice, bob), here = (viewer.user, viewer.other), viewer.windows[0]
    there = await open_window(bob, alice)
    id = await here.says("hello", to=bob)
    await there.sees("hello")
    await here.sees("state--delivered")
    await relation(alice, bob)
    await groups.choices_changed(alice.pk, bob.pk)
    told = {has_blocked_the_viewer: "data-blocked", is_blocked_by_the_viewer: "data-offline"}.get(
        relation
    )
    await there.sees(f'{told}="{alice.pk} "' if told else "You appear offline")
    await here.send(
        type="unsend", conversation=str(bob.pk), id=id, proof=here.proofs[f"{alice.pk}-{id}"]
    )
    await here.sees("delete:#message-")
    assert "delete:#message-" not in await there.settles()
    await there.sees("delete:#message-")


@pytest.mark.matrix
@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
async def test_the_response_time_does_not_reveal_who_is_online(
    relation, alice, registry, open_window, monkeypatch
):
    """Compare two people, one of whom is online."""
    monkeypatch.setattr(rate_limits.messages, "rate", Rate(burst=10**9, per_second=10**9))
    both = registry[1:3]
    for other in both:
        await relation(alice, other)
    there, page = await open_window(both[0], alice), await open_window(alice, *both)
    await page.settles()
    names = ANSWERS.keys() - (SEEN_BY_THE_OTHER | {"clear"} if RELATIONS[relation] else set())
    times: dict[str, tuple[list, list]] = {name: ([], []) for name in names}
    for name, turn in product(sorted(names), range(2 * TRIES)):
        viewer = Viewer(alice, both[turn % 2], None, [page])
        viewer.numbers = count(turn)
        times[name][turn % 2].append(await waits(page, ANSWERS[name], viewer.filled(FRAMES[name])))
        while not there.communicator.output_queue.empty():
            await there.read()
    assert [name for name in names if tells_apart(*times[name])] == []


async def waits(page, answer, frame):
    page.seen, began = "", time.perf_counter()
    await page.send(**frame)
    await page.sees(answer)
    return time.perf_counter() - began


def tells_apart(one, other):
    """Return whether the medians differ more than those of random halves of one case."""
    found, every = difference(one, other), [*one, *other]
    if found < RUNS * statistics.median(every):
        return False
    halves = (random.sample(every, len(every)) for _ in range(SHUFFLES))
    return (
        sum(difference(half[: len(one)], half[len(one) :]) >= found for half in halves)
        < CHANCE * SHUFFLES
    )


def difference(one, other):
    return abs(statistics.median(one) - statistics.median(other))


# Rules


def test_blockers_and_people_offline_are_in_one_list(monkeypatch):
    people = [Person(number, str(number)) for number in (1, 2, 3, 4)]
    monkeypatch.setattr(presence, "name_of", {1: "1", 3: "3"}.get)
    between = Blocks(mine=frozenset([4]), theirs=frozenset([1]))
    assert visibility.current_presence(people, between) == (
        Changes([people[2]], people[:2]),
        [people[3]],
    )


def test_presence_changes_of_invisible_people_are_not_reported():
    one, two, three = (Person(number, str(number)) for number in (1, 2, 3))
    between = Blocks(frozenset([1]), frozenset([2]))
    assert visibility.visible_changes(Changes([one, three], [two]), between) == Changes([three], [])
    assert visibility.visible_changes(Changes([one], [two]), between) == Changes([], [])


async def test_an_unblocking_person_is_named_to_a_page_that_never_showed_them(
    alice, bob, viewer, open_window
):
    there = await open_window(bob, alice)
    await block(there, alice)
    bare = await open_window(alice)
    await unblocks(there, alice)
    seen = await bare.sees(f'id="person-{bob.pk}"')
    assert '<bdi class="person__name" translate="no">bob</bdi>' in seen


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="there, each window waits for Redis by itself")
async def test_a_text_is_rendered_once_for_any_number_of_windows(
    alice, bob, open_window, monkeypatch
):
    """Otherwise, the response time would reveal the number of windows."""
    theirs = [await open_window(bob, alice) for _ in range(5)]
    here, rendered = await open_window(alice, bob), []

    def render(text):
        rendered.append(text)
        return text

    monkeypatch.setattr("messaging.rendering.renderer.render_text", render)
    await here.says("costly", to=bob)
    for window in (here, *theirs):
        await window.sees("costly")
    assert len(rendered) < 3, "the windows of each of the two read their own copy"
