"""What stands between a lamp and the stage: window bars, blinds, leaves; and how the lamp itself falls off.

A gobo is a plane across the light, `away` heights of the product from the stage's foot; every world point looks
along the light and meets it at (u, v): u level, v up, the foot itself at (0, 0). A point `t` from the gobo sees its
edges `angle * t` wide: shadows soften with distance by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.plate import leaves
from pipelines.plate.setfile import Key
from pipelines.scene import Floats, Window


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Looks:
    """Where each world point looks through a gobo: `u`, `v` (h, w) and the width of the penumbra there."""

    u: Floats
    v: Floats
    width: Floats


def lamp(place: Floats, key: Key) -> Floats:
    """Fall-off of a lamp over the stage, (h, w): 1 at the foot, less away from the light; or a pool round a spot."""
    data = key.data.get("lamp", {})
    x, y, z = (place[..., i] for i in range(3))
    lx, ly, lz = (np.float32(v) for v in key.direction)
    along = x * lx + y * ly + z * lz
    light = np.clip(1 + np.float32(data.get("fall", 0.0)) * np.clip(along, -2.5, 1.2), 0.2, 1.2)
    if "spot" in data:
        sx, sz, radius = data["spot"]
        across = np.hypot(x - sx, np.hypot(y, z - sz))
        soft = np.float32(data.get("edge", 0.6) * radius * 0.25)
        rest = np.float32(data.get("rest", 0.3))
        light *= rest + (1 - rest) / (1 + np.exp((across - np.float32(radius)) / soft))
    return np.asarray(light, np.float32)


def transmission(place: Floats, key: Key) -> Floats | np.float32:
    """Share of the light that passes all of the key's gobos, (h, w)."""
    passed: Floats | np.float32 = np.float32(1)
    for gobo in key.data.get("gobos", ()):
        looks = _looks(place, key, gobo)
        leak = np.float32(gobo.get("leak", 0.0))
        passed = passed * (leak + (1 - leak) * KINDS[gobo["kind"]](looks, gobo))
    return passed


def _looks(place: Floats, key: Key, gobo: Mapping[str, Any]) -> Looks:
    lx, ly, lz = key.direction
    level = max(math.hypot(lx, ly), 1e-3)
    across = (-ly / level, lx / level, 0.0)
    up = (-lx * lz / level, -ly * lz / level, level)
    u, v, along = (_dot(place, axis) for axis in (across, up, key.direction))
    turn = math.radians(gobo.get("turn", 0.0))
    if turn:
        cos, sin = np.float32(math.cos(turn)), np.float32(math.sin(turn))
        u, v = u * cos + v * sin, v * cos - u * sin
    spread = np.float32(math.radians(gobo.get("angle", key.angle)))
    width = np.maximum(np.float32(gobo["away"]) - along, np.float32(0.05)) * spread
    return Looks(u=u, v=v, width=width)


def _dot(place: Floats, axis: Sequence[float]) -> Floats:
    x, y, z = (np.float32(a) for a in axis)
    return np.asarray(place[..., 0] * x + place[..., 1] * y + place[..., 2] * z, np.float32)


def _step(distance: Floats, width: Floats) -> Floats:
    """Light past an edge: 0 in its shade, 1 beyond it, across a penumbra as a round lamp throws it."""
    t = np.clip(np.float32(0.5) + distance / width, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _slit(at: Floats, low: float, high: float, width: Floats) -> Floats:
    return _step(at - np.float32(low), width) - _step(at - np.float32(high), width)


def panes(looks: Looks, gobo: Mapping[str, Any]) -> Floats:
    """A window: `box` [u0, u1, v0, v1], `columns` x `rows` panes, bars `bar` wide."""
    u0, u1, v0, v1 = gobo["box"]
    light = _slit(looks.u, u0, u1, looks.width) * _slit(looks.v, v0, v1, looks.width)
    bar = gobo.get("bar", 0.03)
    for low, high, count, at in ((u0, u1, gobo.get("columns", 1), looks.u), (v0, v1, gobo.get("rows", 1), looks.v)):
        for edge in np.linspace(low, high, count + 1)[1:-1]:
            light *= 1 - _slit(at, edge - bar / 2, edge + bar / 2, looks.width)
    return light


def blinds(looks: Looks, gobo: Mapping[str, Any]) -> Floats:
    """Slats `pitch` apart that take `slat` of the light, in a `box` [u0, u1, v0, v1], hung on two ladders."""
    u0, u1, v0, v1 = gobo["box"]
    light = _slit(looks.u, u0, u1, looks.width) * _slit(looks.v, v0, v1, looks.width)
    pitch, open_share = np.float32(gobo["pitch"]), np.float32(1 - gobo["slat"])
    half = looks.width / (2 * pitch)
    phase = (looks.v - np.float32(v0)) / pitch
    light *= (_passed(phase + half, open_share) - _passed(phase - half, open_share)) / (2 * half)
    for cord in gobo.get("cords", ()):
        light *= 1 - np.float32(0.8) * _slit(looks.u, cord - 0.012, cord + 0.012, looks.width)
    return light


def _passed(phase: Floats, open_share: np.float32) -> Floats:
    """Light through all slats up to a phase: the running integral of open and closed."""
    whole = np.floor(phase)
    return whole * open_share + np.minimum(phase - whole, open_share)


def disc(looks: Looks, gobo: Mapping[str, Any]) -> Floats:
    """A round opening around `centre` [u, v] of `radius`."""
    u, v = (np.float32(c) for c in gobo["centre"])
    return _step(np.float32(gobo["radius"]) - np.hypot(looks.u - u, looks.v - v), looks.width)


def foliage(looks: Looks, gobo: Mapping[str, Any]) -> Floats:
    """Leaves drawn on a tile `span` heights wide around `centre` [u, v]; see `leaves`."""
    return leaves.light_through(looks.u, looks.v, looks.width, gobo)


KINDS: Mapping[str, Callable[[Looks, Mapping[str, Any]], Floats]] = {
    "panes": panes,
    "blinds": blinds,
    "disc": disc,
    "leaves": foliage,
}


def bounced(key: Floats, window: Window) -> Floats:
    """Light that lit surfaces near by give back, (h, w), about 0 to 1: the key blurred over half a product's height."""
    import cv2

    height, width = key.shape
    small = cv2.resize(key, (max(8, width // 12), max(8, height // 12)), interpolation=cv2.INTER_AREA)
    sigma = max(1.0, 0.45 * window.height / 12)
    soft = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
