"""Faces of a kit for the styles of a layout."""

from __future__ import annotations

from brand_kits.kit import BrandKit
from pipelines.compose.typeset import Face


def face_of(kit: BrandKit, role: str, weight: int) -> Face:
    """The face of a type role nearest to a weight; signs it lacks come from the kit's other faces."""
    wanted = kit.type.get(role) or next(iter(kit.type.values()))
    path = wanted.file(weight)
    nearest = min(wanted.weights, key=lambda w: (abs(w - weight), -w))
    others = tuple(t.file(weight) for t in kit.type.values() if t is not wanted)
    return Face(path=path, fallback=others, weight=nearest)
