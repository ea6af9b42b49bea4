"""Which part of a batch a bundle holds: what people approved, and the record of what was never on offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from factory.errors import RefusedError
from factory.ids import short
from factory.records import Batch, Component, Variant


def select(
    batch: Batch, approved: Mapping[str, int], *, include_unreviewed: bool = False, only: Collection[str] | None = None,
    platforms: Collection[str] | None = None,
) -> Batch:
    """The batch with those of its shipped variants that are approved in their present version (`approved`: id -> version).

    `include_unreviewed` lets pending ones in as well; rejected ones never enter. `only` and `platforms` narrow it to
    variants and platforms. Dropped and failed variants stay as record. Parts that served only variants which are left out
    go with them. Figures are counted again; those that were measured over the whole batch stay. With every shipped variant
    approved, nothing but `review` changes. Raises RefusedError bundle.empty when nothing is left to ship.
    """
    ready = {
        v.id: replace(v, review="approved") if approved.get(v.id) == v.version else v
        for v in batch.variants
        if v.status == "shipped" and _wanted(v, only, platforms)
    }
    fit = {i for i, v in ready.items() if approved.get(i) == v.version or (include_unreviewed and v.review != "rejected")}
    if not fit:
        raise RefusedError("None of the variants asked for is approved", code="bundle.empty", where="bundle",
                           help="Approve some in their present version, or ask for unreviewed ones if you may.")
    variants = tuple(ready[v.id] if v.id in fit else v for v in batch.variants if v.status != "shipped" or v.id in fit)
    components = _components(batch, {v.id for v in batch.variants if v.status == "shipped"} - fit)
    return replace(batch, variants=variants, components=components, figures=_figures(batch.figures, variants, components))


def _wanted(v: Variant, only: Collection[str] | None, platforms: Collection[str] | None) -> bool:
    return (only is None or v.id in only) and (platforms is None or v.placement.split(".", 1)[0] in platforms)


def _components(batch: Batch, left_out: Collection[str]) -> tuple[Component, ...]:
    """Parts that a kept variant uses. A part that stands in for cells which were never shipped is shown with its concept,
    so it goes when none of the concept's shipped variants is kept."""
    concept = {v.id: v.concept for v in batch.variants}
    on_offer = {v.concept for v in batch.variants if v.status == "shipped"}
    kept = {v.concept for v in batch.variants if v.status == "shipped" and v.id not in left_out}
    refused = on_offer - kept
    dropped = {i for i in concept if i in left_out or concept[i] in refused}
    narrowed = (replace(c, used_by=tuple(u for u in c.used_by if u not in dropped)) for c in batch.components)
    return tuple(n for n, c in zip(narrowed, batch.components, strict=True) if n.used_by or not c.used_by)


def _figures(figures: Mapping[str, Any], variants: Sequence[Variant], components: Sequence[Component]) -> dict[str, Any]:
    """Counts of what is left, under the names that the batch counted by."""
    shipped, status = [v for v in variants if v.status == "shipped"], Counter(v.status for v in variants)
    counted = {
        "shipped": len(shipped), "dropped": status["dropped"], "failed": status["failed"], "components": len(components),
        "images": sum(v.kind == "image" for v in shipped), "videos": sum(v.kind == "video" for v in shipped),
        "concepts": len({v.concept for v in shipped}), "locales": len({v.locale for v in shipped}),
        "placements": len({v.placement for v in shipped}),
        "spares_used": sum(bool(v.provenance.get("attempt")) for v in shipped),
        "text_sources": dict(sorted(Counter(t.source.split(":")[0] for v in shipped for t in v.copy.values()).items())),
    }
    return {k: counted.get(k, value) for k, value in figures.items()}


def bundle_id(batch_id: str, selected: Batch) -> str:
    """A bundle's name by content, 16 hex digits: the batch, and what ships of it in which version, review and bytes."""
    ships = [
        [v.id, v.version, v.review, [a.sha256 for a in v.files]] for v in selected.variants if v.status == "shipped"
    ]
    return short([batch_id, ships])
