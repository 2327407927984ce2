"""Small pictures whose metadata says who took them, where, and with which camera."""

import struct
import zlib
from collections.abc import Iterator

from tests.browser.files.metadata import CANARY, XMP, exif, profile

SIDE = 24  # pixels
TURNED = 6  # the orientation for a quarter turn clockwise
FRAMES = (20, 90, 60)  # colours, one each


def jpeg(plain: bytes, orientation: int = TURNED) -> bytes:
    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    colours = profile(2)
    thumbnail = bytes([len(CANARY) // 3, 1]) + CANARY
    segments = (
        (0xE0, plain[6:18] + thumbnail),
        (0xE0, b"JFXX\0\x13" + thumbnail),
        (0xE1, b"Exif\0\0" + exif(orientation)),
        (0xE1, XMP),
        (0xE2, b"ICC_PROFILE\0\2\2" + colours[200:]),
        (0xE2, b"ICC_PROFILE\0\1\2" + colours[:200]),
        (0xE2, b"MPF\0" + CANARY),
        (0xED, b"Photoshop 3.0\0" + CANARY),
        (0xEE, b"Adobe\0\x64\0\0\0\0\1" + CANARY),
        (0xFE, CANARY),
    )
    tables = plain[plain.index(b"\xff\xdb") :]
    return plain[:2] + b"".join(segment(*one) for one in segments) + tables + CANARY + plain


def png_chunk(name: str, data: bytes) -> bytes:
    checked = name.encode() + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(plain: bytes, orientation: int = TURNED) -> bytes:
    chunks = {
        "iCCP": b"Alice's screen\0\0" + zlib.compress(profile(4)),
        "eXIf": exif(orientation),
        "tEXt": b"Author\0" + CANARY,
        "zTXt": b"Comment\0\0" + zlib.compress(CANARY),
        "iTXt": b"XML:com.adobe.xmp\0\0\0\0\0" + XMP,
        "tIME": b"\x07\xea\x0b\x1e\x15\0\0",
        "prVt": CANARY,
    }
    return plain[:33] + b"".join(png_chunk(*one) for one in chunks.items()) + plain[33:] + CANARY


def animated_png() -> bytes:
    def chunks() -> Iterator[tuple[str, bytes]]:
        yield "IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
        yield "acTL", struct.pack(">II", len(FRAMES), 3)
        for index, colour in enumerate(FRAMES):
            # Frame headers and frames share one sequence of numbers.
            number = max(0, 2 * index - 1)
            yield "fcTL", struct.pack(">IIIIIHHBB", number, SIDE, SIDE, 0, 0, 1, 10, 0, 0)
            pixels = zlib.compress((b"\0" + bytes([colour] * SIDE)) * SIDE)
            yield ("fdAT", struct.pack(">I", number + 1) + pixels) if index else ("IDAT", pixels)
        yield "IEND", b""

    return png(b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*one) for one in chunks()))


def webp_chunk(name: str, data: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _image(plain: bytes) -> bytes:
    """Return the chunk with the pixels, which is the last one in the output of a canvas."""
    return plain[max(plain.find(b"VP8 "), plain.find(b"VP8L")) :]


def _webp(flags: int, *chunks: bytes, orientation: int = TURNED) -> bytes:
    """Return a WebP. `flags` of its header are those other than colour profile, EXIF and XMP."""
    sides = struct.pack("<I", SIDE - 1)[:3] * 2
    header = webp_chunk("VP8X", struct.pack("<I", flags | 0x2C) + sides)
    after = (
        webp_chunk("EXIF", exif(orientation)) + webp_chunk("XMP ", XMP) + webp_chunk("Mine", CANARY)
    )
    whole = b"WEBP" + header + webp_chunk("ICCP", profile(2)) + b"".join(chunks) + after
    return b"RIFF" + struct.pack("<I", len(whole)) + whole + CANARY


def webp(plain: bytes, orientation: int = TURNED) -> bytes:
    return _webp(0, _image(plain), orientation=orientation)


def animated_webp(frames: list[bytes]) -> bytes:
    head = bytes(6) + struct.pack("<I", SIDE - 1)[:3] * 2 + b"\x64\0\0\0"
    hidden = webp_chunk("Mine", CANARY)
    images = [webp_chunk("ANMF", head + _image(frame) + hidden) for frame in frames]
    return _webp(0x12, webp_chunk("ANIM", bytes(4) + b"\3\0"), *images)


def _gif_blocks(data: bytes) -> bytes:
    blocks = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def gif() -> bytes:
    """Return a GIF. Each code takes one byte while the table is small, so it is cleared after each
    line.
    """
    line = struct.pack("<HH", SIDE, SIDE)
    grey = bytes(value for colour in range(128) for value in [2 * colour] * 3)
    parts = [b"GIF89a", line, b"\xf6\0\0", grey]
    parts += [b"!\xff\x0bNETSCAPE2.0\3\1\3\0\0", b"!\xfe" + _gif_blocks(CANARY)]
    parts += [b"!\xff\x0bXMP DataXMP" + _gif_blocks(XMP)]
    for colour in FRAMES:
        pixels = b"".join(b"\x80" + bytes([colour] * SIDE) for _ in range(SIDE)) + b"\x81"
        parts += [b"!\xf9\4\4\x0a\0\0\0", b",", bytes(4), line, b"\0\7", _gif_blocks(pixels)]
    parts += [b"!\1\x0c" + bytes(12) + _gif_blocks(CANARY), b";", CANARY]
    return b"".join(parts)
