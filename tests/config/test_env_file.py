"""All readers of an env file read the same values, or it is refused with line and name."""

import re

import pytest

from tests.config.test_environment import NASTY
from tests.support.fresh_copy import make_copy, manage
from tests.support.settings_reader import attempt

KEY = "SECRET_KEY=for-tests-only\n"


@pytest.mark.parametrize("written", ["{}", "'{}'", '"{}"'])
def test_a_line_is_read_as_it_is_or_refused_without_being_shown(reader, written):
    for value in NASTY:
        line = written.format(value)
        if "\n" in line:  # two lines
            continue
        data = f"DEBUG=on\nSECRET_KEY={line}".encode("utf-8", "surrogateescape")
        said, refusal = attempt(reader.settings_of_file, data)
        assert "hush" not in refusal
        if refusal:
            assert re.search(r"\bline 2 of /.*/\.env", refusal, re.IGNORECASE)
            assert "SECRET_KEY" in refusal
        else:
            quotes = re.fullmatch(r"""(['"])(.*)\1""", line)  # which are not part of the value
            assert said["SECRET_KEY"] == (quotes[2] if quotes else line).strip()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("SITE_NAME=Our chat", "Our chat"),
        ("SITE_NAME=Our chat  ", "Our chat"),
        ("SITE_NAME=Our chat\r\n", "Our chat"),
        ("export SITE_NAME='Our chat'", "Our chat"),
        ('SITE_NAME="Our chat"', "Our chat"),
        ("SITE_NAME='Our #1 \\chat'", "Our #1 \\chat"),
        ('SITE_NAME="Our #1 $chat"', "Our #1 $chat"),
        ("SITE_NAME=Our's", "Our's"),
        ("SITE_NAME=", "Sotto"),
        ("SITE_NAME=Ours\nSITE_NAME=Theirs", "Theirs"),
        ("SITE_NAME=A=b", "A=b"),
        ("#SITE_NAME=Theirs\n\nSITE_NAME=Ours\n  # SITE_NAME=Theirs", "Ours"),
    ],
)
def test_a_line_is_read_as_systemd_reads_it(reader, line, value):
    assert reader.settings_of_file(f"{KEY}{line}\n")["SITE_NAME"] == value


# Lines that set no variable in any reader, and lines that do.
NAMELESS = ["SIGNUP", "SIGNUP: closed", "set SIGNUP=closed", "; SIGNUP=closed"]
NAMED = [
    *("SIGNUP = closed", "SIGNUP= closed", "  SIGNUP=closed", "export  SIGNUP=closed"),
    *("SIGNUP=closed # for now", "SIGNUP='closed' # for now", "SIGNUP='closed", 'SIGNUP="closed'),
    *("SIGNUP='clo''sed'", "SIGNUP='closed' ", "SIGNUP='\"closed\"'", 'SIGNUP="clo\\"sed"'),
    *('SIGNUP="\\closed"', "SIGNUP=clo\\sed", "SIGNUP=\\closed", "SIGNUP=clo\rsed"),
    *("SIGNUP=clo\u2028sed", "SIGNUP=clo\x85sed"),
]


@pytest.mark.parametrize(
    ("line", "name"), [*((line, "") for line in NAMELESS), *((line, "SIGNUP") for line in NAMED)]
)
def test_an_ambiguous_line_is_refused(reader, line, name):
    _, refusal = attempt(reader.settings_of_file, f"{KEY}{line}\n")
    assert re.search(r"\bline 2 of /.*/\.env", refusal, re.IGNORECASE)
    assert name in refusal
    assert "closed" not in refusal


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_a_file_in_another_encoding_is_refused(reader, encoding):
    data = f"{KEY}SITE_NAME=Plauderstübchen\n".encode(encoding)
    _, refusal = attempt(reader.settings_of_file, data)
    assert re.search(r"Line \d of /.*/\.env .*is not UTF-8", refusal)
    assert "tests-only" not in refusal
    assert "(SITE_NAME)" in refusal or encoding != "latin-1"


