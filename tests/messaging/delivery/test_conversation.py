"""Two people talk, in every window of both, and no other person sees it."""

import asyncio
import re

import pytest

from accounts.templatetags.names import as_name
from messaging.backends import mailbox
from tests.messaging.backends.mailboxes import waiting
from tests.messaging.conftest import AT_ONCE

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_message_reaches_every_window_of_both(alice, bob, open_window):
    windows = [
        await open_window(alice),
        await open_window(alice),
        await open_window(bob),
        await open_window(bob),
    ]
    await windows[0].says("good morning", to=bob)
    for window in windows:
        await window.sees("good morning")


async def test_a_third_person_sees_nothing_of_it(alice, bob, carol, open_window):
    here, there, elsewhere = (
        await open_window(alice),
        await open_window(bob),
        await open_window(carol, alice, bob),
    )
    await here.says("between us", to=bob)
    await there.says("for your ears only", to=alice)
    await here.sees("for your ears only")
    await there.send(type="typing", conversation=str(alice.pk))
    seen = await elsewhere.settles()
    assert "between us" not in seen
    assert "for your ears only" not in seen
    assert "is typing" not in seen


async def test_the_sender_sees_delivered_only_once_a_window_has_shown_the_message(
    alice, bob, open_window
):
    here, there = await open_window(alice), await open_window(bob)
    there.confirms = False
    await here.says("are you reading this?", to=bob)
    await there.sees("are you reading this?")
    assert "state--delivered" not in await here.settles()
    await there.send(type="shown", cursor=there.cursor())
    await here.sees("state--delivered")


async def test_delivered_is_shown_in_all_windows_of_the_sender(alice, bob, open_window):
    first, second, there = (
        await open_window(alice),
        await open_window(alice),
        await open_window(bob),
    )
    await first.says("hello", to=bob)
    await there.sees("hello")
    await there.settles()
    await first.sees("state--delivered")
    await second.sees("state--delivered")


async def test_a_message_cannot_be_confirmed_by_another_person(alice, bob, carol, open_window):
    here, there, elsewhere = (
        await open_window(alice),
        await open_window(bob),
        await open_window(carol),
    )
    there.confirms = False
    await here.says("hello", to=bob)
    await there.sees("hello")
    await elsewhere.send(type="shown", cursor=there.cursor())
    await here.send(type="shown", cursor=there.cursor())
    assert "state--delivered" not in await here.settles()


async def test_a_message_to_a_person_without_a_window_is_refused_with_an_explanation(
    alice, bob, open_window
):
    here = await open_window(alice, bob)
    id = await here.says("anybody home?", to=bob)
    seen = await here.sees(f"{as_name('bob')} isn’t connected")
    assert f"outcome-{id}" in seen
    assert "anybody home?" not in seen
    assert await waiting(mailbox, alice.pk, bob.pk) == "[[], []]"


async def test_the_refusal_comes_at_once_and_delivered_is_never_shown_falsely(
    alice, bob, open_window
):
    here = await open_window(alice, bob)
    async with asyncio.timeout(AT_ONCE):
        await here.says("anybody home?", to=bob)
        await here.sees("Waiting for {0}. {0} isn’t connected.".format(as_name("bob")))
    assert "state--delivered" not in await here.settles()


async def test_an_unknown_person_is_answered_like_one_without_a_window(alice, open_window):
    here = await open_window(alice)
    await here.send(
        type="message",
        conversation="424242",
        id="00000000-0000-4000-8000-000000000000",
        text="hello?",
    )
    await here.sees("isn’t connected")


async def test_a_message_to_oneself_is_refused(alice, open_window):
    here = await open_window(alice)
    await here.says("hello me", to=alice)
    await here.sees("You can’t message yourself")


async def test_the_same_message_sent_five_times_over_two_sockets_arrives_once(
    alice, bob, open_window
):
    first, there = await open_window(alice, bob), await open_window(bob, alice)
    second = await open_window(alice, bob, client=first.client, name=first.name)
    id = await first.says("once", to=bob)
    for window in [first, first, second, second]:
        await window.says("once", to=bob, id=id)
    await first.settles()
    await second.settles()
    assert (await there.settles()).count("once") == 1


async def test_a_resent_message_gets_the_same_answer(alice, bob, open_window):
    here = await open_window(alice, bob)
    await open_window(bob, alice)
    id = await here.says("once", to=bob)
    await here.settles()
    answers = []
    for _ in range(4):
        await here.says("once", to=bob, id=id)
        answers.append(await here.communicator.receive_from())
    assert len(set(answers)) == 1
    assert f"message-{alice.pk}-{id}" in answers[0]


async def test_another_text_with_the_same_id_is_refused(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.says("yes", to=bob)
    await there.sees("yes")
    await here.says("no", to=bob, id=id)
    await here.sees("Another message with this ID was already sent")
    assert ">no<" not in await there.settles()


async def test_all_windows_show_the_same_order(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for number in range(50):
        await here.says(f"a{number:03}.", to=bob)
        await there.says(f"b{number:03}.", to=alice)

    def order(text):
        return re.findall(r"[ab]\d{3}\.", text)

    await here.sees("b049.")
    await there.sees("a049.")
    mine, theirs = order(await here.settles()), order(await there.settles())
    assert len(mine) == 100
    assert mine == theirs


async def test_a_message_from_a_person_without_a_pane_adds_the_pane(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob)
    await here.says("surprise", to=bob)
    seen = await there.sees("surprise")
    assert seen.index(f'id="conversation-{alice.pk}"') < seen.index("surprise")


async def test_the_pane_arrives_once(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob)
    for text in ["one", "two", "three"]:
        await here.says(text, to=bob)
    await there.sees("three")
    assert there.seen.count(f'id="conversation-{alice.pk}"') == 1


async def test_typing_is_shown_to_its_recipient_only(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.send(type="typing", conversation=str(bob.pk))
    await there.sees("is typing")
    assert "is typing" not in await here.settles()


async def test_a_conversation_read_in_one_window_is_read_in_the_others(alice, bob, open_window):
    here, first, second = (
        await open_window(alice, bob),
        await open_window(bob, alice),
        await open_window(bob, alice),
    )
    id = await here.says("hello", to=bob)
    await second.sees("hello")
    await first.send(type="read", conversation=str(alice.pk), message=f"message-{alice.pk}-{id}")
    await second.sees(f'value="message-{alice.pk}-{id}"')
    assert "</output>" not in (await here.settles()).replace(
        here.seen[: here.seen.index("hello")], ""
    )


async def test_a_message_that_is_too_long_is_refused_and_reaches_no_window(
    alice, bob, open_window, settings
):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("x" * (settings.MESSAGE_MAX_LENGTH + 1), to=bob)
    await here.sees(f"The limit is {settings.MESSAGE_MAX_LENGTH}")
    assert "xxx" not in await there.settles()


async def test_the_longest_message_is_accepted_in_any_script(alice, bob, open_window, settings):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    await here.says("\U0001f468" * settings.MESSAGE_MAX_LENGTH, to=bob)
    await there.sees("\U0001f468" * settings.MESSAGE_MAX_LENGTH)
