"""A kit's folder as one file: equal folders give equal bytes, and a kit keeps its digest on the way."""

from __future__ import annotations

import errno
import io
import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from brand_kits.load import FILE
from factory.errors import Fault, InputError
from factory.zips import MAX_FILE, entry, read_zip, zipped

KINDS = frozenset((
    ".yaml", ".yml", ".json", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".ttf", ".otf", ".woff", ".woff2", ".txt", ".md",
))  # fmt: skip
"""What a kit is made of, and the words that go with it. All else in a folder (sources, scripts, system files) stays there."""


def pack(folder: Path) -> bytes:
    """The kit's files as a zip: stored, sorted by path, without times. InputError for links that lead out of the folder."""
    found = dict(sorted(_files(folder)))
    return b"".join(zipped(entry(name, path.read_bytes()) for name, path in found.items()))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    root = folder.resolve()
    for path in folder.rglob("*"):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if path.suffix.lower() not in KINDS or any(p.startswith(".") for p in name.split("/")) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            raise _fault("kit.link", "A link leads out of the kit's folder", name, "Put the file itself there.")
        if path.stat().st_size > MAX_FILE:
            raise _fault("kit.size", "A file is too large for a kit", name, f"At most {MAX_FILE / 1e6:.0f} MB are taken.")
        yield name, path


def unpack(data: bytes, folder: Path) -> None:
    """Put a kit's files into a new folder: whole or not at all. When another did it first, that one stands.

    Checked as if it came from outside; InputError says what is wrong.
    """
    with suppress(FileExistsError):
        unpack_file(io.BytesIO(data), folder, folder.name)


def unpack_file(file: IO[bytes], folder: Path, name: str) -> None:
    """The same from an open archive; FileExistsError when the folder holds something. One top folder is taken off."""
    with _aside(folder) as part:
        for path, data in read_zip(file, name):
            target = part / path
            if target.suffix.lower() in KINDS:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        try:
            _top(part).rename(folder)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise FileExistsError(f"{folder} is taken") from error
            raise


def _top(part: Path) -> Path:
    """Where kit.yaml lies: here, or in the only folder there is."""
    inside = list(part.iterdir())
    alone = len(inside) == 1 and inside[0].is_dir() and (inside[0] / FILE).is_file()
    return inside[0] if alone else part


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    part = folder.with_name(f".{folder.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    part.mkdir(parents=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fault(code: str, fact: str, where: str, help: str) -> InputError:
    return InputError([Fault(code=code, fact=fact, where=where, help=help)])
