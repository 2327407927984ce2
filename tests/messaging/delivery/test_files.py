"""A file is offered as a message: it is shown, resent, unsent and reported like one."""

import json
import re
import uuid

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Report
from accounts.templatetags.names import as_name
from messaging import rate_limits
from messaging.domain.rate_limit import Rate
from tests.messaging.choices import blocks
from tests.messaging.views.test_reports import report

pytestmark = pytest.mark.django_db(transaction=True)
DIGEST = "ab" * 32


@pytest.fixture
async def windows(alice, bob, open_window):
    """Return a window of each, with a pane for the other."""
    return await open_window(alice, bob), await open_window(bob, alice)


async def test_an_offer_is_shown_in_every_window_of_both(alice, bob, carol, windows, open_window):
    here, _ = windows
    more = [await open_window(alice, bob), await open_window(bob, alice)]
    elsewhere = await open_window(carol, alice, bob)
    id = await here.offers("holiday.jpg", to=bob)
    for window in (*windows, *more):
        seen = await window.sees(f'id="file-{alice.pk}-{id}"')
        assert 'data-size="2400000" data-kind="jpeg" data-digest="' + DIGEST in seen
        assert "Picture, 2.4 MB" in seen
        assert 'holiday<b class="file__extension" dir="ltr">.jpg</b></p>' in seen
    assert "holiday" not in await elsewhere.settles()


async def test_the_recipient_can_accept_or_decline_and_the_sender_cannot(alice, bob, windows):
    here, there = windows
    await here.offers("holiday.jpg", to=bob)
    seen = await there.sees('data-file="accept"')
    assert 'data-file="decline"' in seen
    await here.sees("state--delivered")
    assert "data-file=" not in here.seen


async def test_only_the_recipient_is_warned_of_a_program(alice, bob, windows):
    here, there = windows
    await here.offers("holiday.jpg.exe", to=bob, kind="")
    seen = await there.sees("file__warning")
    assert f"Open it only if you trust {as_name('alice')} and expected it." in seen
    assert "File, 2.4 MB" in seen
    await here.offers("holiday.jpg", to=bob)
    await there.sees("Picture, 2.4 MB")
    assert there.seen.count("file__warning") == 1
    assert "file__warning" not in await here.settles()


async def test_a_name_is_cleaned_and_is_neither_formatted_nor_a_link(alice, bob, windows):
    here, there = windows
    await here.offers("../*www.example.org*\u202e", to=bob)
    seen = await there.sees("message__text")
    assert '>..*www.example<b class="file__extension" dir="ltr">.org*</b></p>' in seen
    assert "<a " not in seen.partition("message__text")[2]


async def test_the_size_is_in_words_of_the_windows_language(alice, bob, windows, open_window):
    german = await open_window(bob, alice, language="de")
    await windows[0].offers("holiday.jpg", to=bob, size=2_440_000)
    await german.sees("2,4 MB")
    await windows[1].sees("2.4 MB")


