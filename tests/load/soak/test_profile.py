"""What browsers leave on the disk of a file that they send or receive."""

import os
import secrets
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import find
from tests.browser.conftest import Somebody
from tests.browser.files.attaching import sends_file

CANARY = f"canary {secrets.token_hex(8)} ".encode()
FILE = (CANARY * 1_050_000)[:25_000_000]
PLACES = ("TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")


@pytest.fixture
def at_home(playwright, server, tmp_path, monkeypatch):
    """A function: `at_home("alice")` is a person whose browser keeps everything in this folder."""
    for place in PLACES:
        monkeypatch.setenv(place, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    contexts = []

    def arrive(name: str) -> Somebody:
        folder = tmp_path / name
        contexts.append(
            playwright.chromium.launch_persistent_context(
                folder, executable_path=find(), args=root, env={**os.environ}
            )
        )
        return Somebody(name, contexts[-1].new_page(), server.url).signs_up()

    yield arrive
    for context in contexts:
        context.close()
    assert with_canary(tmp_path) == []


def with_canary(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and CANARY in file.read_bytes()]


def test_a_file_leaves_nothing_in_the_profiles_of_browsers(at_home, tmp_path):
    alice, bob = at_home("alice"), at_home("bob")
    alice.chooses(bob)
    bob.chooses(alice)
    sends_file(alice, "large.txt", FILE)
    bob.heard("large.txt").get_by_role("button", name="Accept").click()
    expect(alice.heard("large.txt")).to_contain_text("Received by bob", timeout=60_000)
    assert with_canary(tmp_path) == []  # while both pages have it
    (tmp_path / "control").write_bytes(FILE)
    assert with_canary(tmp_path) == [tmp_path / "control"]
    (tmp_path / "control").unlink()
