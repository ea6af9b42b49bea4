"""Find calm boxes in a set: where light hardly changes and no part ends, measured."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]  # x, y, w, h as fractions of the master

CELLS = 40  # boxes lie on a grid of 1/40
SD_MAX = 0.070  # of sqrt light x tone, so about the scale of sRGB
EDGE = 0.030  # a step per 1/160 of the width that the eye reads as an edge
EDGE_MAX = 0.012  # share of a box that may be edges
SMALLEST = (0.30, 0.125)


@dataclass(frozen=True, slots=True)
class Unrest:
    """Integral pictures of one tone picture: sums, squares and edges."""

    tone: Floats
    square: Floats
    edge: Floats

    @classmethod
    def of(cls, tone: Floats) -> Unrest:
        """From sqrt tones, 160 pixels square."""
        dy, dx = np.gradient(tone)
        edge = (np.hypot(dx, dy) > EDGE).astype(np.float64)
        return cls(*(_integral(a) for a in (tone, tone**2, edge)))

    def measure(self, box: Box) -> tuple[float, float]:
        """Standard deviation and share of edges inside a box."""
        mean = _mean(self.tone, box)
        variance = _mean(self.square, box) - mean**2
        return max(0.0, variance) ** 0.5, _mean(self.edge, box)


def calm_boxes(tones: list[Floats], blocked: list[Box], count: int = 4) -> list[Box]:
    """The largest calm boxes of all tone pictures together, best first, hardly overlapping."""
    unrest = [Unrest.of(tone) for tone in tones]
    scored = []
    for box in _candidates():
        if any(_overlap(box, other) for other in blocked):
            continue
        measures = [u.measure(box) for u in unrest]
        sd, edge = max(m[0] for m in measures), max(m[1] for m in measures)
        if sd <= SD_MAX and edge <= EDGE_MAX:
            scored.append((box[2] * box[3] * (1.3 - sd / SD_MAX), box))
    return _spread(sorted(scored, reverse=True), count)


def _spread(scored: list[tuple[float, Box]], count: int) -> list[Box]:
    chosen: list[Box] = []
    for _, box in scored:
        if all(_overlap(box, other) < 0.35 * box[2] * box[3] for other in chosen):
            chosen.append(box)
        if len(chosen) == count:
            break
    return chosen


def _candidates() -> list[Box]:
    steps = [k / CELLS for k in range(1, CELLS)]
    widths = [w for w in steps if w >= SMALLEST[0]][::2]
    heights = [h for h in steps if SMALLEST[1] <= h <= 0.5]
    return [
        (x, y, w, h) for w, h in product(widths, heights) for x, y in product(steps, steps) if x + w <= 0.976 and y + h <= 0.976
    ]


def _overlap(a: Box, b: Box) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, wide) * max(0.0, high)


def _integral(values: npt.NDArray[np.floating]) -> Floats:
    padded = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    padded[1:, 1:] = values.cumsum(0).cumsum(1)
    return padded  # type: ignore[return-value]


def _mean(integral: Floats, box: Box) -> float:
    side = integral.shape[0] - 1
    x0, y0 = round(box[0] * side), round(box[1] * side)
    x1, y1 = round((box[0] + box[2]) * side), round((box[1] + box[3]) * side)
    total = integral[y1, x1] - integral[y0, x1] - integral[y1, x0] + integral[y0, x0]
    return float(total / ((y1 - y0) * (x1 - x0)))
