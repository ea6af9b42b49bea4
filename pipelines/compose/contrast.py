"""Can it be read here? Contrast is measured on the rendered pixels around the glyphs, never on a mean colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from brand_kits.colour import apca, hex_to_oklab, hex_to_srgb, linear_to_oklab, oklab_to_oklch, oklch_to_hex, srgb_to_linear, wcag
from pipelines.compose.setting import Block, Box
from pipelines.compose.draw import Pixels, Scrim, canvas, draw

REACH = 0.25
SPREAD = 35.0
EDGE = 0.08
CAP_DARK, CAP_LIGHT = 0.55, 0.60


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
    """Least |Lc| for type: 75 for body and legal (65 once >= 44 px on a phone, weight 500), less as it grows."""
    ref = reference_px(size, px_per_pt, phone)
    if role in ("cta", "kicker"):
        return 70.0
    if role == "logo":
        return 45.0
    if ref > 36:
        return 55.0 if weight >= 600 else 60.0
    if ref >= 24 and weight >= 600:
        return 60.0
    return 65.0 if weight >= 500 and ref >= 12 else 75.0


# --------------------------------------------------------------------------------------------------- measuring


def reading(pixels_rgb: Pixels, block: Block, colour: str | None = None) -> Reading:
    """Measure a block against the picture below it (h, w, 3); `colour` in place of the block's own.

    A block wholly outside the picture reads as nothing: all zeros.
    """
    window = _window(block.box, REACH * block.size, pixels_rgb.shape)
    if window is None:
        return Reading(p10=0.0, spread=0.0, wcag=0.0, sd_l=0.0, edge_share=0.0)
    rows, columns = window
    below = pixels_rgb[rows, columns].astype(np.float32) / 255
    near = _near(block, window, below.shape[:2])
    calm = quiet(pixels_rgb, block.box)
    return _against(below[near], colour or block.colour, calm)


def _against(below: NDArray[np.float32], colour: str, calm: Quiet) -> Reading:
    type_colour = hex_to_srgb(colour)
    lc = np.abs(apca(type_colour, below))
    low, high = np.percentile(lc, (10, 90))
    ratio = float(np.percentile(wcag(type_colour, below), 10))
    return Reading(p10=float(low), spread=float(high - low), wcag=ratio, sd_l=calm.sd, edge_share=calm.edges)


Window = tuple[slice, slice]


def _window(box: Box, reach: float, shape: tuple[int, ...]) -> Window | None:
    x, y, w, h = box
    x0, y0 = max(0, math.floor(x - reach)), max(0, math.floor(y - reach))
    x1, y1 = min(shape[1], math.ceil(x + w + reach)), min(shape[0], math.ceil(y + h + reach))
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None


def _near(block: Block, window: Window, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels of the window within .25 em of the glyphs, the glyphs themselves among them."""
    import cv2

    mask = canvas(shape[1], shape[0])
    draw(mask, [block.plain("#FFFFFF").moved(-window[1].start, -window[0].start)])
    reach = max(1, round(REACH * block.size))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(mask[..., 0], disc) > 127)


def lightness(pixels_rgb: Pixels) -> NDArray[np.float32]:
    """OKLab L (h, w) of a picture (h, w, 3) uint8."""
    return linear_to_oklab(_linear_table()[pixels_rgb])[..., 0].astype(np.float32)


def _linear_table() -> NDArray[np.float64]:
    return srgb_to_linear(np.arange(256) / 255)


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


def choose(
    candidates: Sequence[str], pixels_rgb: Pixels, block: Block, minimum: float
) -> tuple[str, Reading]:
    """The first candidate that passes, in the order given (the kit's preference); if none does, the best one.

    Look at `Reading.passes` to know which it was. Raises ValueError for no candidates.
    """
    if not candidates:
        raise ValueError("no colour to choose from")
    readings = [(colour, reading(pixels_rgb, block, colour)) for colour in candidates]
    passing = (pair for pair in readings if pair[1].passes(minimum))
    return next(passing, max(readings, key=lambda pair: pair[1].p10))


# ------------------------------------------------------------------------------------------------------- scrims


def scrim(pixels_rgb: Pixels, block: Block, colour: str, minimum: float) -> Scrim | None:
    """The faintest veil from the nearest edge that lets `colour` be read on the picture, or None if none may.

    Its colour is the picture's own hue there, dark under light type (L .18) and light under dark (L .96), at most
    .03 chroma; it reaches 1.6 times as far as the text and ends softly. Opacity is at most .55 dark, .60 light.
    """
    light_type = hex_to_oklab(colour)[0] > 0.6
    veil = _veil_colour(pixels_rgb, block.box, light_type)
    shape = _falloff(pixels_rgb.shape[:2], block.box)
    cap = CAP_DARK if light_type else CAP_LIGHT
    passing = (a for a in np.arange(0.04, cap + 1e-6, 0.03) if _read_veiled(pixels_rgb, block, colour, shape * a, veil, minimum))
    alpha = next(passing, None)
    return None if alpha is None else Scrim(alpha=(shape * alpha).astype(np.float32), colour=veil)


def _read_veiled(
    pixels_rgb: Pixels, block: Block, colour: str, alpha: NDArray[np.float32], veil: str, minimum: float
) -> bool:
    pixels = canvas(pixels_rgb.shape[1], pixels_rgb.shape[0], pixels_rgb)
    draw(pixels, [Scrim(alpha=alpha.astype(np.float32), colour=veil)])
    return reading(np.ascontiguousarray(pixels[..., 2::-1]), block, colour).passes(minimum)


def _veil_colour(pixels_rgb: Pixels, box: Box, dark: bool) -> str:
    window = _window(box, 0.0, pixels_rgb.shape)
    area = pixels_rgb[window] if window else pixels_rgb
    lab = linear_to_oklab(_linear_table()[area]).reshape(-1, 3).mean(axis=0)
    _, chroma, hue = oklab_to_oklch(lab)
    return oklch_to_hex([0.18 if dark else 0.96, min(0.03, chroma), hue])


def _falloff(shape: tuple[int, ...], box: Box) -> NDArray[np.float32]:
    """1 at the edge of the canvas nearest to the box, eased to 0 beyond 1.6 times its reach."""
    height, width = shape[:2]
    x, y, w, h = box
    ends = {"top": y + h, "bottom": height - y, "left": x + w, "right": width - x}
    side = min(ends, key=lambda s: ends[s] / (height if s in ("top", "bottom") else width))
    full = height if side in ("top", "bottom") else width
    reach = max(1.6 * ends[side], 0.35 * full)
    t = np.clip(np.arange(full, dtype=np.float32) / reach, 0, 1)
    ramp = 1 - t * t * (3 - 2 * t)
    ramp = ramp[::-1] if side in ("bottom", "right") else ramp
    line = ramp[:, None] if side in ("top", "bottom") else ramp[None, :]
    return np.broadcast_to(line, (height, width)).astype(np.float32)
