"""What an eye meets around a shape: the ground near its ink, the colour that ink really has, contrast between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from brand_kits.colour import apca, hex_to_srgb, wcag
from pipelines.check.subject import Box, Ink, Pixels

Floats = npt.NDArray[np.float64]
REACH = 0.25
"""How far around ink the ground counts, in em."""
SAMPLES = 30_000
FULL, ENOUGH = 250, 24
"""Coverage that counts as all ink, and how many such pixels tell a colour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """How ink parts from its ground: 10th percentile of |Lc| (APCA), its spread P90 - P10, WCAG ratio at P10."""

    p10: float
    spread: float
    ratio: float


def contrast(pixels: Pixels, ground: Pixels, ink: Ink, em: float) -> Contrast | None:
    """Ink as the finished picture shows it, against the ground within .25 em of it; None off the canvas."""
    below = near(ground, ink, max(1.0, REACH * em))
    if not len(below):
        return None
    colour = seen_colour(pixels, ink)
    low, high = np.percentile(np.abs(apca(colour, below)), (10, 90))
    return Contrast(p10=float(low), spread=float(high - low), ratio=float(np.percentile(wcag(colour, below), 10)))


def near(ground: Pixels, ink: Ink, reach: float) -> Floats:
    """sRGB (n, 3) 0..1 of the ground at most `reach` px away from ink, under it too; evenly thinned."""
    import cv2

    pad = math.ceil(reach) + 1
    wide = np.pad(ink.coverage, pad)
    away = cv2.distanceTransform((wide < 128).astype(np.uint8), cv2.DIST_L2, 5) <= reach
    if not (wide >= 128).any():
        away = np.zeros_like(away)
    area, kept = _seen(ground, away, ink.x - pad, ink.y - pad)
    found = area[kept]
    return found[:: max(1, len(found) // SAMPLES)].astype(np.float64) / 255


def seen_colour(pixels: Pixels, ink: Ink) -> Floats:
    """Median sRGB 0..1 of pixels that are all ink; the colour it was drawn in where strokes are too thin to tell."""
    area, full = _seen(pixels, ink.coverage >= FULL, ink.x, ink.y)
    if full.sum() < ENOUGH:
        return hex_to_srgb(ink.colour)
    return np.asarray(np.median(area[full], axis=0) / 255, np.float64)


def _seen(picture: Pixels, mask: npt.NDArray[np.bool_], x: int, y: int) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """The part of a picture under a mask whose corner is at (x, y), and the mask cut to the canvas."""
    h, w = picture.shape[:2]
    top, left = max(0, -y), max(0, -x)
    bottom, right = max(top, min(mask.shape[0], h - y)), max(left, min(mask.shape[1], w - x))
    cut = mask[top:bottom, left:right]
    return picture[y + top : y + bottom, x + left : x + right], cut


# ---------------------------------------------------------------------------------------------------------- boxes


def overlap(a: Box, b: Box) -> tuple[float, float]:
    """Width and height that two boxes share; zero or less where they are apart."""
    return min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]), min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])


def gap(a: Box, b: Box) -> float:
    """Clear distance between two boxes; 0 where they touch."""
    w, h = overlap(a, b)
    return math.hypot(max(0.0, -w), max(0.0, -h))


def beyond(box: Box, outer: Box) -> float:
    """How far a box reaches out of another, px at its worst side; negative inside."""
    x, y, w, h = outer
    return max(x - box[0], y - box[1], box[0] + box[2] - x - w, box[1] + box[3] - y - h)


def reference_px(size: float, pt: float, phone: bool) -> float:
    """A size in the px that APCA's tables mean: a CSS px at arm's length is 1.278', a point of a phone 1.6'."""
    return size * 1.6 / (pt * 1.278) if phone else size
