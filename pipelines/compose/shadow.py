"""Shadows of a standing product: cast along the light through its radius profile, and contact at its foot.

Lengths are heights of the product's picture, as in `Passes.position`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.scene import Cutout, Floats, Passes, Solid, Vector

CONTACT = ((0.75, 0.014), (0.50, 0.05), (0.22, 0.13))
"""Darkening at the foot and the length over which it falls to a third."""
CONTACT_LYING = ((0.85, 0.016), (0.62, 0.05), (0.34, 0.13))
"""The same for a body that lies: it hides half the sky from the ground all along its side."""
LINE, HOVER = 0.3, 0.6
"""Of a lying body: half the width on which it touches, in radii; how much a hovering part's height counts as distance."""
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
    """A solid of revolution about z under a light: radii from foot to top, height, and the light's geometry."""

    radii: Floats
    widest: float
    height: float
    light: Vector
    level: float
    spread: float
    lying: bool


def cast(passes: Passes, product: Cutout) -> Floats:
    """Share of the key light that the product takes away, (h, w) in 0..1.

    Each pixel's world point looks along the light; the share of the light's disc that the product covers is read
    from the distance to its surface over the width of the penumbra there. Floors, steps and walls come out alike.
    Of several bodies the one that covers most counts: they stand before the same lamp.
    """
    shade = np.zeros(passes.key.shape, np.float32)
    if passes.position is None:
        return shade
    for body in product.bodies:
        position = _seen_from(body, passes.position)
        solid = _solid(body, passes.light_dir, passes.light_angle)
        coarse = _march(position[::COARSE, ::COARSE], None, solid)
        np.maximum(shade, _refined(position, coarse, solid), out=shade)
    return shade


def contact(passes: Passes, product: Cutout) -> Floats:
    """Share of the fill light that the product's feet take away from the ground, (h, w) in 0..1."""
    shade = np.zeros(passes.key.shape, np.float32)
    if passes.position is None:
        return shade
    wide = max(math.hypot(*body.at) + _reach(body) for body in product.bodies)
    rows, columns = _near(passes, 0.65 + wide)
    left = np.ones_like(shade[rows, columns])
    for body in product.bodies:
        distance = _to_foot(body, passes.position[rows, columns], product)
        for alpha, length in CONTACT if body.yaw is None else CONTACT_LYING:
            left *= 1 - np.float32(alpha) * np.exp(distance / np.float32(-length * _measure(product)))
    shade[rows, columns] = 1 - left
    return shade


def _measure(product: Cutout) -> float:
    """What a body's height is of the picture's: contact shadows belong to bodies, not to pictures."""
    return max(body.height for body in product.solids) if product.solids else 1.0


def _reach(body: Solid) -> float:
    return float(body.radii[0]) if body.yaw is None else body.height / 2


def _to_foot(body: Solid, points: Floats, product: Cutout) -> Floats:
    """Distance of points (h, w, 3) from where a body touches the ground; a neck that hovers is as good as farther."""
    if body.yaw is None:
        x, y, z = (points[..., i] for i in range(3))
        foot = np.float32(body.radii[0] if product.solids else product.foot_radius)
        outside = np.maximum(np.hypot(x - np.float32(body.at[0]), y - np.float32(body.at[1])) - foot, 0)
        return np.asarray(np.hypot(outside, z * np.float32(1.5)), np.float32)
    side, _, along = (v for v in np.moveaxis(_seen_from(body, points), -1, 0))
    on = np.clip(along, 0, np.float32(body.height))
    radius = np.interp(on, np.linspace(0, body.height, len(body.radii)), body.radii).astype(np.float32)
    beside = np.maximum(np.abs(side) - LINE * radius, 0)
    away = np.hypot(np.hypot(beside, along - on), points[..., 2] * np.float32(1.5))
    return np.asarray(away + HOVER * (np.float32(body.radii.max()) - radius), np.float32)


def _seen_from(body: Solid, points: Floats) -> Floats:
    """World points as a body sees them: its foot at the origin, its axis along z."""
    x, y = (np.float32(v) for v in body.at)
    if body.yaw is None:
        return points - np.array([x, y, 0], np.float32) if x or y else points
    ax, ay = _axis(body.yaw)
    east, north, up = points[..., 0] - x, points[..., 1] - y, points[..., 2] - np.float32(body.radii.max())
    return np.stack([ay * east - ax * north, up, ax * east + ay * north + np.float32(body.height / 2)], -1)


def _axis(yaw: float) -> tuple[np.float32, np.float32]:
    return np.float32(math.cos(math.radians(yaw))), np.float32(math.sin(math.radians(yaw)))


def _near(passes: Passes, reach: float) -> tuple[slice, slice]:
    """The part of the picture within `reach` of the foot."""
    height, width = passes.key.shape
    px = reach * passes.height
    x, y = passes.foot
    rows = slice(max(0, int(y - px)), max(0, min(height, int(y + px) + 1)))
    columns = slice(max(0, int(x - px)), max(0, min(width, int(x + px) + 1)))
    return rows, columns


def _solid(body: Solid, light: Vector, angle: float) -> _Solid:
    steps = np.linspace(0, len(body.radii) - 1, PROFILE_TABLE)
    radii = np.interp(steps, np.arange(len(body.radii)), body.radii).astype(np.float32)
    if body.yaw is not None:
        ax, ay = (float(v) for v in _axis(body.yaw))
        light = (ay * light[0] - ax * light[1], light[2], ax * light[0] + ay * light[1])
    return _Solid(
        radii=radii,
        widest=float(radii.max()),
        height=body.height,
        light=light,
        level=max(math.hypot(light[0], light[1]), 1e-3),
        spread=max(math.radians(angle), FINEST_ANGLE),
        lying=body.yaw is not None,
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
    start, end = _span_of_lying(points, solid) if solid.lying else _span(points, solid)
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


def _span_of_lying(points: Floats, solid: _Solid) -> tuple[Floats, Floats]:
    """The same for a body whose axis is level, by the ball round it."""
    light = np.array(solid.light, np.float32)
    middle = points - np.array([0, 0, solid.height / 2], np.float32)
    nearest = -(middle @ light)
    miss = np.linalg.norm(middle + nearest[:, None] * light, axis=1)
    ball = math.hypot(solid.height / 2, solid.widest)
    reach = np.float32(ball + SHARPEST / 2) + np.float32(solid.spread / 2) * (np.maximum(nearest, 0) + np.float32(ball))
    half = np.sqrt(np.maximum(reach**2 - miss**2, 0))
    start = np.maximum(nearest - half, 0)
    return np.asarray(start, np.float32), np.asarray(np.where(miss < reach, nearest + half, start), np.float32)


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
    """Distance from the solid's surface, negative inside: radial at its height, to the rim beyond its ends."""
    row = np.clip(z * np.float32((PROFILE_TABLE - 1) / solid.height), 0, PROFILE_TABLE - 1).astype(np.int32)
    radial = np.hypot(x, y) - solid.radii[row]
    above = np.maximum(z - np.float32(solid.height), -z)
    over = above > 0
    if over.any():
        radial[over] = np.hypot(np.maximum(radial[over], 0), above[over])
    return np.asarray(radial, np.float32)