async def test_an_offer_that_is_sent_again_is_shown_once(alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    await there.sees("holiday")
    await here.offers("holiday.jpg", to=bob, id=id)
    await here.sees(f'id="message-{alice.pk}-{id}"', times=2)
    assert (await there.settles()).count(f'id="message-{alice.pk}-{id}"') == 1


@pytest.mark.parametrize("file", [{"size": 1}, {"kind": ""}, {"digest": ""}], ids=str)
async def test_another_file_with_the_same_id_is_refused(file, alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    await here.offers("holiday.jpg", to=bob, id=id, **file)
    await here.sees("Another message with this ID was already sent")
    assert (await there.settles()).count('class="file"') == 1


async def test_a_text_and_a_file_of_the_same_name_and_id_are_not_taken_for_each_other(
    alice, bob, windows
):
    here, _ = windows
    id = await here.says("holiday.jpg", to=bob)
    await here.offers("holiday.jpg", to=bob, id=id)
    await here.sees("Another message with this ID was already sent")


async def test_an_offer_can_be_unsent(alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    await there.sees("holiday")
    await here.sees("state--delivered")
    proof = here.proofs[f"{alice.pk}-{id}"]
    assert proof.startswith("file.")
    await here.send(type="unsend", conversation=str(bob.pk), id=id, proof=proof)
    await there.sees(f'hx-swap-oob="delete:#message-{alice.pk}-{id},#elsewhere"')


async def test_an_offer_can_be_reacted_to(alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    key = f"{alice.pk}-{id}"
    await there.sees("data-proof")
    fields = {"message": key, "reaction": "❤️", "proof": there.proofs[key]}
    await there.send(type="react", conversation=str(alice.pk), **fields)
    await here.sees(f'hx-swap-oob="beforeend:#message-{key},#elsewhere"')


async def test_an_offer_cannot_be_edited(alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    await there.sees("holiday")
    await here.sees("state--delivered")
    proof = here.proofs[f"{alice.pk}-{id}"]
    for each in (proof, proof.removeprefix("file.")):
        await here.send(type="edit", conversation=str(bob.pk), id=id, text="other", proof=each)
    await here.sees("Not changed. A file can’t be edited.")
    await here.sees("Not changed. This message is too old")
    assert "other" not in await there.settles()


async def test_a_reported_offer_is_verified_and_kept_with_what_it_says(alice, bob, windows):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob)
    await there.sees("data-seal")
    [(posted_at, seal)] = re.findall(r'datetime="([^"]*)"\s+data-seal="([^"]*)"', there.seen)
    file = {"size": 2_400_000, "kind": "jpeg", "digest": DIGEST}
    said = {"sender": str(alice.pk), "id": id, "posted_at": posted_at, "seal": seal}
    shown = json.dumps({**said, "text": "holiday.jpg", "file": file})
    await sync_to_async(report)(there.client, alice, message=[shown])
    row = await Report.objects.aget()
    assert (row.messages, row.verified) == (1, 1)
    content = row.content()
    assert content
    [kept] = content["messages"]
    assert (kept["text"], kept["file"]) == ("holiday.jpg", file)


async def test_an_offer_waits_for_a_recipient_without_a_window(alice, bob, open_window):
    here = await open_window(alice, bob)
    await here.offers("holiday.jpg", to=bob)
    assert "isn’t connected." in await here.sees("state--waiting")


async def test_under_a_block_an_offer_is_refused_without_a_reason(alice, bob, windows):
    here, there = windows
    await blocks(there, alice)
    await there.sees(f'data-blocked="{alice.pk} "')
    await here.settles()
    await here.offers("holiday.jpg", to=bob)
    await here.sees("can’t be reached.")
    assert "holiday" not in await there.settles()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"size": 0}, "This file is empty."),
        ({"size": 25_000_001}, "This file is too large. The limit is 25 megabytes."),
    ],
    ids=["empty", "large"],
)
async def test_a_file_that_cannot_be_sent_is_refused_with_a_reason(
    file, words, alice, bob, windows
):
    here, there = windows
    id = await here.offers("holiday.jpg", to=bob, **file)
    seen = await here.sees(f"#outcome-{id}")
    assert words in seen
    assert "state--refused" in seen
    assert "holiday" not in await there.settles()


async def test_a_site_for_pictures_refuses_other_files(alice, bob, windows, settings):
    settings.FILES = "pictures"
    here, there = windows
    await here.offers("letter.pdf", to=bob, kind="")
    await here.sees("This site accepts only pictures: JPEG, PNG, WebP and GIF.")
    await here.offers("holiday.jpg", to=bob)
    seen = await there.sees("holiday")
    assert "letter" not in seen


async def test_a_site_without_files_refuses_them_with_a_reason(alice, bob, windows, settings):
    settings.FILES = "off"
    here, there = windows
    await here.offers("holiday.jpg", to=bob)
    await here.sees("This site doesn’t accept files.")
    assert "holiday" not in await there.settles()


@pytest.mark.parametrize("file", [None, {}, {"size": 1}, {"size": "1", "kind": "", "digest": ""}])
async def test_a_description_that_cannot_be_read_is_refused(file, alice, bob, windows):
    here, there = windows
    fields = {"id": str(uuid.uuid4()), "text": "holiday.jpg", "file": file}
    await here.send(type="message", conversation=str(bob.pk), **fields)
    await here.sees("The server couldn’t read this request.")
    assert "holiday" not in await there.settles()


async def test_offers_beyond_their_limit_are_refused_and_texts_are_not(
    alice, bob, windows, monkeypatch
):
    monkeypatch.setattr(rate_limits.offers, "rate", Rate(burst=2, per_second=0.001))
    here, there = windows
    for number in range(3):
        await here.offers(f"{number}.jpg", to=bob)
    await here.sees("You’re sending too fast.")
    await here.says("a text", to=bob)
    assert (await there.sees("a text")).count('class="file"') == 2
