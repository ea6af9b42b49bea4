"""How dark a film may begin: the first frame is no void, and its first text is read while the light is coming."""

from __future__ import annotations

import numpy as np

from pipelines.compose.compose import Composition
from pipelines.compose.contrast import reading
from pipelines.compose.draw import Pixels
from pipelines.light import LUMINANCE, srgb_to_linear
from pipelines.motion.lightset import Look
from pipelines.motion.shots import Wide

FLOORS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75)
LEGIBLE = 45.0
"""APCA's least for large bold type: what a headline keeps while the light is still coming."""
DIMMEST, DIMMER = 0.25, 0.85
"""A first frame is at least this light (mean OKLab L), or this share of the still where the brand's ground is dark."""


def lift(wide: Wide, composition: Composition) -> None:
    """Raise the light of the dim picture until the first frame is no void and its first text reads."""
    start = wide.light.at(-1.0)
    layout = composition.layout
    if start >= 1 or not layout.texts:
        return
    still = lightness(composition.pixels)
    lead = layout.texts[0].role
    block = next((g.block for g, _ in wide.groups if g.role == lead and g.block), None)
    needed = composition.measured.get(lead)
    for floor in FLOORS:
        wide.place.least = floor
        picture = wide.place.picture(Look(light=start), ())
        light = lightness(picture) >= min(DIMMEST, DIMMER * still)
        if light and (block is None or needed is None or reading(picture, block).p10 >= min(needed.minimum, LEGIBLE)):
            return


def lightness(pixels: Pixels) -> float:
    """Mean OKLab L of a picture's luminance, on every eighth pixel."""
    linear = srgb_to_linear(pixels[::8, ::8].astype(np.float32) / 255) @ LUMINANCE
    return float(np.cbrt(linear).mean())
