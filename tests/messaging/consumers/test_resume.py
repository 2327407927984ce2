"""After a lost connection, a window gets what it missed, once and in order, or is told."""

import re

import pytest
from django.conf import settings

from accounts.templatetags.names import as_name
from messaging.backends import mailbox, presence
from messaging.delivery.background import background_task
from messaging.rendering.page_version import PAGE_VERSION
from tests.messaging.backends.mailboxes import restart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def both(alice, bob, open_window):
    """Return windows of Alice and Bob that show each other's messages."""
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("earlier", to=bob)
    await there.sees("earlier")
    await here.sees("state--delivered")
    await there.settles()
    return here, there


@pytest.fixture
def here(both):
    return both[0]


@pytest.fixture
def there(both):
    return both[1]


async def test_missed_messages_arrive_once_and_in_order(here, there, come_back):
    await there.leaves()
    for text in ["one", "two", "three"]:
        await here.says(text, to=there.user)
    back = await come_back(there, here.user)
    await back.settles()
    assert back.texts() == ["one", "two", "three"]
    assert "note--gap" not in back.seen
    await here.sees("state--delivered", times=4)


async def test_a_second_cut_repeats_nothing(here, there, come_back):
    for text in ["one", "two", "three"]:
        await there.leaves()
        await here.says(text, to=there.user)
        there = await come_back(there, here.user)
        await there.settles()
        assert there.texts() == [text]


async def test_frames_lost_with_the_connection_are_sent_again(here, there, come_back):
    there.confirms = False
    held = there.cursor()
    await here.says("lost on the way", to=there.user)
    await there.sees("lost on the way")
    await there.leaves()
    there.seen = f'name="cursor" value="{held}"'
    back = await come_back(there, here.user)
    await back.settles()
    assert back.texts() == ["lost on the way"]
    await here.sees("state--delivered", times=2)


async def test_the_sender_misses_neither_own_messages_nor_their_state(here, there, come_back):
    await here.says("from the tunnel", to=there.user)
    await there.sees("from the tunnel")
    await there.settles()
    await here.leaves()
    back = await come_back(here, there.user)
    seen = await back.settles()
    assert back.texts() == ["from the tunnel"]
    assert seen.index("from the tunnel") < seen.index("state--delivered")


async def test_one_window_does_not_consume_messages_of_another(here, there, open_window, come_back):
    second = await open_window(there.user, here.user)
    await there.leaves()
    await here.says("for both", to=there.user)
    await second.sees("for both")
    await here.sees("state--delivered", times=2)
    back = await come_back(there, here.user)
    await back.settles()
    assert back.texts() == ["for both"]


async def test_a_cursor_of_another_persons_mailbox_opens_nothing(carol, here, there, open_window):
    there.confirms = False
    await here.says("for bob", to=there.user)
    await there.sees("for bob")
    stranger = await open_window(
        carol, here.user, there.user, cursor=there.cursor(), name=there.name
    )
    seen = await stranger.settles()
    assert stranger.texts() == []
    assert "note--gap" in seen


async def test_a_second_hello_is_refused_and_changes_nothing(carol, here, there, open_window):
    elsewhere = await open_window(carol)
    hello = {
        "window": there.name,
        "cursor": there.cursor(),
        "away": "0",
        "pane": [str(here.user.pk)],
    }
    await elsewhere.send(type="hello", version=PAGE_VERSION, **hello)
    await elsewhere.sees("already connected")
    await here.says("for bob", to=there.user)
    await there.sees("for bob")
    await elsewhere.settles()
    assert elsewhere.texts() == []


async def test_after_a_restart_a_line_says_so(here, there, come_back):
    await there.leaves()
    await restart(mailbox)
    back = await come_back(there, here.user)
    seen = await back.settles()
    assert f"#conversation-{here.user.pk}," in seen
    assert "The server restarted." in seen
    assert "You were offline" not in seen
    assert 'id="away"' not in seen


async def test_after_a_long_absence_a_line_says_how_long_it_was(
    here, there, server_clock, come_back
):
    await there.leaves()
    await here.says("forgotten", to=there.user)
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    back = await come_back(there, here.user, away=600)
    seen = await back.settles()
    assert back.texts() == []
    assert seen.count("note--gap") == 1
    assert "You were offline for 10 minutes" in seen
    assert "restarted" not in seen


@pytest.mark.parametrize("times", [1, 3])
async def test_a_page_that_was_suspended_is_told_that_it_was_away(
    times, here, there, server_clock, come_back
):
    """As during sleep, also if its whole mailbox was forgotten."""
    await there.leaves()
    server_clock.passes(times * settings.RESUME_SECONDS)
    await background_task._run_once()
    back = await come_back(there, here.user, away=5)
    seen = await back.settles()
    assert "You were offline. Messages" in seen
    assert "restarted" not in seen
    corrected = re.search(r'name="away" value="(\d+)"[^>]*\sid="away"', seen)
    assert corrected
    assert int(corrected[1]) > 2 * settings.RESUME_SECONDS


async def test_a_short_absence_leaves_no_line(here, there, server_clock, come_back):
    await there.leaves()
    server_clock.passes(settings.RESUME_SECONDS - 1)
    await here.says("just in time", to=there.user)
    await background_task._run_once()
    back = await come_back(there, here.user, away=settings.RESUME_SECONDS - 1)
    await back.settles()
    assert back.texts() == ["just in time"]
    assert "note--gap" not in back.seen
    assert 'id="away"' not in back.seen


async def test_a_fresh_page_gets_only_what_no_window_has_confirmed(here, there, open_window):
    there.confirms = False
    await here.says("unconfirmed", to=there.user)
    await there.sees("unconfirmed")
    fresh = await open_window(there.user, here.user)
    await fresh.settles()
    assert fresh.texts() == ["unconfirmed"]
    await here.sees("state--delivered", times=2)
    later = await open_window(there.user, here.user)
    await later.settles()
    assert later.texts() == []


async def test_an_expired_message_is_reported_once_and_can_be_sent_again(
    here, there, server_clock, open_window
):
    await there.leaves()
    id = await here.says("anybody?", to=there.user)
    await here.sees("anybody?")
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    await here.sees(f"Waiting for {as_name('bob')}. No window was open in time.")
    await background_task._run_once()
    assert (await here.settles()).count("No window was open in time") == 1
    fresh = await open_window(there.user, here.user)
    await fresh.settles()
    assert fresh.texts() == []
    await here.says("anybody?", to=there.user, id=id)
    await fresh.sees("anybody?")
    await here.sees("state--delivered", times=2)


async def test_a_message_delivered_while_its_page_was_away_is_reported_when_it_resends(
    here, there, server_clock, come_back
):
    id = await here.says("heard?", to=there.user)
    await here.sees("heard?")
    await here.leaves()
    await there.sees("heard?")
    await there.settles()
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    back = await come_back(here, there.user, away=settings.RESUME_SECONDS)
    assert "state--delivered" not in await back.settles()
    await back.says("heard?", to=there.user, id=id)
    await back.sees("state--delivered")
    assert back.seen.index("heard?") < back.seen.index("state--delivered")
    assert (await there.settles()).count("heard?") == 1


async def test_the_late_end_of_an_old_socket_takes_no_person_offline(
    here, there, server_clock, come_back
):
    back = await come_back(there, here.user)
    await there.leaves()
    server_clock.passes(10 * settings.RESUME_SECONDS)
    await background_task._run_once()
    assert presence.is_online(there.user.pk)
    await here.says("still there?", to=there.user)
    await back.sees("still there?")
