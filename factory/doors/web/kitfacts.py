"""What the API tells of a brand kit, as plain data, and how two versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from factory.ids import plain

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit


def facts_of(kit: BrandKit) -> dict[str, Any]:
    """Palette, type, logos, products, voice, claims and legal lines of a kit, in the kit's order; each thing has a `name`."""
    return {
        "kit_name": kit.name, "kit_version": kit.version,
        "effective_from": plain(kit.effective_from), "effective_until": plain(kit.effective_until),
        "palette": {
            "colours": [{"name": c.name, "hex": c.hex, "title": c.title} for c in kit.palette.colours.values()],
            "modes": [{"name": m.name, "kind": m.kind, "roles": dict(m.roles)} for m in kit.palette.modes.values()],
            "proportion": dict(kit.palette.proportion),
        },
        "type": [{"name": r.name, "family": r.family, "weights": list(r.weights), "case": r.case} for r in kit.type.values()],
        "logos": [{"name": x.name, "kind": x.kind, "grounds": list(x.grounds)} for x in kit.logos.values()],
        "products": [{"name": p.name, "product": p.product, "width": p.size[0], "height": p.size[1]}
                     for p in kit.product_pictures.values()],
        "voice": {"is": list(kit.voice.is_), "is_not": list(kit.voice.is_not), "formality": dict(kit.voice.formality),
                  "banned_words": {k: list(v) for k, v in kit.voice.banned_words.items()}},
        "claims": [{"name": c.id, "texts": dict(c.texts), "evidence": c.evidence, "expires": plain(c.expires)}
                   for c in kit.claims],
        "forbidden": [{"name": f.id, "why": f.why, "instead": f.instead} for f in kit.forbidden],
        "legal": [{"name": x.id, "market": x.market, "category": x.category, "when": x.when, "texts": dict(x.texts)}
                  for x in kit.legal],
    }  # fmt: skip


def differences(before: Any, after: Any, way: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two versions differ: a way of names, the value before and the value after (None where there is none).

    Things in a list that have names are compared by name, not by place.
    """
    before, after = _by_name(before, after), _by_name(after, before)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from differences(before.get(name), after.get(name), f"{way}/{step}")
    elif before != after:
        yield way, before, after


def _by_name(value: Any, other: Any) -> Any:
    """A list of named things as a table; an empty list too, where the other is one."""
    if _named(value) or (value == [] and _named(other)):
        return {v["name"]: v for v in value}
    return value


def _named(value: Any) -> bool:
    things: list[Any] = value if isinstance(value, list) else []
    return bool(things) and all(isinstance(v, Mapping) and isinstance(v.get("name"), str) for v in things)
