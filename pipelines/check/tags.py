"""What a file says of itself, read from its own bytes: JPEG segments, PNG and WebP chunks, MP4 boxes."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

KEPT_SEGMENTS = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe", 0xEB: b"JP"}
"""JPEG application segments that a picture needs: size, colour, and a signature of its origin (C2PA)."""
KEPT_CHUNKS = frozenset({
    "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "iCCP", "sRGB", "gAMA", "cHRM", "pHYs", "caBX",
    "VP8", "VP8L", "VP8X", "ALPH", "ICCP", "C2PA",
})
XMP = b"http://ns.adobe.com/xap/1.0/"
NESTED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
BARE = {b"avc1": 78, b"avc3": 78, b"hvc1": 78, b"hev1": 78, b"mp4a": 28}
"""Sample entries, and how many bytes of fields stand before the boxes inside them (ISO/IEC 14496-12)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """A file's format ("" when unknown), size in px, whether it says sRGB, and what it tells that it need not.

    `film` holds an MP4's own words: codec, audio, sample_rate, seconds, colour (primaries, transfer, matrix, full
    range), `streams` (moov before mdat).
    """

    kind: str = ""
    width: int = 0
    height: int = 0
    srgb: bool = False
    leaks: tuple[str, ...] = ()
    film: Mapping[str, object] = field(default_factory=dict)


def read_tags(data: bytes) -> Tags:
    """The tags of a JPEG, PNG, WebP or MP4; empty ones for anything else or a damaged head."""
    try:
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return _png(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[4:8] == b"ftyp":
            return _mp4(data)
    except (struct.error, IndexError, ValueError):
        pass
    return Tags()


# ------------------------------------------------------------------------------------------------------- pictures


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each JPEG segment before the scan."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            return
        size: int = struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield marker, data[at + 4 : at + 2 + size]
        at += 2 + size
    raise ValueError("no scan")


def _jpeg(data: bytes) -> Tags:
    width = height = 0
    srgb, leaks = False, []
    for marker, body in _segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[1:5])
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE"):
            srgb = is_srgb(body[14:])
        elif marker == 0xFE or (0xE0 <= marker <= 0xEF and not body.startswith(KEPT_SEGMENTS.get(marker, XMP))):
            leaks.append(body[:16].decode("latin-1").split("\0")[0] or f"segment {marker:02X}")
    return Tags(kind="jpg", width=width, height=height, srgb=srgb, leaks=tuple(leaks))


def is_srgb(profile: bytes) -> bool:
    """Whether an ICC profile calls itself sRGB."""
    return b"sRGB" in profile or b"s\0R\0G\0B" in profile or b"IEC 61966" in profile


def _png(data: bytes) -> Tags:
    import zlib

    width, height = struct.unpack(">II", data[16:24])
    srgb, leaks, at = False, [], 8
    while at < len(data):
        size, name = struct.unpack(">I", data[at : at + 4])[0], data[at + 4 : at + 8].decode("latin-1")
        body = data[at + 8 : at + 8 + size]
        if name == "iCCP":
            srgb = is_srgb(zlib.decompress(body[body.index(b"\0") + 2 :]))
        srgb = srgb or name == "sRGB"
        if name not in KEPT_CHUNKS and not (name == "iTXt" and body.startswith(b"XML:com.adobe.xmp")):
            leaks.append(f"{name} {body[:16].decode('latin-1')}".strip())
        at += 12 + size
    return Tags(kind="png", width=width, height=height, srgb=srgb, leaks=tuple(leaks))


def _webp(data: bytes) -> Tags:
    width = height = 0
    srgb, leaks, at = False, [], 12
    while at < len(data):
        name, size = data[at : at + 4].decode("latin-1").strip(), struct.unpack("<I", data[at + 4 : at + 8])[0]
        body = data[at + 8 : at + 8 + size]
        if name == "VP8X":
            width, height = (1 + int.from_bytes(body[i : i + 3], "little") for i in (4, 7))
        elif name == "VP8" and not width:
            width, height = (v & 0x3FFF for v in struct.unpack("<HH", body[6:10]))
        elif name == "ICCP":
            srgb = is_srgb(body)
        if name not in KEPT_CHUNKS and name != "XMP":
            leaks.append(name)
        at += 8 + size + size % 2
    return Tags(kind="webp", width=width, height=height, srgb=srgb, leaks=tuple(leaks))


# ------------------------------------------------------------------------------------------------------------ MP4


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the body of each box, and of those inside."""
    at = start
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", data[at : at + 8])
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", data[at + 8 : at + 16])[0], 16
        stop = end if size == 0 else min(at + size, end)
        if stop <= at:
            return
        yield name, at + head, stop
        inner = at + head + (8 if name == b"stsd" else BARE.get(name, 0))
        if name in NESTED or name == b"stsd" or name in BARE:
            yield from _boxes(data, inner, stop)
        at = stop


def _mp4(data: bytes) -> Tags:
    film: dict[str, object] = {}
    width = height = 0
    leaks: list[str] = []
    order: list[bytes] = []
    for name, start, end in _boxes(data, 0, len(data)):
        body = data[start : min(end, start + 96)]
        order.append(name)
        if name == b"mvhd":
            film["seconds"], made = _movie(body)
            leaks += ["creation time"] if made else []
        elif name in (b"avc1", b"avc3", b"hvc1", b"hev1"):
            width, height = struct.unpack(">HH", body[24:28])
            film["codec"] = name.decode()
        elif name == b"mp4a":
            film["audio"], film["sample_rate"] = "mp4a", struct.unpack(">I", body[24:28])[0] >> 16
            film["channels"] = struct.unpack(">H", body[16:18])[0]
        elif name == b"colr":
            film["colour"] = (*struct.unpack(">HHH", body[4:10]), bool(body[10] & 0x80))
        elif name in (b"uuid",):
            leaks.append("uuid")
    film["streams"] = b"moov" in order and b"mdat" in order and order.index(b"moov") < order.index(b"mdat")
    return Tags(kind="mp4", width=width, height=height, srgb=False, leaks=tuple(leaks), film=film)


def _movie(body: bytes) -> tuple[float, bool]:
    """Seconds of a movie header, and whether it says when it was made."""
    if body[0] == 1:
        made, _, scale, length = struct.unpack(">QQIQ", body[4:32])
    else:
        made, _, scale, length = struct.unpack(">IIII", body[4:20])
    return length / scale, made > 0
