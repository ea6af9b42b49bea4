"""The colours along a product's outline: what a ground must differ from, for the product to stand out."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

SIDE = 320
"""Longer side px at which the picture is looked at."""
RIM = 5
"""Width px of the band inside the outline that is looked at."""
SOLID = 200
TRIM = 0.06
"""Share of the height left out above and below: caps and feet are not what melts."""
SPANS = 12


@lru_cache(maxsize=8)
def outline_colours(path: Path) -> tuple[tuple[float, float, float], ...]:
    """Mean OKLab of a cut-out's rim in spans from its shoulders down, left and right sides alike.

    Raises OSError when the file is no picture; a picture without alpha is taken as one solid thing.
    """
    from PIL import Image

    from brand_kits.colour import linear_to_oklab, srgb_to_linear

    with Image.open(path, formats=("PNG", "WEBP", "JPEG")) as image:
        scale = min(1.0, SIDE / max(image.size))
        small = image.convert("RGBA").resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    rgba = np.asarray(small)
    solid = rgba[..., 3] >= SOLID
    inner = solid.copy()
    for shift in (RIM, -RIM):
        inner &= np.roll(solid, shift, axis=1)
    rim = solid & ~inner
    edges = np.linspace(TRIM * len(rgba), (1 - TRIM) * len(rgba), SPANS + 1).astype(int)
    spans = [rgba[top:bottom][rim[top:bottom]][:, :3] / 255 for top, bottom in pairwise(edges)]
    means = [linear_to_oklab(srgb_to_linear(pixels)).mean(axis=0) for pixels in spans if len(pixels)]
    return tuple((round(float(m[0]), 4), round(float(m[1]), 4), round(float(m[2]), 4)) for m in means)
