"""A bundle as one zip, made from the store into the store: little memory, and equal bundles give equal bytes.

What goes in is what the mark lists, checked against its digests on the way, and the mark itself.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from factory.errors import StoreError
from factory.ids import digest_bytes
from factory.publish import MARK, read_mark, readable
from factory.storage import Storage
from factory.zips import Entry, zipped

AHEAD = 4
WHOLE = 8 << 20
"""Objects up to this size are fetched whole and ahead: at most AHEAD + 1 of them are in memory. Larger ones are read twice:
once for their checksum, which stands before the bytes, and once for the bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """An archive in the store."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    name: str
    key: str
    size: int
    sha256: str


def archive(storage: Storage, prefix: str, key: str) -> Archived:
    """Write the zip of a bundle under `key`. StoreError publish.unfinished for a bundle that may not be read (any more),
    storage.digest for one that is damaged; the archive is then not there."""
    root = prefix.rstrip("/")
    with storage.writer(key, content_type="application/zip") as sink:
        for chunk in zipped(_entries(storage, _parts(storage, root))):
            sink.write(chunk)
        if not readable(storage, root):
            raise _unreadable(root)
    return Archived(key=key, size=sink.size, sha256=sink.sha256)


def _parts(storage: Storage, root: str) -> list[_Part]:
    """Everything that the mark lists, and the mark, by name."""
    mark = read_mark(storage, root)
    if mark is None:
        raise _unreadable(root)
    data = storage.get(f"{root}/{MARK}")
    listed = {**mark["files"], MARK: {"sha256": digest_bytes(data), "bytes": len(data)}}
    return [_Part(name=n, key=f"{root}/{n}", size=f["bytes"], sha256=f["sha256"]) for n, f in sorted(listed.items())]


def _unreadable(root: str) -> StoreError:
    return StoreError("This bundle is unfinished or recalled", code="publish.unfinished", where=root,
                      help="Publish it first; a recalled one stays as it is.")


def _entries(storage: Storage, parts: list[_Part]) -> Iterator[Entry]:
    """Entries in the order of the parts, small ones fetched while earlier ones are written."""
    waiting: deque[tuple[_Part, Future[bytes] | None]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        for part in parts:
            waiting.append((part, pool.submit(storage.get, part.key, limit=WHOLE) if part.size <= WHOLE else None))
            if len(waiting) > AHEAD:
                yield _entry(storage, *waiting.popleft())
        while waiting:
            yield _entry(storage, *waiting.popleft())


def _entry(storage: Storage, part: _Part, fetched: Future[bytes] | None) -> Entry:
    if fetched is None:
        crc = 0
        for chunk in storage.open(part.key):
            crc = zlib.crc32(chunk, crc)
        return Entry(name=part.name, size=part.size, crc=crc, chunks=_checked(storage, part))
    data = fetched.result()
    if len(data) != part.size or digest_bytes(data) != part.sha256:
        raise _damaged(part)
    return Entry(name=part.name, size=part.size, crc=zlib.crc32(data), chunks=(data,))


def _checked(storage: Storage, part: _Part) -> Iterator[bytes]:
    found, size = hashlib.sha256(), 0
    for chunk in storage.open(part.key):
        found.update(chunk)
        size += len(chunk)
        yield chunk
    if size != part.size or found.hexdigest() != part.sha256:
        raise _damaged(part)


def _damaged(part: _Part) -> StoreError:
    return StoreError(f"{part.name} is not what the bundle's mark says", code="storage.digest", where=part.key,
                      help="Somebody changed the bucket: recall this bundle and publish another.")
