"""Boxes and the unit grid: all that layout knows of space. Pure arithmetic in pixels of the finished asset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

STEPS = (1, 2, 3, 4, 6, 8, 12, 16)
"""Gaps and paddings are these multiples of the unit."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: x and y of its top left corner, width and height, in pixels."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """x of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """y of the bottom edge."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def area(self) -> float:
        """Pixels covered."""
        return self.w * self.h

    def moved(self, dx: float, dy: float) -> Box:
        """The box shifted."""
        return Box(self.x + dx, self.y + dy, self.w, self.h)

    def grown(self, by: float) -> Box:
        """The box with `by` pixels added at each side (negative: taken)."""
        return Box(self.x - by, self.y - by, max(0.0, self.w + 2 * by), max(0.0, self.h + 2 * by))

    def within(self, other: Box, slack: float = 0.5) -> bool:
        """Whether the box lies in another, half a pixel of rounding forgiven."""
        return (
            self.x >= other.x - slack and self.y >= other.y - slack
            and self.right <= other.right + slack and self.bottom <= other.bottom + slack
        )

    def cut(self, other: Box) -> Box:
        """What two boxes share; without area when they are apart."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(x, y, max(0.0, min(self.right, other.right) - x), max(0.0, min(self.bottom, other.bottom) - y))

    def overlaps(self, other: Box) -> bool:
        """Whether two boxes share any area."""
        return self.cut(other).area > 0

    def gap(self, other: Box) -> float:
        """The distance between two boxes along the axis that parts them; 0 when they touch or overlap."""
        dx = max(self.x - other.right, other.x - self.right, 0.0)
        dy = max(self.y - other.bottom, other.y - self.bottom, 0.0)
        return max(dx, dy)

    def scaled(self, fractions: Sequence[float]) -> Box:
        """A part of this box given as fractions of it."""
        x, y, w, h = fractions
        return Box(self.x + x * self.w, self.y + y * self.h, w * self.w, h * self.h)


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all; ValueError for none."""
    given = list(boxes)
    x, y = min(b.x for b in given), min(b.y for b in given)
    return Box(x, y, max(b.right for b in given) - x, max(b.bottom for b in given) - y)


def unit(size: tuple[int, int]) -> int:
    """The grid's unit: about 1/90 of the short side, even, at least 2 px."""
    return max(2, 2 * round(min(size) / 180))


def snap(value: float, u: int, least: int = 1) -> int:
    """The allowed gap nearest to `value` that is at least `least` units."""
    allowed = [k * u for k in STEPS if k >= least]
    return min(allowed, key=lambda g: abs(g - value))


def remap(box: Box, of: Box, to: Box, canvas: Box) -> Box:
    """Carry a box from one live area to another; edges that touch the canvas keep touching it."""
    sx, sy = to.w / of.w, to.h / of.h

    def over(v: float, lo: float, hi: float, a: float, b: float, s: float) -> float:
        if v <= lo + 0.5:
            return lo
        return hi if v >= hi - 0.5 else b + (v - a) * s

    x0, x1 = (over(v, 0, canvas.w, of.x, to.x, sx) for v in (box.x, box.right))
    y0, y1 = (over(v, 0, canvas.h, of.y, to.y, sy) for v in (box.y, box.bottom))
    return Box(x0, y0, x1 - x0, y1 - y0)


def mirrored(box: Box, live: Box) -> Box:
    """A box seen in a mirror that stands in the middle of the live area."""
    return Box(live.x + live.right - box.right, box.y, box.w, box.h)


def near_misses(boxes: Sequence[tuple[str, Box]], u: int) -> list[tuple[str, str, str, float]]:
    """Pairs of edges that nearly coincide: more than 1 px and less than 2 units apart look like errors.

    Left edges are compared with left edges and right with right, as the eye does with flush type.
    """
    found = []
    for (a, p), (b, q) in combinations(boxes, 2):
        for side, d in (("left", abs(p.x - q.x)), ("right", abs(p.right - q.right))):
            if 1.0 < d < 2 * u:
                found.append((a, b, side, round(d, 2)))
    return found
