"""Zip archives: written as a stream in bytes that depend on nothing but names and contents, read with suspicion.

Written entries are stored, never deflated: pictures and films do not shrink. Sizes and checksums stand before the bytes,
as some readers of streams take no stored entry without them. Format: PKWARE APPNOTE 6.3.10, with its section numbers.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

from factory.errors import Fault, InputError

FULL = 0xFFFFFFFF
"""A size or offset from which 32 bits do not suffice and zip64 fields follow."""
MANY = 0xFFFF
FIRST_DAY = 0x0021  # 1980-01-01, the first date that a zip can tell
UTF8 = 0x0800  # names are UTF-8 (4.4.4, bit 11)
UNIX_FILE = (stat.S_IFREG | 0o644) << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file of an archive: `crc` is that of zlib, `chunks` give exactly `size` bytes and are read once."""

    name: str
    size: int
    crc: int
    chunks: Iterable[bytes]


def entry(name: str, data: bytes) -> Entry:
    """An entry from bytes."""
    return Entry(name=name, size=len(data), crc=zlib.crc32(data), chunks=(data,))


def zipped(entries: Iterable[Entry], *, full: int = FULL) -> Iterator[bytes]:
    """The bytes of an archive, entry by entry, in the order given.

    Zip64 fields stand where a size, an offset (from `full` on) or the number of entries asks for them, and only there.
    """
    at, directory = 0, list[bytes]()
    for e in entries:
        header = _local(e, full)
        directory.append(_central(e, at, full))
        yield header
        yield from e.chunks
        at += len(header) + e.size
    listing = b"".join(directory)
    yield listing
    yield _end(len(directory), len(listing), at, full)


def _local(e: Entry, full: int) -> bytes:
    """4.3.7"""
    name, big = e.name.encode(), e.size >= full
    extra = struct.pack("<HHQQ", 1, 16, e.size, e.size) if big else b""
    size = FULL if big else e.size
    fields = (0x04034B50, 45 if big else 20, UTF8, 0, 0, FIRST_DAY, e.crc, size, size, len(name), len(extra))
    return struct.pack("<IHHHHHIIIHH", *fields) + name + extra


def _central(e: Entry, at: int, full: int) -> bytes:
    """4.3.12, with the extra field of 4.5.3"""
    name, big, far = e.name.encode(), e.size >= full, at >= full
    wide = [e.size, e.size] * big + [at] * far
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    needs, size = 45 if wide else 20, FULL if big else e.size
    fields = (0x02014B50, 3 << 8 | needs, needs, UTF8, 0, 0, FIRST_DAY, e.crc, size, size, len(name), len(extra), 0, 0, 0,
              UNIX_FILE, FULL if far else at)  # fmt: skip
    return struct.pack("<IHHHHHHIIIHHHHHII", *fields) + name + extra


def _end(count: int, size: int, at: int, full: int) -> bytes:
    """4.3.14 to 4.3.16"""
    wide = b""
    if count >= MANY or size >= full or at >= full:
        record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 3 << 8 | 45, 45, 0, 0, count, count, size, at)
        wide = record + struct.pack("<IIQI", 0x07064B50, 0, at + size, 1)
        count, size, at = min(count, MANY), FULL if size >= full else size, FULL if at >= full else at
    return wide + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, size, at, 0)


# ------------------------------------------------------------------------------------------------- reading with suspicion

MAX_ENTRIES, MAX_LISTING = 2_000, 1_000_000
MAX_FILES, MAX_FILE, MAX_TOTAL = 500, 40_000_000, 200_000_000
MAX_RATIO, SMALL = 100, 1_000_000
"""How much smaller packed than unpacked a file may be; a megabyte harms nobody, whatever it was."""
MAX_DEPTH, MAX_SEGMENT = 8, 120
MAX_FAULTS = 50
NESTED = frozenset((
    "zip", "jar", "7z", "rar", "gz", "tgz", "bz2", "xz", "zst", "tar", "lz4", "lzma", "cab", "iso", "dmg", "docx", "xlsx", "pptx",
))  # fmt: skip
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"MSCF")
_ODD = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, struct.error)
"""What zipfile raises on damaged archives."""


