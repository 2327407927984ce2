"""A page of another release than the server's shows and confirms nothing, and is told to reload."""

import shutil

import pytest

from messaging.backends import mailbox, presence
from messaging.consumers.close_codes import OUTDATED
from messaging.rendering import page_version
from messaging.rendering.page_version import PAGE_VERSION
from tests.messaging.backends.mailboxes import is_known
from tests.support.fresh_copy import ROOT

WORDS = "Sotto was updated. Copy what you need and reload."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "version", [{}, {"version": ""}, {"version": "0123456789ab"}, {"version": [PAGE_VERSION]}]
)
async def test_a_page_of_another_version_is_told_to_reload_and_is_not_a_window(
    version, alice, bob, open_window
):
    here, there = await open_window(alice, bob), await open_window(bob, hello=False)
    await there.send(type="hello", of_another="shape", **version)
    for field in ("conversation", "peer"):  # the names in this release and in the previous one
        await there.send(type="message", id="a", text="from an old page", **{field: str(alice.pk)})
    line = await there.communicator.receive_from()
    assert line.startswith('<div hx-swap-oob="beforeend:body">')  # which pages of all releases have
    assert WORDS in line
    assert line.count("hx-swap-oob") == 1
    assert await there.is_closed() == OUTDATED
    await there.leaves()
    assert not presence.is_online(bob.pk)
    assert not await is_known(mailbox, bob.pk)
    await here.says("anybody?", to=bob)
    seen = await here.sees("isn’t connected.")
    assert "from an old page" not in seen


@pytest.fixture
def release(tmp_path, monkeypatch):
    """Return a copy of the files that a test can change, as if for another release."""
    for folder in page_version.SHARED:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setattr(page_version, "ROOT", tmp_path)
    return tmp_path


def test_the_same_files_have_the_same_version(release):
    (release / "templates" / "messaging" / "notes.txt").write_text("of somebody who edits here")
    assert page_version._version() == PAGE_VERSION


@pytest.mark.parametrize(
    "name",
    ["templates/messaging/broadcasts/message_posted.html", "static/js/connection/fragments.js"],
)
def test_what_pages_and_fragments_share_is_in_the_version(name, release):
    file = release / name
    file.write_text(file.read_text().replace("transcript", "log") + " ")
    assert page_version._version() != PAGE_VERSION


def test_a_file_with_another_name_changes_the_version(release):
    (release / "static/js/connection/fragments.js").rename(release / "static/js/twice.js")
    assert page_version._version() != PAGE_VERSION
