"""`prove_ephemeral` finds nothing in the product, and all leaks of a server that keeps messages."""

import base64
import html
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from django.core.management import CommandError, call_command

from messaging.backends.redis import persistence
from messaging.ops.checks import machine
from messaging.ops.proof import chat_scenarios, disk, redis_memory, report, search
from messaging.ops.proof.canary import Canary
from messaging.ops.proof.temporary_users import TemporaryUser
from messaging.push import vapid
from tests.support.fresh_copy import ROOT
from tests.support.servers import Server, free_port
from tests.support.stores import Redis

pytestmark = pytest.mark.memory("starts its own servers, and chooses their stores")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process writes")
MESSAGES = "40"
SYSTEM_FOLDERS = ("/var/tmp", "/tmp")  # noqa: S108 - to be leaked to


def environment(folder: Path, *, leaks: str = "", url: str = "") -> dict[str, str]:
    return {
        **os.environ,
        "SECRET_KEY": "for-tests-only",
        # As in production. The test server itself uses http.
        "SITE_URL": "https://chat.example.org",
        "PUSH_KEY": vapid.new_key(),
        "DATABASE_URL": url or f"sqlite:///{folder / 'accounts.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings.leaky" if leaks else "config.settings",
        "LEAKS": leaks,
        "LEAK_FOLDER": str(folder),
        "HOME": str(folder),
    }


def prove(folder: Path, **options: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a new database in the folder."""
    Server(folder).migrate()
    command = [sys.executable, "manage.py", "prove_ephemeral", "--messages", MESSAGES]
    variables = environment(folder, **options)
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )


def processes_of(folder: Path) -> list[int]:
    """Return the processes whose environment contains the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def count(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "accounts.sqlite3")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own words


def line(proof, beginning: str) -> str:
    """Return the table's line about this place."""
    [found] = [line for line in proof.stdout.splitlines() if line.startswith(beginning)]
    return found


@pytest.fixture(scope="module")
def disk_folder():
    """Return a folder on a disk. pytest's may be in memory, because config.asgi sets tempdir."""
    on_disk = [place for place in SYSTEM_FOLDERS if machine.is_in_memory(str(place)) is False]
    if sys.platform == "linux" and not on_disk:
        pytest.skip("this machine has no disk to leak to")
    with tempfile.TemporaryDirectory(prefix="sotto-test-", dir=next(iter(on_disk), None)) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("clean")


@pytest.fixture(scope="module")
def clean_proof(clean_folder):
    return prove(clean_folder)


@pytest.fixture(scope="module")
def leaky_proof(disk_folder):
    folder = disk_folder / "leaky"
    folder.mkdir()
    return prove(folder, leaks="log name file row")


@pytest.fixture(scope="module")
def hidden_proof(disk_folder):
    """Leak without leaving files or rows: a deleted row, an unlinked file, a large body on disk."""
    folder = disk_folder / "hidden"
    folder.mkdir()
    return prove(folder, leaks="unlinked deleted body part")


def test_the_product_stores_nothing(clean_proof):
    assert clean_proof.returncode == 0, clean_proof.stdout + clean_proof.stderr
    assert "Found nothing." in clean_proof.stdout
    assert f"{MESSAGES} messages" in line(clean_proof, "Conversation")
    assert line(clean_proof, "File").endswith("received, the same as sent")
    assert line(clean_proof, "Faults").endswith("all caused, all handled")


@LINUX
def test_every_place_is_searched_on_linux(clean_proof):
    assert report.NOT_CHECKED not in clean_proof.stdout


def test_it_says_what_it_cannot_see(clean_proof):
    _, _, unseen = clean_proof.stdout.partition("What this cannot check:")
    assert {line.split(":")[0] for line in unseen.splitlines() if line.startswith("- ")} >= {
        "- Memory",
        "- Swap",
        "- Core dumps",
        "- Other screens",
    }


def test_its_temporary_users_are_deleted_afterwards(clean_proof, clean_folder):
    assert clean_proof.stdout
    assert count(clean_folder, "accounts_user") == count(clean_folder, "accounts_session") == 0


@LINUX
@pytest.mark.parametrize(
    "seconds", [0.1, *(pytest.param(moment, marks=pytest.mark.matrix) for moment in (0.0, 1.0))]
)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_nothing_remains_if_it_is_interrupted(clean_proof, clean_folder, how, seconds):
    assert clean_proof.returncode == 0
    command = [sys.executable, "manage.py", "prove_ephemeral"]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(clean_folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not count(clean_folder, "accounts_session") and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(seconds)  # before, during and after the start of its server
    assert count(clean_folder, "accounts_user")
    running.send_signal(how)
    assert running.wait(30)
    assert count(clean_folder, "accounts_user") == count(clean_folder, "accounts_session") == 0
    assert not processes_of(clean_folder)


@LINUX
def test_a_server_left_running_would_be_noticed(tmp_path):
    with subprocess.Popen(["sleep", "60"], env=environment(tmp_path)) as left_behind:
        deadline = time.monotonic() + 30
        while not processes_of(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.01)  # a new process briefly has no environment
        assert processes_of(tmp_path) == [left_behind.pid]
        left_behind.kill()


@LINUX
def test_a_large_form_is_found_in_the_memory_of_the_server(clean_proof):
    assert "1 file with it" in line(clean_proof, "Open files while")


def test_a_leak_fails_the_proof(leaky_proof):
    assert leaky_proof.returncode == 1
    assert "Not proven." in leaky_proof.stderr
    assert "Found nothing." not in leaky_proof.stdout


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("Database, by SQL", "UTF-8 in table leak"),
        ("Database, byte for byte", "UTF-8 in"),
        ("Log of the server", "UTF-8 in: DEBUG leak"),
        ("Names in the log", "a name in: DEBUG leak"),
        ("New and changed files", "transcript"),
        pytest.param(f"Written to disk during {MESSAGES}", " kB", marks=LINUX),
    ],
)
def test_each_place_reports_what_was_found_there(leaky_proof, place, found):
    assert found in line(leaky_proof, place)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("Database, byte for byte", "UTF-8 in"),
        pytest.param(f"Written to disk during {MESSAGES}", "kB", marks=LINUX),
        # Twice the size of its chunks, because non-ASCII bytes take two bytes in UTF-8.
        pytest.param("Written to disk during a file", "MB", marks=LINUX),
        pytest.param("Open files while", "percent-encoded in", marks=LINUX),
    ],
)
def test_hidden_copies_are_found_too(hidden_proof, place, found):
    assert found in line(hidden_proof, place)


