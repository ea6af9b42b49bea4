"""The bundle of a batch: into a folder for `factory make`, into the object store for everybody else.

In the store the order is the promise: assets first, manifests next, the mark `_SUCCESS` last and only if there is none.
Readers look at the mark alone. Broken off anywhere, a bundle has no mark; done twice, or by two at once, it is the same
bundle once. Every file but the mark is written by whoever comes first and compared by whoever comes second, so that two
different contents can never share one mark.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from brand_kits.kit import BrandKit
from factory.errors import RefusedError, StoreError
from factory.gallery.page import to_html
from factory.ids import canonical as canonical_json
from factory.ids import digest, digest_bytes
from factory.manifests import canonical, copy_table
from factory.manifests.rows import Sheets
from factory.manifests.writers import WRITERS
from factory.records import Asset, Batch, Brief, Placement
from factory.storage import Stat, Storage, check_key, type_of
from factory.storage.folder import digest_of

T = TypeVar("T")
MARK, RECALLED = "_SUCCESS", "_RECALLED"
BLOBS = "blobs"
AT_ONCE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A bundle that stands. `fresh` is False when the same bundle stood there already."""

    prefix: str
    digest: str
    files: int
    bytes: int
    fresh: bool


def bundle_files(batch: Batch, brief: Brief, kit: BrandKit, placements: Iterable[Placement]) -> dict[str, bytes]:
    """The record, the texts, each platform's manifest and the gallery, by path in the bundle. Equal input, equal bytes.

    Raises StoreError for a record that contradicts itself.
    """
    table = {p.id: p for p in placements}
    files = {"batch.json": canonical.to_json(batch), "copy.csv": copy_table.to_csv(batch, table)}
    for platform in sorted({table[v.placement].platform for v in batch.variants if v.status == "shipped"}):
        files |= {f"manifests/{platform}/{name}": data for name, data in _sheets(platform, batch, brief, table).items()}
    files["index.html"] = to_html(batch, brief, kit, table)
    return files


