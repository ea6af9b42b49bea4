"""A disc behind the product, cut by the canvas where it stands to the side: a low sun in the brand's own colour."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box

HIGH = 0.56
"""Where the disc's centre stands on the product, from its foot up in heights."""
LOWER = 0.2
"""How much lower it stands, in heights of the product, where even the smallest one would touch the words over it."""
LEAST, SLIM = 0.66, 0.86
"""Smallest radius, in widths of the product: less would not show as a disc; of a broad one, so many heights count."""
AIR = 0.022
"""Distance to words, in short sides of the canvas."""
SEEN = 0.12
"""Least distance of the disc's colour from the ground's in OKLab: a nearer one is a stain."""
NIGHT = 0.5
"""OKLab lightness under which a ground is night, and the disc a moon."""


def circle(data: Data, box: Box) -> tuple[float, float, float]:
    """Centre and radius: behind the product's shoulder, as large as the words around it let it be."""
    product = data.product or box
    seen = product.cut(data.canvas)
    side = min(data.canvas.w, data.canvas.h)
    aside = (product.centre[0] - data.canvas.centre[0]) / data.canvas.w
    most = min(0.46 * max(seen.h, 1.9 * product.w), 0.62 * side)
    least = LEAST * min(product.w, SLIM * product.h)
    radius = most
    cx, cy = product.centre[0], seen.bottom - HIGH * seen.h
    while radius > least and _touches(data, cx + 0.5 * radius * aside, cy, radius, AIR * side):
        radius *= 0.97
    cx += 0.5 * radius * aside
    lower = (cy + step / 100 * seen.h for step in range(int(100 * LOWER)))
    return cx, next((y for y in lower if not _touches(data, cx, y, radius, AIR * side)), cy), radius


def _touches(data: Data, cx: float, cy: float, radius: float, air: float) -> bool:
    """Whether any words stand nearer to the disc than `air`."""
    for text in data.texts:
        x = min(max(cx, text.x), text.right)
        y = min(max(cy, text.y), text.bottom)
        if math.hypot(x - cx, y - cy) < radius + air:
            return True
    return False


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """The disc; with `progress` it grows from its middle, so that it is whole at every moment and never under words."""
    import skia

    cx, cy, radius = circle(data, box)
    path = skia.Path()
    path.addCircle(cx, cy, progress * radius)
    return (PathItem(path=path, colour=tone(colours), role="device"),)


def tone(colours: Mapping[str, str]) -> str:
    """The disc's own colour where the ground lets it be seen, else a role's that does."""
    from brand_kits.colour import hex_to_oklab

    ground = hex_to_oklab(colours["ground"])
    other = "muted" if ground[0] < NIGHT else "accent"
    apart = math.dist(hex_to_oklab(colours["disc"]), ground)
    return colours["disc"] if apart >= SEEN else colours.get(other, colours["disc"])
