"""Where browsers are notified: which addresses are accepted, who can read them, what ends them."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Session, SessionStore
from messaging.people import blocks
from messaging.push import endpoints, subscriptions, vapid
from tests.accounts.clients import browser
from tests.conftest import PASSWORD, signed_in
from tests.messaging.push.conftest import ENDPOINT, HOST, subscribe
from tests.support.flat_html import flat

SESSIONS, END = "/accounts/devices/", "/accounts/devices/end/"
NOTIFIED = "can be notified"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("push_on")]


def notified(person, sender):
    return [each.endpoint for each in subscriptions.load(sender.pk, person.pk)]


def is_on(answer):
    return 'aria-checked="true"' in answer.content.decode()


def test_a_browser_subscribes_and_stops(alice, bob):
    here = signed_in(bob)
    answer = subscribe(here)
    assert is_on(answer)
    assert f'data-key="{vapid.public_key()}"' in answer.content.decode()
    assert notified(bob, alice) == [ENDPOINT]
    assert not is_on(here.post("/push/stop/"))
    assert notified(bob, alice) == []


def test_a_page_fetches_the_switch_and_knows_whether_it_is_on(bob):
    here = signed_in(bob)
    assert not is_on(here.get("/push/switch/"))
    assert "data-on" not in place_in(here.get("/"))
    subscribe(here)
    assert is_on(here.get("/push/switch/"))
    assert "data-on" in place_in(here.get("/"))


def place_in(page):
    found = re.search(r'<div[^>]* id="push"[^>]*>', page.content.decode())
    assert found
    return found[0]


def test_a_new_endpoint_replaces_the_former_one(alice, bob):
    here = signed_in(bob)
    subscribe(here, f"{ENDPOINT}/old")
    subscribe(here)
    assert notified(bob, alice) == [ENDPOINT]


def test_a_page_that_posts_the_same_endpoint_again_writes_nothing(bob, django_assert_num_queries):
    here = signed_in(bob)
    subscribe(here)
    with django_assert_num_queries(2):  # the session, the person
        subscribe(here)


def test_a_subscription_with_a_former_key_is_refused(alice, bob):
    here = signed_in(bob)
    answer = here.post("/push/", {"endpoint": ENDPOINT, "key": "former"})
    assert answer.status_code == 409
    assert vapid.public_key() in answer.content.decode()
    assert notified(bob, alice) == []


FOREIGN = [
    *("", "nonsense", "https://169.254.169.254/", "https://localhost/", "https://[::1]/"),
    *(f"https://{HOST}.evil.org/", f"https://evil.org/{HOST}", f"https://evil.org@{HOST}/"),
    *(f"https://{HOST}@evil.org/", f"https://{HOST}:8443/", f"http://{HOST}/", f"//{HOST}/"),
    *(f"https://{HOST}", f"https://{HOST}\\@evil.org/", f"https://evil.org#@{HOST}/"),
    *(f"https://{HOST}/a b", f"https://{HOST}/a\r\nX: y", f"https://{HOST}/ä", f"ftp://{HOST}/"),
    *(f"https://{HOST}%00/", f"https://{HOST}/" + "x" * 1_000, "https://notify.evil.org/"),
    *(f"https://{HOST}:443@evil.org/", "https://evilnotify.example.org/", f" https://{HOST}/"),
]


@pytest.mark.parametrize("endpoint", FOREIGN)
def test_only_addresses_of_push_services_are_stored(endpoint, alice, bob):
    answer = subscribe(signed_in(bob), endpoint)
    assert answer.status_code == 422
    assert "doesn’t send notifications" in answer.content.decode()
    assert notified(bob, alice) == []


@pytest.mark.parametrize(
    "endpoint",
    [f"https://{HOST}:443/a?b=c&d", "https://am3p.notify.example.org/w/?token=A%2bB", ENDPOINT],
)
def test_addresses_of_push_services_are_accepted(endpoint, alice, bob):
    assert is_on(subscribe(signed_in(bob), endpoint))
    assert endpoints.split(endpoint)
    assert notified(bob, alice) == [endpoint]


def test_the_endpoint_is_unreadable_in_the_database_and_in_the_download(bob):
    here = browser("bob")
    subscribe(here)
    row = Session.objects.get(pk=here.session.session_key)
    kept = json.dumps(row.get_decoded())
    assert "push" in kept
    assert HOST not in kept
    assert "heron" not in kept
    download = here.get("/accounts/download/").content.decode()
    assert '"sealed_push": "stored, but encrypted"' in download


def test_an_endpoint_cannot_be_moved_to_another_persons_session(alice, bob):
    here, there = signed_in(alice), signed_in(bob)
    subscribe(there)
    session = here.session
    session["sealed_push"] = there.session["sealed_push"]
    session.save()
    assert notified(alice, bob) == []


def changes_password(client, person):
    new = "another long enough password"
    client.post("/accounts/password/", {"current_password": PASSWORD, "new_password": new})


def gets_a_password(client, person):
    person.set_password("set by the staff, this one")
    person.save()


def expires(client, person):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def is_deactivated(client, person):
    person.is_active = False
    person.save()


ENDS = {
    "log-out": lambda client, person: client.post("/accounts/logout/"),
    "log-out from elsewhere": lambda client, person: browser("bob").post(END, {"where": "others"}),
    "a password of the staff": gets_a_password,
    "expiry": expires,
    "deactivation": is_deactivated,
    "deletion": lambda client, person: person.delete(),
    "stopping": lambda client, person: client.post("/push/stop/"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_what_ends_a_session_ends_its_subscription(end, alice, bob):
    here = browser("bob")
    subscribe(here)
    bob_id = bob.pk
    (queued,) = subscriptions.load(alice.pk, bob_id)
    assert subscriptions.is_current(queued)
    end(here, bob)
    assert subscriptions.load(alice.pk, bob_id) == []
    assert not subscriptions.is_current(queued)


def test_a_changed_password_ends_all_subscriptions_but_that_of_the_session(alice, bob):
    here, there = browser("bob"), browser("bob")
    subscribe(here)
    subscribe(there, f"{ENDPOINT}/elsewhere")
    queued = subscriptions.load(alice.pk, bob.pk)
    changes_password(here, bob)
    assert notified(bob, alice) == [ENDPOINT]
    assert not any(map(subscriptions.is_current, queued))  # the session has a new key


def test_the_next_user_of_the_browser_is_not_notified_for_the_last_one(alice, bob, carol):
    here = browser("bob")
    subscribe(here)
    here.post("/accounts/logout/")
    here.force_login(carol)
    assert (notified(bob, alice), notified(carol, alice)) == ([], [])


@pytest.mark.parametrize("blocker_is_bob", [True, False])
def test_a_block_either_way_finds_no_browser(blocker_is_bob, alice, bob, carol):
    subscribe(signed_in(bob))
    pair = (bob, alice) if blocker_is_bob else (alice, bob)
    blocks.add(*(person.pk for person in pair))
    assert notified(bob, alice) == []
    assert notified(bob, carol) == [ENDPOINT]


def test_at_most_ten_browsers_are_told(alice, bob):
    for number in range(12):
        subscribe(signed_in(bob), f"{ENDPOINT}/{number}")
    assert len(notified(bob, alice)) == 10


def test_two_sessions_of_a_browser_are_told_once(alice, bob):
    for _ in range(2):
        subscribe(signed_in(bob))
    subscribe(signed_in(bob), f"{ENDPOINT}/another")
    assert sorted(notified(bob, alice)) == [ENDPOINT, f"{ENDPOINT}/another"]


def listed(client):
    page = flat(client.get(SESSIONS).content.decode())
    return page.count(NOTIFIED), re.findall(r'name="stop" value="([^"]*)"', page)


def test_the_list_of_sessions_says_which_can_be_notified_and_stops_it(alice, bob, carol):
    here, there = browser("bob"), browser("bob")
    subscribe(here)
    subscribe(there, f"{ENDPOINT}/elsewhere")
    count, (mine, other) = listed(here)
    assert count == 2
    browser("carol").post(END, {"stop": other})
    assert len(notified(bob, alice)) == 2
    assert "no longer notified" in here.post(END, {"stop": other}, follow=True).content.decode()
    assert notified(bob, alice) == [ENDPOINT]
    here.post(END, {"stop": mine})
    assert notified(bob, alice) == []
    assert listed(here) == (0, [])
    assert there.get("/accounts/").status_code == 200  # still logged in


def test_stopping_and_failing_do_not_extend_a_session(alice, bob):
    here = browser("bob")
    subscribe(here)
    soon = timezone.now() + timedelta(hours=1)
    Session.objects.update(expire_date=soon)
    (found,) = subscriptions.load(alice.pk, bob.pk)
    SessionStore.note_push_failures(found, 1)
    here.post(END, {"stop": listed(here)[1][0]})
    assert {row.expire_date for row in Session.objects.all()} == {soon}
    assert notified(bob, alice) == []


def test_a_failure_of_a_former_endpoint_leaves_the_new_one(alice, bob):
    here = signed_in(bob)
    subscribe(here, f"{ENDPOINT}/old")
    (former,) = subscriptions.load(alice.pk, bob.pk)
    subscribe(here)
    SessionStore.note_push_failures(former, 3)
    assert notified(bob, alice) == [ENDPOINT]


def test_a_session_that_has_ended_is_not_restored_by_a_failure(alice, bob):
    here = signed_in(bob)
    subscribe(here)
    (found,) = subscriptions.load(alice.pk, bob.pk)
    here.logout()
    SessionStore.note_push_failures(found, 1)
    assert Session.objects.count() == 0


def test_a_former_secret_key_still_reads_the_endpoint(alice, bob, settings):
    here = signed_in(bob)
    subscribe(here)
    sealed = here.session["sealed_push"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    later = signed_in(bob)
    session = later.session
    session["sealed_push"] = sealed
    session.save()
    assert notified(bob, alice) == [ENDPOINT]


def test_a_lost_secret_key_ends_the_subscription(alice, bob):
    session = signed_in(bob).session
    session["sealed_push"] = "AAAA"
    session.save()
    assert notified(bob, alice) == []


def test_without_a_key_there_is_no_word_and_no_path(bob, settings):
    here = browser("bob")
    subscribe(here)
    settings.PUSH_KEY = ""
    assert listed(here) == (0, [])
    assert "push" not in here.get("/").content.decode()
    assert here.get("/push/switch/").status_code == 404
    for path in ("/push/", "/push/stop/"):
        assert here.post(path, {"endpoint": ENDPOINT, "key": ""}).status_code == 404
    call_command("check")
