"""Describe a file that a message offers: its name, size and kind.

The file itself stays in its sender's page. Its name is the text of the message.
"""

import re
from typing import NamedTuple
from unicodedata import normalize

import regex

from messaging.domain.plain_text import clean

MEGABYTE = 1_000_000  # bytes
KINDS = ("jpeg", "png", "webp", "gif")  # pictures that a page may draw
LONGEST_NAME = 120  # characters
LONGEST_EXTENSION = 20
UNNAMED = "file"
DIGEST = re.compile(r"([0-9a-f]{64})?")

# Characters that separate folders or drives, control characters, lone surrogates, and characters
# that aren't shown, among them those that change the direction of text. Joiners, and what selects
# the form of an emoji, are kept, because words and emoji need them.
REMOVED = regex.compile(
    r"(?V1)[[/\\:\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]"
    r"--[\u200c\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]]"
)
JOINERS = re.compile("[\u200c\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]")
# Windows treats these names as devices, regardless of the extension.
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
# Windows, macOS, Linux or Android may run a file with one of these extensions when it is opened.
PROGRAMS = """
action ade adp apk app appimage applescript application appref-ms appx appxbundle bash bat bin
chm cmd com command cpl csh deb desktop diagcab dll dmg docm dotm exe fish flatpakref gadget hta
inf iqy iso jar jnlp js jse ksh library-ms lnk mde mjs msc msi msix msp mst out pif pkg pl potm
ppam ppsm pptm ps1 ps1xml ps2 psm1 py pyw rb rdp reg rpm run scf scpt scr sct search-ms
settingcontent-ms sh shb shs sldm slk snap sys terminal theme themepack tool url vb vbe vbs vhd
vhdx website wll workflow ws wsf wsh xbap xlam xll xlsm xltm zsh
"""
# Browsers run the scripts in these files, once they are saved and opened.
WEB_PAGES = "htm html mht mhtml svg svgz xht xhtml xml xsl xslt"


class File(NamedTuple):
    """The description of an offered file. `kind` is one of KINDS, or "" for all other files.
    `digest` is its SHA-256 in hexadecimal, or "" if the page can't compute it.
    """

    size: int  # bytes
    kind: str
    digest: str


def read(value: object) -> File | None:
    """Return the file described by decoded JSON, or None if the description is invalid."""
    if not isinstance(value, dict) or value.keys() != set(File._fields):
        return None
    size, kind, digest = (value[name] for name in File._fields)
    # A bool is an int in Python.
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 10**12:
        return None
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        return None
    return File(size, kind, digest) if kind in ("", *KINDS) else None


def kind_of(first: bytes) -> str:
    """Return the kind of a file that begins with these bytes, at least 14 of them, as browsers
    recognise it (WHATWG MIME Sniffing, 6.1).
    """
    if first.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if first.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if first[:4] == b"RIFF" and first[8:14] == b"WEBPVP" else ""


def clean_name(name: str) -> str:
    """Return a name that is safe to save, and that does not disguise what the file is.

    A long name is shortened before its extension. If nothing is left, return UNNAMED.
    """
    name = normalize("NFC", REMOVED.sub("", " ".join(name.split())))
    name = " ".join(name.split()).rstrip(". ")
    stem, extension = split_name(f"_{name}" if RESERVED.fullmatch(name) else name)
    if len(extension) > LONGEST_EXTENSION:
        stem, extension = stem + extension, ""
    return clean((stem[: LONGEST_NAME - len(extension)] + extension).rstrip(". ")) or UNNAMED


def split_name(name: str) -> tuple[str, str]:
    """Return a name without its extension, and the extension with its dot, or "" if it has none."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if stem and extension else (name, "")


def is_program(name: str) -> bool:
    """Return whether opening a file of this name may run it."""
    return _extension(name) in PROGRAMS.split()


def is_web_page(name: str) -> bool:
    """Return whether a browser would open a file of this name, with its scripts."""
    return _extension(name) in WEB_PAGES.split()


def _extension(name: str) -> str:
    return JOINERS.sub("", split_name(name)[1])[1:].lower()
