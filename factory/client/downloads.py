"""Large files from the bucket: fetched with resume, held against their digests, unpacked with care."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import httpx

from factory.client.wire import UnreachableError, Wire, pause
from factory.errors import StoreError

MARK: Final = "_SUCCESS"
CHUNK: Final = 1 << 20


def fetch(wire: Wire, path: str, folder: Path, sha256: str) -> Path:
    """Fetch what a path of the API redirects to, beside a folder. A cut connection goes on where it stopped.

    Raises StoreError when the whole is not what its digest says, UnreachableError when it does not come.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder.parent, prefix=".bundle-", suffix=".part", delete=False) as sink:
        part, have, last = Path(sink.name), 0, ""
        for number in range(wire.attempts):
            link = wire.ask("GET", path).headers["location"]  # links live for minutes: each try takes a fresh one
            try:
                have = _append(wire, link, sink, have)
                break
            except httpx.TransportError as error:
                have, last = sink.tell(), str(error)
                pause(number)
        else:
            part.unlink()
            raise UnreachableError(f"The archive broke off: {last}", code="client.download", where=path, help="Try again.")
    if _sha256(part) != sha256:
        part.unlink()
        raise StoreError("The archive is not what the service says it is", code="client.digest", where=path, help="Try again.")
    return part


def _append(wire: Wire, link: str, sink: Any, have: int) -> int:
    headers = {"Range": f"bytes={have}-"} if have else {}
    with wire.plain.stream("GET", link, headers=headers) as got:
        if got.status_code not in (200, 206):
            raise httpx.ReadError(f"HTTP {got.status_code}")
        if got.status_code == 200:
            sink.seek(0)
            sink.truncate()
        for chunk in got.iter_raw(CHUNK):
            sink.write(chunk)
    sink.flush()
    return int(sink.tell())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(archive: Path, folder: Path) -> list[Path]:
    """A bundle's files in a folder, each as its mark says; the mark comes last. Raises StoreError, and leaves nothing then."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".bundle-") as scratch, zipfile.ZipFile(archive) as held:
        whole = Path(scratch) / "whole"
        mark = json.loads(held.read(MARK))
        names = sorted(mark["files"])
        strange = set(held.namelist()) ^ {*names, MARK}
        if strange:
            raise StoreError("The archive holds other files than its mark says", code="client.digest", where=sorted(strange)[0])
        for name in names:
            _write(held, name, mark["files"][name], whole)
        (whole / MARK).write_bytes(held.read(MARK))
        if folder.exists():
            folder.rmdir()
        whole.rename(folder)
    return [folder / n for n in [*names, MARK]]


def _write(held: zipfile.ZipFile, name: str, wanted: Mapping[str, Any], root: Path) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise StoreError("A file's name leads out of the bundle", code="client.name", where=name)
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    found, size = hashlib.sha256(), 0
    with held.open(name) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            found.update(chunk)
            size += len(chunk)
            sink.write(chunk)
    if size != wanted["bytes"] or found.hexdigest() != wanted["sha256"]:
        raise StoreError("A file is not what the bundle's mark says", code="client.digest", where=name, help="Try again.")
