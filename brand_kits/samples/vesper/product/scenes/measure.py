"""Crop a render to its product and measure it: `python measure.py RENDER.png NAME`.

Writes NAME.png (8 px margin) and NAME.yaml one folder up. Everything in the data is
measured from the alpha, but the label box, which is known from the drawing and projected.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import yaml

MARGIN = 8
PITCH = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the scene scripts know: sizes in mm; words from the foot, on a radius."""

    height: float
    width: float
    words: tuple[float, float]  # lowest and highest printed word, mm above the foot
    half_arc: float  # half the width of the widest word, mm along the surface
    crop_below: float  # lowest crop that looks meant: just under the words


BOTTLE = Product(height=164, width=66, words=(22.5, 84.3), half_arc=27.0, crop_below=19.5)
PRODUCTS = {
    "cold-brew-bottle": BOTTLE,
    "cold-brew-bottle-left": BOTTLE,
    "cold-brew-bottle-right": BOTTLE,
    "nitro-can": Product(height=122, width=50, words=(24.0, 94.8), half_arc=19.0, crop_below=17.5),
}


def main() -> None:
    """Crop and measure one render."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("render", type=Path)
    ask.add_argument("name", choices=list(PRODUCTS))
    want = ask.parse_args()
    picture = cropped(cv2.imread(str(want.render), cv2.IMREAD_UNCHANGED))
    folder = Path(__file__).resolve().parents[1]
    cv2.imwrite(str(folder / f"{want.name}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    data = measured(picture, PRODUCTS[want.name])
    text = yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=100)
    (folder / f"{want.name}.yaml").write_text(HEAD + text, encoding="utf-8")


HEAD = """\
# A cut-out's data. Boxes and crops in fractions of the picture, from its top left.
# profile: radius / height at 64 even heights, foot to top, from the alpha.
# side_light: median lightness of the left and the right third.
"""


def cropped(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The product with an even margin; invisible pixels made empty."""
    solid = picture[..., 3] > 6
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    inner = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
    inner[inner[..., 3] <= 6] = 0
    return cv2.copyMakeBorder(inner, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))


def measured(picture: npt.NDArray[np.uint8], product: Product) -> dict[str, Any]:
    """The data of one cut-out."""
    high, wide = picture.shape[:2]
    alpha = picture[..., 3].astype(np.float64) / 255
    per_mm = float(alpha.sum(1).max()) / product.width
    low, top = (_row(h, per_mm, high) for h in product.words)
    half = product.width / 2 * math.sin(product.half_arc / (product.width / 2)) * per_mm
    left, right = _sides(picture)
    return {
        "pitch": PITCH,
        "lit_side": "left" if left > right else "right",
        "height_mm": product.height,
        "width_mm": product.width,
        "brand_on_label": True,
        "label_box": _rounded([0.5 - half / wide, top / high, 2 * half / wide, (low - top) / high]),
        "safe_crop_bottom": round(_row(product.crop_below, per_mm, high) / high, 4),
        "safe_crop_top": round((top - 2.5 * per_mm) / high, 4),
        "profile": _rounded(_profile(alpha)),
        "side_light": _rounded([left, right]),
        "licence": "CC0-1.0",
    }


def _row(height: float, per_mm: float, high: int) -> float:
    """Pixel row of a height on the front of the product, seen from 10 degrees above."""
    e = math.radians(PITCH)
    foot = high - MARGIN
    return foot - height * per_mm * math.cos(e) * 0.995


def _profile(alpha: npt.NDArray[np.float64], count: int = 64) -> list[float]:
    """Half widths over the height, along the axis.

    Seen from 10 degrees above, foot and head show as ellipses: the axis begins at the centre
    of the one and ends at the centre of the other.
    """
    half = alpha[MARGIN:-MARGIN].sum(1) / 2
    e, end = math.radians(PITCH), max(8, len(half) // 12)
    foot = len(half) - 1 - half[-end:].max() * math.sin(e)
    head = half[:end].max() * math.sin(e)
    height = (foot - head) / math.cos(e)
    return [float(half[round(a)]) / float(height) for a in np.linspace(foot, head, count)]


def _sides(picture: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Median lightness of the left and the right third, 0..1, solid pixels only."""
    grey = cv2.cvtColor(picture[..., :3], cv2.COLOR_BGR2GRAY).astype(np.float64) / 255
    third = picture.shape[1] // 3
    parts = (slice(0, third), slice(picture.shape[1] - third, None))
    left, right = (float(np.median(grey[:, p][picture[:, p, 3] > 250])) for p in parts)
    return left, right


def _rounded(values: list[float] | tuple[float, ...]) -> list[float]:
    return [round(float(v), 4) for v in values]


if __name__ == "__main__":
    main()
