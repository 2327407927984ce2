"""A long conversation costs the page about as much as a short one."""

import pytest

from tests.load.bench.conversation import opened

LENGTHS = 50, 500, 2_000  # messages


@pytest.fixture(scope="module")
def costs(browser, tmp_path_factory):
    """Costs in a short, a longer and a long conversation, in the same page."""
    with opened(browser, tmp_path_factory.mktemp("server")) as conversation:
        return [conversation.measures(length) for length in LENGTHS]


def test_a_message_takes_at_most_two_and_a_half_times_as_long(costs):
    short, *_, long = costs
    assert long.message <= 2.5 * short.message, costs


def test_a_typed_character_takes_at_most_twice_as_long(costs):
    short, *_, long = costs
    assert long.character <= 2 * short.character, costs


def test_a_message_takes_at_most_6_kb_of_memory(costs):
    # The first messages come with the styles and scripts of the menu.
    _, longer, long = costs
    assert long.memory - longer.memory <= 6_000 * (long.messages - longer.messages), costs


@pytest.mark.matrix  # alone: other tests on the same cores make everything slower
def test_the_menu_of_a_message_opens_in_50_ms_on_a_slow_device(costs):
    assert costs[-1].menu <= 50, costs
