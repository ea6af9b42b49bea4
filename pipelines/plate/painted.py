"""A painted picture as a place: it keeps its own light; only the ground plane under the product is ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.light import EXPOSURE, srgb_to_linear
from pipelines.plate.room import Room, position, rows
from pipelines.plate.setfile import toward
from pipelines.scene import Floats, Limits, Passes, Vector, Window, mirrored, unflipped

GROUND = Room(distance=6.5, pitch=10.0, wall=3.5)
KEY_SHARE = 0.6
WHITE = (1.0, 1.0, 1.0)
USUAL_LIGHT: Mapping[str, Any] = {"azimuth": -48, "elevation": 43, "angle": 6.0}


class PaintedScene:
    """An RGB picture (h, w, 3) uint8 scaled to cover the canvas, with a floor seen from ten degrees above."""

    camera_fixed = False
    lights = 1

    def __init__(self, name: str, picture: npt.NDArray[np.uint8], light: Mapping[str, Any] = USUAL_LIGHT) -> None:
        self.name = name
        self._picture = picture
        self._toward: Vector = toward(float(light["azimuth"]), float(light["elevation"]))
        self._angle = float(light["angle"])

    def limits(self, size: tuple[int, int], height: float | None = None) -> Limits:  # noqa: ARG002
        """A product stands anywhere on the lower part; `height` changes nothing here."""
        width, tall = size
        return Limits(min_height=0.05 * tall, max_height=2.0 * tall, foot=(0, 0.45 * tall, width, 2.0 * tall))

    def view(self, window: Window, light: int) -> Passes:
        """The picture as albedo under an even light, so that nothing but the product's shadow changes it."""
        if window.flip:
            return mirrored(self.view(unflipped(window), light))
        foot, height = self.limits(window.size).clamp(window.foot, window.height)
        window = Window(size=window.size, foot=foot, height=height)
        shape = (window.size[1], window.size[0])
        column = rows(GROUND, window)
        return Passes(
            key=np.full(shape, KEY_SHARE / EXPOSURE, np.float32),
            fill=np.full(shape, (1 - KEY_SHARE) / EXPOSURE, np.float32),
            albedo=self._covering(window.size),
            position=position(GROUND, window, column),
            light_dir=self._toward,
            light_angle=self._angle,
            pitch=GROUND.pitch,
            foot=foot,
            height=height,
            key_colour=WHITE,
            fill_colour=WHITE,
        )

    def _covering(self, size: tuple[int, int]) -> Floats:
        """The picture cut around its middle to the canvas, linear."""
        import cv2

        width, height = size
        h, w = self._picture.shape[:2]
        scale = max(width / w, height / h)
        cut_w, cut_h = min(w, round(width / scale)), min(h, round(height / scale))
        x, y = (w - cut_w) // 2, (h - cut_h) // 2
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        picture = cv2.resize(self._picture[y : y + cut_h, x : x + cut_w], size, interpolation=how)
        return srgb_to_linear(picture.astype(np.float32) / 255)
