"""A batch's brief and kit, fetched from the store into folders of this machine that are named by content."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from brand_kits.kit import BrandKit
from factory.errors import Fault, InputError
from factory.ids import digest
from factory.options import MakeOptions
from factory.records import Brief
from workers.inputs import Inputs, read_both, read_inputs

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.storage import Storage

KEPT = 32
"""Folders of briefs, and of kits, that stay on this machine."""


OPTIONS = ("variants", "seed", "video", "image_model", "copy_model")
"""What of a batch's options changes what is made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """What a batch is made from, as the store names it. Equal `key`, equal inputs."""

    body: str
    format: str
    pictures: Mapping[str, str]
    kit: str
    options: Mapping[str, Any]
    plan: str = ""
    """Digest of the plan that was made of it, once there is one; no part of the key."""

    @property
    def key(self) -> str:
        """A digest of all that a batch depends on."""
        return digest([self.body, self.format, self.pictures, self.kit, {k: self.options.get(k) for k in OPTIONS}])


def source_of(db: Connection[dict[str, Any]], batch: str) -> Source:
    """The source of a batch. Raises LookupError when there is no such batch."""
    row = db.execute(
        "select r.body, r.format, r.pictures, v.digest as kit, b.options, coalesce(b.plan ->> 'plan', '') as plan "
        "from batches b join briefs r on r.id = b.brief "
        "join brand_versions v on v.brand = r.brand and v.version = r.brand_version where b.id = %s", (batch,)).fetchone()
    if row is None:
        raise LookupError(batch)
    return Source(**row)


def inputs_of(source: Source, storage: Storage, cache: Path) -> Inputs:
    """Brief, kit and plan. Raises InputError with every fault, told without a path of this machine."""
    brief, kit = fetch(source, storage, cache)
    asked = source.options
    options = MakeOptions(
        brief=brief, kit=kit, out=cache, variants=asked.get("variants"), seed=asked.get("seed") or 0,
        image_model=asked.get("image_model") or None, copy_model=asked.get("copy_model") or None, video=asked.get("video", True),
    )
    try:
        return read_inputs(options)
    except InputError as error:
        raise _without_paths(error, brief.parent, kit) from error


def brief_and_kit(source: Source, storage: Storage, cache: Path) -> tuple[Brief, BrandKit]:
    """Brief and kit alone: what a bundle's manifests speak of."""
    return read_both(*fetch(source, storage, cache))


def fetch(source: Source, storage: Storage, cache: Path) -> tuple[Path, Path]:
    """The brief's file and the kit's folder on this machine."""
    from factory.kitzip import unpack

    kit = cache / "kits" / source.kit
    if not _there(kit):
        unpack(storage.get(f"kits/{source.kit}.zip"), kit)
        _keep_few(kit.parent)
    folder = cache / "briefs" / digest([source.body, source.format, source.pictures])[:32]
    if not _there(folder):
        _write_brief(source, storage, folder)
        _keep_few(folder.parent)
    return folder / f"brief.{source.format}", kit


def _there(folder: Path) -> bool:
    """Whether a folder is there; marks it as used."""
    try:
        os.utime(folder)
    except FileNotFoundError:
        return False
    return True


def _write_brief(source: Source, storage: Storage, folder: Path) -> None:
    """Brief and pictures, written aside and put in place whole; whoever comes second finds it done."""
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    aside.mkdir(parents=True)
    try:
        (aside / f"brief.{source.format}").write_text(source.body, encoding="utf-8")
        for path, key in source.pictures.items():
            target = aside / _inner(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(storage.get(key))
        try:
            aside.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _inner(path: str) -> PurePosixPath:
    """A picture's path beside the brief; never out of its folder, whatever the record says."""
    inner = PurePosixPath(path)
    if inner.is_absolute() or ".." in inner.parts or not inner.parts:
        raise InputError([Fault(code="brief.picture", fact=f"{path!r} is no path beside the brief", where="product.pictures",
                                help="Name a file beside the brief.")])
    return inner


def _keep_few(shelf: Path) -> None:
    """Take away the folders that were not used for longest, and what killed processes left half done."""
    found = sorted((p for p in shelf.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _without_paths(error: InputError, *folders: Path) -> InputError:
    def clean(text: str) -> str:
        for folder in folders:
            text = text.replace(f"{folder}/", "").replace(str(folder), folder.name)
        return text

    return InputError([replace(f, fact=clean(f.fact), where=clean(f.where), help=clean(f.help)) for f in error.faults])