def test_a_deleted_row_is_not_reported(hidden_proof):
    assert line(hidden_proof, "Database, by SQL").endswith("nothing")


def test_the_text_itself_is_never_printed(leaky_proof, disk_folder):
    plain = (disk_folder / "leaky" / "transcript").read_text().split()[0]
    assert len(plain) == 20
    assert plain not in leaky_proof.stdout + leaky_proof.stderr


def test_an_in_memory_database_cannot_be_proven(tmp_path):
    refused = prove(tmp_path, url="sqlite://:memory:")
    assert refused.returncode == 1
    assert "in the memory of one process" in refused.stderr


@pytest.mark.parametrize("count", ["0", "-1", "x", "10001", "1.5"])
def test_an_invalid_count_is_refused(count):
    with pytest.raises(CommandError, match="a whole number from 1 to 10000"):
        call_command("prove_ephemeral", f"--messages={count}")


# The canary


WRITTEN = {
    "UTF-8": lambda text: text.encode(),
    "UTF-16, little-endian": lambda text: text.encode("utf-16-le"),
    "UTF-16, big-endian": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32-le"),
    "JSON": lambda text: json.dumps(text).encode(),
    "percent-encoded": lambda text: quote_plus(text).encode(),
    "percent-encoded, small": lambda text: quote(text).lower().encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML, numbers": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "hexadecimal, capitals": lambda text: text.encode().hex().upper().encode(),
    "Python's repr": lambda text: repr(text.encode()).encode(),
    "Python's repr of text": lambda text: ascii(text).encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, second alignment": lambda text: base64.b64encode(b"." + text.encode() + b"."),
    "base64, third alignment": lambda text: base64.b64encode(b".." + text.encode() + b".."),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
}


@pytest.mark.parametrize("word", ["plain", "foreign"])
@pytest.mark.parametrize("name", WRITTEN)
def test_the_canary_is_found_in_every_encoding(name, word):
    for _ in range(20):
        canary = Canary()
        assert canary.forms_in(b"before " + WRITTEN[name](f"x{getattr(canary, word)}y") + b" after")


def test_two_canaries_are_not_confused():
    one, other = Canary(), Canary()
    assert not one.forms_in(b"".join(write(other.text) for write in WRITTEN.values()))


