"""Plates painted by a text-to-image model of somebody else's: any diffusers folder, by name.

Over a set where the model can: the set's picture gives the stage and its light, the model gives matter. The result is
drawn a little toward the kit's colours; the product and the type come on top later, untouched by any of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from brand_kits.colour import hex_to_linear, linear_to_oklab, linear_to_srgb, oklab_to_linear, srgb_to_linear
from gpu.painter import Painter, open_painter
from pipelines.plate.prompt import NEGATIVE

Pixels = npt.NDArray[np.uint8]
STRENGTH = 0.6
"""How far a model may go from the set's picture: the stage stays, the matter changes."""
PULL = 0.25
"""Share of the way that a painted picture's mean colour is drawn to the kit's."""
FURTHEST = 0.03
"""At most this far in OKLab: more is seen as a tint laid over the picture."""
SHARES = {"ground": 0.6, "surface": 0.3, "accent": 0.1}


def paint(
    folder: str, prompt: str, picture: Pixels | None, size: tuple[int, int], seed: int, steps: int | None = None,
    palette: Mapping[str, str] | None = None, strength: float = STRENGTH,
) -> Pixels:  # fmt: skip
    """An RGB picture (h, w, 3) of `size` (width, height) px by the model of a folder.

    `picture` is a set's, to paint over; a class that cannot do that paints from the words alone. `steps` None takes
    the catalogue's. With `palette` (role to hex) the result is drawn mildly toward it. Raises gpu.errors.GpuError.
    """
    drawn = opened(folder).draw(prompt, NEGATIVE, size, seed, steps, picture, strength)
    fitted = _covering(drawn, size)
    return toward_palette(fitted, palette) if palette else fitted


@lru_cache(maxsize=1)
def opened(folder: str) -> Painter:
    """The painter of a folder; one is kept open at a time."""
    return open_painter(folder)


def _covering(drawn: Pixels, size: tuple[int, int]) -> Pixels:
    """A picture scaled to cover `size` and cut around its middle."""
    from PIL import Image, ImageOps

    return np.array(ImageOps.fit(Image.fromarray(drawn), size, Image.Resampling.LANCZOS), np.uint8)


def toward_palette(picture: Pixels, palette: Mapping[str, str]) -> Pixels:
    """The picture with its mean hue and chroma drawn a quarter of the way to the kit's, its lightness left alone."""
    lab = linear_to_oklab(srgb_to_linear(picture.astype(np.float32) / 255))
    roles = {r: share for r, share in SHARES.items() if r in palette}
    mixed = np.sum([hex_to_linear(palette[r]) * share for r, share in roles.items()], axis=0) / sum(roles.values())
    wanted = linear_to_oklab(mixed)
    way = (wanted - lab.reshape(-1, 3).mean(0))[1:] * PULL
    way *= min(1.0, FURTHEST / max(float(np.hypot(*way)), 1e-6))
    shown = linear_to_srgb(np.clip(oklab_to_linear(lab + np.array([0, *way], lab.dtype)), 0, 1))
    return np.asarray(np.clip(shown * 255 + 0.5, 0, 255), np.uint8)
