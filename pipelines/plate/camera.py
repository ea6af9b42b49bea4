"""The fixed camera of a rendered set, and the cutting of windows from its square master."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.scene import Floats

Layer = npt.NDArray[Any]
STEEP = 0.03
"""Where inverse depth changes by more within two samples, there is a silhouette."""
OUTLINE = 1.1
"""Smoothing of silhouettes in samples of the depth picture: without it they are stairs."""
SHRINK_BELOW = 0.62


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """A shifted pinhole on a square picture; `matrix` is camera-to-world, it looks along -z."""

    matrix: tuple[tuple[float, ...], ...]
    lens: float
    sensor: float
    shift: tuple[float, float]

    @property
    def span(self) -> float:
        """Width of the view at depth 1."""
        return self.sensor / self.lens


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """A window of the master: `x`, `y` its top left as fractions of the master, `side` px that the whole master
    would have at this scale, `size` (w, h) px."""

    x: float
    y: float
    side: float
    size: tuple[int, int]


def read_camera(data: Mapping[str, Any]) -> Camera:
    """The `camera` entry of a set.yaml."""
    return Camera(
        matrix=tuple(tuple(float(v) for v in row) for row in data["matrix"]),
        lens=float(data["lens"]), sensor=float(data["sensor"]), shift=(data["shift"][0], data["shift"][1]),
    )  # fmt: skip


def cut_layer(layer: Layer, cut: Cut, smooth: bool = True) -> Layer:
    """A layer (n, n) or (n, n, c) of the master, resampled to a window. Cubic where it grows and is `smooth`."""
    import cv2

    layer = _shrunk(layer, cut)
    step = layer.shape[0] / cut.side
    move = np.array([[step, 0, _shift(cut.x, layer, step)], [0, step, _shift(cut.y, layer, step)]], np.float64)
    grows = step < 1 and smooth
    flags = (cv2.INTER_CUBIC if grows else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(layer, move, cut.size, flags=flags, borderMode=cv2.BORDER_REPLICATE))


def _shift(start: float, layer: Layer, step: float) -> float:
    """Where in the layer the middle of a window's first pixel lies."""
    return float(start * layer.shape[0] + 0.5 * step - 0.5)


def _shrunk(layer: Layer, cut: Cut) -> Layer:
    """The layer halved until a window no longer skips pixels of it."""
    import cv2

    while cut.side / layer.shape[0] < SHRINK_BELOW and layer.shape[0] % 2 == 0:
        half = layer.shape[0] // 2
        layer = cv2.resize(layer, (half, half), interpolation=cv2.INTER_AREA)
    return layer


def world_points(inverse: Floats, scale: float, camera: Camera, cut: Cut) -> Floats:
    """World point of each pixel of a window, (h, w, 3), from codes of inverse depth (n, n): z = scale / code.

    Inverse depth is linear on planes, so it may be interpolated there; at a silhouette a pixel belongs to the surface
    in front or to the one behind, parted by a smoothed outline.
    """
    depth = np.float32(scale) / np.maximum(_inverse_depth(inverse, cut), np.float32(1e-6))
    width, height = cut.size
    x = (cut.x + (np.arange(width) + 0.5) / cut.side - 0.5 + camera.shift[0]) * camera.span
    y = (0.5 - cut.y - (np.arange(height) + 0.5) / cut.side + camera.shift[1]) * camera.span
    x, y = x.astype(np.float32)[None], y.astype(np.float32)[:, None]
    points = np.empty((height, width, 3), np.float32)
    for axis, (right, up, back, origin) in enumerate(np.array(camera.matrix, np.float32)[:3]):
        points[..., axis] = (x * right + y * up - back) * depth + origin
    return points


def _inverse_depth(inverse: Floats, cut: Cut) -> Floats:
    import cv2

    around = np.ones((3, 3), np.uint8)
    front, behind = cv2.dilate(inverse, around), cv2.erode(inverse, around)
    steep = ((front - behind) > STEEP * front).astype(np.uint8)
    step = inverse.shape[0] / cut.side
    move = np.array([[step, 0, _shift(cut.x, inverse, step)], [0, step, _shift(cut.y, inverse, step)]], np.float64)

    def sampled(layer: Layer, how: int) -> Layer:
        flags = how | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(layer, move, cut.size, flags=flags, borderMode=cv2.BORDER_REPLICATE))

    depth = sampled(inverse, cv2.INTER_LINEAR)
    edge = sampled(steep, cv2.INTER_NEAREST) > 0
    if edge.any():
        soft = sampled(cv2.GaussianBlur(inverse, (0, 0), OUTLINE), cv2.INTER_LINEAR)[edge]
        near, far = (sampled(layer, cv2.INTER_LINEAR)[edge] for layer in (front, behind))
        depth[edge] = np.where(soft > (near + far) / 2, near, far)
    return np.asarray(depth, np.float32)
