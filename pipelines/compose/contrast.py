"""Can it be read here? Contrast is measured on the rendered pixels around the glyphs, never on a mean colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from brand_kits.colour import (
    apca,
    hex_to_oklab,
    hex_to_srgb,
    linear_to_oklab,
    oklab_to_oklch,
    oklch_to_hex,
    srgb_to_linear,
    wcag,
)
from pipelines.compose.draw import Pixels, Scrim, canvas, draw
from pipelines.compose.setting import Block, Box

Floats = NDArray[np.float64]

REACH = 0.25
"""How far around the glyphs the ground counts, in em."""
SPREAD = 35.0
EDGE = 0.08
SAMPLES = 40_000
CAP_DARK, CAP_LIGHT, STEP = 0.55, 0.60, 0.02
FALL_FROM, FALL_TO = 0.55, 1.6
"""A veil is full up to .55 of the text's reach from the edge and gone at 1.6 of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Contrast of type against the pixels within .25 em of its glyphs.

    `p10` is the 10th percentile of |Lc| (APCA), `spread` P90 - P10, `wcag` the ratio at the 10th percentile; `sd_l`
    and `edge_share` tell how busy the box is (OKLab L, share of pixels with a Sobel step above .08).
    """

    p10: float
    spread: float
    wcag: float
    sd_l: float
    edge_share: float

    def passes(self, minimum: float) -> bool:
        """Enough contrast nearly everywhere, and nearly the same everywhere."""
        return self.p10 >= minimum and self.spread <= SPREAD


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """How calm a box of the picture is: `mean` and `sd` of OKLab L, and the share of edge pixels."""

    mean: float
    sd: float
    edges: float

    def holds(self, big: bool) -> bool:
        """Calm enough for a headline (`big`) or for small text."""
        return self.sd <= (0.10 if big else 0.06) and self.edges <= (0.14 if big else 0.06)


def reference_px(size: float, px_per_pt: float, phone: bool = True) -> float:
    """Size in the pixels of APCA's table: a phone is held nearer than its points suggest (1.6' against 1.278')."""
    return size * 1.6 / (px_per_pt * 1.278) if phone else size


def needed(role: str, size: float, weight: int, px_per_pt: float, phone: bool = True) -> float:
    """Least |Lc| of type by its size in APCA's pixels and its weight (APCA's own table, raised for pictures).

    75 for small text, 65 for it at weight 500 from 12 px, 60 and 55 as headlines grow; 60 for a bold button label
    (70 else) and 45 for a logo.
    """
    ref = reference_px(size, px_per_pt, phone)
    if role == "logo":
        return 45.0
    if role in ("cta", "kicker"):
        return 60.0 if weight >= 600 and ref >= 14 else 70.0
    rows = BIG if weight >= 600 else LIGHT
    return next((lc for least, lc in rows if ref >= least), 65.0 if weight >= 500 and ref >= 12 else 75.0)


BIG = ((36.0, 55.0), (24.0, 60.0))
LIGHT = ((36.0, 60.0),)


# --------------------------------------------------------------------------------------------------- measuring

Window = tuple[slice, slice]
NOTHING = Reading(p10=0.0, spread=0.0, wcag=0.0, sd_l=0.0, edge_share=0.0)


def reading(pixels_rgb: Pixels, block: Block, colour: str | None = None) -> Reading:
    """Measure a block against the picture below it (h, w, 3); `colour` in place of the block's own colours.

    A block of several colours reads as its worst one (quotation marks aside). A block that lies outside the picture
    reads as nothing: all zeros.
    """
    if colour is not None:
        return _reading(pixels_rgb, block.plain(colour))
    used = sorted({p.colour or block.colour for p in block.pieces if p.name != "quote"})
    groups = [_only(block, one) for one in used]
    return min((_reading(pixels_rgb, group) for group in groups), key=lambda r: r.p10, default=NOTHING)


def _only(block: Block, colour: str) -> Block:
    """The pieces of one colour."""
    pieces = tuple(p for p in block.pieces if (p.colour or block.colour) == colour and p.name != "quote")
    return replace(block, pieces=pieces).plain(colour)


def _reading(pixels_rgb: Pixels, block: Block) -> Reading:
    below = _below(pixels_rgb, block)
    return _against(below, block.colour, quiet(pixels_rgb, block.box)) if len(below) else NOTHING


def _against(below: Floats, colour: str, calm: Quiet) -> Reading:
    type_colour = hex_to_srgb(colour)
    low, high = np.percentile(np.abs(apca(type_colour, below)), (10, 90))
    ratio = float(np.percentile(wcag(type_colour, below), 10))
    return Reading(p10=float(low), spread=float(high - low), wcag=ratio, sd_l=calm.sd, edge_share=calm.edges)


