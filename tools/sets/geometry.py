"""Camera arithmetic of a set, from its line of data: world point <-> pixel, depth -> world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """A shifted pinhole on a square picture; `matrix` is camera-to-world, it looks along -z."""

    matrix: Floats
    lens: float
    sensor: float
    shift: tuple[float, float]

    @classmethod
    def of(cls, data: dict[str, Any]) -> Camera:
        """From the `camera` record of set.yaml or meta.json."""
        x, y = data["shift"]
        return cls(np.array(data["matrix"], float), data["lens"], data["sensor"], (x, y))

    @property
    def span(self) -> float:
        """Width of the view at depth 1."""
        return self.sensor / self.lens

    def pixel(self, point: npt.ArrayLike) -> tuple[float, float]:
        """Where a world point falls, as fractions of the picture from its top left."""
        x, y, z = (np.asarray(point, float) - self.matrix[:3, 3]) @ self.matrix[:3, :3]
        return (
            float(x / -z / self.span - self.shift[0] + 0.5),
            float(0.5 - (y / -z / self.span - self.shift[1])),
        )

    def world(self, depth: npt.NDArray[np.floating]) -> Floats:
        """World point of every pixel of a square depth picture (depth along the axis)."""
        side = depth.shape[0]
        at = (np.arange(side) + 0.5) / side
        x = (at - 0.5 + self.shift[0]) * self.span
        y = (0.5 - at + self.shift[1]) * self.span
        xs, ys = np.meshgrid(x, y)
        local = np.stack([xs * depth, ys * depth, -depth], -1)
        return np.asarray(local @ self.matrix[:3, :3].T + self.matrix[:3, 3])


def snap(camera: Camera, anchor: npt.ArrayLike, depth: npt.NDArray[np.floating]) -> Floats:
    """The anchor moved up or down on to the surface that the depth picture shows there."""
    world, side = camera.world(depth), depth.shape[0]
    point = np.array(anchor, float)
    for _ in range(6):
        x, y = (int(f * side) for f in camera.pixel(point))
        patch = world[y - 2 : y + 3, x - 2 : x + 3, 2]
        point[2] += 0.9 * (float(np.median(patch)) - point[2])
    return point
