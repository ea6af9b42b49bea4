"""Seating a cut-out in a picture: size, rim, laying over, and the proof that the product stayed what it was.

Only the outer `RIM` of the product may take colour from the place; inside it pixels are the original's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pipelines.light import linear_to_srgb, srgb_to_linear
from pipelines.scene import Colour, Cutout, Floats

Bytes = npt.NDArray[np.uint8]
PxBox = tuple[int, int, int, int]
RIM = 0.012
"""Width of the rim in heights of the product."""
FOOT_FROM, FOOT_FULL = 0.90, 0.98
"""The foot's dark ring grows between these fractions of the height from the top."""
FOOT_DARK, SIDE_TINT, LIT_TINT = 0.72, 0.14, 0.07
PROOF_PIXELS = 20000


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Layer:
    """The product alone: `rgba` (h, w, 4) uint8 premultiplied, top left at (x, y) px, which may lie off the canvas."""

    rgba: Bytes
    x: int
    y: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fidelity:
    """How true the product is in a picture.

    `shape_overlap`: intersection over union of the standing outline with the original's, proportions kept;
    `delta_e`: mean dE2000 inside the rim; `share`: part of the inner product that lies on the canvas;
    `scale`: px of the picture for one px of the original.
    """

    shape_overlap: float
    delta_e: float
    share: float
    scale: float


@lru_cache(maxsize=4)
def resized(product: Cutout, width: int, height: int) -> Bytes:
    """Premultiplied pixels (height, width, 4) at a size; interpolation sees no colour from outside the product."""
    import cv2

    straight = product.rgba.astype(np.float32)
    straight[..., :3] *= straight[..., 3:] / 255
    smaller = height <= product.rgba.shape[0]
    sized = cv2.resize(straight, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    return np.asarray(np.clip(sized + 0.5, 0, 255), np.uint8)


@lru_cache(maxsize=4)
def depth_inside(product: Cutout, width: int, height: int) -> Floats:
    """Distance of each pixel to the product's outline, in px of this size; 0 outside. Measured on the original."""
    import cv2

    solid = np.pad((product.rgba[..., 3] > 127).astype(np.uint8), 1)
    native = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    sized = cv2.resize(native, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(sized * np.float32(height / product.rgba.shape[0]), np.float32)


def seated(product: Cutout, box: PxBox, picture: Bytes, toward: float, key: Colour) -> Layer:
    """The product as a layer for a picture of its ground, rim tuned to the place.

    `toward` says where the light comes from: -1 left, 1 right, 0 from nowhere.
    """
    x, y, width, height = box
    plain = resized(product, width, height)
    inside = depth_inside(product, width, height)
    ring = np.clip(1 - inside / max(RIM * height, 1.0), 0, 1)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    foot = np.clip((down - FOOT_FROM) / (FOOT_FULL - FOOT_FROM), 0, 1)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None]
    lit = np.clip(across * np.float32(toward), 0, 1)
    ground = linear_to_srgb(_under(picture, box) * 0.8) * 255
    glow = linear_to_srgb(np.array(key)) * 255
    rgba = plain.astype(np.float32)
    side = ring * (1 - foot) * (down > 0.12)
    rgba = _toned(rgba, side * SIDE_TINT * (1 - lit), ground)
    rgba = _toned(rgba, side * LIT_TINT * lit, glow)
    rgba[..., :3] *= (1 - FOOT_DARK * ring * foot)[..., None]
    return Layer(rgba=np.asarray(np.clip(rgba + 0.5, 0, 255), np.uint8), x=x, y=y)


def _toned(rgba: Floats, share: Floats, colour: Floats) -> Floats:
    """Premultiplied pixels drawn toward a colour by a share (h, w)."""
    cover = rgba[..., 3:] / 255
    rgba[..., :3] += (colour * cover - rgba[..., :3]) * share[..., None]
    return rgba


def _under(picture: Bytes, box: PxBox) -> Floats:
    """Linear colour of the ground the product stands on: the median of a strip under its foot."""
    x, y, w, h = box
    row = min(max(y + h + 2, 0), picture.shape[0] - 1)
    left = min(max(x, 0), picture.shape[1] - 1)
    strip = picture[row : row + 3, left : max(min(x + w, picture.shape[1]), left + 1)]
    return srgb_to_linear(np.median(strip.reshape(-1, 3), axis=0) / 255)


def put(picture: Bytes, layer: Layer) -> None:
    """Lay a product over a picture, in place; pixels of full alpha are taken as they are."""
    cut = _overlap(picture.shape, layer)
    if cut is None:
        return
    rows, columns = cut
    over = layer.rgba[rows.start - layer.y : rows.stop - layer.y, columns.start - layer.x : columns.stop - layer.x]
    under = picture[rows, columns].astype(np.uint16)
    rest = 255 - over[..., 3:].astype(np.uint16)
    picture[rows, columns] = np.minimum(over[..., :3] + (under * rest + 127) // 255, 255)


def _overlap(shape: tuple[int, ...], layer: Layer) -> tuple[slice, slice] | None:
    """Rows and columns of the picture that a layer covers; None where it lies off the canvas."""
    height, width = shape[:2]
    h, w = layer.rgba.shape[:2]
    rows = slice(max(layer.y, 0), min(layer.y + h, height))
    columns = slice(max(layer.x, 0), min(layer.x + w, width))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def fidelity(
    pixels: Bytes, product: Cutout, box: PxBox, covered: npt.NDArray[np.bool_] | None = None
) -> Fidelity:
    """Measure a standing product in a finished picture, leaving out what is `covered` (h, w) on purpose."""
    x, y, width, height = box
    plain = Layer(rgba=resized(product, width, height), x=x, y=y)
    inner = depth_inside(product, width, height) > RIM * height + 1
    scale = height / product.size[1]
    cut = _overlap(pixels.shape, plain)
    if cut is None:
        return Fidelity(shape_overlap=0.0, delta_e=0.0, share=0.0, scale=scale)
    rows, columns = cut
    window = slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x)
    seen = inner[window].copy()
    share = float(seen.sum() / max(int(inner.sum()), 1))
    if covered is not None:
        seen &= ~covered[rows, columns]
    return Fidelity(
        shape_overlap=_shape_overlap(product, plain.rgba[..., 3]),
        delta_e=_mean_difference(pixels[rows, columns][seen], plain.rgba[window][..., :3][seen]),
        share=share,
        scale=scale,
    )


def _shape_overlap(product: Cutout, alpha: Bytes) -> float:
    """The standing outline against the original's, scaled by one factor in both directions."""
    import cv2

    height, width = alpha.shape
    native_w, native_h = product.size
    scale = height / native_h
    middle = scale / 2 - 0.5
    move = np.array([[scale, 0, (width - scale * native_w) / 2 + middle], [0, scale, middle]], np.float64)
    whole = cv2.warpAffine(product.rgba[..., 3], move, (width, height), flags=cv2.INTER_LINEAR)
    one, other = whole > 127, alpha > 127
    return float((one & other).sum() / max(int((one | other).sum()), 1))


def _mean_difference(pixels: Bytes, wanted: Bytes) -> float:
    """Mean dE2000 of (n, 3) sRGB bytes; at most 20,000 evenly spaced ones are looked at."""
    from brand_kits.colour import delta_e_2000, linear_to_lab
    from brand_kits.colour import srgb_to_linear as linear

    step = max(1, len(pixels) // PROOF_PIXELS)
    if len(pixels) == 0:
        return 0.0
    first, second = (linear_to_lab(linear(p[::step] / 255.0)) for p in (pixels, wanted))
    return float(np.mean(delta_e_2000(first, second)))
