"""Rays that rise from behind the product, one for each of the figure: a low sun made of what is counted.

Where the product stands whole, the rays end at a horizon behind it and the ground before them is a calm floor: every
ray can be counted, and the product stands. Where the canvas cuts its foot off, they go all round.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem, Rect
from pipelines.compose.geometry import Box

MOST = 40
SHARE = 0.5
"""Width of a ray over its step."""
HIGH = 0.50
"""Where rays that go all round meet, in what is seen of the product from its foot."""
BACK = 0.17
"""How far the horizon lies over the product's foot, in its heights: its shadow stays on the floor."""
RISEN = 0.12
"""How far the sun has risen over the horizon, in the product's heights: no ray lies flat on the floor."""
FLOOR = 0.065
"""Distance of the floor's colour from the ground's, OKLab."""
Point = tuple[float, float]


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Wedges around a point on the product's axis that run out of the canvas; they open with `progress`."""
    product, canvas = data.product or box, data.canvas
    line = horizon(data)
    if line is None:
        middle = product.bottom - HIGH * product.cut(canvas).h
        return (_fan(data, (product.centre[0], middle), (-math.pi / 2, 1.5 * math.pi), colours, progress),)
    sun = product.centre[0], line - RISEN * product.h
    ground = Rect(box=(canvas.x, line, canvas.w, canvas.bottom - line), colour=floor(colours), role="floor")
    return (ground, _fan(data, sun, _seen(sun, line, canvas), colours, progress))


def horizon(data: Data) -> float | None:
    """Where the floor ends, y px; None where the product's foot is not in the picture."""
    if data.product is None or data.foot is None or data.foot[1] >= data.canvas.bottom:
        return None
    return float(round(data.foot[1] - BACK * data.product.h))


def floor(colours: Mapping[str, str]) -> str:
    """The ground's own colour a step toward the rays'."""
    from brand_kits.colour import delta_e_ok, hex_to_oklab, mix

    apart = float(delta_e_ok(hex_to_oklab(colours["ground"]), hex_to_oklab(colours["quiet"])))
    return mix(colours["ground"], colours["quiet"], min(1.0, FLOOR / apart)) if apart > 0 else colours["ground"]


def _seen(sun: Point, line: float, canvas: Box) -> tuple[float, float]:
    """The angles (radians, y down) between which rays are seen: from one end of the horizon over the top to the other."""
    left = math.atan2(line - sun[1], canvas.x - sun[0])
    right = math.atan2(line - sun[1], canvas.right - sun[0])
    return left, right + 2 * math.pi


def _fan(data: Data, sun: Point, span: tuple[float, float], colours: Mapping[str, str], progress: float) -> PathItem:
    """As many wedges as the figure, spread evenly over a span of angles."""
    import skia

    count = min(MOST, max(6, round(data.value)))
    reach = math.hypot(data.canvas.w, data.canvas.h)
    step = (span[1] - span[0]) / count
    path = skia.Path()
    for i in range(count):
        middle, half = span[0] + (i + 0.5) * step, step * SHARE / 2 * progress
        path.moveTo(*sun)
        for angle in (middle - half, middle + half):
            path.lineTo(sun[0] + reach * math.cos(angle), sun[1] + reach * math.sin(angle))
        path.close()
    return PathItem(path=path, colour=colours["quiet"], role="device")
