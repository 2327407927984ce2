"""All size limits follow from the longest message, and everything fits into them."""

import json
import re
import runpy
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.consumers import frames
from messaging.delivery import events
from messaging.domain import evidence, sizes
from messaging.domain.clearing import Progress
from messaging.domain.conversations import Conversation, Person
from messaging.domain.emoji import EMOJI
from messaging.domain.events import NOTES_LEFT_OUT, Draft, Event
from messaging.domain.files import File
from messaging.domain.messages import Message
from messaging.noscript.renderer import EVENTS
from messaging.people import blocks, visibility
from messaging.rendering.formatting import MAX_LINES, MAX_MARKERS
from messaging.rendering.htmx import HtmxRenderer
from messaging.rendering.page_version import PAGE_VERSION
from messaging.rendering.text import render_text
from tests.support.fresh_copy import ROOT

# The longest possible names and numbers.
ONE, OTHER = Person(10**18 - 1, "\U0001e900" * 32), Person(10**18 - 2, "\U0001e901" * 32)
BOTH = Conversation.of(ONE, OTHER)
UUID = "00000000-0000-0000-0000-000000000000"
MEBIBYTE = 2**20  # of one frame; Daphne fails above it
OUTCOMES = [
    ("message", "delivered", {"state": "delivered"}),
    ("message", "delivered", {"state": "away"}),
    ("message", "expired", {"state": "waiting"}),
    ("message", "unreachable", {}),
    ("edit", "delivered", {"state": "delivered"}),
    ("edit", "expired", {"state": "waiting"}),
    ("edit", "unreachable", {}),
    ("reaction", "expired", {"state": "waiting"}),
    ("reaction", "unreachable", {}),
]

OTHERS = [
    Event("message_unsent", {"key": f"{ONE.id}-{UUID}"}),
    Event("clearing_went_on", {"clearing_id": "0" * 16}, Progress(50, 50, 50, 50).counts()),
    NOTES_LEFT_OUT,
    *(
        Event(name, {"key": f"{ONE.id}-{UUID}"}, {"is_mine": is_mine})
        for name in ("file_received", "file_declined")
        for is_mine in (True, False)
    ),
    Event("conversation_read", {"message_id": f"message-{ONE.id}-{UUID}"}),
]


