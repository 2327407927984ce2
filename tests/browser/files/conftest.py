import pytest


@pytest.fixture
def talk(alice, bob):
    """Alice and Bob, each in conversation with the other."""
    bob.chooses(alice)
    return alice.chooses(bob), bob
