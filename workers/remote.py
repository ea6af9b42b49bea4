"""Where stage results lie in the service: results in Postgres, files in the bucket, and a cache of files on this disk.

The shape is that of `workers.workfolder.WorkFolder`, so no stage knows which of the two it works with.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factory.errors import StoreError
from factory.ids import digest_bytes
from factory.store import work as store
from workers.workfolder import write_aside

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from factory.storage import Storage

TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "mp4": "video/mp4", "json": "application/json",
}
"""File ending -> media type in the bucket."""


def blob_key(name: str) -> str:
    """The bucket's key of a kept file."""
    return f"blobs/{name}"


class BlobCache:
    """Kept files on this disk, the least lately used taken away first. Several processes may share the folder.

    A cache may always fail: a full disk or a file taken away by another process costs time and nothing else.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes
        self._since_sweep = most_bytes  # the first write sweeps what earlier processes left
        self._guard = threading.Lock()

    def get(self, name: str) -> bytes | None:
        """The bytes of a file, or None where it is not here or not what its name says."""
        path = self.folder / name
        try:
            data = path.read_bytes()
            if digest_bytes(data) == name.split(".", maxsplit=1)[0]:
                os.utime(path)
                return data
            path.unlink(missing_ok=True)
        except OSError:
            pass
        return None

    def put(self, name: str, data: bytes) -> bool:
        """Keep a file. Returns whether the disk took it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_aside(self.folder / name, data)
        except OSError:  # most likely the disk is full: give back half of what we hold
            self._shrink(sum(size for _, size, _ in self._files()) // 2)
            return False
        self._count(len(data))
        return True

    def _count(self, size: int) -> None:
        with self._guard:
            self._since_sweep += size
            due = self._since_sweep > self.most_bytes // 16
            self._since_sweep = 0 if due else self._since_sweep
        if due:
            self.sweep()

    def sweep(self) -> None:
        """When the folder holds more than it may, make room for a while."""
        held = sum(size for _, size, _ in self._files())
        if held > self.most_bytes:
            self._shrink(int(self.most_bytes * 0.9))

    def _shrink(self, to_bytes: int) -> None:
        """Take the oldest away until no more is left than that."""
        files = sorted(self._files(), key=lambda f: f[0])
        held = sum(size for _, size, _ in files)
        for _, size, path in files:
            if held <= to_bytes:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            held -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                with contextlib.suppress(OSError):
                    stat = entry.stat()
                    yield stat.st_mtime, stat.st_size, Path(entry.path)


@dataclass(frozen=True, kw_only=True)
class RemoteWork:
    """Stage results of the service."""

    pool: ConnectionPool[Connection[dict[str, Any]]]
    storage: Storage
    root: Path
    cache: BlobCache
    known: set[str] = field(default_factory=set)
    """Files that this process has seen in the bucket: their keys are named by content, so they are there for good."""

    def has(self, job: str) -> bool:
        """Whether a job's result is there."""
        with self.pool.connection() as db:
            return db.execute("select 1 from results where job = %s", (job,)).fetchone() is not None

    def put(self, job: str, result: Any) -> None:
        """Keep a job's result, outside of any batch. Workers do not: their results end a lease (`lease.finish`)."""
        with self.pool.connection() as db:
            store.keep_result(db, job, result)

    def get(self, job: str) -> Any:
        """A job's result as plain data. Raises StoreError when it is missing."""
        with self.pool.connection() as db:
            found = store.result(db, job)
        if found is None:
            raise StoreError(f"The result of {job} is missing", where=job, code="work.damaged",
                             help="Retry the batch's failed jobs: it is made anew.")
        return found

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep bytes under their digest, in the bucket first; returns the name. The suffix has no dot."""
        name = f"{digest_bytes(data)}.{suffix}"
        if name not in self.known:
            there = self.storage.head(blob_key(name))
            if there is None or there.size != len(data):
                self.storage.put(blob_key(name), data, content_type=TYPES.get(suffix, "application/octet-stream"))
            self.known.add(name)
        self.cache.put(name, data)
        return name

    def blob(self, name: str) -> bytes:
        """The bytes of a kept file, from this disk or the bucket. Raises StoreError when neither has it."""
        held = self.cache.get(name)
        if held is None:
            held = self.storage.get(blob_key(name))
            if digest_bytes(held) != name.split(".", maxsplit=1)[0]:
                raise StoreError(f"A kept file is damaged: {name}", where=blob_key(name), code="work.damaged",
                                 help="Delete that object and retry the batch's failed jobs.")
            self.cache.put(name, held)
        return held

    def blob_path(self, name: str) -> Path:
        """Where a kept file lies on this disk: for short use, as the cache may take it away again."""
        path = self.cache.folder / name
        if self.cache.get(name) is None:
            data = self.blob(name)
            if not path.is_file():
                write_aside(path, data)
        return path
