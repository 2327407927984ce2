"""The recipient of a file says that it arrived, or declines it, and both people are told."""

import uuid

import pytest

from accounts.templatetags.names import as_name
from messaging import rate_limits
from messaging.domain.rate_limit import Rate
from tests.messaging.choices import blocks

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {
    "received": f"Received by {as_name('bob')}",
    "decline": f"{as_name('bob')} declined",
}
each_answer = pytest.mark.parametrize("answer", ANSWERS)
TOO_OLD = "This file is too old to receive or decline."
UNREADABLE = "The server couldn’t read this request."


@pytest.fixture
async def offered(alice, bob, carol, open_window):
    """Return a window of each person, both of which show an offer by Alice, and its key. Carol
    exists before, because the queries of an open window lock tables of SQLite.
    """
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    id = await here.offers("holiday.jpg", to=bob)
    await there.sees('data-file="accept"')
    await here.sees("state--delivered")
    return here, there, f"{alice.pk}-{id}"


@pytest.fixture
async def of_carol(alice, bob, carol, open_window):
    """Return a window of Carol, who must see nothing of it."""
    return await open_window(carol, alice, bob)


async def answers(window, answer, key, to, proof=None):
    """Send an answer with the token of the message."""
    proof = proof or window.proofs[key]
    await window.send(type=answer, conversation=str(to.pk), message=key, proof=proof)


@each_answer
async def test_an_answer_reaches_the_windows_of_both(answer, alice, open_window, offered, of_carol):
    here, there, key = offered
    another = await open_window(there.user, alice)
    await answers(there, answer, key, alice)
    assert ANSWERS[answer] in await here.sees(f"#file-{key}")
    for window in (there, another):
        seen = await window.sees(f"#file-{key}")
        assert ANSWERS[answer] not in seen
        assert ("Received in another window" in seen) is (answer == "received")
    assert key not in await of_carol.settles()


@each_answer
async def test_a_window_that_was_away_is_told_later(answer, alice, bob, offered, come_back):
    here, there, key = offered
    await here.settles()
    await here.leaves()
    await answers(there, answer, key, alice)
    await there.sees(f"#file-{key}")
    back = await come_back(here, bob)
    await back.sees(ANSWERS[answer])


@each_answer
async def test_only_the_recipient_answers(answer, alice, bob, offered, of_carol):
    here, there, key = offered
    third = of_carol
    proof = there.proofs[key]
    await answers(here, answer, key, bob)
    await here.sees(UNREADABLE)
    await answers(third, answer, key, alice, proof)
    await third.sees(TOO_OLD)
    await answers(third, answer, key, bob, proof)
    await third.sees(UNREADABLE)
    for window in offered[:2]:
        assert f"#file-{key}" not in await window.settles()


@each_answer
async def test_an_answer_requires_the_token_of_a_file(answer, alice, bob, offered):
    here, there, key = offered
    text = f"{alice.pk}-{await here.says('a text', to=bob)}"
    await there.sees("a text")
    await answers(there, answer, text, alice)
    for proof in ("AAAAAAAAAAA", "file.AAAAAAAAAAA", there.proofs[key].removeprefix("file.")):
        await answers(there, answer, key, alice, proof)
    await answers(there, answer, f"{alice.pk}-{uuid.uuid4()}", alice, there.proofs[key])
    await there.sees(TOO_OLD, times=5)
    assert "#file-" not in await here.settles()


@each_answer
@pytest.mark.parametrize("key", ["x", "1-x", "..", "0-00000000-0000-4000-8000-000000000000"])
async def test_an_invalid_key_is_refused(answer, key, alice, bob, offered):
    _, there, valid = offered
    await answers(there, answer, key, alice, there.proofs[valid])
    await there.sees(UNREADABLE)


@each_answer
async def test_an_answer_needs_an_open_conversation(answer, alice, bob, open_window, offered):
    _, there, key = offered
    fresh = await open_window(bob)
    await answers(fresh, answer, key, alice, there.proofs[key])
    await fresh.sees("Open the conversation first.")


@each_answer
async def test_under_a_block_only_the_recipient_is_told(answer, alice, bob, offered):
    here, there, key = offered
    await blocks(here, bob)
    await here.sees(f'data-blocked="{bob.pk} "')
    await there.settles()
    there.seen = ""
    await answers(there, answer, key, alice)
    assert "status__line" not in await there.sees(f"#file-{key}")
    assert f"#file-{key}" not in await here.settles()


@each_answer
async def test_a_site_without_files_refuses_answers_with_a_reason(answer, alice, offered, settings):
    here, there, key = offered
    settings.FILES = "off"
    await answers(there, answer, key, alice)
    await there.sees("This site doesn’t accept files.")
    assert f"#file-{key}" not in await here.settles()


@each_answer
async def test_answers_beyond_the_rate_limit_are_refused_with_an_explanation(
    answer, alice, offered, monkeypatch
):
    here, there, key = offered
    monkeypatch.setattr(rate_limits.messages, "rate", Rate(burst=1, per_second=0.001))
    for _ in range(2):
        await answers(there, answer, key, alice)
    await there.sees("You’re going too fast.")
    assert (await here.settles()).count(f"#file-{key}") == 1


async def test_a_page_that_has_the_file_keeps_showing_it(alice, offered):
    _, there, key = offered
    await answers(there, "received", key, alice)
    await there.sees(f"innerHTML:#file-{key}:not([data-kept]),#elsewhere")
