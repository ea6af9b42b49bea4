"""What an object store must do, said once for the bucket and for its twin, a folder.

Keys are built by us from ids and digests, never from what a person typed. Bytes arrive whole or not at all: a reader
never meets half an object, whatever killed its writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from factory.errors import StoreError

CHUNK = 1 << 20
"""Bytes read at a time."""

PART = 16 << 20
"""Bytes from which an object is sent in parts, and the size of a part: 10,000 of them hold 160 GB."""

PLAIN = "application/octet-stream"
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_PREFIX = re.compile(rf"(?:{_SEGMENT}/)*(?:{_SEGMENT})?")
MAX_KEY = 512
TYPES = {
    "json": "application/json", "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "html": "text/html",
    "zip": "application/zip", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "mp4": "video/mp4",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Stat:
    """What the store knows of an object. `sha256` is 64 hex digits, or None for one that was streamed in parts."""

    key: str
    size: int
    sha256: str | None
    content_type: str
    modified: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A form that lets a browser send one file straight into the store: all `fields` first, then `file`."""

    url: str
    fields: Mapping[str, str]


class Writer(Protocol):
    """An object on its way in. `size` and `sha256` are those of what was written so far."""

    @property
    def size(self) -> int:
        """Bytes so far."""
        ...

    @property
    def sha256(self) -> str:
        """Digest so far, 64 hex digits."""
        ...

    def write(self, data: bytes) -> int:
        """Take bytes; returns how many, as files do."""
        ...


class Storage(Protocol):
    """An object store. Whatever goes wrong is a StoreError that says what to do (`storage.*` codes)."""

    def ensure_bucket(self) -> None:
        """Make the place if it is not there."""
        ...

    def put(self, key: str, data: bytes | Path, *, content_type: str = PLAIN, sha256: str | None = None) -> Stat:
        """Store bytes or a file under a key, replacing what was there. The store checks the digest on arrival;
        `sha256` is checked before anything is sent (storage.digest)."""
        ...

    def put_new(self, key: str, data: bytes, *, content_type: str = PLAIN) -> bool:
        """Store only if nothing has the key: of all who try at once, exactly one is told True."""
        ...

    def get(self, key: str, *, limit: int | None = None) -> bytes:
        """All bytes, checked against the stored digest. storage.missing, or storage.size beyond `limit` bytes."""
        ...

    def open(self, key: str) -> Iterator[bytes]:
        """The bytes in chunks of at most 1 MiB, all of one version of the object."""
        ...

    def head(self, key: str) -> Stat | None:
        """What is known of an object, or None when there is none."""
        ...

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Objects whose key begins so, in key order. Keys are held in memory (some 300 bytes each); digests are not told."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that are not there are fine."""
        ...

    def copy(self, source: str, target: str) -> Stat:
        """Copy within the store (up to 5 GB), bytes not passing through here. storage.missing without a source."""
        ...

    def presign_get(self, key: str, filename: str, seconds: int, *, inline: bool = False) -> str:
        """A link to an object that is good for so long and saves under `filename` (or shows itself, `inline`)."""
        ...

    def presign_post(self, key: str, *, max_bytes: int, content_type: str, seconds: int) -> Post:
        """A form for one upload of one type and at most so many bytes."""
        ...

    def writer(self, key: str, *, content_type: str = PLAIN) -> AbstractContextManager[Writer]:
        """Stream an object in, in constant memory. It is there when the block ends, and never after an error in it."""
        ...

    def sweep(self, older_than_s: int) -> int:
        """Clear what killed writers left half done before that many seconds; returns how many."""
        ...


def check_key(key: str) -> str:
    """The key itself when it is one of ours; StoreError storage.key otherwise."""
    if len(key) > MAX_KEY or not _KEY.fullmatch(key):
        raise _bad_key(key)
    return key


def check_prefix(prefix: str) -> str:
    """The beginning of a key, "" for all."""
    if len(prefix) > MAX_KEY or not _PREFIX.fullmatch(prefix):
        raise _bad_key(prefix)
    return prefix


def _bad_key(key: str) -> StoreError:
    return StoreError("This name is no key of the store", code="storage.key", where=repr(key[:80]),
                      help=f"Keys are plain words of letters, digits, . _ and - between slashes, at most {MAX_KEY} characters.")


def type_of(key: str) -> str:
    """The content type that a key's ending stands for."""
    return TYPES.get(key.rpartition(".")[2], PLAIN)


def missing(key: str) -> StoreError:
    """Nothing has this key."""
    return StoreError(f"There is no object {key}", code="storage.missing", where=key,
                      help="It was deleted or never written; run the job that makes it again.")


def too_long(key: str, size: int, limit: int) -> StoreError:
    """The object is larger than its reader takes."""
    return StoreError(f"{key} has {size:,} bytes", code="storage.size", where=key, help=f"At most {limit:,} are read here.")


def wrong_digest(key: str, wanted: str, found: str) -> StoreError:
    """Bytes are not what they were said to be."""
    return StoreError(f"The bytes of {key} are not what they should be", code="storage.digest", where=key,
                      help=f"Wanted sha256 {wanted[:16]}, found {found[:16]}: make the file anew and store it again.")
