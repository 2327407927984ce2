"""Any frame gets an answer, keeps the socket open, and does not affect others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.consumers import frames
from messaging.domain.messages import Refused
from messaging.domain.plain_text import clean
from messaging.rendering.page_version import PAGE_VERSION

HELLO = f'"type": "hello", "version": "{PAGE_VERSION}"'
NONSENSE = [
    "{",
    "null",
    "[]",
    "7",
    '"message"',
    "NaN",
    '{"type": NaN}',
    '{"type": "message"}',
    '{"type": "message", "conversation": "2", "id": 7, "text": "hello"}',
    '{"type": "message", "peer": "2", "id": "a", "text": "from a page of the release before"}',
    '{"type": "message", "conversation": true, "id": "a", "text": "hello"}',
    '{"type": "message", "conversation": "-1", "id": "a", "text": "hello"}',
    '{"type": "message", "conversation": "2", "id": "a", "text": ["hello"]}',
    '{"type": "message", "conversation": "2", "id": "a", "text": {"a": 1}}',
    '{"type": "message", "conversation": "2", "conversation": "3", "id": "a", "text": "hello"}',
    '{"type": "message", "conversation": "99999999999999999999", "id": "a", "text": "hello"}',
    '{"type": "message", "conversation": "2", "id": "a", "text": "a.txt", "file": "a.txt"}',
    '{"type": "decline", "conversation": "2", "message": "1-a"}',
    '{"type": "received", "conversation": "2", "message": "1-a", "proof": ""}',
    '{"type": "typing", "conversation": 1e400}',
    '{"type": "typing", "conversation": ' + "9" * 5000 + "}",
    '{"type": "disconnect"}',
    '{"type": "websocket.disconnect"}',
    '{"type": "_obey"}',
    '{"type": ["message"]}',
    "{" + HELLO + ', "window": "x", "cursor": "", "pane": [[1]]}',
    "{" + HELLO + ', "window": "<script>", "cursor": ""}',
    '{"type": "shown", "cursor": "' + "x" * 65 + '"}',
    '{"type": "read", "conversation": "2", "message": "<b>"}',
    "[" * 50_000,
    '{"a":' * 20_000,
    "x" * 200_000,
    "",
    "\x00",
]


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: text[:40])
def test_invalid_frames_are_refused(text):
    with pytest.raises(Refused):
        frames.parse(text)


@given(st.text())
def test_random_text_is_refused(text):
    with pytest.raises(Refused):
        frames.parse(text)


values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists)
types = (
    st.sampled_from(
        [
            "hello",
            "opened",
            "message",
            "decline",
            "received",
            "typing",
            "shown",
            "read",
            "",
            "other",
        ]
    )
    | values
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["window", "cursor", "pane", "conversation", "id", "text", "message", "proof", "file"]
        ),
        values,
    ),
    types,
)
def test_any_fields_give_a_frame_or_are_refused(fields, type_):
    try:
        frame = frames.parse(json.dumps({**fields, "type": type_, "version": PAGE_VERSION}))
    except Refused:
        return
    assert isinstance(frame, frames.Frame)


@pytest.mark.django_db(transaction=True)
async def test_the_socket_stays_open_and_other_windows_see_nothing(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    for text in NONSENSE:
        await here.communicator.send_input({"type": "websocket.receive", "text": text})
    await here.communicator.send_to(bytes_data=b"\x00\xff")
    await here.sees('innerHTML:#notices"', times=len(NONSENSE) + 1)
    assert "notices" not in await there.settles()
    await here.says("still here", to=bob)
    await there.sees("still here")


@pytest.mark.django_db(transaction=True)
async def test_a_window_that_has_not_said_hello_is_told_so(alice, bob, open_window):
    here = await open_window(alice, hello=False)
    await here.says("hello", to=bob)
    await here.sees("isn’t connected yet")


@pytest.mark.django_db(transaction=True)
async def test_an_unpaired_surrogate_does_no_harm(alice, bob, open_window):
    here, there = await open_window(alice, bob), await open_window(bob, alice)
    frame = (
        '{"type": "message", "conversation": "%s", "id": "00000000-0000-4000-8000-000000000000", '
        '"text": "a\\ud800b"}'
    )
    await here.communicator.send_to(text_data=frame % bob.pk)
    await there.sees(">ab</p>")


@given(st.text(st.characters()))
def test_any_cleaned_text_can_be_sent(text):
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


def test_line_breaks_and_tabs_are_kept_and_carriage_returns_become_line_breaks():
    assert clean("a\r\nb\rc\n\td\x1b[31m") == "a\nb\nc\n\td[31m"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("    if it:\n        return\n", "    if it:\n        return"),
        ("\tindented", "\tindented"),
        ("\n \n\t\n  first\n\nlast \t\n \n", "  first\n\nlast"),
        ("a\vb\fc\x1cd\x1de\x1ef\x85g\u2028h\u2029i", "a\nb\nc\nd\ne\nf\ng\nh\ni"),
        ("name\x1fvalue", "name value"),
        ("a\bb\x7fc\x9bd", "abcd"),
    ],
    ids=["code", "a tab", "blank lines", "separators", "a separator of units", "controls"],
)
def test_inner_line_breaks_stay_and_surrounding_white_space_is_removed(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " \n\t\u00a0\u3000",
            "\u200b",
            "\u200d\u200c",
            "\ufeff",
            "\u00ad",
            "\u2060\u2063",
            "\u202e\u2067\u200f",
        ),
        *(
            "\u3164\u115f\u1160\uffa0",
            "\u2800\u2800",
            "\ufe0f",
            "\U000e0100",
            "\U000e0041",
            "\u034f",
            "\u180e",
            "\x08",
        ),
        *("\u17b4", "\ufff9\ufffb", "\ud800"),
    ],
    ids=ascii,
)
def test_invisible_characters_count_as_empty(text):
    assert clean(text) == ""
    assert "x" in clean(f"{text}x{text}")


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f467",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0928\u092e\u0938\u094d\u0924\u0947",
        "\u200f\u0645\u0631",
        "e\u0301",
        "\u0600\u06dd",
        "\U0001fae8\U000f0000",
    ],
    ids=[
        "family",
        "hebrew",
        "hindi",
        "arabic with a mark",
        "combining accent",
        "signs of format that show",
        "unknown",
    ],
)
def test_every_script_passes_unchanged(text):
    assert clean(text) == text
