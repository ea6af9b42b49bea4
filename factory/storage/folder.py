"""The store as a folder: for tests and for work on one machine without a bucket.

It keeps what an object store promises, with one difference that a file system forces: `a` and `a/b` cannot both be keys.
Files that begin with a dot are ours on their way in; no key begins so.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from factory.errors import RefusedError, StoreError
from factory.storage.port import CHUNK, PLAIN, Post, Stat, check_key, check_prefix, missing, too_long, type_of, wrong_digest


class FolderStorage:
    """A folder with a file for each key."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def __repr__(self) -> str:
        return f"FolderStorage({str(self.root)!r})"

    def ensure_bucket(self) -> None:
        """Make the folder."""
        with _told(str(self.root)):
            self.root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, data: bytes | Path, *, content_type: str = PLAIN, sha256: str | None = None) -> Stat:
        """See Storage. The type is not kept: it is told by the ending."""
        path = self._path(key)
        with self._aside(path) as (part, file), _told(key):
            found = _fill(file, data)
            if sha256 is not None and found != sha256:
                raise wrong_digest(key, sha256, found)
            part.replace(path)
        return self._stat(key, found)

    def put_new(self, key: str, data: bytes, *, content_type: str = PLAIN) -> bool:
        """See Storage: a hard link is made or refused in one step."""
        path = self._path(key)
        with self._aside(path) as (part, file), _told(key):
            _fill(file, data)
            try:
                os.link(part, path)
            except FileExistsError:
                return False
        return True

    def get(self, key: str, *, limit: int | None = None) -> bytes:
        """See Storage. A folder keeps no digest of its own to check against."""
        stat = self._size(key)
        if limit is not None and stat > limit:
            raise too_long(key, stat, limit)
        return b"".join(self.open(key))

    def open(self, key: str) -> Iterator[bytes]:
        """See Storage."""
        self._size(key)
        return self._chunks(key)

    def _chunks(self, key: str) -> Iterator[bytes]:
        with _told(key), self._path(key).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def head(self, key: str) -> Stat | None:
        """See Storage. Reads the file for its digest."""
        if not self._path(key).is_file():
            return None
        try:
            return self._stat(key, digest_of(self.open(key)))
        except StoreError as error:
            if error.fault.code == "storage.missing":  # gone since we looked
                return None
            raise

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """See Storage."""
        check_prefix(prefix)
        folder = self.root / prefix.rpartition("/")[0]
        found = ((p.relative_to(self.root).as_posix(), p) for p in folder.rglob("*"))
        for key in sorted(k for k, p in found if k.startswith(prefix) and not p.name.startswith(".") and p.is_file()):
            with suppress(FileNotFoundError):  # deleted since we looked
                yield self._stat(key, None)

    def delete(self, keys: Iterable[str]) -> None:
        """See Storage. Folders that became empty stay: another writer may be about to use them."""
        for key in keys:
            with _told(key), suppress(FileNotFoundError, NotADirectoryError):
                self._path(key).unlink()

    def copy(self, source: str, target: str) -> Stat:
        """See Storage."""
        self._size(source)
        return self.put(target, self._path(source))

    def presign_get(self, key: str, filename: str, seconds: int, *, inline: bool = False) -> str:
        """A `file://` link: it works for programs on this machine, for ever and under its own name."""
        self._size(key)
        return self._path(key).as_uri()

    def presign_post(self, key: str, *, max_bytes: int, content_type: str, seconds: int) -> Post:
        """A folder has no door for others: RefusedError."""
        raise RefusedError("A folder takes no uploads by form", code="storage.presign", where=key,
                           help="Put the file through the program, or use an S3 server (FACTORY_S3_ENDPOINT).")

    @contextmanager
    def writer(self, key: str, *, content_type: str = PLAIN) -> Iterator[_FolderWriter]:
        """See Storage."""
        path = self._path(key)
        with self._aside(path) as (part, file):
            yield _FolderWriter(file, key)
            with _told(key):
                file.flush()
                os.fsync(file.fileno())
                part.replace(path)

    def sweep(self, older_than_s: int) -> int:
        """See Storage."""
        before, swept = time.time() - older_than_s, 0
        for part in self.root.rglob(".*.part"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime <= before:
                    part.unlink()
                    swept += 1
        return swept

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    @contextmanager
    def _aside(self, path: Path) -> Iterator[tuple[Path, BinaryIO]]:
        """A file beside its place, gone again unless it was renamed."""
        part = path.with_name(f".{path.name[-100:]}.{secrets.token_hex(6)}.part")
        with _told(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = part.open("xb")
        try:
            with file:
                yield part, file
        finally:
            part.unlink(missing_ok=True)

    def _size(self, key: str) -> int:
        path = self._path(key)
        if not path.is_file():
            raise missing(key)
        return path.stat().st_size

    def _stat(self, key: str, sha256: str | None) -> Stat:
        found = self._path(key).stat()
        return Stat(key=key, size=found.st_size, sha256=sha256, content_type=type_of(key),
                    modified=datetime.fromtimestamp(found.st_mtime, UTC))


class _FolderWriter:
    """A file being written, counted and hashed."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        self._file, self._key, self._hash, self._size = file, key, hashlib.sha256(), 0

    @property
    def size(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        with _told(self._key):
            self._file.write(data)
        self._hash.update(data)
        self._size += len(data)
        return len(data)


def _fill(file: BinaryIO, data: bytes | Path) -> str:
    """Write bytes or another file's, down to the disk; returns their sha256."""
    if isinstance(data, bytes):
        file.write(data)
        found = hashlib.sha256(data).hexdigest()
    else:
        with data.open("rb") as source:
            shutil.copyfileobj(source, file, CHUNK)
            source.seek(0)
            found = digest_of(iter(lambda: source.read(CHUNK), b""))
    file.flush()
    os.fsync(file.fileno())
    return found


def digest_of(chunks: Iterable[bytes]) -> str:
    """sha256 over chunks, 64 hex digits."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return running.hexdigest()


FACTS: dict[int | None, tuple[str, str, str]] = {
    errno.ENOSPC: ("storage.space", "The disk is full", "Free some space and try again."),
    errno.EDQUOT: ("storage.space", "The disk quota is used up", "Free some space and try again."),
    errno.EACCES: ("storage.denied", "The folder may not be written", "Give this user the right to write there."),
    errno.EROFS: ("storage.denied", "The folder may not be written", "Give this user the right to write there."),
    errno.ENOENT: ("storage.missing", "The file is not there", "Name a file that exists."),
}


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Errors of the file system as ours."""
    try:
        yield
    except OSError as error:
        other = ("storage.down", f"The folder cannot be used ({error.strerror})", "Look at the disk; `a` beside `a/b` cannot be.")
        code, fact, help = FACTS.get(error.errno, other)
        raise StoreError(fact, code=code, where=where, help=help) from error
