"""Where stage results lie between the stages: one folder, results by job id, files by digest.

Everything is written aside and renamed, so a result is either whole or absent, whatever kills the writer.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factory.errors import StoreError
from factory.ids import canonical, digest_bytes


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Stage results under one root."""

    root: Path

    def prepare(self) -> None:
        """Make the folders, and sweep what killed writers left half done."""
        for name in ("results", "blobs"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for left in self.root.glob("*/.*.part"):
            left.unlink(missing_ok=True)

    def has(self, job: str) -> bool:
        """Whether a job's result is there."""
        return self._result(job).is_file()

    def put(self, job: str, result: Any) -> None:
        """Keep a job's result."""
        write_aside(self._result(job), canonical(result))

    def get(self, job: str) -> Any:
        """A job's result as plain data. Raises StoreError when it is missing or damaged."""
        try:
            return json.loads(self._result(job).read_bytes())
        except (OSError, ValueError) as error:
            raise StoreError(f"The result of {job} cannot be read", where=str(self._result(job)), code="work.damaged",
                             help="Delete that file and run the same command again.") from error

    def find(self, job: str) -> Any:
        """A job's result, or None when it is not done."""
        return self.get(job) if self.has(job) else None

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep bytes under their digest; returns the name. The suffix has no dot."""
        name = f"{digest_bytes(data)}.{suffix}"
        path = self.root / "blobs" / name
        if not path.is_file():
            write_aside(path, data)
        return name

    def blob(self, name: str) -> bytes:
        """The bytes of a kept file. Raises StoreError when it is not there."""
        path = self.blob_path(name)
        try:
            return path.read_bytes()
        except OSError as error:
            raise StoreError(f"A kept file is missing: {name}", where=str(path), code="work.damaged",
                             help="Run the same command with --fresh.") from error

    def blob_path(self, name: str) -> Path:
        """Where a kept file lies."""
        return self.root / "blobs" / name

    def jobs(self) -> Iterator[str]:
        """Names of all finished jobs."""
        return (p.stem for p in sorted((self.root / "results").glob("*.json")))

    def _result(self, job: str) -> Path:
        return self.root / "results" / f"{job}.json"


def write_aside(path: Path, data: bytes) -> None:
    """Write a file whole: aside first, then renamed over its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
