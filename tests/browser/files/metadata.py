"""Metadata that programs and cameras write into pictures."""

import struct

CANARY = b"Alice, 52.52000 N 13.4050 E"
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY
P3 = {
    "rXYZ": (0.51512, 0.2412, -0.00105),
    "gXYZ": (0.29198, 0.69225, 0.04189),
    "bXYZ": (0.1571, 0.06657, 0.78407),
    "wtpt": (0.9642, 1, 0.8249),
}
CURVE = b"curv\0\0\0\0\0\0\0\1\2\x33\0\0"


def exif(orientation: int) -> bytes:
    """Return EXIF with an orientation, an author and the author's GPS position."""
    entries = [
        (0x0112, 3, 1, struct.pack("<HH", orientation, 0)),
        (0x013B, 2, len(CANARY), struct.pack("<I", 64)),
        (0x8825, 4, 1, struct.pack("<I", 64)),
    ]
    packed = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in entries)
    tiff = b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4)
    return tiff.ljust(64, b"\0") + CANARY


def orientation_alone(orientation: int) -> bytes:
    """Return the only EXIF that a cleaned picture may have."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"MM\0*\0\0\0\x08\0\1" + entry + bytes(4)


def _header(version: int, size: int) -> bytes:
    names = struct.pack(">I4sI12s", size, b"Alic", version << 24, b"mntrRGB XYZ ")
    made = struct.pack(">6H", 2026, 11, 30, 21, 0, 0) + b"acspAPPL" + bytes(4) + b"AliciPho"
    white = struct.pack(">3I", 0xF6D6, 0x10000, 0xD32D)
    return ((names + made).ljust(68, b"\0") + white + b"Alic").ljust(128, b"\0")


def profile(version: int) -> bytes:
    """Return a Display P3 profile that names Alice's screen. Colours look different without it."""
    text = b"text\0\0\0\0" + CANARY + b"\0"
    described = {2: b"desc\0\0\0\0" + struct.pack(">I", len(CANARY)) + CANARY + bytes(78)}
    localized = b"mluc\0\0\0\0\0\0\0\1\0\0\0\x0cenUS" + struct.pack(">II", 54, 28)
    described[4] = localized + CANARY.decode().encode("utf-16-be")
    colours = {
        name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * one) for one in values))
        for name, values in P3.items()
    }
    colours |= dict.fromkeys(("rTRC", "gTRC", "bTRC"), CURVE)
    tags = colours | {"desc": described[version], "cprt": text, "mmod": text}
    table, data = b"", b""
    start = 132 + 12 * len(tags)
    for name, value in tags.items():
        table += name.encode() + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    whole = struct.pack(">I", len(tags)) + table + data
    return _header(version, 128 + len(whole)) + whole
