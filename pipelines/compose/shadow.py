"""Shadows of a standing product: cast along the light through its radius profile, and contact at its foot.

Lengths are heights of the product's picture, as in `Passes.position`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.scene import Cutout, Floats, Passes, Vector

CONTACT = ((0.75, 0.014), (0.50, 0.05), (0.22, 0.13))
"""Darkening at the foot and the length over which it falls to a third."""
STEPS = 48
"""Samples of each ray inside the product's reach: finer than 300 over a whole ray of 2.6 heights."""
SHARPEST = 0.004
FINEST_ANGLE = 0.012
PROFILE_TABLE = 1024
COARSE = 2
EDGE = 0.12
"""Where neighbours on the coarse grid differ by more, the full grid is computed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Solid:
    """A solid of revolution under a light: radii from foot to top, height, and the light's geometry."""

    radii: Floats
    widest: float
    height: float
    light: Vector
    level: float
    spread: float


def cast(passes: Passes, product: Cutout) -> Floats:
    """Share of the key light that the product takes away, (h, w) in 0..1.

    Each pixel's world point looks along the light; the share of the light's disc that the product covers is read
    from the distance to its surface over the width of the penumbra there. Floors, steps and walls come out alike.
    """
    if passes.position is None:
        return np.zeros(passes.key.shape, np.float32)
    solid = _solid(product, passes.light_dir, passes.light_angle)
    coarse = _march(passes.position[::COARSE, ::COARSE], None, solid)
    return _refined(passes.position, coarse, solid)


def contact(passes: Passes, product: Cutout) -> Floats:
    """Share of the fill light that the product's foot takes away from the ground, (h, w) in 0..1."""
    if passes.position is None:
        return np.zeros(passes.key.shape, np.float32)
    shade = np.zeros(passes.key.shape, np.float32)
    rows, columns = _near(passes, 0.65 + product.foot_radius)
    x, y, z = (passes.position[rows, columns, i] for i in range(3))
    outside = np.maximum(np.hypot(x, y) - np.float32(product.foot_radius), 0)
    distance = np.hypot(outside, z * np.float32(1.5))
    left = np.ones_like(distance)
    for alpha, length in CONTACT:
        left *= 1 - np.float32(alpha) * np.exp(distance / np.float32(-length))
    shade[rows, columns] = 1 - left
    return shade


def _near(passes: Passes, reach: float) -> tuple[slice, slice]:
    """The part of the picture within `reach` of the foot."""
    height, width = passes.key.shape
    px = reach * passes.height
    x, y = passes.foot
    rows = slice(max(0, int(y - px)), max(0, min(height, int(y + px) + 1)))
    columns = slice(max(0, int(x - px)), max(0, min(width, int(x + px) + 1)))
    return rows, columns


def _solid(product: Cutout, light: Vector, angle: float) -> _Solid:
    steps = np.linspace(0, len(product.profile) - 1, PROFILE_TABLE)
    radii = np.interp(steps, np.arange(len(product.profile)), product.profile).astype(np.float32)
    return _Solid(
        radii=radii,
        widest=float(radii.max()),
        height=product.stature,
        light=light,
        level=max(math.hypot(light[0], light[1]), 1e-3),
        spread=max(math.radians(angle), FINEST_ANGLE),
    )


def _refined(position: Floats, coarse: Floats, solid: _Solid) -> Floats:
    """The coarse shadow at full size, recomputed where it has an edge."""
    import cv2

    height, width = position.shape[:2]
    around = np.ones((3, 3), np.uint8)
    edge = (cv2.dilate(coarse, around) - cv2.erode(coarse, around)) > EDGE
    shade = _enlarged(coarse, width, height)
    sharp = cv2.resize(edge.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    if sharp.any():
        shade[sharp] = _march(position, sharp, solid)
    return np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.8), np.float32)


def _enlarged(coarse: Floats, width: int, height: int) -> Floats:
    """Bilinear, with coarse sample k standing at fine pixel COARSE * k."""
    import cv2

    scale = 1 / COARSE
    move = np.array([[scale, 0, 0], [0, scale, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(coarse, move, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32)


def _march(position: Floats, where: npt.NDArray[np.bool_] | None, solid: _Solid) -> Floats:
    """Coverage at all points of a grid (h, w), or at those of a mask (n,)."""
    points = position.reshape(-1, 3) if where is None else position[where]
    shade = np.zeros(len(points), np.float32)
    start, end = _span(points, solid)
    hit = np.flatnonzero(end > start)
    if len(hit):
        shade[hit] = _coverage(points[hit], start[hit], end[hit], solid)
    return shade if where is not None else shade.reshape(position.shape[:2])


def _span(points: Floats, solid: _Solid) -> tuple[Floats, Floats]:
    """Where each point's ray toward the light may touch the solid or its penumbra: from, to. Empty if to <= from."""
    lx, ly, lz = (np.float32(v) for v in solid.light)
    x, y, z = points[:, 0], points[:, 1], points[:, 2]
    level = np.float32(solid.level)
    nearest = -(x * lx + y * ly) / level**2
    miss = np.abs(x * ly - y * lx) / level
    far = np.maximum(nearest, 0) + np.float32(solid.widest) / level
    reach = np.float32(solid.widest + SHARPEST / 2) + np.float32(solid.spread / 2) * far
    half = np.sqrt(np.maximum(reach**2 - miss**2, 0)) / level
    climb = max(float(lz) - solid.spread / 2, 0.05)
    top = (np.float32(solid.height + SHARPEST) - z) / np.float32(climb)
    start = np.maximum(np.maximum(nearest - half, -z / max(float(lz), 0.05)), 0)
    end = np.where(miss < reach, np.minimum(nearest + half, top), np.float32(0))
    return start, end


def _coverage(points: Floats, start: Floats, end: Floats, solid: _Solid) -> Floats:
    lx, ly, lz = (np.float32(v) for v in solid.light)
    x, y, z = (np.ascontiguousarray(points[:, i]) for i in range(3))
    best = np.zeros(len(points), np.float32)
    stride = (end - start) / np.float32(STEPS)
    for step in range(STEPS):
        t = np.asarray(start + stride * np.float32(step + 0.5), np.float32)
        gap = _outside(np.add(x, t * lx), np.add(y, t * ly), np.add(z, t * lz), solid)
        gap /= t * np.float32(solid.spread) + np.float32(SHARPEST)
        np.maximum(best, np.float32(0.5) - gap, out=best)
    return np.minimum(best, 1)


def _outside(x: Floats, y: Floats, z: Floats, solid: _Solid) -> Floats:
    """Distance from the solid's surface, negative inside: radial at its height, to the rim above its top."""
    row = np.clip(z * np.float32((PROFILE_TABLE - 1) / solid.height), 0, PROFILE_TABLE - 1).astype(np.int32)
    radial = np.hypot(x, y) - solid.radii[row]
    above = z - np.float32(solid.height)
    over = above > 0
    if over.any():
        radial[over] = np.hypot(np.maximum(radial[over], 0), above[over])
    return np.asarray(radial, np.float32)
