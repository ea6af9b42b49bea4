"""The brand's mark in rows around the product: exactly as many as the figure, where there is one to count."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box
from pipelines.compose.logo import Logo, place_logo

FEW, MANY = 6, 48
"""Figures in this range are counted out; others fill the ground with a plain pattern."""
USUAL = 24
SIZE = 0.66
"""Height of a mark over its cell."""
AIR = 0.06
SMALLEST = 0.55
"""Marks that would have to be smaller than this share of a plain pattern's are not counted out."""


def cells(data: Data, box: Box) -> tuple[list[tuple[float, float]], float]:
    """Centres of the marks in reading order, and the cell's size. None stands behind the product."""
    wanted = round(data.value)
    if not FEW <= wanted <= MANY:
        return _pattern(box)
    best: tuple[float, list[tuple[float, float]], float] | None = None
    for columns in range(3, 13):
        cell = box.w / columns
        free = _free(data, box, columns, int(box.h / cell), cell)
        if len(free) >= wanted:
            worth = cell * (1 - 0.5 * (len(free) - wanted) / wanted)
            if best is None or worth > best[0]:
                best = (worth, free[:wanted], cell)
    usual = _pattern(box)
    return (best[1], best[2]) if best and best[2] >= SMALLEST * usual[1] else usual


def _free(data: Data, box: Box, columns: int, rows: int, cell: float) -> list[tuple[float, float]]:
    """Centres of the cells that the product leaves free, the rows spread over the box' height."""
    step = box.h / max(rows, 1)
    spots = [(box.x + (c + 0.5) * cell, box.y + (r + 0.5) * step) for r in range(rows) for c in range(columns)]
    if data.product is None:
        return spots
    taken = data.product.grown(AIR * cell)
    half = SIZE * cell / 2
    return [(x, y) for x, y in spots if not taken.overlaps(Box(x - half, y - half, 2 * half, 2 * half))]


def _pattern(box: Box) -> tuple[list[tuple[float, float]], float]:
    """A staggered pattern that runs past the edges and behind the product."""
    columns = max(3, round(math.sqrt(USUAL * box.w / box.h)))
    cell = box.w / columns
    rows = math.ceil(box.h / cell)
    spots = [
        (box.x + (c + (0.0 if r % 2 else 0.5)) * cell, box.y + (r + 0.5) * cell)
        for r in range(rows) for c in range(columns + r % 2)
    ]
    return spots, cell


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """The marks; they appear in reading order with `progress`."""
    spots, cell = cells(data, box)
    shown = spots[: math.ceil(len(spots) * progress)]
    return tuple(item for x, y in shown for item in _sign(data.mark, x, y, SIZE * cell, colours["quiet"]))


def _sign(mark: Logo | None, cx: float, cy: float, height: float, colour: str) -> list[Any]:
    import skia

    if mark is None:
        path = skia.Path()
        path.addCircle(cx, cy, height / 2)
        return [PathItem(path=path, colour=colour, role="device")]
    block = place_logo(mark.recoloured(colour), cx - height * mark.aspect / 2, cy - height / 2, height, "device")
    return [PathItem(path=p.path, colour=colour, role="device") for p in block.pieces]
