"""The chunks in the server never exceed the credit, and each arrives in order and once."""

import hashlib
from collections import deque

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from messaging.domain.files import File
from messaging.files.refusals import Invalid
from messaging.files.registry import MAX_SHARE
from messaging.files.transfer import CHUNK, HEADER, Download, Upload, count_chunks, number_of
from tests.support.file_client import chunks

TOTAL = 20
DATA = b"".join(bytes([number]) * CHUNK for number in range(TOTAL - 1)) + b"the end"
PARTS = chunks(DATA)
FILE = File(len(DATA), "", hashlib.sha256(DATA).hexdigest())


class Transfer(RuleBasedStateMachine):
    """Two pages and the server. What is between them arrives later, but in order, unless it is cut.

    `parts` is what the recipient's page has, and `confirmations` are those it has not sent yet.
    """

    def __init__(self):
        super().__init__()
        self.upload: Upload | None = None
        self.download = Download(FILE)
        self.under_way, self.to_page = deque[bytes](), deque[bytes | str]()
        self.confirmations = deque[int]()
        self.parts: list[bytes] = []

    @precondition(lambda self: self.upload is None and not self.download.is_whole)
    @rule()
    def begin(self):
        self.upload = Upload(FILE)
        self.download.interrupt()
        self.grant(MAX_SHARE)

    @precondition(lambda self: self.upload and self.upload.has_credit)
    @rule()
    def send(self):
        assert self.upload
        self.upload.take(PARTS[self.upload.sent])
        self.under_way.append(PARTS[self.upload.sent - 1])

    @precondition(lambda self: self.upload)
    @rule(number=st.integers(0, TOTAL - 1))
    def send_what_is_not_due(self, number):
        """Send a chunk that exceeds the credit, is repeated or is too early."""
        assert self.upload
        if number != self.upload.sent or not self.upload.has_credit:
            before = self.upload.sent
            with pytest.raises(Invalid):
                self.upload.take(PARTS[number])
            assert self.upload.sent == before
            self.cut()

    @precondition(lambda self: self.under_way)
    @rule()
    def pass_on(self):
        chunk = self.under_way.popleft()
        numbered = self.download.take(chunk)
        assert numbered
        self.to_page.append(numbered)

    @precondition(lambda self: self.to_page)
    @rule()
    def arrive(self):
        frame = self.to_page.popleft()
        if isinstance(frame, str):
            self.parts.clear()
        else:
            self.parts.append(frame[HEADER:])
            self.confirmations.append(number_of(frame))

    @precondition(lambda self: self.confirmations)
    @rule(share=st.integers(1, MAX_SHARE))
    def confirm(self, share):
        self.download.confirm(self.confirmations.popleft())
        self.grant(share)

    @rule(number=st.integers(-1, TOTAL + 1))
    def confirm_what_was_not_read(self, number):
        """The page guesses, even if there is a chunk with this number in the file."""
        before = self.download.have
        if number not in self.download.unconfirmed:
            with pytest.raises(Invalid):
                self.download.confirm(number)
        assert self.download.have == before

    @precondition(lambda self: self.confirmations)
    @rule()
    def confirm_several_at_once(self):
        last = self.confirmations.pop()
        self.confirmations.clear()
        self.download.confirm(last)
        assert self.download.have == len(self.parts)
        self.grant(MAX_SHARE)

    @precondition(lambda self: self.upload and not self.download.is_whole)
    @rule()
    def cut(self):
        """Close the sender's socket, and lose everything that was not forwarded."""
        self.upload = None
        self.download.interrupt()
        self.under_way.clear()

    def grant(self, share):
        if self.upload and self.download.starts():
            self.to_page.append("start")
        if self.upload and self.download.has_started:
            self.upload.grant(self.download.have, self.download.have + share)

    @invariant()
    def the_server_holds_no_more_than_the_credit(self):
        in_server = len(self.under_way) + self.download.passed - self.download.have
        assert in_server <= MAX_SHARE

    @invariant()
    def the_page_has_the_beginning_of_the_file(self):
        assert self.parts == [part[HEADER:] for part in PARTS[: len(self.parts)]]

    @invariant()
    def a_whole_file_stays_whole(self):
        if self.download.is_whole and not self.to_page:
            assert b"".join(self.parts) == DATA


TestTransfer = Transfer.TestCase


def granted(file=FILE):
    upload = Upload(file)
    upload.grant(0, TOTAL)
    return upload


@pytest.mark.parametrize(
    ("wrong", "place"),
    {
        "too short": (PARTS[0][:-1], 0),
        "too long": (PARTS[0] + b"a", 0),
        "empty": (PARTS[0][:4], 0),
        "no number": (b"", 0),
        "another number": (PARTS[1][:4] + PARTS[0][4:], 0),
        "the last one too long": (PARTS[-1] + b"a", TOTAL - 1),
        "the last one empty": (PARTS[-1][:4], TOTAL - 1),
    }.values(),
)
def test_a_chunk_of_a_wrong_size_or_number_is_refused(wrong, place):
    upload = granted()
    for part in PARTS[:place]:
        upload.take(part)
    with pytest.raises(Invalid, match="4422") as refused:
        upload.take(wrong)
    assert refused.value.reason == "This page made a mistake while sending it."
    upload.take(PARTS[place])


def test_a_chunk_after_the_last_one_is_refused():
    upload = granted()
    for part in PARTS:
        upload.take(part)
    with pytest.raises(Invalid):
        upload.take(TOTAL.to_bytes(4, "big") + b"a")


def test_a_file_with_another_digest_is_never_completed():
    upload = granted(FILE._replace(digest="0" * 64))
    for part in PARTS[:-1]:
        upload.take(part)
    with pytest.raises(Invalid) as refused:
        upload.take(PARTS[-1])
    assert refused.value.reason == "The file has changed since it was offered."


def test_a_page_that_cannot_compute_a_digest_is_trusted_with_the_length():
    upload = granted(FILE._replace(digest=""))
    for part in PARTS:
        upload.take(part)
    assert upload.sent == upload.total


@pytest.mark.parametrize(("kind", "is_right"), [("gif", True), ("png", False), ("", True)])
def test_a_picture_must_begin_as_one_of_its_kind(kind, is_right):
    upload = granted(File(10, kind, ""))
    (chunk,) = chunks(b"GIF89a1234")
    if is_right:
        return upload.take(chunk)
    with pytest.raises(Invalid):
        upload.take(chunk)


def test_credit_that_was_given_is_never_taken_back():
    upload = Upload(FILE)
    upload.grant(0, 8)
    upload.grant(1, 2)
    assert upload.until == 8


@pytest.mark.parametrize(
    ("size", "count"), [(1, 1), (CHUNK, 1), (CHUNK + 1, 2), (25_000_000, 382), (100_000_000, 1526)]
)
def test_all_chunks_but_the_last_are_full(size, count):
    assert count_chunks(size) == count


def test_a_lost_chunk_is_noticed():
    download = Download(FILE)
    assert download.starts()
    assert download.take(PARTS[0])
    assert not download.take(PARTS[2])
    assert not download.take(PARTS[0])
