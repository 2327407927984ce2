"""Two browsers behind nginx, with two processes that share Redis and PostgreSQL. A process or Redis
is killed.
"""

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from redis import Redis as Client

from messaging.backends.redis.client import PREFIX
from tests.browser.test_faults import all_delivered, transcript
from tests.browser.test_privacy import blocks, presence
from tests.load.fleet.fleet import Fleet
from tests.server.nginx import Nginx
from tests.support.servers import free_port
from tests.support.stores import Postgres, Redis


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    redis, postgres, ports = Redis().start(), Postgres().start(), [free_port(), free_port()]
    nginx = Nginx(*ports).start()
    folder, database = tmp_path_factory.mktemp("fleet"), {"DATABASE_URL": postgres.url}
    fleet = Fleet(folder, redis.url, url=nginx.url, count=2, **database)
    for worker, port in zip(fleet.workers, ports, strict=True):
        worker.port = port
    fleet.start()
    yield SimpleNamespace(url=nginx.url, redis=redis, fleet=fleet)
    nginx.close()
    fleet.close()
    postgres.close()
    redis.close()


@pytest.fixture
def both(place, somebody):
    people = [somebody(name, url=place.url) for name in ("alice", "bob")]
    for person, other in zip(people, reversed(people), strict=True):
        person.chooses(other)
    yield people
    for person in people:
        person.forgives_the_wire()


def stays(person):
    """Set a mark that a reload would remove, and count lost connections."""
    person.page.evaluate("""() => {
        window.losses = 0
        document.addEventListener('htmx:wsClose', () => { window.losses += 1 })
    }""")


def are_apart(people, place):
    """Reload until nginx has assigned them different processes."""
    with Client.from_url(place.redis.url) as redis:
        for _ in range(20):
            keys = redis.scan_iter(f"{PREFIX}sockets:*")
            if len({field.split()[0] for key in keys for field in redis.hkeys(key)}) == 2:
                return
            people[1].comes_again()
    raise AssertionError("both are always at one worker")


def is_said_to_be_lost(person):
    expect(person.pane.locator(".note--gap")).to_have_count(1)
    expect(person.pane.locator(".note--gap")).to_contain_text("The server restarted")


def test_a_conversation_survives_an_outage_of_redis_and_its_empty_return(both, place):
    alice, bob = both
    alice.says("before")
    bob.hears("before")
    all_delivered(alice, 1)
    for person in both:
        stays(person)
    place.redis.stop(9)
    alice.says("meanwhile")
    alice.says("and then")
    expect(alice.pane.locator(".outbox")).to_contain_text("Not sent. Trying again")
    place.redis.start()
    bob.hears("and then")
    all_delivered(alice, 3)
    assert transcript(alice) == transcript(bob) == ["before", "meanwhile", "and then"]
    for person in both:
        is_said_to_be_lost(person)
        assert person.page.evaluate("window.losses") == 0
        # The roster was reloaded and shows who is online.
        other = next(each for each in both if each is not person)
        expect(person.entry(other)).to_contain_text("online")


@pytest.mark.matrix
def test_undelivered_messages_are_resent_when_redis_returns_empty(both, place):
    alice, bob = both
    stays(alice)
    bob.page.evaluate("""() => {
        document.addEventListener('htmx:wsConfigSend', (event) => {
            if (event.detail.parameters.type === 'shown' && window.isMute) event.preventDefault()
        })
        window.isMute = true
    }""")
    alice.says("on its way")
    bob.hears("on its way")
    expect(alice.heard("on its way")).to_contain_text("sending")
    place.redis.stop(9)
    bob.page.evaluate("window.isMute = false")
    place.redis.start()
    all_delivered(alice, 1)
    assert transcript(alice) == transcript(bob) == ["on its way"]
    assert alice.page.evaluate("window.losses") == 0


@pytest.mark.matrix
def test_a_block_and_appearing_offline_apply_to_windows_at_other_processes(both, place):
    alice, bob = both
    are_apart(both, place)
    bob.chooses(alice)
    expect(presence(bob)).to_have_text("online")
    alice.page.locator(".me__name").click()
    alice.page.get_by_role("switch", name="Appear offline").click()
    expect(presence(bob)).to_have_text("offline")
    bob.says("unseen")
    alice.hears("unseen")
    alice.page.get_by_role("switch", name="Appear offline").click()
    alice.page.keyboard.press("Escape")
    expect(presence(bob)).to_have_text("online")
    blocks(alice, bob)
    expect(presence(bob)).to_have_text("offline", timeout=1_500)
    bob.says("refused")
    expect(bob.pane.get_by_text(f"Not delivered. {alice.name} can’t be reached.")).to_be_visible()
    expect(alice.pane.get_by_text("refused")).to_have_count(0)
    alice.pane.get_by_role("button", name="Unblock").click()
    expect(presence(bob)).to_have_text("online")
    bob.says("heard again")
    alice.hears("heard again")


def test_a_conversation_continues_when_a_process_is_killed(both, place):
    alice, bob = both
    are_apart(both, place)
    alice.says("one")
    bob.hears("one")
    bob.says("two")
    alice.hears("two")
    bob.comes_again()
    alice.says("three")
    bob.hears("three")
    place.fleet.workers[0].dies()
    alice.says("four")
    bob.hears("four")
    bob.says("five")
    alice.hears("five")
    all_delivered(alice, 3)
    assert transcript(alice) == ["one", "two", "three", "four", "five"]
    assert transcript(bob) == ["three", "four", "five"]
    place.fleet.workers[0].start()
