"""Pictures of each kind, made here or by the browser, and invalid ones."""

import base64
import struct
import zlib

from playwright.sync_api import Page

DRAWN = """([kind, width, height]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  context.fillStyle = 'rgb(200, 0, 0)'
  context.fillRect(0, 0, width / 2, height)
  context.fillStyle = 'rgb(0, 0, 200)'
  context.fillRect(width / 2, 0, width / 2, height)
  return canvas.toDataURL(`image/${kind}`).split(',')[1]
}"""
# One frame of one pixel, on a screen of the same size.
GIF = base64.b64decode("R0lGODdhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=")


def drawn(page: Page, kind: str, width: int = 64, height: int = 48) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    return base64.b64decode(page.evaluate(DRAWN, [kind, width, height]))


def png(width: int, height: int, depth: int = 1) -> bytes:
    """Return a black PNG. Its rows are compressed a few at a time, because they may be many."""
    packer = zlib.compressobj(1)
    row = bytes(1 + (width * depth + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def turned(jpeg: bytes) -> bytes:
    """Return a JPEG whose EXIF orientation turns it to the right."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    tiff = b"MM\x00*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
