"""A ruler on the ground line: as many steps as the figure says, the last of them the product itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipelines.compose.block import set_line
from pipelines.compose.devices import Data
from pipelines.compose.draw import Rect
from pipelines.compose.geometry import Box

MOST = 60
LONG, MIDDLE, SHORT = 1.0, 0.68, 0.40
"""Heights of the first, the counted and the other ticks, in the tallest one's."""
POINTS = 14.4
ROOMY = (360, 300)
"""Points of width and height under which the ends stay without words."""
LONG_STRIP = 2.5
"""Width over height from which a canvas is a strip: ticks grow with its height."""


def _line(data: Data, box: Box) -> tuple[float, float, float]:
    """Height of the ground line, height of the tallest tick, and where the ruler ends."""
    ground = data.foot[1] if data.foot else box.y + 0.5 * box.h
    strip = data.canvas.w > LONG_STRIP * data.canvas.h
    tall = max(8.0, (0.11 if strip else 0.042) * min(data.canvas.w, data.canvas.h))
    return ground, tall, data.product.centre[0] if data.product else box.right


def keep(data: Data, box: Box) -> list[Box]:
    """The band of the ticks, and the words at the ends."""
    ground, tall, end = _line(data, box)
    band = Box(box.x, ground - tall, max(0.0, (data.product.x if data.product else end) - box.x), tall)
    words = _ends(data, box, {"ink": "#000000"})
    return [band, *(Box(*w.box) for w in words)]


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Ticks from the box' left edge to the product's axis (or the box' right edge), standing on its foot line."""
    steps = min(MOST, max(2, round(data.value)))
    ground, tall, end = _line(data, box)
    wide = max(2.0, round(0.0048 * min(data.canvas.w, 2 * data.canvas.h)))
    items: list[Any] = []
    start = box.x if end >= box.centre[0] else box.right
    for i in range(math.ceil(steps * progress)):
        x = start + (end - start) * i / steps
        height = tall * (LONG if i == 0 else MIDDLE if i % _beat(steps) == 0 else SHORT)
        items.append(Rect(box=(round(x), round(ground - height), wide, round(height)), colour=colours["ink"], role="device"))
    return (*items, *_ends(data, box, colours))


def _beat(steps: int) -> int:
    """Every how many ticks a longer one stands: the divisor a clock would take."""
    return next((n for n in (6, 5, 4, 10, 12) if steps % n == 0 and steps > n), steps)


def _ends(data: Data, box: Box, colours: Mapping[str, str]) -> list[Any]:
    """The words at the ruler's ends, under it, where the idea has any and the picture has room."""
    ground, _, _ = _line(data, box)
    size = POINTS * data.pt
    baseline = ground + 1.7 * size
    if not data.start or data.canvas.w < ROOMY[0] * data.pt or data.canvas.h < ROOMY[1] * data.pt:
        return []
    left = set_line(data.start, data.text_face, size, box.x, baseline, colours["ink"], "device", locale=data.locale)
    if not data.end:
        return [left]
    right = set_line(data.end, data.text_face, size, box.right, baseline, colours["ink"], "device", "right", data.locale)
    return [left, right] if left.box[0] + left.box[2] + size < right.box[0] else [left]