def of_length(limit: int) -> dict:
    """Return the limits of a server that allows messages of this length."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MESSAGE_MAX_LENGTH", limit)
        return runpy.run_path(sizes.__file__)


def said(text: str, kind: str = "message") -> Message:
    return Message(UUID, ONE, BOTH, text, datetime.now(UTC), kind)


def weight(text: str) -> int:
    return len(text.encode())


@pytest.mark.parametrize("limit", [1, 100, 4_000, 6_666, 6_667, 20_000])
def test_every_size_limit_holds_its_contents(limit):
    size = of_length(limit)
    text = "\U0001f600" * limit
    longest = json.dumps(
        {
            "type": "message",
            "conversation": str(ONE.id),
            "id": UUID,
            "text": text,
            "HEADERS": {"x": "x" * 2_000},
        }
    )
    hello = json.dumps(
        {
            "type": "hello",
            "pane": [str(ONE.id)] * size["MAX_PANES"],
            "cursor": "x" * 64,
            "window": "x" * 64,
        }
    )
    assert weight(longest) <= size["MAX_FRAME_IN"] < size["MAX_SOCKET_FRAME"]
    assert weight(hello) <= size["AROUND_IN"]
    # It is sent with the heartbeat, the cursor and the notice of a gap.
    assert (
        size["MAX_ENTRY"] + size["AROUND_OUT"]
        <= size["MAX_FRAME_OUT"]
        <= size["MAX_SOCKET_FRAME"]
        < MEBIBYTE
    )


# Texts that grow most in HTML: escaped characters, especially in addresses, and quotations.
PARTS = st.sampled_from(
    [
        "http://a.b/",
        "www.b.c/",
        "a@b.org",
        "?a=",
        "&",
        "&amp",
        "&#0;",
        "'",
        '"',
        "<",
        "> ",
        "\n",
        " ",
        "#",
        "%",
        "(",
        ".",
        ";",
        "[",
        "`",
        "*a*",
        "_",
        "```\n",
        "\U0001f600",
        "\u3042",
        "\u00e9",
        "x",
    ]
)
TEXTS = st.lists(
    st.tuples(PARTS, st.integers(1, 60)).map(lambda part: part[0] * part[1]), max_size=30
).map("".join)


# In a quotation and after it: the tags of markers, and a code block of four lines.
FORMATTING = 2 * (MAX_MARKERS * 23 + MAX_LINES // 4 * 12)


@given(TEXTS)
@example("http://a.b/" + "\U0001f600" * 2_000)
@example(f"http://a.b/{chr(39) * 500}x " * 20)
@example("> \n" * 1_000)
@example("*a*" * 60)
@example("`a`" * 60)
@example("> ```\n> a\n> ```\n> \n" * 60 + "```\na\n```\n" * 60)
@example(f"{'a@' + 'b.' * 100}org " * 20)
@example("www.a " * 100)
def test_no_text_grows_by_more_than_the_limit_when_rendered(text):
    links = 20 * len('<a href="http://" target="_blank" rel="noopener noreferrer nofollow"></a>')
    quote = len('<span class="quote" role="blockquote"></span>')
    around = links + quote + FORMATTING
    assert weight(render_text(text)) <= sizes.ESCAPED_OUT * len(text) + around


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_the_markup_of_every_mailbox_entry_fits_its_limit_in_every_language(language):
    links, renderer = "www.a " * 20, HtmxRenderer()
    with translation.override(language):
        around = weight(renderer.pane_opened(ONE, is_online=True, is_blocked=False))
        drafts = [
            draft for kind in ("message", "edit") for draft in events.copies(said(links, kind))
        ]
        file = File(100_000_000, "webp", "0" * 64)
        drafts += events.copies(said("'" * 116 + ".exe")._replace(file=file))
        drafts += events.copies(said(max(EMOJI, key=weight), "reaction"))
        drafts += [
            events._note(said("x", kind), outcome, shape) for kind, outcome, shape in OUTCOMES
        ]
        for is_counted in (True, False):
            drafts += events._clearings(ONE, BOTH, "0" * 16, is_counted=is_counted)
        drafts += [Draft(ONE.id, BOTH, event, ONE.id) for event in OTHERS]
        assert {draft.event.name for draft in drafts} == EVENTS.keys(), (
            "another event needs a line here"
        )
        largest = max(weight(renderer.mail(draft, language)) for draft in drafts)
        assert around + largest + FORMATTING <= sizes.AROUND_OUT
        # The rest of an entry.
        rest = renderer.heartbeat() + renderer.cursor_moved("x" * 64, language)
        peers = [Person(10**18 - 1 - number, "") for number in range(sizes.MAX_PANES)]
        ids = [peer.id for peer in peers]
        gaps = [renderer.gap(ids, is_restart=each, seconds=50) for each in (True, False)]
        assert weight(rest + max(gaps, key=len)) <= sizes.AROUND_OUT
        overview = renderer.overview(
            *visibility.current_presence(peers, blocks.NO_BLOCKS), is_hidden=True, hides_typing=True
        )
        assert weight(overview) <= sizes.MAX_FRAME_OUT


def test_the_longest_frames_of_a_page_are_accepted():
    people = [str(10**18 - 1 - number) for number in range(sizes.MAX_PANES)]
    hello = frames.parse(
        json.dumps(
            {
                "type": "hello",
                "version": PAGE_VERSION,
                "window": "x" * 64,
                "cursor": "x" * 64,
                "pane": people,
            }
        )
    )
    assert isinstance(hello, frames.Hello)
    assert len(hello.panes) == sizes.MAX_PANES
    text = "\U0001f600" * settings.MESSAGE_MAX_LENGTH
    said = frames.parse(
        json.dumps({"type": "message", "conversation": people[0], "id": UUID, "text": text})
    )
    assert isinstance(said, frames.Posted)
    assert said.text == text


def test_the_largest_report_fits_into_a_request_body():
    each = sizes.MAX_REPORTED // evidence.MAX_MESSAGES
    message = {
        "sender": str(ONE.id),
        "id": UUID,
        "text": "\U0001f600" * each,
        "posted_at": "x" * 25,
        "seal": "x" * 64,
        "file": File(100_000_000, "webp", "0" * 64)._asdict(),
    }
    texts = [json.dumps(message, ensure_ascii=False)] * evidence.MAX_MESSAGES
    form = {
        "peer": str(ONE.id),
        "reason": "harassment",
        "note": "\U0001f600" * evidence.LONGEST_NOTE,
        "message": texts,
    }
    body = urlencode(form, doseq=True)
    assert sizes.MAX_BODY * 0.9 < weight(body) <= sizes.MAX_BODY


def test_the_documents_and_proxies_have_the_same_limits():
    operations = (ROOT / "docs/operations.md").read_text()
    default = of_length(4_000)
    assert re.findall(r"--ws-max-size (\d+)", operations) == [str(default["MAX_SOCKET_FRAME"])]
    for name in ("MAX_FRAME_IN", "MAX_SOCKET_FRAME", "MAX_FRAME_OUT", "MAX_BODY"):
        assert f"| {default[name]:,} |" in operations
    nginx, caddy = (ROOT / "deploy/nginx.conf").read_text(), (ROOT / "deploy/Caddyfile").read_text()
    assert re.findall(r"client_\w+_size (\d+);", nginx) == [str(sizes.MAX_BODY)] * 2
    assert re.findall(r"max_size (\d+)MB", caddy) == [str(sizes.MAX_BODY // 1_000_000)]
