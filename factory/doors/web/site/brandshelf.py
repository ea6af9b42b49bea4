"""What the pages of brands do with the store, the bucket and the cache."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from brand_kits.errors import KitError
from factory.doors.web import desk
from factory.doors.web.access import Actor
from factory.doors.web.parts import Parts
from factory.doors.web.routes.uploads import HOURS, MOST, keep_kit, turn
from factory.errors import InputError
from factory.ids import plain
from factory.store import library, people
from factory.store.access import note

if TYPE_CHECKING:
    from fastapi import UploadFile

    from brand_kits.kit import BrandKit

DRAWN: Final = "1"
"""Goes into the names of folders of drawn pictures: another number when they are drawn otherwise."""

KEPT: Final = 60
"""Kits whose drawn pictures stay on the disk: about half a megabyte each."""

ONE_AT_A_TIME: Final = threading.Lock()
WAIT_S: Final = 20.0
"""Drawing takes a second or two of a core; whoever waits longer does without, so that threads stay free for others."""


def shelf(web: Parts, before: tuple[datetime, str] | None, limit: int) -> list[dict[str, Any]]:
    """Brands with their newest version's facts and the names of who made them, newest first."""
    with web.reading() as db:
        rows = library.brands(db, before, limit)
        newest = library.newest(db, [r["id"] for r in rows])
        names = people.names(db, [v["created_by"] for v in newest.values()])
    return [{**r, "at": newest[r["id"]], "who": names.get(newest[r["id"]]["created_by"], "")} for r in rows if r["id"] in newest]


def history(web: Parts, brand: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A brand's versions, newest first, and what who made them is called."""
    with web.reading() as db:
        rows = library.versions(db, brand, None, 100)
        return rows, people.names(db, [r["created_by"] for r in rows])


def taken_in(web: Parts, actor: Actor, file: UploadFile) -> dict[str, Any]:
    """The facts of a kit that a person sent, kept as the API keeps it. Raises InputError with every fault."""
    name = Path(file.filename or "kit.zip").name[:120] or "kit.zip"
    with tempfile.TemporaryDirectory(prefix="kit-") as scratch:
        path = Path(scratch) / "kit.zip"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        return kept(web, actor, path, name)


def kept(web: Parts, actor: Actor, path: Path, name: str) -> dict[str, Any]:
    """The facts of a kit's zip, put through intake; the upload is written down, refused or not."""
    try:
        with turn():
            key, sha256, facts = keep_kit(web, path)
    except InputError as refused:
        _written(web, actor, name, "refused", {"faults": [plain(f) for f in refused.faults]})
        raise
    _written(web, actor, name, "ready", facts, key, sha256)
    return facts


def _written(
    web: Parts, actor: Actor, name: str, state: str, facts: Mapping[str, Any], key: str | None = None, sha256: str | None = None
) -> None:
    with web.changing() as db:
        row = library.put_upload(db, kind="kit", name=name, max_bytes=MOST["kit"], by=actor.id, hours=HOURS)
        library.end_upload(db, row["id"], state, facts=facts, storage_key=key, sha256=sha256)
        note(db, actor.id, f"upload.{state}", row["id"], {"kind": "kit", "name": name, "sha256": sha256})


def pictures(web: Parts, digest: str) -> Path | None:
    """The folder of a kit's drawn pictures, drawn now when it is not there; None when they cannot be drawn."""
    folder = web.settings.home / "cache" / "sketches" / f"{digest}-{DRAWN}"
    if folder.is_dir():
        return folder
    kit = desk.kit_of(web, digest)
    if not ONE_AT_A_TIME.acquire(timeout=WAIT_S):
        return None
    try:
        with suppress(KitError, OSError):
            return _drawn(kit, folder)
        return None
    finally:
        ONE_AT_A_TIME.release()


def _drawn(kit: BrandKit, folder: Path) -> Path:
    from brand_kits.safe.sketch import sketched

    made = sketched(kit, folder)
    others = [p for p in folder.parent.iterdir() if p != folder and not p.name.startswith(".")]
    others.sort(key=lambda p: p.stat().st_mtime)
    for old in others[: max(0, len(others) + 1 - KEPT)]:
        shutil.rmtree(old, ignore_errors=True)
    return made


def has(web: Parts, digest: str) -> bool:
    """Whether a brand's version is this kit."""
    with web.reading() as db:
        return library.holds(db, digest)
