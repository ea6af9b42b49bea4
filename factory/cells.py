"""Which concept is made for which placement, in which language, as picture or film: coverage that is even at any number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from factory.records import Cell, Concept, Kind, Placement


def pick_cells(
    concepts: Sequence[Concept],
    locales: Sequence[str],
    placements: Sequence[Placement],
    kinds: Sequence[Kind],
    wanted: int,
) -> tuple[Cell, ...]:
    """N cells by coverage: every concept, locale and placement is met as evenly as N allows.

    Videos take one locale per concept and shape (a 9:16 and a 1:1 each), turning through the locales; the rest are
    images. Cells stand in the order in which they are best made: a whole round of concepts first.
    """
    videos = _video_cells(concepts, locales, placements) if "video" in kinds else []
    images = _image_cells(concepts, locales, placements) if "image" in kinds else []
    one_of_each = len(videos) // max(1, len(locales))
    share = min(one_of_each, max(1, wanted // 4)) if images and videos else min(len(videos), wanted)
    kept = images[: max(0, wanted - share)] + videos[:share]
    extra = videos[share : share + wanted - len(kept)]
    return tuple(kept + extra)


def _image_cells(concepts: Sequence[Concept], locales: Sequence[str], placements: Sequence[Placement]) -> list[Cell]:
    """Image cells, diagonal by diagonal through concept x placement x locale, so that any prefix is balanced."""
    takes = [p for p in placements if "image" in p.media]
    rounds = [(i, j) for j in range(len(locales)) for i in range(len(takes))]
    return [
        Cell(
            id="", concept=c.id, placement=takes[(i + k) % len(takes)].id, locale=locales[(j + i + 2 * k) % len(locales)],
            kind="image",
        )
        for i, j in rounds for k, c in enumerate(concepts)
    ]


def _video_cells(concepts: Sequence[Concept], locales: Sequence[str], placements: Sequence[Placement]) -> list[Cell]:
    shapes = [_first(placements, lambda p: p.layout_class == "V"), _first(placements, lambda p: p.canvas[0] == p.canvas[1])]
    takes = [p for p in shapes if p] or [p for p in placements if p.video][:1]
    return [
        Cell(id="", concept=c.id, placement=p.id, locale=locales[(k + s + r) % len(locales)], kind="video")
        for r in range(len(locales)) for s, p in enumerate(takes) for k, c in enumerate(concepts)
    ]


def _first(placements: Sequence[Placement], test: Any) -> Placement | None:
    return next((p for p in placements if p.video and "video" in p.media and test(p)), None)
