"""What the stages ask of the place where results lie: a folder (`workfolder`) or the service's store (`remote`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Work(Protocol):
    """Stage results by job id, files by digest. What cannot be read is a StoreError."""

    @property
    def root(self) -> Path:
        """A local folder for logs and kept files."""
        ...

    def has(self, job: str) -> bool:
        """Whether a job's result is there."""
        ...

    def put(self, job: str, result: Any) -> None:
        """Keep a job's result."""
        ...

    def get(self, job: str) -> Any:
        """A job's result as plain data."""
        ...

    def put_blob(self, data: bytes, suffix: str) -> str:
        """Keep bytes under their digest; returns the name. The suffix has no dot."""
        ...

    def blob(self, name: str) -> bytes:
        """The bytes of a kept file."""
        ...

    def blob_path(self, name: str) -> Path:
        """Where a kept file lies on this machine."""
        ...