def test_a_canary_across_two_chunks_of_a_file_is_found(tmp_path, monkeypatch):
    canary, file = Canary(), tmp_path / "file"
    file.write_bytes(b"." * 95 + canary.plain.encode() + b"." * 95)
    monkeypatch.setattr(search, "CHUNK", 100)
    assert search.forms_in_file(file, canary) == {"UTF-8"}


# Where it is searched


def test_an_unchanged_old_file_is_not_reported(tmp_path):
    canary = Canary()
    (tmp_path / "old").write_text(canary.text)
    assert not disk.changed_files([tmp_path], time.time() + 1, canary).found


def test_a_modification_time_set_back_hides_nothing(tmp_path):
    canary, since = Canary(), time.time() - 2
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "new").write_text(canary.text)
    os.utime(tmp_path / "folder" / "new", (0, 0))
    assert disk.changed_files([tmp_path, tmp_path / "folder"], since, canary).found == [
        f"UTF-8 in {tmp_path / 'folder' / 'new'}"
    ]


def test_an_unreadable_place_is_not_reported_as_clean(tmp_path):
    unseen = [disk.written_bytes(None, "a file"), disk.open_files(tmp_path / "no-proc", Canary())]
    assert [line.verdict for line in unseen] == [report.NOT_CHECKED] * 2


def test_the_debug_log_can_contain_names_in_sql_and_nothing_else():
    alice = TemporaryUser(1, "proof-alice", "key")
    assert not search.names_in_log(b"DEBUG django.db.backends: SELECT 'proof-alice'", [alice]).found
    assert search.names_in_log(b"INFO access: GET /people/proof-alice/", [alice]).found


def test_undelivered_messages_prove_nothing():
    from messaging.ops.proof.audit import _answers, _delivery

    assert _delivery(chat_scenarios.ChatResult(shown=9, delivered=10, written=0), 10).found
    assert _delivery(chat_scenarios.ChatResult(shown=10, delivered=9, written=0), 10).found
    assert not _delivery(chat_scenarios.ChatResult(shown=10, delivered=10, written=0), 10).found
    assert _answers({"one": True, "other": False}).found == ["not handled: other"]


# Redis


def test_the_product_stores_nothing_readable_in_a_redis_that_keeps_everything(
    tmp_path, monkeypatch
):
    store = Redis(keeps=True).start()
    monkeypatch.setenv("REDIS_URL", store.url)
    monkeypatch.setenv("MAILBOX_KEY", "for tests only, but as long as a key is")
    proof = prove(tmp_path)
    store.close()
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert line(proof, "File").endswith("received, the same as sent")
    for where, none in {"Redis, key by key": " 0 keys", "Redis, its files": " 0 files"}.items():
        looked_at = line(proof, where)
        assert looked_at.endswith("nothing")
        assert none not in looked_at, "nothing was there to look at"


def test_a_site_without_files_is_proven_without_one(tmp_path, monkeypatch):
    monkeypatch.setenv("FILES", "off")
    proof = prove(tmp_path)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "File " not in proof.stdout


@pytest.mark.parametrize(
    "leak",
    [
        "SET leak {}",
        "RPUSH leak {}",
        "SADD leak {}",
        "HSET leak field {}",
        "ZADD leak 1 {}",
        "SET {} leak",
    ],
)
def test_text_in_redis_is_found_in_every_type_of_key(settings, redis_url, leak):
    canary = Canary()
    settings.REDIS_URL = redis_url
    with closing(persistence.connect(redis_url)) as redis:
        redis.execute_command(*leak.format(canary.plain).split())
        assert "UTF-8 in a key" in redis_memory.results(canary)[0].verdict
        redis.delete("leak", canary.plain)


def test_text_in_a_redis_file_is_found(settings):
    canary, store = Canary(), Redis(keeps=True).start()
    settings.REDIS_URL = store.url
    with closing(persistence.connect(store.url)) as redis:
        redis.set("leak", canary.plain)
        redis.delete("leak")
        deadline = time.monotonic() + 10
        while not (found := redis_memory.results(canary)[1].found) and time.monotonic() < deadline:
            time.sleep(0.1)
    store.close()
    assert "UTF-8 in" in found[0]


def test_an_unavailable_redis_is_not_reported_as_clean(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert [line.verdict for line in redis_memory.results(Canary())] == [report.NOT_CHECKED] * 2
