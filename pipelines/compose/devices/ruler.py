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


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Ticks from the box' left edge to the product's axis (or the box' right edge), standing on its foot line."""
    steps = min(MOST, max(2, round(data.value)))
    end = data.product.centre[0] if data.product else box.right
    ground = data.foot[1] if data.foot else box.y + 0.5 * box.h
    tall = max(8.0, 0.032 * min(data.canvas.w, data.canvas.h) * 1.3)
    wide = max(2.0, round(0.0048 * data.canvas.w))
    items: list[Any] = []
    shown = math.ceil(steps * progress)
    for i in range(shown):
        x = box.x + (end - box.x) * i / steps
        height = tall * (LONG if i == 0 else MIDDLE if i % _beat(steps) == 0 else SHORT)
        items.append(Rect(box=(round(x), round(ground - height), wide, round(height)), colour=colours["ink"], role="device"))
    return (*items, *_ends(data, box, ground, colours))


def _beat(steps: int) -> int:
    """Every how many ticks a longer one stands: the divisor a clock would take."""
    return next((n for n in (6, 5, 4, 10, 12) if steps % n == 0 and steps > n), steps)


def _ends(data: Data, box: Box, ground: float, colours: Mapping[str, str]) -> list[Any]:
    """The words at the ruler's ends, under it, where the idea has any."""
    if not data.start:
        return []
    size = 14.4 * data.pt
    baseline = ground + 1.75 * size
    left = set_line(data.start, data.text_face, size, box.x, baseline, colours["ink"], "device", locale=data.locale)
    if not data.end:
        return [left]
    right = set_line(data.end, data.text_face, size, box.right, baseline, colours["ink"], "device", "right", data.locale)
    return [left, right] if left.box[0] + left.box[2] + size < right.box[0] else [left]