def read_zip(file: IO[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file of an archive from outside, one at a time, in the order of the paths.

    Paths are NFC, relative, and unique whatever the case of their letters; hidden files and the system files of desktops
    are left out. InputError with every fault of the listing before the first file is given: too many, too big, too well
    packed, paths that lead away, links, locks, archives inside, files that overlap.
    """
    try:
        _check_end(file, name)
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except _BROKEN as cause:
        raise InputError([_broken(name)]) from cause
    with archive:
        found = {path: info for info in entries if not info.is_dir() and not _hidden(path := _path(info))}
        faults = [*_faults(entries), *_sum_faults(entries, name), *_twins(entries)]
        if faults:
            raise InputError(faults[:MAX_FAULTS])
        for path in sorted(found):
            yield path, _unpacked(archive, found[path], path)


def _check_end(file: IO[bytes], name: str) -> None:
    """The listing is read whole by zipfile: see first how long it says it is (4.3.16, and no zip64 locator, 4.3.15)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_577))
    tail = file.read()
    plain = len(tail) >= 22 and tail[-22:-18] == b"PK\x05\x06" and tail[-2:] == b"\0\0"
    at = len(tail) - 22 if plain else tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InputError([_broken(name)])
    count, listing = struct.unpack("<HI", tail[at + 10 : at + 16])
    if count > MAX_ENTRIES or listing > MAX_LISTING or tail[max(0, at - 20) : at][:4] == b"PK\x06\x07":
        raise InputError([_fault("zip.many", "The archive lists too many files", name, f"At most {MAX_FILES} files are read.")])


def _path(info: zipfile.ZipInfo) -> str:
    return unicodedata.normalize("NFC", info.filename)


def _hidden(path: str) -> bool:
    parts = path.split("/")
    dotted = any(p.startswith(".") for p in parts)
    return dotted or parts[0] == "__MACOSX" or parts[-1] in ("Thumbs.db", "desktop.ini")


def _faults(entries: Iterable[zipfile.ZipInfo]) -> Iterator[Fault]:
    for info in entries:
        path = _path(info)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if _leads_away(info.orig_filename, path):
            yield _fault("zip.path", "A path leads out of the archive or cannot be a file's", repr(path[:100]),
                         "Use plain relative paths with forward slashes.")
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            yield _fault("zip.link", "A link or device is in the archive", path, "Put the file itself there.")
        if info.flag_bits & 1:
            yield _fault("zip.locked", "A file is locked with a password", path, "Make the archive without one.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield _fault("zip.method", "A file is packed in an unusual way", path, "Make a plain zip.")
        if path.rpartition(".")[2].lower() in NESTED:
            yield _nested(path)
        if info.file_size > MAX_FILE:
            yield _fault("zip.size", f"A file has {info.file_size / 1e6:,.0f} MB", path,
                         f"At most {MAX_FILE / 1e6:.0f} MB are read.")
        if info.file_size > max(SMALL, MAX_RATIO * info.compress_size):
            yield _fault("zip.ratio", "A file unpacks to more than a hundred times its size", path, "Leave it out.")


def _leads_away(original: str, path: str) -> bool:
    parts = path.removesuffix("/").split("/")
    wrong = any(p in ("", ".", "..") or len(p.encode()) > MAX_SEGMENT or p != p.strip() or p.endswith(".") for p in parts)
    return wrong or len(parts) > MAX_DEPTH or bool(_ODD.search(original))


def _sum_faults(entries: Iterable[zipfile.ZipInfo], name: str) -> Iterator[Fault]:
    files = sorted((i for i in entries if not i.is_dir()), key=lambda i: i.header_offset)
    total = sum(i.file_size for i in files)
    if len(files) > MAX_FILES:
        yield _fault("zip.many", f"The archive holds {len(files):,} files", name, f"At most {MAX_FILES} are read.")
    if total > MAX_TOTAL:
        yield _fault("zip.total", f"The archive unpacks to {total / 1e6:,.0f} MB", name,
                     f"At most {MAX_TOTAL / 1e6:.0f} MB are read.")
    for one, after in pairwise(files):
        if one.header_offset + 30 + one.compress_size > after.header_offset:
            yield _fault("zip.overlap", "Files of the archive overlap", _path(after), "Make the archive anew.")


def _twins(entries: Iterable[zipfile.ZipInfo]) -> Iterator[Fault]:
    """Paths that some file systems take for one, and files that are folders of others."""
    paths = [_path(i) for i in entries if not i.is_dir()]
    counts = Counter(p.casefold() for p in paths)
    folders = {p[:at].casefold() for p in paths for at, c in enumerate(p) if c == "/"}
    for path in sorted(paths):
        if counts[path.casefold()] > 1 or path.casefold() in folders:
            yield _fault("zip.twice", "Two files have the same path", path, "Keep one; capitals do not tell them apart.")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> bytes:
    try:
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)
    except _BROKEN as cause:
        raise InputError([_broken(path)]) from cause
    if len(data) != info.file_size:
        raise InputError([_broken(path)])
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        raise InputError([_nested(path)])
    return data


def _nested(path: str) -> Fault:
    return _fault("zip.nested", "An archive lies inside the archive", path, "Unpack it, and put its files there.")


def _broken(where: str) -> Fault:
    return _fault("zip.broken", "The zip archive is damaged or none at all", where, "Make it anew as a plain zip.")


def _fault(code: str, fact: str, where: str, help: str) -> Fault:
    return Fault(code=code, fact=fact, where=where, help=help)
