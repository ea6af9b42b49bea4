"""A ruler: as many spaces between its ticks as the figure says, and words at its two ends.

In a flat box it is a band of its own, under the figure that it measures, with a tick at both ends: one more than spaces.
Else it stands on the product's foot line and ends where the product begins: that stands for the last tick.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.compose.block import Block, set_line
from pipelines.compose.devices import Data
from pipelines.compose.draw import Rect
from pipelines.compose.geometry import Box

MOST = 60
LONG, MIDDLE, SHORT = 1.0, 0.68, 0.40
"""Heights of the first (and a band's last), the counted and the other ticks, in the tallest one's."""
SIZES = (13.6, 12.6, 11.6, 10.8)
"""Points of the words at the ends: the first size at which both stand on one line."""
UNDER = 1.55
"""The words' baseline under the ticks, in their size."""
BAND = 3.0
"""Width over height of a box from which the ruler is a band in it."""
LONG_STRIP = 2.5
"""Width over height from which a canvas is a strip: ticks grow with its height."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Where a ruler runs: from x `start` to `end`, its ticks of `tall` px standing on `ground`; `whole` when a
    tick stands at the end itself."""

    start: float
    end: float
    ground: float
    tall: float
    whole: bool


def line_for(data: Data, box: Box) -> Line:
    """A band at the top of a flat box, or a line along the product's foot."""
    canvas = data.canvas
    strip = canvas.w > LONG_STRIP * canvas.h
    tall = max(8.0, (0.11 if strip else 0.048) * min(canvas.w, canvas.h))
    if box.y > canvas.y and box.w >= BAND * box.h:
        return Line(start=box.x, end=box.right, ground=box.y + tall, tall=tall, whole=True)
    ground = data.foot[1] if data.foot else box.y + 0.5 * box.h
    if data.product is None:
        return Line(start=box.x, end=box.right, ground=ground, tall=tall, whole=True)
    before = data.product.centre[0] >= box.centre[0] - 0.25 * box.w
    ends = (box.x, data.product.x) if before else (box.right, data.product.right)
    return Line(start=ends[0], end=ends[1], ground=ground, tall=tall, whole=False)


def keep(data: Data, box: Box) -> list[Box]:
    """The band of the ticks, and the words at the ends."""
    line = line_for(data, box)
    left, right = sorted((line.start, line.end))
    band = Box(left, line.ground - line.tall, right - left, line.tall)
    return [band, *(Box(*w.box) for w in _ends(data, box, line, "#000000"))]


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """Ticks one after the other, and the words at their ends."""
    steps = min(MOST, max(2, round(data.value)))
    line = line_for(data, box)
    wide = max(2.0, round(0.0048 * min(data.canvas.w, 2 * data.canvas.h)))
    pace = (line.end - line.start - (wide if line.whole else 0)) / steps
    items: list[Any] = []
    for i in range(math.ceil((steps + line.whole) * progress)):
        height = line.tall * _height(i, steps)
        place = (round(line.start + i * pace), round(line.ground - height), wide, round(height))
        items.append(Rect(box=place, colour=colours["ink"], role="device"))
    return (*items, *_ends(data, box, line, colours["ink"]))


def _height(i: int, steps: int) -> float:
    """A tick's height: the ends are the longest, and every so many is longer than its neighbours."""
    if i in (0, steps):
        return LONG
    return MIDDLE if i % _beat(steps) == 0 else SHORT


def _beat(steps: int) -> int:
    """After how many spaces a longer tick stands: the divisor a clock would take."""
    return next((n for n in (6, 5, 4, 10, 12) if steps % n == 0 and steps > n), steps)


def _ends(data: Data, box: Box, line: Line, colour: str) -> list[Block]:
    """The words at the ruler's ends, under it, where the idea has any: both on one line, or the first alone."""
    if not data.start:
        return []
    for points in SIZES:
        size = points * data.pt
        y = line.ground + UNDER * size
        first = set_line(data.start, data.text_face, size, box.x, y, colour, "device", locale=data.locale)
        if not data.end:
            return [first]
        last = set_line(data.end, data.text_face, size, box.right, y, colour, "device", "right", data.locale)
        if first.box[0] + first.box[2] + 0.6 * size < last.box[0]:
            return [first, last]
    return [first]
