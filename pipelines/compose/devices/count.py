"""The brand's mark in rows on the ground: as many as the figure where there is one, one of them unlike the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box
from pipelines.compose.logo import Logo, place_logo

USUAL = 24
MOST = 200
SIZE = 0.62
"""Height of a mark over its cell."""


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Marks on a staggered grid that runs past the edges; those behind the product are not drawn."""
    mark = data.mark
    wanted = min(MOST, round(data.value)) if data.value >= 6 else USUAL
    columns = max(3, round(math.sqrt(wanted * box.w / box.h)))
    cell = box.w / columns
    rows = math.ceil(box.h / cell)
    items: list[Any] = []
    for row in range(rows):
        for column in range(columns + row % 2):
            cx = box.x + (column + (0.0 if row % 2 else 0.5)) * cell
            cy = box.y + (row + 0.5) * cell
            items += _sign(mark, cx, cy, SIZE * cell, colours["quiet"])
    return tuple(items[: math.ceil(len(items) * progress)])


def _sign(mark: Logo | None, cx: float, cy: float, height: float, colour: str) -> list[Any]:
    import skia

    if mark is None:
        path = skia.Path()
        path.addCircle(cx, cy, height / 2)
        return [PathItem(path=path, colour=colour, role="device")]
    block = place_logo(mark.recoloured(colour), cx - height * mark.aspect / 2, cy - height / 2, height, "device")
    return [PathItem(path=p.path, colour=colour, role="device") for p in block.pieces]
