"""A grid of discs, one for each hour, that goes from night to day; the last one is the brand's mark."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box
from pipelines.compose.logo import place_logo

MOST = 60
GAP = 0.16
AIR = 0.32
"""Space between the grid and the words under it, in cells."""
CAPTION = 0.29
"""Share of the box' height that the words under the grid get at least."""
ROUND = 1.13
"""A round mark is drawn this much larger than its square neighbour to weigh the same; here: mark to disc."""


def shape(count: int, box: Box) -> tuple[int, int, float]:
    """Columns, rows and cell size: the whole grid that fills the box best, full rows before ragged ones. A part of the
    height is kept for the caption."""
    box = Box(box.x, box.y, box.w, (1 - CAPTION) * box.h)
    best = (0.0, 1, count, 1.0)
    for columns in range(2, count + 1):
        rows = math.ceil(count / columns)
        cell = min(box.w / (columns - GAP), box.h / (rows - GAP))
        wide = cell * (columns - GAP) / box.w
        worth = cell * (1.0 if count % columns == 0 else 0.75) * (0.4 + 0.6 * wide)
        if worth > best[0]:
            best = (worth, columns, rows, cell)
    return best[1], best[2], best[3]


def room(data: Data, box: Box) -> Box:
    """The space under the grid."""
    _, rows, cell = shape(_count(data), box)
    used = cell * (rows - GAP + AIR)
    return Box(box.x, box.y + used, box.w, max(0.0, box.h - used))


def keep(data: Data, box: Box) -> list[Box]:
    """The grid itself."""
    columns, rows, cell = shape(_count(data), box)
    return [Box(box.x, box.y, cell * (columns - GAP), cell * (rows - GAP))]


def _count(data: Data) -> int:
    return min(MOST, max(2, round(data.value)))


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Discs in reading order; `progress` lets them appear one by one."""
    import skia

    count = _count(data)
    columns, _, cell = shape(count, box)
    radius = cell * (1 - GAP) / 2
    items: list[Any] = []
    for i in range(math.ceil(count * progress)):
        cx, cy = box.x + radius + (i % columns) * cell, box.y + radius + (i // columns) * cell
        if i == count - 1 and data.mark is not None:
            items += _mark(data, cx, cy, radius)
            continue
        path = skia.Path()
        path.addCircle(cx, cy, radius)
        items.append(PathItem(path=path, colour=_hour(colours, i / max(count - 1, 1)), role="device"))
    return tuple(items)


def _hour(colours: Mapping[str, str], t: float) -> str:
    """Night to dawn to day, through the kit's own colours."""
    from brand_kits.colour import mix

    if t < 0.6:
        return mix(colours["night"], colours["dawn"], t / 0.6)
    return mix(colours["dawn"], colours["day"], (t - 0.6) / 0.4)


def _mark(data: Data, cx: float, cy: float, radius: float) -> list[Any]:
    assert data.mark is not None
    height = 2 * radius * (ROUND if data.mark.aspect < 1.2 else 1.0)
    height = min(height, 2.2 * radius / max(data.mark.aspect, 0.5))
    block = place_logo(data.mark, cx - height * data.mark.aspect / 2, cy - height / 2, height)
    return [PathItem(path=p.path, colour=p.colour or block.colour, role="device-mark") for p in block.pieces]
