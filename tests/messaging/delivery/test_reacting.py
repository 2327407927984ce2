"""Reactions: one for each person and message, in every window, and never stored."""

import re

import pytest
from django.conf import settings

from accounts.templatetags.names import as_name
from messaging import rate_limits
from messaging.delivery.background import background_task
from messaging.domain import messages
from messaging.domain.conversations import Conversation
from messaging.domain.messages import QUICK_REACTIONS, Refused
from messaging.domain.rate_limit import Rate
from tests.messaging.backends.domain import ALICE, BOB, CAROL
from tests.messaging.choices import blocks

pytestmark = pytest.mark.django_db(transaction=True)
ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def pair(pair, alice):
    """Return the pair of windows, with the key of the message."""
    here, there, id = pair
    return here, there, f"{alice.pk}-{id}"


async def reacts(window, key, reaction, to, proof=None):
    """Send a reaction with the token of the message."""
    proof = proof or window.proofs[key]
    await window.send(
        type="react", conversation=str(to.pk), message=key, reaction=reaction, proof=proof
    )


def lands(key):
    return f'hx-swap-oob="beforeend:#message-{key},#elsewhere"'


def in_words(html):
    return " ".join(re.sub("<[^>]*>", " ", html).split())


async def test_a_reaction_is_shown_in_every_window_of_both_with_its_author(
    alice, bob, open_window, pair
):
    here, there, key = pair
    elsewhere = await open_window(alice, bob)
    await reacts(there, key, "❤️", alice)
    for window in (here, elsewhere):
        assert "bob reacted: ❤️" in in_words(await window.sees(lands(key)))
    assert "You reacted: ❤️" in in_words(await there.sees(lands(key)))


async def test_another_reaction_replaces_the_first_and_an_empty_one_removes_it(alice, bob, pair):
    here, there, key = pair
    gone = f'hx-swap-oob="delete:#reaction-{bob.pk}-{key},#elsewhere"'
    for reaction in ("❤️", "😢", ""):
        await reacts(there, key, reaction, alice)
    seen = await here.sees(gone, times=3)
    assert seen.index("❤️") < seen.index("😢")
    assert seen.count(lands(key)) == 2


async def test_a_window_that_was_away_receives_a_reaction(alice, bob, pair, come_back):
    here, there, key = pair
    await there.leaves()
    await reacts(here, key, "🙏", bob)
    await here.sees(lands(key))
    back = await come_back(there, alice)
    await back.sees(lands(key))


async def test_an_expired_reaction_is_removed_with_an_explanation(alice, bob, pair, server_clock):
    here, there, key = pair
    await there.leaves()
    await reacts(here, key, "🙏", bob)
    version = re.findall(r'data-version="([^"]*)"', await here.sees(lands(key)))[-1]
    server_clock.passes(settings.RESUME_SECONDS)
    await background_task._run_once()
    seen = await here.sees(f"Your reaction didn’t reach {as_name('bob')}.")
    assert f"delete:#reaction-{alice.pk}-{key}[data-version='{version}']" in seen
    assert "state--waiting" not in seen


async def test_a_reaction_opens_no_pane(alice, bob, open_window, pair):
    fresh = await open_window(alice)
    await reacts(pair[1], pair[2], "❤️", alice)
    assert 'class="pane' not in await fresh.sees("message-")


async def test_a_reaction_is_refused_if_no_window_could_show_it(alice, bob, pair, server_clock):
    here, there, key = pair
    await there.leaves()
    server_clock.passes(settings.RESUME_SECONDS)
    await reacts(here, key, "❤️", bob)
    assert f"{as_name('bob')} isn’t connected." in await here.sees("status__line--notice")


async def test_removing_a_reaction_gets_the_same_answer_with_or_without_a_window(
    alice, bob, pair, server_clock
):
    """It would show nothing in a window."""
    here, there, key = pair
    await reacts(here, key, "❤️", bob)
    await here.sees(lands(key))
    await there.leaves()
    server_clock.passes(settings.RESUME_SECONDS)
    for times in (1, 2):
        await reacts(here, key, "", bob)
        await here.sees(
            f'hx-swap-oob="delete:#reaction-{alice.pk}-{key},#elsewhere"', times=times + 1
        )
    assert "isn’t connected" not in await here.settles()


