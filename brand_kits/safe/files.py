"""Reading a person's files: nothing outside the folder, nothing larger than its kind may be."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from brand_kits.errors import UnsafeFileError


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A file's bytes, equal and hashed by digest: a key for caches that must not keep two of the same."""

    digest: str
    data: bytes = field(compare=False, repr=False)
    name: str = field(compare=False, default="")


def read_blob(path: Path, *, limit: int) -> Blob:
    """The bytes of a regular file of at most `limit` bytes; UnsafeFileError says why it is not read."""
    size = _checked_size(path, limit)
    with path.open("rb") as handle:
        data = handle.read(limit + 1)
    if len(data) > limit:
        raise too_big(path.name, max(size, len(data)), limit)
    return Blob(digest=hashlib.sha256(data).hexdigest(), data=data, name=path.name)


def _checked_size(path: Path, limit: int) -> int:
    try:
        status = path.stat()
    except (OSError, ValueError) as cause:
        raise UnsafeFileError(
            f"There is no file {path.name}", code="file.missing", where=path.name,
            help="Put the file there or correct its name.",
        ) from cause
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFileError(
            f"{path.name} is not a file", code="file.kind", where=path.name,
            help="Name a file, not a folder or device.",
        )
    if status.st_size > limit:
        raise too_big(path.name, status.st_size, limit)
    return status.st_size


def too_big(name: str, size: int, limit: int) -> UnsafeFileError:
    """The fault for a file over its limit, sizes in kB of 1000 bytes."""
    return UnsafeFileError(
        f"{name} has {size / 1000:,.0f} kB", code="file.size", where=name,
        help=f"At most {limit / 1000:,.0f} kB are read; make it smaller.",
    )


def inside(root: Path, name: str) -> Path:
    """The path of a file named relative to a folder, or UnsafeFileError when it would lie outside.

    Refused: absolute paths, `..`, back slashes, drive letters, and links that lead out of the folder.
    """
    pure = PurePosixPath(name)
    odd = not name.strip() or "\\" in name or ":" in name or any(ord(c) < 32 for c in name)
    if odd or pure.is_absolute() or ".." in pure.parts:
        raise _outside(name)
    path = root / pure
    try:
        resolved = path.resolve()
    except (OSError, RuntimeError) as cause:
        raise _outside(name) from cause
    if not resolved.is_relative_to(root.resolve()):
        raise _outside(name)
    return path


def _outside(name: str) -> UnsafeFileError:
    return UnsafeFileError(
        f"{name!r} leads out of the folder", code="file.outside", where=name,
        help="Name a file inside the folder, with forward slashes and without `..`.",
    )
