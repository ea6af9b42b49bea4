"""Leaf shadows: plants drawn as silhouettes on a tile, blurred by a round lamp to many widths, looked up by penumbra.

The blur is a disc, as the sun's: small gaps in a crown of leaves become the round dapples one knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.scene import Floats

TILE = 1536
LEVELS = (1.5, 4.0, 9.0, 18.0, 34.0, 60.0, 100.0)
"""Diameters of the blur in px of the tile."""
Points = npt.NDArray[np.float64]
SHIFT = 4


def light_through(u: Floats, v: Floats, width: Floats, gobo: Mapping[str, Any]) -> Floats:
    """Share of light that passes the plant at each look, (h, w). `gobo`: plant, seed, span, centre.

    Beside and above its tile the plant goes on as its mirror image, stems joined; below it there is only light.
    """
    import cv2

    centre, span = gobo.get("centre", (0.0, 0.0)), float(gobo["span"])
    scale = np.float32(TILE / span)
    x = (u - np.float32(centre[0])) * scale + np.float32(TILE / 2)
    y = np.abs(np.float32(TILE / 2) - (v - np.float32(centre[1])) * scale)
    y = np.minimum(y, np.float32(TILE - 1))
    plant, seed = gobo["plant"], int(gobo.get("seed", 1))
    level = _level(width * scale)
    out = np.zeros_like(x)
    for index in range(len(LEVELS)):
        share = np.clip(1 - np.abs(level - np.float32(index)), 0, 1)
        if share.max() > 0:
            tile = _blurred(plant, seed, index)
            out += share * cv2.remap(tile, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(out / np.float32(255), np.float32)


def _level(diameter: Floats) -> Floats:
    """Where between the blur levels a diameter in px lies."""
    return np.asarray(np.interp(np.log(diameter), np.log(LEVELS), np.arange(len(LEVELS))), np.float32)


@lru_cache(maxsize=24)
def _blurred(plant: str, seed: int, index: int) -> npt.NDArray[np.uint8]:
    """The plant's light under one of the blurs, 0..255."""
    return np.asarray(_disc_blur(_drawn(plant, seed), LEVELS[index]) * 255 + 0.5, np.uint8)


