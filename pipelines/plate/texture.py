"""Plaster, paper and wood as small unevenness, tied to the world so that every window sees the same wall."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from pipelines.plate.room import Rows
from pipelines.scene import Floats, Vector

TILE = 1024


@lru_cache(maxsize=8)
def noise(slope: float, seed: int) -> Floats:
    """A periodic tile of noise, mean 0 and deviation 1, whose amplitude falls as frequency ** -slope."""
    spectrum = np.fft.rfft2(np.random.default_rng(seed).standard_normal((TILE, TILE)))
    fy, fx = np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None]
    radius = np.hypot(fy, fx)
    radius[0, 0] = 1.0
    spectrum *= radius**-slope
    spectrum[0, 0] = 0
    tile = np.fft.irfft2(spectrum, s=(TILE, TILE))
    return np.asarray(tile / tile.std(), np.float32)


def mottle(place: Floats, column: Rows, scale: float = 2.2) -> Floats:
    """Slow unevenness of the surface, (h, w), deviation 1: one tile spans `scale` heights of the product."""
    return _sampled(noise(1.6, 11), place, column, scale)


def relief(place: Floats, column: Rows, light: Vector, look: Mapping[str, Any]) -> Floats:
    """Brightening and darkening by a bumpy surface under a raking light, (h, w), mean 0."""
    scale = float(look.get("scale", 1.6))
    tile = noise(float(look.get("slope", 1.25)), int(look.get("seed", 5)))
    rise = np.roll(tile, 2, axis=1) - np.roll(tile, -2, axis=1)
    climb = np.roll(tile, -2, axis=0) - np.roll(tile, 2, axis=0)
    lean = (rise * np.float32(light[0]) + climb * np.float32(light[2])).astype(np.float32)
    return np.float32(look["depth"]) * _sampled(lean / lean.std(), place, column, scale)


def _sampled(tile: Floats, place: Floats, column: Rows, scale: float) -> Floats:
    """The tile laid on the room's surfaces: along x, and along the wall upward or the floor outward."""
    import cv2

    step = np.float32(TILE / scale)
    u = place[..., 0] * step
    along = np.where(column.floor > 0.5, column.y, column.z + np.float32(0.37))
    v = np.repeat((along * step)[:, None], place.shape[1], axis=1)
    flags = cv2.INTER_LINEAR
    return np.asarray(cv2.remap(tile, _wrapped(u), _wrapped(v), flags, borderMode=cv2.BORDER_WRAP), np.float32)


def _wrapped(coordinate: Floats) -> Floats:
    """Coordinates folded into the tile, as remap counts in 16 bits."""
    return np.asarray(np.mod(coordinate, np.float32(TILE)), np.float32)
