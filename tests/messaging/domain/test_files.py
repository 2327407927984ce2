"""File names are made harmless, and kinds are determined from the first bytes."""

from unicodedata import normalize

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.domain import files
from messaging.domain.files import File, clean_name, is_program, is_web_page, kind_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
CLEANED = {
    "holiday.jpg": "holiday.jpg",
    "two  words\tand\nlines.txt": "two words and lines.txt",
    "  around .pdf ": "around .pdf",
    "holiday.jpg.exe": "holiday.jpg.exe",
    "holiday.jpg" + " " * 100 + ".exe": "holiday.jpg .exe",
    "holiday.jpg" + "\u3164" * 100 + ".exe": "holiday.jpg.exe",
    "holiday\u202egpj.exe": "holidaygpj.exe",
    "\u2067a\u2069\u200f\u061c.txt": "a.txt",
    "../../etc/passwd": "....etcpasswd",
    "C:\\Users\\alice\\letter.doc": "CUsersaliceletter.doc",
    "letter.txt:hidden.exe": "letter.txthidden.exe",
    "a\x00b\x1b[31m.txt": "ab[31m.txt",
    "a\ud800b.txt": "ab.txt",
    "letter.exe.": "letter.exe",
    "letter.exe . . ": "letter.exe",
    ".gitignore": ".gitignore",
    "": "file",
    "...": "file",
    " . ": "file",
    "\u200b": "file",
    "\u200d": "file",
    "/": "file",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "com1.tar.gz": "_com1.tar.gz",
    "console.txt": "console.txt",
    "cafe\u0301.txt": "caf\u00e9.txt",
    f"{FAMILY}.png": f"{FAMILY}.png",
    f"{ENGLAND}.png": f"{ENGLAND}.png",
    "❤️.png": "❤️.png",
    "نامه\u200cی.pdf": "نامه\u200cی.pdf",
    "x" * 300: "x" * 120,
    "x" * 300 + ".jpeg": "x" * 115 + ".jpeg",
    "x" * 300 + "." + "y" * 300: "x" * 120,
    "x." + "y" * 300: "x." + "y" * 118,
}


@pytest.mark.parametrize("name", CLEANED, ids=range(len(CLEANED)))
def test_a_name_is_cleaned(name):
    assert clean_name(name) == CLEANED[name]


HARMFUL = regex.compile(r"[/\\:\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]")


@given(st.text(st.characters()))
@example("x" * 119 + ". . y")
@example("CON" + ". " * 100 + "x")
def test_any_name_becomes_one_that_can_be_shown_and_saved(name):
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= files.LONGEST_NAME
    assert not HARMFUL.search(cleaned)
    assert cleaned.strip(" ") == cleaned == cleaned.rstrip(".")
    assert cleaned == normalize("NFC", cleaned) == clean_name(cleaned)
    assert not files.RESERVED.fullmatch(cleaned)


@given(st.text(st.characters(), min_size=1), st.sampled_from([".jpeg", ".exe", ".tar", ".ΩΔ"]))
def test_an_extension_survives(name, extension):
    assert clean_name(f"{name}x{extension}").endswith(extension)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("holiday.jpg.exe", ("holiday.jpg", ".exe")),
        ("README", ("README", "")),
        (".gitignore", (".gitignore", "")),
        ("a.", ("a.", "")),
    ],
)
def test_a_name_has_an_extension_after_its_last_dot(name, parts):
    assert files.split_name(name) == parts


@pytest.mark.parametrize(
    "name", ["a.exe", "holiday.jpg.exe", "A.EXE", "a.e\u200dxe", "run.sh", "page.hta", "x.desktop"]
)
def test_programs_and_scripts_are_recognised_by_their_extension(name):
    assert is_program(name)


@pytest.mark.parametrize("name", ["exe", ".exe", "a.jpg", "a.exe.jpg", "letter.pdf", "a"])
def test_other_files_are_not_programs(name):
    assert not is_program(name)
    assert not is_web_page(name)


@pytest.mark.parametrize("name", ["a.html", "holiday.jpg.SVG", "letter.xht", "a.ht\u200cml"])
def test_a_web_page_is_known_by_its_extension(name):
    assert is_web_page(name)
    assert not is_program(name)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01", "jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "png"),
        (b"GIF87a\x01\x00\x01\x00\x00\x00\x00\x00", "gif"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00\x00", "gif"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8X", "webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ""),
        (b"MZ\x90\x00" + b"\x00" * 12, ""),
        (b"%PDF-1.7", ""),
        (b"<svg xmlns=", ""),
        (b"\xff\xd8", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_recognised_by_its_first_bytes(first, kind):
    assert kind_of(first) == kind


DESCRIBED = {"size": 2_400_000, "kind": "jpeg", "digest": "ab" * 32}


def test_a_description_is_read():
    assert files.read(DESCRIBED) == File(2_400_000, "jpeg", "ab" * 32)
    assert files.read({"size": 0, "kind": "", "digest": ""}) == File(0, "", "")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "file",
        {},
        {"size": 1, "kind": ""},
        DESCRIBED | {"name": "x"},
        *(DESCRIBED | {"size": size} for size in (-1, 1.0, True, "1", None, 10**12)),
        *(DESCRIBED | {"kind": kind} for kind in ("svg", "JPEG", None, 1)),
        *(DESCRIBED | {"digest": digest} for digest in ("ab", "AB" * 32, "ab" * 32 + "\n", None)),
    ],
    ids=str,
)
def test_a_description_that_no_page_of_ours_sends_is_not_read(value):
    assert files.read(value) is None