def _below(pixels_rgb: Pixels, block: Block) -> Floats:
    """sRGB (n, 3) 0..1 of the pixels within .25 em of the glyphs, evenly thinned; (0, 3) outside the picture."""
    window = _window(block.box, REACH * block.size, pixels_rgb.shape)
    if window is None:
        return np.zeros((0, 3))
    near = pixels_rgb[window][_near(block, window)]
    return near[:: max(1, len(near) // SAMPLES)].astype(np.float64) / 255


def _window(box: Box, reach: float, shape: tuple[int, ...]) -> Window | None:
    x, y, w, h = box
    x0, y0 = max(0, math.floor(x - reach)), max(0, math.floor(y - reach))
    x1, y1 = min(shape[1], math.ceil(x + w + reach)), min(shape[0], math.ceil(y + h + reach))
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


def _near(block: Block, window: Window) -> NDArray[np.bool_]:
    """Pixels of the window within .25 em of the glyphs, the glyphs themselves among them."""
    import cv2

    rows, columns = window
    ink = canvas(columns.stop - columns.start, rows.stop - rows.start)
    draw(ink, [block.plain("#FFFFFF")], offset=(-columns.start, -rows.start))
    away = cv2.distanceTransform((ink[..., 0] < 128).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(away <= max(1.0, REACH * block.size))


@lru_cache(maxsize=1)
def _linear_table() -> Floats:
    return srgb_to_linear(np.arange(256) / 255)


def lightness(pixels_rgb: Pixels) -> NDArray[np.float32]:
    """OKLab L (h, w) of a picture (h, w, 3) uint8."""
    return linear_to_oklab(_linear_table()[pixels_rgb])[..., 0].astype(np.float32)


def quiet(pixels_rgb: Pixels, box: Box) -> Quiet:
    """How calm the picture is inside a box (x, y, w, h); a box outside the picture is not calm at all."""
    import cv2

    window = _window(box, 0.0, pixels_rgb.shape)
    if window is None:
        return Quiet(mean=0.0, sd=1.0, edges=1.0)
    light = lightness(pixels_rgb[window])
    dx, dy = (cv2.Sobel(light, cv2.CV_32F, *d, ksize=3, scale=1 / 8) for d in ((1, 0), (0, 1)))
    return Quiet(mean=float(light.mean()), sd=float(light.std()), edges=float((np.hypot(dx, dy) > EDGE).mean()))


# ---------------------------------------------------------------------------------------------------- choosing


def choose(candidates: Sequence[str], pixels_rgb: Pixels, block: Block, minimum: float) -> tuple[str, Reading]:
    """The first candidate that passes, in the order given (the kit's preference); if none does, the best one.

    Look at `Reading.passes` to know which it was. Raises ValueError for no candidates.
    """
    if not candidates:
        raise ValueError("no colour to choose from")
    below, calm = _below(pixels_rgb, block), quiet(pixels_rgb, block.box)
    if not len(below):
        return candidates[0], NOTHING
    readings = [(colour, _against(below, colour, calm)) for colour in candidates]
    passing = (pair for pair in readings if pair[1].passes(minimum))
    return next(passing, max(readings, key=lambda pair: pair[1].p10))


# ------------------------------------------------------------------------------------------------------- scrims


def scrim(pixels_rgb: Pixels, block: Block, colour: str, minimum: float) -> Scrim | None:
    """The faintest veil from the nearest edge that lets `colour` be read on the picture, or None if none may.

    Its colour is the picture's own hue there, dark under light type (L .18) and light under dark (L .96), at most
    .03 chroma; it reaches 1.6 times as far as the text and ends softly. Opacity is at most .55 dark, .60 light.
    """
    light_type = bool(hex_to_oklab(colour)[0] > 0.6)
    veil = _veil_colour(pixels_rgb, block.box, light_type)
    shape = _falloff(pixels_rgb.shape, block.box)
    samples = _veil_samples(pixels_rgb, block, shape)
    cap = CAP_DARK if light_type else CAP_LIGHT
    for alpha in np.arange(STEP, cap + 1e-6, STEP):
        if _veiled(samples, alpha, veil, colour).passes(minimum):
            return Scrim(alpha=(shape * alpha).astype(np.float32), colour=veil)
    return None


def _veil_samples(pixels_rgb: Pixels, block: Block, shape: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Pixels near the glyphs and the veil's share of each."""
    window = _window(block.box, REACH * block.size, pixels_rgb.shape)
    if window is None:
        return np.zeros((0, 3)), np.zeros(0)
    near = _near(block, window)
    below, share = pixels_rgb[window][near] / 255, shape[window][near].astype(np.float64)
    thin = max(1, len(share) // (SAMPLES // 4))
    return below[::thin], share[::thin]


def _veiled(samples: tuple[Floats, Floats], alpha: float, veil: str, colour: str) -> Reading:
    below, share = samples
    if not len(below):
        return NOTHING
    cover = (share * alpha)[:, None]
    return _against(below * (1 - cover) + hex_to_srgb(veil) * cover, colour, Quiet(mean=0.0, sd=0.0, edges=0.0))


def _veil_colour(pixels_rgb: Pixels, box: Box, dark: bool) -> str:
    window = _window(box, 0.0, pixels_rgb.shape)
    area = pixels_rgb[window] if window else pixels_rgb
    lab = linear_to_oklab(_linear_table()[area]).reshape(-1, 3).mean(axis=0)
    _, chroma, hue = oklab_to_oklch(lab)
    return oklch_to_hex([0.18 if dark else 0.96, min(0.03, float(chroma)), hue])


def _falloff(shape: tuple[int, ...], box: Box) -> NDArray[np.float32]:
    """1 from the edge of the canvas nearest to the box, eased to 0 at 1.6 times the box's reach from it."""
    height, width = shape[:2]
    x, y, w, h = box
    reaches = {"top": (y + h) / height, "bottom": 1 - y / height, "left": (x + w) / width, "right": 1 - x / width}
    side = min(reaches, key=lambda s: reaches[s])
    reach = max(reaches[side], 0.35 / FALL_TO)
    steps = height if side in ("top", "bottom") else width
    along = (np.arange(steps) + 0.5) / steps
    t = np.clip((along / reach - FALL_FROM) / (FALL_TO - FALL_FROM), 0, 1)
    ramp = 1 - t * t * (3 - 2 * t)
    ramp = ramp[::-1] if side in ("bottom", "right") else ramp
    line = ramp[:, None] if side in ("top", "bottom") else ramp[None, :]
    return np.broadcast_to(line, (height, width)).astype(np.float32)
