"""Light arithmetic: tints, grading, shoulder, grain. `picture = shoulder((key x kc + fill x fc) x albedo + gloss)`.

Everything is linear sRGB until `finish`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from brand_kits.colour import linear_to_oklab
from pipelines.scene import Colour, Floats, Passes

Pixels = npt.NDArray[np.uint8]
"""sRGB bytes."""
LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750], np.float32)
"""Of linear sRGB (IEC 61966-2-1)."""
FILL_SHARE = 0.36
"""Fill of the light on an open, lit ground: sets are rendered so (between .28 and .42)."""
ADAPTATION = {"pale": 0.55, "coloured": 0.80}
"""How far the eye of the camera takes a light's tint for white: 1 would take all mood out of it. A brand's coloured
ground is balanced more, as an evening on lilac would be another brand's pink."""
CONTACT_ON_KEY = 0.55
EXPOSURE = 0.95
"""At .95 a lit role of L .94 loses .016 of lightness; above 1 saturated roles drift in hue."""

TINTS: tuple[tuple[frozenset[str], Colour], ...] = (
    (frozenset({"evening", "late", "dusk", "sunset", "golden"}), (1.0, 0.86, 0.66)),
    (frozenset({"morning", "dawn", "sun", "summer", "warm"}), (1.0, 0.93, 0.80)),
    (frozenset({"noon", "midday", "studio", "crisp"}), (1.0, 0.975, 0.93)),
    (frozenset({"night", "lamp", "glow"}), (1.0, 0.95, 0.87)),
    (frozenset({"soft", "airy", "overcast", "quiet", "calm"}), (1.0, 0.975, 0.94)),
)
"""Key colours (linear) by a light's mood words; the first row that shares a word wins."""
PLAIN_KEY: Colour = (1.0, 0.965, 0.91)
PALE_CHROMA = 0.05
WARM_BOUNCE: Colour = (1.0, 0.885, 0.76)
ROSE_BOUNCE: Colour = (1.0, 0.95, 0.96)
"""What a room makes of its key before it comes back as fill: warmer than the key, or pale shadows turn dead grey."""


def srgb_to_linear(code: npt.ArrayLike) -> Floats:
    """sRGB in 0..1 to linear, float32."""
    c = np.asarray(code, np.float32)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(linear: npt.ArrayLike) -> Floats:
    """Linear to sRGB in 0..1, float32; clips to the range."""
    x = np.clip(np.asarray(linear, np.float32), 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(x, np.float32(1 / 2.4)) - 0.055).astype(np.float32)