def _disc_blur(picture: Floats, diameter: float) -> Floats:
    """Blur by a disc; wide ones on a smaller picture, where nobody can tell."""
    import cv2

    shrink = max(1, int(diameter // 14))
    small = cv2.resize(picture, (TILE // shrink, TILE // shrink), interpolation=cv2.INTER_AREA)
    blurred = cv2.filter2D(small, -1, _disc(diameter / shrink), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(cv2.resize(blurred, (TILE, TILE), interpolation=cv2.INTER_CUBIC), 0, 1), np.float32)


def _disc(diameter: float) -> Floats:
    radius = diameter / 2
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(disc / disc.sum(), np.float32)


@lru_cache(maxsize=2)
def _drawn(plant: str, seed: int) -> Floats:
    """White light with the plant's leaves in it as shade; thin leaves let a little through where single."""
    import cv2

    light = np.full((TILE, TILE), 255, np.uint8)
    for outline in PLANTS[plant](np.random.default_rng(seed)):
        points = np.round(outline * TILE * 2**SHIFT).astype(np.int32)
        cv2.fillPoly(light, [points], 0, lineType=cv2.LINE_AA, shift=SHIFT)
    return light.astype(np.float32) / np.float32(255)


def leaf(base: Sequence[float], angle: float, length: float, width: float, bend: float = 0.0) -> Points:
    """Outline of a leaf (n, 2) from its base; the angle is that of its rib, which bends by `bend` radians."""
    t = np.linspace(0, 1, 24)
    heading = angle + bend * t
    rib = np.stack([np.cumsum(np.cos(heading)), -np.cumsum(np.sin(heading))], 1) * length / len(t)
    rib = rib - rib[0] + np.asarray(base)
    half = width / 2 * np.sin(math.pi * t**0.8) ** 0.9 * (1 - 0.35 * t)
    normal = np.stack([np.sin(heading), np.cos(heading)], 1)
    return np.concatenate([rib + normal * half[:, None], (rib - normal * half[:, None])[::-1]])


def stem(points: Points, width: float) -> Points:
    """Outline of a tapering stem along points (n, 2)."""
    along = np.gradient(points, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    half = np.linspace(width, width * 0.25, len(points))[:, None] / 2
    return np.concatenate([points + normal * half, (points - normal * half)[::-1]])


def arc(start: Sequence[float], angle: float, length: float, bend: float, count: int = 40) -> tuple[Points, Points]:
    """A curve as points (n, 2) and headings (n,)."""
    heading = angle + bend * np.linspace(0, 1, count) ** 1.3
    steps = np.stack([np.cos(heading), -np.sin(heading)], 1) * length / count
    return np.asarray(start) + np.cumsum(steps, axis=0), heading


def frond(
    rng: np.random.Generator, start: Sequence[float], angle: float, length: float, bend: float
) -> Iterator[Points]:
    """A palm frond: slim leaflets on both sides of a bowed rib, apart enough for light between them."""
    count = 26
    rib, heading = arc(start, angle, length, bend, count * 3)
    yield stem(rib, 0.014 * length)
    for number in range(2, count):
        share = number / count
        reach = length * 0.40 * math.sin(math.pi * (0.18 + 0.74 * share)) ** 0.7
        for side in (-1, 1):
            at = min(len(rib) - 1, number * 3 + int(rng.integers(-1, 2)))
            lean = side * (1.00 - 0.60 * share + rng.normal(0, 0.06))
            width = length * 0.021 * rng.uniform(0.6, 1.15)
            reached = reach * rng.uniform(0.85, 1.1)
            yield leaf(rib[at], heading[at] + lean, reached, width, -side * rng.uniform(0.1, 0.5))


def twig(rng: np.random.Generator, start: Sequence[float], angle: float, length: float, bend: float,
         leaf_length: float, leaf_width: float, count: int) -> Iterator[Points]:  # fmt: skip
    """A twig with alternate leaves, each turned about its rib so that some show their edge."""
    rib, heading = arc(start, angle, length, bend)
    yield stem(rib, 0.010)
    for number in range(count):
        index = round(4 + (len(rib) - 5) * number / (count - 1))
        side = 1 if number % 2 else -1
        size = leaf_length * (1.05 - 0.45 * number / count) * rng.uniform(0.82, 1.15)
        turn = rng.uniform(0.45, 1.0)
        lean = side * rng.uniform(0.55, 1.05)
        yield leaf(rib[index], heading[index] + lean, size, leaf_width * size * turn, side * rng.uniform(-0.5, 0.2))
    yield leaf(rib[-1], heading[-1], leaf_length * 0.8, leaf_width * leaf_length * 0.7, 0.1)


def palm(rng: np.random.Generator) -> Iterator[Points]:
    """Fronds that reach in from the upper right."""
    rows = ((1.04, 0.10, 3.30, 0.80, 0.55), (1.04, 0.52, 3.25, 0.62, 0.60), (0.52, -0.06, 3.95, 0.50, 0.55))
    for x, y, angle, length, bend in rows:
        yield from frond(rng, (x, y), angle, length, bend)


def branch(rng: np.random.Generator) -> Iterator[Points]:
    """A few leafy twigs hanging in from the upper left."""
    rows = (
        (-0.02, 0.16, -0.20, 0.60, -0.45, 9),
        (-0.02, -0.02, -0.62, 0.70, -0.30, 11),
        (0.24, -0.03, -0.80, 0.44, -0.45, 8),
    )
    for x, y, angle, length, bend, count in rows:
        yield from twig(rng, (x, y), angle, length, bend, 0.150, 0.42, count)


def olive(rng: np.random.Generator) -> Iterator[Points]:
    """Slender leaves on long thin twigs, rising from the lower left and falling from above."""
    rows = (
        (-0.03, 0.80, 0.95, 0.70, -0.55, 19),
        (-0.03, 0.46, 0.55, 0.62, -0.70, 17),
        (0.36, -0.03, -0.85, 0.50, -0.30, 13),
    )
    for x, y, angle, length, bend, count in rows:
        yield from twig(rng, (x, y), angle, length, bend, 0.150, 0.20, count)


def crown(rng: np.random.Generator) -> Iterator[Points]:
    """Under a tree: leaves so thick that only small gaps are left; a lamp's disc makes each a round dapple."""
    for _ in range(1500):
        x, y = rng.uniform(-0.05, 1.05, 2)
        size = rng.uniform(0.035, 0.075)
        if rng.random() < _thick(x, y):
            yield leaf((x, y), rng.uniform(0, 2 * math.pi), size, size * rng.uniform(0.4, 0.7), rng.normal(0, 0.3))


def _thick(x: float, y: float) -> float:
    """How dense the crown is: thick at the upper right, thinning to open sky at the lower left."""
    reach = 0.62 * x + 0.78 * (1 - y) + 0.10 * math.sin(9 * x + 4 * y)
    return float(np.clip((reach - 0.55) / 0.45, 0, 1)) * min(1.0, max(0.0, 5 * (0.88 - y)))


PLANTS: Mapping[str, Callable[[np.random.Generator], Iterator[Points]]] = {
    "palm": palm, "branch": branch, "olive": olive, "crown": crown,
}  # fmt: skip
