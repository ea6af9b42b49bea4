"""What stands between a lamp and the stage: window bars, blinds, leaves; and how the lamp itself falls off.

A gobo is a plane across the light, `away` heights of the product from the stage's foot; every world point looks
along the light and meets it at (u, v): u level, v up. The further the point from the gobo, the wider the penumbra.
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.plate.setfile import Key
from pipelines.scene import Floats, Window


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
        soft = np.float32(data.get("edge", 0.6))
        inside = 1 / (1 + np.exp((across - radius) / (soft * radius * np.float32(0.25))))
        rest = np.float32(data.get("rest", 0.3))
        light *= rest + (1 - rest) * inside
    return np.asarray(light, np.float32)


def transmission(place: Floats, key: Key, window: Window) -> Floats | float:
    """Share of the light that passes the key's gobo, (h, w)."""
    return 1.0


def bounced(key: Floats, window: Window) -> Floats:
    """Light that lit surfaces near by give back, (h, w), about 0 to 1: the key blurred over half a product's height."""
    import cv2

    height, width = key.shape
    small = cv2.resize(key, (max(8, width // 12), max(8, height // 12)), interpolation=cv2.INTER_AREA)
    sigma = max(1.0, 0.45 * window.height / 12)
    soft = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


_ = math