def hex_to_linear(colour: str) -> Floats:
    """`#RRGGBB` to linear sRGB, (3,) float32."""
    digits = colour.lstrip("#")
    return srgb_to_linear([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def chroma(linear: npt.ArrayLike) -> float:
    """OKLab chroma of one linear sRGB colour."""
    return float(np.hypot(*linear_to_oklab(linear)[..., 1:]))


def tints(mood: Iterable[str], ground: npt.ArrayLike) -> tuple[Colour, Colour]:
    """Key and fill colours for a light's mood words on a ground (linear sRGB).

    Grounds near grey get a fill warmer than white, or their shadows turn dead grey. Both are balanced so that an
    open ground lit by key and fill keeps its luminance, and most of its colour.
    """
    words = frozenset(mood)
    key = np.array(next((tint for names, tint in TINTS if names & words), PLAIN_KEY))
    pale = chroma(ground) < PALE_CHROMA
    fill = key * np.array(WARM_BOUNCE if pale else ROSE_BOUNCE)
    white = key * (1 - FILL_SHARE) + fill * FILL_SHARE
    white = white ** ADAPTATION["pale" if pale else "coloured"]
    level = float((key * (1 - FILL_SHARE) + fill * FILL_SHARE) / white @ LUMINANCE)
    return _colour(key / white / level), _colour(fill / white / level)


def _colour(values: npt.NDArray[Any]) -> Colour:
    red, green, blue = (float(v) for v in values)
    return red, green, blue


def grade(
    passes: Passes,
    shadow: Floats | None = None,
    contact: Floats | None = None,
    key_colour: Colour | None = None,
    fill_colour: Colour | None = None,
    exposure: float = EXPOSURE,
    level: float = 1.0,
) -> Floats:
    """The picture of a scene in linear sRGB, (h, w, 3), values 0..1.

    `shadow` and `contact` (h, w) in 0..1 take key and fill away where the product stands in their path; `level`
    dims the key alone.
    """
    kc = key_colour or passes.key_colour
    fc = fill_colour or passes.fill_colour
    key, fill = passes.key * np.float32(level), passes.fill
    if shadow is not None:
        key = key * (1 - shadow)
    if contact is not None:
        key, fill = key * (1 - np.float32(CONTACT_ON_KEY) * contact), fill * (1 - contact)
    picture = np.empty_like(passes.albedo)
    for channel in range(3):
        light = key * np.float32(kc[channel] * exposure) + fill * np.float32(fc[channel] * exposure)
        np.multiply(light, passes.albedo[..., channel], out=picture[..., channel])
    _add_gloss(picture, passes.gloss_key, shadow, 0.9, kc, exposure * level)
    _add_gloss(picture, passes.gloss_fill, contact, 0.8, fc, exposure)
    return shoulder(picture)


def _add_gloss(
    picture: Floats, gloss: Floats | None, veil: Floats | None, depth: float, tint: Colour, exposure: float
) -> None:
    if gloss is None:
        return
    scaled = gloss * np.float32(np.array(tint) * exposure)
    if veil is not None:
        scaled *= (1 - np.float32(depth) * veil)[..., None]
    picture += scaled


def shoulder(linear: Floats, knee: float = 0.92) -> Floats:
    """Roll luminance above `knee` off toward 1, hue kept; colours out of gamut are drawn toward their grey.

    Works in place and returns its argument.
    """
    import cv2

    luminance = cv2.transform(linear, LUMINANCE.reshape(1, 3))
    room = np.float32(1 - knee)
    bright = luminance > knee
    if bright.any():
        y = luminance[bright]
        rolled = knee + room * (1 - np.exp(-(y - knee) / room))
        linear[bright] *= (rolled / y)[:, None]
        luminance[bright] = rolled
    peak = np.maximum(np.maximum(linear[..., 0], linear[..., 1]), linear[..., 2])
    out = peak > 1
    if out.any():
        grey = luminance[out][:, None]
        linear[out] = grey + (linear[out] - grey) * ((1 - grey) / (peak[out][:, None] - grey))
    return linear


@lru_cache(maxsize=1)
def _encoding() -> Floats:
    """sRGB codes 0..255 for 65536 steps of linear light; the steps are finer than .06 codes everywhere."""
    return linear_to_srgb(np.arange(65536) / 65535) * np.float32(255)


@lru_cache(maxsize=4)
def _grain(height: int, width: int, seed: int) -> Floats:
    """Film-like noise, (h, w), standard deviation 1: fine grain with a little body."""
    import cv2

    noise = np.random.default_rng(seed).standard_normal((height, width), np.float32)
    body = cv2.GaussianBlur(noise, (0, 0), 0.8) * np.float32(2.2)
    return np.asarray(noise * np.float32(0.75) + body * np.float32(0.55), np.float32)


def finish(linear: Floats, grain: float = 0.9, seed: int = 1) -> Pixels:
    """Linear (h, w, 3) to sRGB bytes. `grain` is in codes and dithers every gradient; same input, same bytes."""
    index = np.clip(linear * np.float32(65535) + np.float32(0.5), 0, 65535).astype(np.uint16)
    codes = _encoding()[index]
    codes += _grain(linear.shape[0], linear.shape[1], seed)[..., None] * np.float32(grain) + np.float32(0.5)
    return np.asarray(np.clip(codes, 0, 255), np.uint8)
