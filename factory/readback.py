"""What was kept as plain data, read back: attempts at variants, and a batch from its record (`batch.json`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from factory.batch import Made
from factory.records import Asset, Batch, Component, Concept, Finding, Text, Variant


def shipped(blob: str) -> str:
    """The path of a kept file within a bundle."""
    return f"assets/{blob}"


def made_of(data: Mapping[str, Any]) -> Made:
    """One attempt, from its kept form."""
    asset = Asset(**{**data["asset"], "path": shipped(data["blob"])})
    return Made(
        cell=data["cell"], attempt=data["attempt"], blob=data["blob"], asset=asset,
        copy={k: text_of(t) for k, t in data["copy"].items()}, findings=tuple(Finding(**f) for f in data["findings"]),
        thumb=tuple(data["thumb"]), provenance=data["provenance"],
    )


def text_of(data: Mapping[str, Any]) -> Text:
    """A text, from its kept form."""
    return Text(field=data["field"], text=data["text"], source=data["source"], facts=tuple(data["facts"]))


def batch_of(record: Mapping[str, Any]) -> Batch:
    """A batch from its record (`batch.json`)."""
    return Batch(
        **{k: record[k] for k in ("schema", "brief", "kit", "plan", "models", "seed", "figures")},
        concepts=tuple(Concept(**c) for c in record["concepts"]), variants=tuple(_variant(v) for v in record["variants"]),
        components=tuple(_component(c) for c in record["components"]),
    )


def _variant(data: Mapping[str, Any]) -> Variant:
    copy = {k: Text(field=_field(k), **{**t, "facts": tuple(t["facts"])}) for k, t in data["copy"].items()}
    files, findings = tuple(Asset(**a) for a in data["files"]), tuple(Finding(**f) for f in data["findings"])
    return Variant(**{**data, "files": files, "findings": findings, "copy": copy})


def _field(key: str) -> str:
    return re.sub(r"^(art_[a-z_]+?)_\d+$", r"\1", key)


def _component(data: Mapping[str, Any]) -> Component:
    asset = Asset(**data["asset"]) if data["asset"] else None
    return Component(**{**data, "used_by": tuple(data["used_by"]), "asset": asset})


def standing(batch: Batch, rows: Mapping[str, Mapping[str, Any]]) -> Batch:
    """The record with the versions that people asked for in place of what was made first, and with variants that they
    asked for beside the plan's.

    A part that was made with the first picture (its clean one) does not stand for a variant on another plate.
    """
    changed = {i: r for i, r in rows.items() if r["version"] > 1}
    known = {v.id for v in batch.variants}
    new = sorted((r for i, r in rows.items() if i not in known), key=lambda r: (r["ordinal"], r["id"]))
    variants = (*(_standing(v, changed[v.id]) if v.id in changed else v for v in batch.variants), *(_added(r) for r in new))
    retaken = {v.id for v in variants if v.provenance.get("take")}
    return replace(batch, variants=variants, components=tuple(_without(batch.components, retaken)))


def _without(components: Iterable[Component], variants: Collection[str]) -> Iterator[Component]:
    for c in components:
        left = tuple(u for u in c.used_by if u not in variants) if c.role == "clean" else c.used_by
        if left or not c.used_by:
            yield c if left == c.used_by else replace(c, used_by=left)


def _added(row: Mapping[str, Any]) -> Variant:
    """A variant that no plan holds."""
    bare = Variant(
        id=row["id"], kind=row["kind"], concept=row["concept"], tribe=row["tribe"], locale=row["locale"],
        placement=row["placement"], status="shipped", files=(), copy={}, findings=(), provenance={}, reason="",
    )
    return _standing(bare, row)


def _standing(variant: Variant, row: Mapping[str, Any]) -> Variant:
    made = made_of(row["made"])
    return replace(
        variant, version=row["version"], status="shipped", reason="", files=(made.asset,), copy=made.copy, findings=made.findings,
        provenance={**made.provenance, "attempt": made.attempt},
    )
