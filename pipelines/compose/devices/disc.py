"""A disc behind the product, cut by the canvas where it stands to the side: a low sun in the brand's own colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box

HIGH = 0.56
"""Where the disc's centre stands on the product, from its foot up in heights."""


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """A disc a little wider than the product is high, behind its shoulder; it rises from the foot with `progress`."""
    import skia

    product = data.product or box
    seen = product.cut(data.canvas)
    radius = min(0.46 * max(seen.h, 1.9 * product.w), 0.62 * min(data.canvas.w, data.canvas.h))
    aside = (product.centre[0] - data.canvas.centre[0]) / data.canvas.w
    cx = product.centre[0] + 0.5 * radius * aside
    cy = seen.bottom - HIGH * seen.h + (1 - progress) * 1.2 * radius
    path = skia.Path()
    path.addCircle(cx, cy, radius)
    return (PathItem(path=path, colour=colours["disc"], role="device"),)
