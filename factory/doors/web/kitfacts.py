"""What the API tells of a brand kit, as plain data, and how two versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from factory.ids import plain

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit


def facts_of(kit: BrandKit) -> dict[str, Any]:
    """Palette, type, logos, products, voice, claims and legal lines of a kit."""
    return {
        "kit_name": kit.name, "kit_version": kit.version,
        "effective_from": plain(kit.effective_from), "effective_until": plain(kit.effective_until),
        "palette": {
            "colours": {c.name: {"hex": c.hex, "title": c.title} for c in kit.palette.colours.values()},
            "modes": {m.name: {"kind": m.kind, "roles": dict(m.roles)} for m in kit.palette.modes.values()},
            "proportion": dict(kit.palette.proportion),
        },
        "type": {r.name: {"family": r.family, "weights": list(r.weights), "case": r.case} for r in kit.type.values()},
        "logos": {x.name: {"kind": x.kind, "grounds": list(x.grounds)} for x in kit.logos.values()},
        "products": {p.name: {"product": p.product, "width": p.size[0], "height": p.size[1]}
                     for p in kit.product_pictures.values()},
        "voice": {"is": list(kit.voice.is_), "is_not": list(kit.voice.is_not), "formality": dict(kit.voice.formality),
                  "banned_words": {k: list(v) for k, v in kit.voice.banned_words.items()}},
        "claims": {c.id: {"texts": dict(c.texts), "evidence": c.evidence, "expires": plain(c.expires)} for c in kit.claims},
        "forbidden": {f.id: {"why": f.why, "instead": f.instead} for f in kit.forbidden},
        "legal": {x.id: {"market": x.market, "category": x.category, "when": x.when, "texts": dict(x.texts)} for x in kit.legal},
    }  # fmt: skip


def differences(before: Any, after: Any, way: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two versions differ: a JSON pointer, the value before and the value after (None where there is none)."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from differences(before.get(name), after.get(name), f"{way}/{step}")
    elif before != after:
        yield way, before, after
