"""The vectors that difference is measured on: what is left of a picture for somebody scrolling by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.light import LUMINANCE, srgb_to_linear

THUMB = 32
"""Side of the thumbnail; `factory.curate` reads it in 8 x 8 blocks."""


def thumb(rgb: npt.NDArray[np.uint8]) -> tuple[float, ...]:
    """A small grey picture, THUMB x THUMB values 0..1 row by row, of an RGB picture (h, w, 3).

    Any shape is squeezed to a square and blurred (sigma .5 of a cell): what two pictures share at this size they
    share at a glance. Values are CIE lightness over 100, rounded to four places so that they are stable as text.
    """
    import cv2

    side = THUMB * 4
    small = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
    luminance = srgb_to_linear(small.astype(np.float32) / 255) @ LUMINANCE
    lightness = np.where(luminance > 0.008856, 1.16 * np.cbrt(luminance) - 0.16, 9.033 * luminance)
    soft = cv2.GaussianBlur(lightness.astype(np.float32), (0, 0), 2.0)
    cells = cv2.resize(soft, (THUMB, THUMB), interpolation=cv2.INTER_AREA)
    return tuple(round(float(v), 4) for v in np.clip(cells, 0, 1).ravel())
