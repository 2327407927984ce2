"""Before pictures are offered, everything that isn't needed to draw them is removed."""

import base64
import random
import re
import struct
import zlib

import pytest

from tests.browser.files import pictures
from tests.browser.files.drawing import CLEANED, DAMAGED, PLAIN, SETUP
from tests.browser.files.metadata import CANARY, orientation_alone, profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PICTURES = (
    "jpeg",
    "png",
    "animated png",
    "lossy webp",
    "lossless webp",
    "animated webp",
    "gif",
)


def encoded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


@pytest.fixture(scope="module")
def page(browser, server):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/accounts/login/")
    path = "/static/js/files/metadata/clean.js"
    page.evaluate("async (path) => { window.clean = (await import(path)).default }", path)
    page.evaluate(SETUP)
    yield page
    context.close()


@pytest.fixture(scope="module")
def plain(page):
    made = page.evaluate(PLAIN, pictures.SIDE)
    return {name: base64.b64decode(text) for name, text in made.items()}


@pytest.fixture(scope="module")
def told(plain):
    """Return the pictures with metadata about Alice."""
    return {
        "jpeg": pictures.jpeg(plain["jpeg"]),
        "png": pictures.png(plain["png"]),
        "animated png": pictures.animated_png(),
        "lossy webp": pictures.webp(plain["lossy"]),
        "lossless webp": pictures.webp(plain["lossless"]),
        "animated webp": pictures.animated_webp([plain["lossless"], plain["second"]]),
        "gif": pictures.gif(),
    }


@pytest.fixture
def clean(page):
    def cleaned(picture: bytes) -> dict:
        result = page.evaluate(CLEANED, encoded(picture))
        return result | {"bytes": base64.b64decode(result["bytes"])}

    return cleaned


def colours(seen: str) -> set[bytes]:
    pixels = base64.b64decode(seen.split()[1])
    return {pixels[at : at + 4] for at in range(0, len(pixels), 4)}


def readable(picture: bytes) -> bytes:
    """Return the bytes with decompressed PNG data, and with UTF-16 decoded, so that all text can be
    searched.
    """
    for chunk in re.finditer(rb"(?s)(?:iCCP|zTXt)[^\0]*\0\0(.*)", picture):
        picture += zlib.decompressobj().decompress(chunk[1])
    return picture + picture.replace(b"\0", b"")


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_about_alice_stays_and_the_picture_looks_the_same(told, clean, name):
    assert CANARY in readable(told[name])
    result = clean(told[name])
    kind = name.rpartition(" ")[2]
    assert (result["kind"], result["type"], result["cleaned"]) == (kind, f"image/{kind}", True)
    for trace in (CANARY, b"Alic", b"xmpmeta", b"mmod", b"MPF", b"Mine"):
        assert trace not in readable(result["bytes"])
    assert result["before"][0]
    assert result["after"] == result["before"]


@pytest.mark.parametrize("name", PICTURES)
def test_a_cleaned_picture_stays_as_it_is(told, clean, name):
    once = clean(told[name])["bytes"]
    again = clean(once)
    assert (again["bytes"], again["kind"] != "", again["cleaned"]) == (once, True, False)


@pytest.mark.parametrize(
    ("name", "frames"), [("animated png", 3), ("animated webp", 2), ("gif", 3)]
)
def test_animations_keep_frames_durations_and_loops(told, clean, name, frames):
    repeats, *seen = clean(told[name])["after"][1]
    assert repeats >= 2
    assert len(set(seen[1::2])) == frames
    assert seen[::2] == [100_000] * frames


@pytest.mark.parametrize(("name", "bare"), [("png", "png"), ("lossless webp", "lossless")])
def test_the_colours_of_a_profile_are_kept(told, plain, clean, name, bare):
    """They would look different without the profile, or with that of the canvas."""
    seen, without = (clean(one)["after"][0] for one in (told[name], plain[bare]))
    assert colours(seen) != colours(without)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_every_orientation_is_kept(plain, clean, orientation):
    for make in (pictures.jpeg, pictures.png):
        upright = clean(make(plain[make.__name__], 1))["after"][0]
        result = clean(make(plain[make.__name__], orientation))
        assert result["after"][0] == result["before"][0] != upright
    tiff = orientation_alone(orientation)
    assert tiff in clean(pictures.webp(plain["lossy"], orientation))["bytes"]


def is_left_alone(page, picture: bytes) -> bool:
    return page.evaluate(DAMAGED, [encoded(picture), [[len(picture), 0]], True]) == []


@pytest.mark.parametrize(
    "other", [b"", b"hello", b"%PDF-1.7", b"<svg>", b"RIFF____WAVE", b"GIF90a"]
)
def test_other_files_stay_as_they_are(page, other):
    assert is_left_alone(page, other)


def hostile() -> dict[str, bytes]:
    """Return small files that need much memory or time, and files with unknown parts."""
    tags = profile(4)[:128] + b"\xff" * 400
    icc = b"\xff\xe2" + struct.pack(">H", len(tags) + 16) + b"ICC_PROFILE\0\1\1" + tags
    scan = b"\xff\xda\0\2\xff\xd9"
    bomb = pictures.png_chunk("iCCP", b"a\0\0" + zlib.compress(bytes(9_000_000)))
    end = pictures.png_chunk("IEND", b"")
    return {
        "more tags than bytes": b"\xff\xd8" + icc + scan,
        "an unknown marker": b"\xff\xd8\xff\xf0\0\2" + scan,
        "an inflated profile": SIGNATURE + bomb + end,
        "countless chunks": SIGNATURE + pictures.png_chunk("IDAT", b"") * 100_001 + end,
        "an unknown chunk": SIGNATURE + pictures.png_chunk("MINE", b"") + end,
        "a chunk beyond the end": b"RIFF\x0c\0\0\0WEBPVP8 \xff\xff\xff\xff",
        "a file beyond the end": b"RIFF\xff\xff\xff\xffWEBP",
        "an unknown extension": b"GIF89a" + bytes(7) + b"!\2\0;",
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_pictures_are_left_alone(page, name):
    assert is_left_alone(page, hostile()[name])


@pytest.mark.parametrize("name", PICTURES)
def test_truncated_files_are_not_pictures(told, page, clean, name):
    whole = clean(told[name])["bytes"]
    cuts = [[at, 0] for at in range(len(whole))]
    assert page.evaluate(DAMAGED, [encoded(whole), cuts, True]) == []


@pytest.mark.parametrize("name", PICTURES)
def test_damaged_pictures_are_not_made_worse(told, page, name):
    chance = random.Random(name)  # noqa: S311 - the same in every run
    changes = [[chance.randrange(len(told[name])), chance.randrange(256)] for _ in range(150)]
    assert page.evaluate(DAMAGED, [encoded(told[name]), changes, False]) == []
