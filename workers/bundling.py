"""Bundles: what people chose of a batch, published into the bucket, and zipped there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brand_kits.kit import BrandKit
from factory.errors import StageError, StoreError
from factory.placements import select as placements_of
from factory.readback import batch_of, standing
from factory.records import Batch
from factory.store import batches, bundles, variants
from factory.store.rows import Lease
from workers.desk import Desk
from workers.lease import Done
from workers.sources import brief_and_kit, source_of

if TYPE_CHECKING:
    from psycopg import Connection


def publish(desk: Desk, lease: Lease) -> Done:
    """A bundle into the bucket: assets, manifests, mark. Repeated after any crash, it is the same bundle once."""
    from factory import publish as publishing

    bundle = lease.args["bundle"]
    with desk.pool.connection() as db:
        row, batch = _asked(db, bundle)
        source = source_of(db, lease.batch)
        bundles.move(db, bundle, "publishing")
    brief, kit = brief_and_kit(source, desk.storage, desk.cache)
    files = publishing.bundle_files(batch, brief, kit, placements_of(brief.placements))
    files["contact-sheet.jpg"] = _sheet(desk, batch, kit)
    prefix, mark = f"bundles/{bundle}", {"bundle": bundle, "of": lease.batch, "include": row["selection"]["include"]}
    assets = publishing.assets_of(batch)
    try:
        put = publishing.publish(desk.storage, prefix, files, assets, mark)
    except StoreError as error:
        if error.fault.code != "publish.mixed":
            raise
        publishing.discard(desk.storage, prefix)  # left unfinished by an earlier version of the program; the lease makes it ours
        put = publishing.publish(desk.storage, prefix, files, assets, mark)
    facts = {"digest": put.digest, "files": put.files, "bytes": put.bytes, "prefix": prefix}

    def tell(db: Connection[dict[str, Any]]) -> None:
        bundles.published(db, bundle, facts)

    return Done(result=facts, tell=tell)


def archive(desk: Desk, lease: Lease) -> Done:
    """A bundle's zip, made from the bucket straight into the bucket."""
    from factory.archive import archive as zipped

    bundle = lease.args["bundle"]
    with desk.pool.connection() as db:
        db.execute("update bundles set archive = 'building' where id = %s and archive = 'wanted'", (bundle,))
    made = zipped(desk.storage, f"bundles/{bundle}", f"archives/{bundle}.zip")
    facts = {"key": made.key, "bytes": made.size, "sha256": made.sha256}

    def tell(db: Connection[dict[str, Any]]) -> None:
        bundles.archived(db, bundle, facts)

    return Done(result=facts, tell=tell)


def _asked(db: Connection[dict[str, Any]], bundle: str) -> tuple[dict[str, Any], Batch]:
    """A bundle's row, and the batch as it was chosen: the very versions, with the reviews of that moment."""
    from factory.selection import select

    row = bundles.get(db, bundle)
    held = batches.get(db, row["batch"]) if row else None
    if row is None or held is None or not held["recorded"]:
        raise StageError("This bundle has no finished batch", code="bundle.batch", where=bundle,
                         help="Wait until the batch has ended.")
    chosen = row["selection"]["variants"]
    versions = {cell: int(v["version"]) for cell, v in chosen.items()}
    whole = standing(batch_of(batches.record(db, row["batch"]) or {}), variants.made_at(db, row["batch"], versions))
    return row, select(
        whole, {cell: versions[cell] for cell, v in chosen.items() if v["review"] == "approved"}, only=set(chosen),
        include_unreviewed=row["selection"]["include"] == "unreviewed", platforms=row["selection"].get("platforms") or None,
    )


def _sheet(desk: Desk, batch: Batch, kit: BrandKit) -> bytes:
    """The contact sheet; it reads files, so the shipped ones are laid out in a folder for a while."""
    from pipelines.sheet import contact_sheet

    face = kit.type["text"]
    with tempfile.TemporaryDirectory(dir=desk.cache) as folder:
        for path in sorted({a.path for v in batch.variants if v.status == "shipped" for a in v.files}):
            target = Path(folder) / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(desk.work.blob(target.name))
        return contact_sheet(batch, Path(folder), face.file(500), face.file(700))