@pytest.mark.parametrize("reaction", ["❤️", ""])
async def test_a_reaction_requires_the_token_of_the_message(reaction, alice, bob, pair):
    here, there, key = pair
    another = await here.says("another", to=bob)
    await there.sees("another")
    for proof in ("AAAAAAAAAAA", there.proofs[f"{alice.pk}-{another}"]):
        await reacts(there, key, reaction, alice, proof)
    await there.sees("This message is too old to edit or react to.", times=2)
    await reacts(there, f"{bob.pk}-{ID}", reaction, alice, "AAAAAAAAAAA")
    await there.sees("This message is too old to edit or react to.", times=3)
    assert "reaction-" not in await here.settles()


async def test_reactions_beyond_the_rate_limit_are_refused_with_an_explanation(
    alice, bob, pair, monkeypatch
):
    here, there, key = pair
    monkeypatch.setattr(rate_limits.messages, "rate", Rate(burst=1, per_second=0.001))
    await reacts(here, key, "❤️", bob)
    await reacts(here, key, "😢", bob)
    await here.sees("You’re sending too fast")
    assert (await there.settles()).count(lands(key)) <= 1


async def test_a_block_refuses_reactions_without_a_reason(alice, bob, pair):
    here, there, key = pair
    await blocks(there, alice)
    await there.sees(f'data-blocked="{alice.pk} "')
    await here.settles()
    await reacts(here, key, "❤️", bob)
    await here.sees(f"{as_name('bob')} can’t be reached.")
    assert lands(key) not in await there.settles()


async def test_other_text_is_refused_to_its_sender_alone(alice, bob, pair):
    here, there, key = pair
    await reacts(there, key, "nice", alice)
    await there.sees("A reaction is one emoji.")
    await reacts(there, key, "🦩", alice)
    seen = await here.sees(lands(key))
    assert "bob reacted: 🦩" in in_words(seen)
    assert "nice" not in seen
    assert "A reaction is" not in seen


def reaction_to(key, reaction):
    return messages.react(ALICE, Conversation.of(ALICE, BOB), key, reaction)


@pytest.mark.parametrize(
    "key",
    [f"{CAROL.id}-{ID}", f"0{ALICE.id}-{ID}", f"{ALICE.id}-{ID} ", f"{ALICE.id}", ""],
)
def test_only_messages_of_the_conversation_get_reactions(key):
    with pytest.raises(Refused, match="couldn’t read"):
        reaction_to(key, "❤️")


@pytest.mark.parametrize("author", [ALICE, BOB])
@pytest.mark.parametrize("reaction", [*QUICK_REACTIONS, ""])
def test_both_participants_can_react_to_any_message(author, reaction):
    message = reaction_to(f"{author.id}-{ID}", reaction)
    assert message.key == f"{ALICE.id}-{author.id}-{ID}"
    assert message.reaction == reaction


@pytest.mark.parametrize(
    ("typed", "reaction"),
    [
        ("👍🏽", "👍🏽"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("👩🏻‍❤️‍💋‍👨🏿", "👩🏻‍❤️‍💋‍👨🏿"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("🇩🇪", "🇩🇪"),
        # Without variation selectors, as some keyboards send them
        ("❤", "❤️"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("🏳\u200d🌈", "🏳\ufe0f\u200d🌈"),
    ],
)
def test_any_one_emoji_is_a_reaction(typed, reaction):
    assert reaction_to(f"{ALICE.id}-{ID}", typed).reaction == reaction
    assert len(reaction) <= 12


@pytest.mark.parametrize(
    "text",
    [
        "thumbs-up",
        "<b>",
        " ",
        "1",
        "👍👍",
        "👍 ",
        "🇩",
        "❤\ufe0e",
        "❤\ufe0f\ufe0f",
        "\ufe0f",
        "👨\u200d👨",
        "👍\u200d",
        "👍" * 13,
        "🏴" + "\U000e0067" * 20 + "\U000e007f",
        "\ud83d",
    ],
)
def test_nothing_else_is_a_reaction(text):
    with pytest.raises(Refused, match="A reaction is one emoji"):
        reaction_to(f"{ALICE.id}-{ID}", text)
