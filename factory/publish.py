"""The bundle of a batch in a local folder: assets stand there already, manifests follow, the mark comes last.

The mark (`_SUCCESS`) is written by whoever owns the folder, once everything named in the record is in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from brand_kits.kit import BrandKit
from factory.errors import StoreError
from factory.gallery.page import to_html
from factory.manifests import canonical, copy_table
from factory.manifests.rows import Sheets
from factory.manifests.writers import WRITERS
from factory.records import Asset, Batch, Brief, Placement


def publish(batch: Batch, brief: Brief, kit: BrandKit, placements: Iterable[Placement], root: Path) -> None:
    """Write the record, the texts, each platform's manifest and the gallery. Raises StoreError for a missing asset.

    `root` is OUT, with the shipped files in its `assets/`. Nothing is written before all of it is known to be right.
    """
    table = {p.id: p for p in placements}
    _all_there(batch, root)
    bundle = {"batch.json": canonical.to_json(batch), "copy.csv": copy_table.to_csv(batch, table)}
    for platform in sorted({table[v.placement].platform for v in batch.variants if v.status == "shipped"}):
        bundle |= {f"manifests/{platform}/{name}": data for name, data in _sheets(platform, batch, brief, table).items()}
    bundle["index.html"] = to_html(batch, brief, kit, table)
    for name, data in bundle.items():
        _put(root / name, data)


def _sheets(platform: str, batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """A platform's files by name; a platform without a writer gets none."""
    writer = WRITERS.get(platform)
    return writer(batch, brief, placements) if writer else {}


def _all_there(batch: Batch, root: Path) -> None:
    """Every file that the record names lies there, as long as the record says: a cut copy is no asset."""
    named: list[Asset] = [a for v in batch.variants if v.status == "shipped" for a in v.files]
    named += [c.asset for c in batch.components if c.asset]
    missing = [a.path for a in named if not _whole(root / a.path, a.bytes)]
    if missing:
        raise StoreError(f"{len(missing)} of {len(named)} files of the batch are missing or cut short", code="publish.missing",
                         where=missing[0], help="Run the same command again.")


def _whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _put(path: Path, data: bytes) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
