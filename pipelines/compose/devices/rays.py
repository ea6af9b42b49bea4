"""Rays that spread from behind the product, one for each of the figure: a low sun made of what is counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box

MOST = 40
SHARE = 0.5
"""Width of a ray over its step."""
HIGH = 0.50


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Wedges around a point on the product's axis that run out of the canvas; they open with `progress`."""
    import skia

    count = min(MOST, max(6, round(data.value)))
    product = data.product or box
    cx, cy = product.centre[0], product.bottom - HIGH * product.cut(data.canvas).h
    reach = math.hypot(data.canvas.w, data.canvas.h)
    step = 2 * math.pi / count
    path = skia.Path()
    for i in range(count):
        middle = (i + 0.5) * step - math.pi / 2
        half = step * SHARE / 2 * progress
        path.moveTo(cx, cy)
        path.lineTo(cx + reach * math.cos(middle - half), cy + reach * math.sin(middle - half))
        path.lineTo(cx + reach * math.cos(middle + half), cy + reach * math.sin(middle + half))
        path.close()
    return (PathItem(path=path, colour=colours["quiet"], role="device"),)
