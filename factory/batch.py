"""From what the stages made to the record of a batch: variants with their status, components, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factory.curate import Candidate, Decision, alikeness, curate
from factory.difference import Traits, colour_spread, spread
from factory.records import Asset, Batch, Cell, Component, Concept, Finding, Plan, Text, Variant

SCHEMA = "https://creative-factory.dev/schemas/batch/1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """One attempt at a cell, as its stage left it. `blob` names the kept file."""

    cell: str
    attempt: int
    blob: str
    asset: Asset
    copy: Mapping[str, Text]
    findings: tuple[Finding, ...]
    thumb: tuple[float, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """Everything that was made for a plan. `errors` maps a cell to why nothing was made for it."""

    made: Sequence[Made]
    components: Sequence[Component]
    errors: Mapping[str, str]
    models: Mapping[str, str]


def assemble(plan: Plan, results: Results, traits: Mapping[str, Traits]) -> Batch:
    """Choose what ships and write the batch down. Order: as planned; nothing depends on who finished first."""
    tries: dict[str, dict[int, Made]] = {}
    for m in results.made:
        tries.setdefault(m.cell, {})[m.attempt] = m
    cells = {c.id: c for c in plan.cells}
    candidates = [_candidate(m, cells[m.cell]) for m in results.made]
    decisions = curate(candidates)
    concepts = {c.id: c for c in plan.concepts}
    variants = tuple(
        _variant(cell, concepts[cell.concept], tries.get(cell.id, {}), decisions.get(cell.id), results.errors.get(cell.id, ""))
        for cell in plan.cells
    )
    return Batch(
        schema=SCHEMA, brief=plan.brief, kit=plan.kit, plan=plan.digest, models=results.models, seed=plan.seed,
        figures=_figures(plan, variants, results.components, candidates, decisions, traits),
        concepts=plan.concepts, variants=variants, components=tuple(results.components),
    )


def _candidate(made: Made, cell: Cell) -> Candidate:
    return Candidate(
        cell=made.cell, attempt=made.attempt, concept=cell.concept, placement=cell.placement, locale=cell.locale,
        kind=cell.kind, findings=made.findings, thumb=made.thumb, strip=_strip(made.asset),
    )


def _strip(asset: Asset) -> bool:
    """Three times as long as wide, or the other way round."""
    return max(asset.width, asset.height) > 3 * min(asset.width, asset.height)


def _variant(cell: Cell, concept: Concept, tries: Mapping[int, Made], decision: Decision | None, error: str) -> Variant:
    if not tries:
        return _bare(cell, concept, error or "nothing was made")
    shipped = decision is not None and decision.attempt is not None
    made = tries[decision.attempt] if decision and decision.attempt is not None else tries[max(tries)]
    return Variant(
        id=cell.id, kind=cell.kind, concept=cell.concept, tribe=concept.tribe, locale=cell.locale, placement=cell.placement,
        status="shipped" if shipped else "dropped", files=(made.asset,), copy=made.copy, findings=made.findings,
        provenance={**made.provenance, "attempt": made.attempt}, reason=decision.reason if decision else "",
    )


def _bare(cell: Cell, concept: Concept, error: str) -> Variant:
    return Variant(
        id=cell.id, kind=cell.kind, concept=cell.concept, tribe=concept.tribe, locale=cell.locale, placement=cell.placement,
        status="failed", files=(), copy={}, findings=(), provenance={}, reason=error,
    )


def empty_cells(batch: Batch) -> tuple[Variant, ...]:
    """Promised cells that neither a variant nor a clean component fills."""
    clean = {v for c in batch.components if c.role == "clean" for v in c.used_by}
    return tuple(v for v in batch.variants if v.status != "shipped" and v.id not in clean)


def _figures(
    plan: Plan, variants: Sequence[Variant], components: Sequence[Component], candidates: Sequence[Candidate],
    decisions: Mapping[str, Decision], traits: Mapping[str, Traits],
) -> dict[str, Any]:
    status = Counter(v.status for v in variants)
    shipped = [v for v in variants if v.status == "shipped"]
    least, mean = spread([traits[c.id] for c in plan.concepts])
    nearest, typical = colour_spread([traits[c.id] for c in plan.concepts])
    picks = [c for c in candidates if decisions[c.cell].attempt == c.attempt]
    return {
        "planned": len(plan.cells), "shipped": status["shipped"], "dropped": status["dropped"], "failed": status["failed"],
        "images": sum(v.kind == "image" for v in shipped), "videos": sum(v.kind == "video" for v in shipped),
        "components": len(components), "concepts": len({v.concept for v in shipped}),
        "locales": len({v.locale for v in shipped}), "placements": len({v.placement for v in shipped}),
        "spares_used": sum(bool(d.attempt) for d in decisions.values()),
        "difference": {"least": round(least, 4), "mean": round(mean, 4)},
        "colours_apart": {"least": round(nearest, 4), "mean": round(typical, 4)},
        "alikeness": dict(alikeness(picks)),
        "text_sources": dict(sorted(Counter(t.source.split(":")[0] for v in shipped for t in v.copy.values()).items())),
    }
