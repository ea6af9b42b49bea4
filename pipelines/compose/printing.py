"""Things printed on the ground: flat colour that takes the light and the shadows of the place.

A picture is light times matter, so what lies under a printed shape is divided by the ground's own matter and
multiplied by the shape's: the product's shadow then falls over it as over everything else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.compose.draw import Item, Pixels, draw
from pipelines.light import linear_to_srgb, srgb_to_linear
from pipelines.scene import Floats

LEAST_MATTER = 0.02
BRIGHTEST = 1.35
"""A print never grows brighter than this times its own colour, however dark the ground below."""


def print_on(ground: Pixels, albedo: Floats, items: Sequence[Item]) -> Pixels:
    """The ground (h, w, 3) RGB uint8 with items printed on it; `albedo` (h, w, 3) linear is the ground's matter."""
    if not items:
        return ground
    height, width = ground.shape[:2]
    sheet = np.zeros((height, width, 4), np.uint8)
    draw(sheet, items)
    rows, columns = np.nonzero(sheet[..., 3])
    if not len(rows):
        return ground
    cover = sheet[rows, columns, 3:].astype(np.float32) / 255
    ink = srgb_to_linear(sheet[rows, columns, 2::-1].astype(np.float32) / 255 / cover)
    below = srgb_to_linear(ground[rows, columns].astype(np.float32) / 255)
    matter = np.maximum(albedo[rows, columns], LEAST_MATTER)
    light = np.clip((below / matter).mean(axis=1, keepdims=True), 0, BRIGHTEST)
    printed = linear_to_srgb(np.minimum(ink * light, 1.0))
    mixed = ground[rows, columns].astype(np.float32) * (1 - cover) + printed * 255 * cover
    out = ground.copy()
    out[rows, columns] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return out
