"""What a selection would publish, before it is published: the sheets that platforms import, and whether they hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web import desk
from factory.errors import StoreError
from factory.manifests import canonical
from factory.manifests.writers import WRITERS
from factory.placements import load_placements
from factory.readback import batch_of, standing
from factory.records import Batch, Placement
from factory.selection import select
from factory.store import batches, library, variants

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.doors.web.parts import Parts

SHOWN: Final = 100
"""Rows of a sheet that a page shows."""

TABLES: Final = {"csv": ",", "tsv": "\t"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A platform's sheet: what is the same in all rows, the other columns that say something, its first rows, how many
    rows and columns there are."""

    platform: str
    name: str
    same: tuple[tuple[str, str], ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    columns: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Test:
    """One thing that was looked at."""

    said: str
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """Sheets and tests of a selection."""

    sheets: tuple[Sheet, ...]
    tests: tuple[Test, ...]
    variants: int
    bytes: int


def preview(parts: Parts, db: Connection[dict[str, Any]], batch: str, chosen: Mapping[str, Any]) -> Preview:
    """The sheets of a selection as publishing would write them, and what was tested. Raises RefusedError bundle.empty."""
    row = batches.get(db, batch)
    assert row is not None
    brief_row = library.get_brief(db, row["brief"])
    assert brief_row is not None
    kit = desk.kit_of(parts, brief_row["kit"])
    brief = desk.read(parts, brief_row["body"], brief_row["format"], brief_row["pictures"], kit)
    held = _chosen(db, row, chosen)
    table = {p.id: p for p in load_placements().values()}
    sheets = [
        _sheet(platform, name, data)
        for platform in chosen["platforms"] if platform in WRITERS
        for name, data in sorted(WRITERS[platform](held, brief, table).items()) if name.rpartition(".")[2] in TABLES
    ]  # fmt: skip
    shipped = [v for v in held.variants if v.status == "shipped"]
    files = {a.sha256: a.bytes for v in shipped for a in v.files}
    tests = tuple(_tests(held, table, sheets))
    return Preview(sheets=tuple(sheets), tests=tests, variants=len(shipped), bytes=sum(files.values()))


def _chosen(db: Connection[dict[str, Any]], row: Mapping[str, Any], chosen: Mapping[str, Any]) -> Batch:
    versions = {cell: int(v["version"]) for cell, v in chosen["variants"].items()}
    whole = standing(batch_of(batches.record(db, row["id"]) or {}), variants.made_at(db, row["id"], versions))
    approved = {cell: versions[cell] for cell, v in chosen["variants"].items() if v["review"] == "approved"}
    return select(whole, approved, only=set(versions), include_unreviewed=chosen["include"] == "unreviewed",
                  platforms=chosen["platforms"])


def _sheet(platform: str, name: str, data: bytes) -> Sheet:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=TABLES[name.rpartition(".")[2]]))
    header, body = rows[0], rows[1:]
    whole = [[*r, *[""] * (len(header) - len(r))] for r in body]
    values = {n: {r[n] for r in whole} - {""} for n in range(len(header))}
    same = [n for n, v in values.items() if len(v) == 1 and len(whole) > 1 and all(r[n] for r in whole)]
    said = [n for n, v in values.items() if v and n not in same]
    return Sheet(platform=platform, name=name, header=tuple(header[n] for n in said), columns=len(header), total=len(body),
                 same=tuple((header[n], whole[0][n]) for n in same), rows=tuple(tuple(r[n] for n in said) for r in whole[:SHOWN]))


def _tests(batch: Batch, table: Mapping[str, Placement], sheets: Sequence[Sheet]) -> Iterator[Test]:
    yield Test(said="The record follows its schema", wrong=tuple(_record(batch)))
    yield Test(said="Every text is within its platform's limit", wrong=tuple(_long(batch, table)))
    yield Test(said="Every file is within its placement's weight and size", wrong=tuple(_heavy(batch, table)))
    yield Test(said="Every sheet has rows", wrong=tuple(f"{s.platform}/{s.name} is empty" for s in sheets if not s.total))
    yield Test(said="No check of a variant failed", wrong=tuple(_failed(batch)))


def _record(batch: Batch) -> Iterator[str]:
    try:
        canonical.to_json(batch)
    except StoreError as error:
        yield error.fault.fact


def _shipped(batch: Batch) -> Iterator[Any]:
    return (v for v in batch.variants if v.status == "shipped")


def _long(batch: Batch, table: Mapping[str, Placement]) -> Iterator[str]:
    for v in _shipped(batch):
        for field, limit in table[v.placement].text.items():
            text = v.copy[field].text if field in v.copy else ""
            if limit.hard is not None and len(text) > limit.hard:
                yield f"{v.concept}, {v.placement}, {v.locale}: {field} has {len(text)} of {limit.hard} characters"


def _heavy(batch: Batch, table: Mapping[str, Placement]) -> Iterator[str]:
    for v in _shipped(batch):
        place = table[v.placement]
        for a in v.files:
            if v.kind == "image" and (a.bytes > place.max_bytes or (a.width, a.height) != tuple(place.canvas)):
                yield f"{v.concept}, {v.placement}, {v.locale}: {a.width}×{a.height}, {a.bytes:,} bytes"


def _failed(batch: Batch) -> Iterator[str]:
    for v in _shipped(batch):
        for f in v.findings:
            if f.verdict == "fail":
                yield f"{v.concept}, {v.placement}, {v.locale}: {f.fact}"