def test_a_byte_order_mark_is_ignored(reader):
    assert reader.settings_of_file(f"\ufeffSIGNUP=closed\n{KEY}")["SIGNUP"] == "closed"


def test_the_environment_takes_precedence(reader):
    reader.file.write_text("SIGNUP=closed\nSITE_NAME=Theirs\n")
    read = reader.settings(SITE_NAME="Ours")
    assert (read["SIGNUP"], read["SITE_NAME"]) == ("closed", "Ours")


@pytest.mark.parametrize(
    "written", [b"\xef\xbb\xbfSECRET_KEY=abc", b'SECRET_KEY="abc"', b"export SECRET_KEY='abc'\r\n"]
)
def test_a_key_is_found_in_every_notation(tmp_path, written):
    folder = make_copy(tmp_path)
    (folder / ".env").write_bytes(written)
    migrated = manage(folder, "migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr
    assert (folder / ".env").read_bytes() == written


def test_a_new_key_replaces_an_empty_one(tmp_path):
    folder = make_copy(tmp_path)
    (folder / ".env").write_text("# Ours\nSECRET_KEY=\nSITE_NAME=Ours")
    assert manage(folder, "migrate", "--verbosity", "0").returncode == 0
    assert re.fullmatch(r"# Ours\nSECRET_KEY=\w{64}\nSITE_NAME=Ours", (folder / ".env").read_text())


@pytest.mark.parametrize("command", ["migrate", "check"])
def test_a_command_explains_that_it_cannot_read_the_file(tmp_path, command):
    folder = make_copy(tmp_path)
    (folder / ".env").write_bytes("SECRET_KEY=hush".encode("utf-16"))
    refused = manage(folder, command)
    assert refused.stderr.startswith("Sotto cannot start: Line 1 of ")
    assert refused.stderr.count("\n") == 1


def test_a_file_with_another_name_replaces_the_default(tmp_path):
    folder = make_copy(tmp_path)
    (folder / ".env").write_text("SECRET_KEY=theirs\nSITE_NAME=Theirs\n")
    file = tmp_path / "production.env"
    file.write_text(
        "SECRET_KEY=ours\nDATABASE_URL=postgres://sotto:a&b;c=d@localhost/chat\nINVITATIONS=everybody\n"
    )
    ask = ("shell", "--no-imports", "--command", ASK)
    asked = manage(folder, *ask, ENV_FILE=str(file))
    assert asked.stdout == "ours Sotto a&b;c=d everybody\n", asked.stderr
    alone = manage(folder, *ask, ENV_FILE="", SECRET_KEY="mine")
    assert alone.stdout == "mine Sotto  staff\n", alone.stderr


ASK = """
from django.conf import settings as s
print(s.SECRET_KEY, s.SITE_NAME, s.DATABASES["default"]["PASSWORD"], s.INVITATIONS)
"""


def test_no_key_is_written_if_another_file_is_named(tmp_path):
    folder = make_copy(tmp_path)
    file = tmp_path / "production.env"
    file.write_text("SITE_NAME=Ours\n")
    refused = manage(folder, "migrate", ENV_FILE=str(file))
    assert "SECRET_KEY is not set" in refused.stderr
    assert not (folder / ".env").exists()
    assert file.read_text() == "SITE_NAME=Ours\n"


@pytest.mark.parametrize("line", ["export SIGNUP=closed", "SIGNUP=clo\\sed"])
def test_syntax_that_systemd_ignores_is_refused_in_a_service_file(tmp_path, line):
    file = tmp_path / "production.env"
    file.write_text(f"{KEY}{line}\n")
    refused = manage(make_copy(tmp_path), "check", ENV_FILE=str(file))
    assert refused.stderr.startswith(f"Sotto cannot start: Line 2 of {file} (SIGNUP) ")


def test_a_missing_file_is_not_an_empty_one(tmp_path):
    refused = manage(make_copy(tmp_path), "check", ENV_FILE="production.env", SECRET_KEY="x")
    words = "cannot be read: No such file or directory.\n"
    assert refused.stderr == f"Sotto cannot start: {tmp_path}/production.env {words}"
