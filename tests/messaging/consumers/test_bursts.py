"""Many people talk at once: each message arrives once and in order."""

import asyncio

import pytest

PAIRS = 20
BURST = 50


@pytest.fixture
def people(transactional_db, django_user_model):
    return [django_user_model.objects.create_user(f"person{number}") for number in range(2 * PAIRS)]


def burst(user):
    return [f"{user.username} says {number}." for number in range(BURST)]


async def says_all(window, peer):
    for text in burst(window.user):
        await window.says(text, to=peer)


async def hears_all(window, peer):
    """Read until all messages of the other person and all confirmations have arrived."""
    await window.sees(burst(peer)[-1])
    await window.sees("state--delivered", times=BURST)
    await window.settles()


def heard(window, user):
    return [text for text in window.texts() if text.startswith(f"{user.username} ")]


async def test_two_thousand_messages_at_once_arrive_once_and_in_order(people, open_window):
    peers = {user: people[place ^ 1] for place, user in enumerate(people)}
    windows = [await open_window(user, peer) for user, peer in peers.items()]
    await asyncio.gather(*[says_all(window, peers[window.user]) for window in windows])
    await asyncio.gather(*[hears_all(window, peers[window.user]) for window in windows])
    for window in windows:
        assert heard(window, peers[window.user]) == burst(peers[window.user])
        assert heard(window, window.user) == burst(window.user)
        assert len(window.texts()) == 2 * BURST
    for one, other in zip(windows[::2], windows[1::2], strict=True):
        assert one.texts() == other.texts()