def _sheets(platform: str, batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """A platform's files by name; a platform without a writer gets none."""
    writer = WRITERS.get(platform)
    return writer(batch, brief, placements) if writer else {}


def assets_of(batch: Batch) -> tuple[Asset, ...]:
    """The files that a bundle of the batch ships: of its shipped variants and its components, each once, by path."""
    named = [a for v in batch.variants if v.status == "shipped" for a in v.files]
    named += [c.asset for c in batch.components if c.asset]
    return tuple(dict(sorted((a.path, a) for a in named)).values())


# ------------------------------------------------------------------------------------------------- into a folder


def publish_folder(batch: Batch, brief: Brief, kit: BrandKit, placements: Iterable[Placement], root: Path) -> None:
    """Write a bundle's files into OUT, whose `assets/` stand already. Raises StoreError for a missing asset.

    Nothing is written before all of it is known to be right. The mark is left to whoever owns the folder.
    """
    assets = assets_of(batch)
    missing = [a.path for a in assets if not _whole(root / a.path, a.bytes)]
    if missing:
        raise _incomplete(missing, len(assets), "Run the same command again.")
    for name, data in bundle_files(batch, brief, kit, placements).items():
        _put(root / name, data)


def _whole(path: Path, size: int) -> bool:
    """As long as the record says: a cut copy is no asset."""
    return path.is_file() and path.stat().st_size == size


def _put(path: Path, data: bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _incomplete(missing: list[str], of: int, help: str) -> StoreError:
    return StoreError(f"{len(missing)} of {of} files of the batch are missing or cut short", code="publish.missing",
                      where=missing[0], help=help)


# ------------------------------------------------------------------------------------------------- into the store


def publish(
    storage: Storage, prefix: str, files: Mapping[str, bytes], assets: Iterable[Asset], mark: Mapping[str, Any]
) -> Published:
    """Put a bundle under `prefix` (`bundles/<id>`): assets copied from `blobs/`, then `files`, then the mark.

    `mark` adds facts to the mark: nothing that differs from run to run. Safe to repeat, and for two at once. StoreError:
    publish.missing (an asset is not in `blobs/` as the record says), publish.mixed (an unfinished bundle of other content
    lies there), publish.other (a finished one does). RefusedError publish.recalled.
    """
    root = check_key(prefix.rstrip("/"))
    listed = sorted(assets, key=lambda a: a.path)
    body = _mark(files, listed, mark)
    result = partial(Published, prefix=root, digest=body["digest"], files=len(body["files"]) + 1,
                     bytes=sum(f["bytes"] for f in body["files"].values()))
    if _stands(storage, root, body["digest"]):
        return result(fresh=False)
    _bring_assets(storage, root, listed)
    for name in sorted(files):
        _place(storage, f"{root}/{name}", files[name])
    fresh = storage.put_new(f"{root}/{MARK}", canonical_json(body) + b"\n", content_type="application/json")
    if not fresh and not _stands(storage, root, body["digest"]):
        raise StoreError("The mark was there and is gone", code="storage.down", where=root, help="Try again.")
    return result(fresh=fresh)


def _mark(files: Mapping[str, bytes], assets: Iterable[Asset], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the mark says: every file with digest and size, and one digest over it all."""
    named = {a.path: {"sha256": a.sha256, "bytes": a.bytes} for a in assets}
    named |= {n: {"sha256": digest_bytes(d), "bytes": len(d)} for n, d in files.items()}
    body = {**facts, "batch": named["batch.json"]["sha256"], "files": named}
    return {**body, "digest": digest(body)}


def _stands(storage: Storage, root: str, wanted: str) -> bool:
    """Whether this very bundle is finished; refuses one that was recalled, and one of other content."""
    if storage.head(f"{root}/{RECALLED}"):
        raise RefusedError("This bundle was recalled", code="publish.recalled", where=root,
                           help="Approve other versions, or select other variants: that makes a new bundle.")
    found = _read(storage, f"{root}/{MARK}")
    if found is not None and found.get("digest") != wanted:
        raise StoreError("Another bundle is published here", code="publish.other", where=root,
                         help="Recall it first, or publish under another id.")
    return found is not None


def _bring_assets(storage: Storage, root: str, assets: Iterable[Asset]) -> None:
    """Copy what is not there yet. All sources are looked at before the first copy."""
    todo = [a for a, there in _each(lambda a: _is(storage, f"{root}/{a.path}", a), assets) if not there]
    missing = [a.path for a, there in _each(lambda a: _is(storage, _source(a), a), todo) if not there]
    if missing:
        raise _incomplete(missing, len(todo), "Run the batch again: what is missing is made anew.")
    copied = _each(lambda a: storage.copy(_source(a), f"{root}/{a.path}"), todo)
    wrong = [a.path for a, stat in copied if not _same(storage, stat, a)]
    if wrong:
        raise _incomplete(wrong, len(todo), "The copy in the store went wrong; try again.")


def _each(act: Callable[[Asset], T], assets: Iterable[Asset]) -> list[tuple[Asset, T]]:
    listed = list(assets)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(zip(listed, pool.map(act, listed), strict=True))


def _source(asset: Asset) -> str:
    return f"{BLOBS}/{PurePosixPath(asset.path).name}"


def _is(storage: Storage, key: str, asset: Asset) -> bool:
    stat = storage.head(key)
    return stat is not None and _same(storage, stat, asset)


def _same(storage: Storage, stat: Stat, asset: Asset) -> bool:
    """Size and digest; the bytes are read where the store knows no digest."""
    if stat.size != asset.bytes:
        return False
    return (stat.sha256 or digest_of(storage.open(stat.key))) == asset.sha256


def _place(storage: Storage, key: str, data: bytes) -> None:
    """The first content of a key is its only one until the bundle is marked or discarded."""
    if not storage.put_new(key, data, content_type=type_of(key)) and storage.get(key) != data:
        raise StoreError("Part of another bundle lies here, unfinished", code="publish.mixed", where=key,
                         help="If nobody is publishing it, discard it and publish again.")


def _read(storage: Storage, key: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(storage.get(key))
    except StoreError as error:
        if error.fault.code == "storage.missing":
            return None
        raise
    return found


def read_mark(storage: Storage, prefix: str) -> dict[str, Any] | None:
    """What the mark of a bundle says: `files` (path -> sha256, bytes), `digest`, `batch` and the publisher's own facts.

    None while a bundle is unfinished, and once it is recalled.
    """
    root = prefix.rstrip("/")
    found = _read(storage, f"{root}/{MARK}")
    return None if found is None or storage.head(f"{root}/{RECALLED}") else found


def readable(storage: Storage, prefix: str) -> bool:
    """Whether a bundle may be used: finished, and not recalled."""
    root = prefix.rstrip("/")
    return storage.head(f"{root}/{MARK}") is not None and storage.head(f"{root}/{RECALLED}") is None


def recall(storage: Storage, prefix: str, reason: str) -> bool:
    """Take a bundle back, finished or not: its files stay, and no reader may use them. The first reason stands.

    False when it was recalled before.
    """
    body = canonical_json({"reason": " ".join(reason.split())[:500]}) + b"\n"
    return storage.put_new(f"{prefix.rstrip('/')}/{RECALLED}", body, content_type="application/json")


def discard(storage: Storage, prefix: str) -> int:
    """Clear an unfinished bundle away, so that it can be published with other content; returns how many files.

    Only for whoever holds the right to publish it: nobody else may be at it. StoreError publish.other for a finished one.
    """
    root = prefix.rstrip("/")
    if storage.head(f"{root}/{MARK}"):
        raise StoreError("This bundle is finished", code="publish.other", where=root, help="Recall it instead.")
    keys = [s.key for s in storage.list(f"{root}/") if s.key != f"{root}/{RECALLED}"]
    storage.delete(keys)
    return len(keys)
