"""Avatars: the first letter of a name, and a colour that never changes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.rendering.avatars import COLOURS, colour, initial, named

CSS = (Path(__file__).parents[3] / "static/css/chat.css").read_text()


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("alice", "A"),
        ("Zoë", "Z"),
        ("élodie", "É"),
        ("e\N{COMBINING ACUTE ACCENT}lodie", "E\N{COMBINING ACUTE ACCENT}"),
        ("ßeta", "ß"),  # whose capital is two letters
        ("9lives", "9"),
        ("岡本", "岡"),
        ("नमिता", "न"),
        ("ليلى", "ل"),
        ("", "?"),
    ],
)
def test_the_first_letter_represents_a_name(name, letter):
    assert initial(name) == letter


def test_every_spelling_has_the_same_colour_and_names_differ():
    assert colour("Alice") == colour("alice") == colour("ALICE")
    assert {colour(f"person{number}") for number in range(200)} == set(range(COLOURS))


@given(st.text())
def test_every_name_has_a_letter_and_a_colour(name):
    words = named(7, name)
    assert words["initial"]
    assert 0 <= int(words["colour"]) < COLOURS


def test_every_colour_is_in_the_style_sheet():
    assert set(map(int, re.findall(r"\.avatar--(\d+)", CSS))) == set(range(1, COLOURS)), (
        "the first is what all begin with"
    )
