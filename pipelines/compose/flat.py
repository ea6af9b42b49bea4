"""A plain ground in one colour, where a set's camera cannot give what a shape of canvas needs.

A strip of 728 by 90 shows the neck of a bottle; a rendered set has no such picture. The product then stands on the
set's own ground colour, with a light and a shadow of its own.
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.light import FILL_SHARE, hex_to_linear, tints
from pipelines.scene import Limits, Passes, Window, mirrored, unflipped

PITCH = 10.0
FALL = 0.05
"""How much the light falls off from the lit side to the other, of the key."""
AZIMUTH, ELEVATION, ANGLE = -34.0, 60.0, 14.0
"""High and soft: on a strip a long shadow would run into the type."""
FREE = 4.0


class Flat:
    """A scene of one colour: light from the upper left, an endless floor. Any foot and height can be had."""

    name = "flat"
    lights = 1
    camera_fixed = False

    def __init__(self, colour: str, turn: float = 0.0) -> None:
        self._colour, self._turn = colour, turn

    def turned(self, degrees: float) -> Flat:
        """The same ground with its light turned about the upright, positive to the right."""
        return Flat(self._colour, self._turn + degrees)

    def limits(self, size: tuple[int, int], height: float | None = None) -> Limits:
        """Nearly everything; `height` changes nothing here."""
        del height
        w, h = size
        return Limits(min_height=0.02 * h, max_height=FREE * h, foot=(-w, -FREE * h, 2 * w, FREE * h))

    def view(self, window: Window, light: int) -> Passes:
        """The passes of a window; there is one light."""
        if window.flip:
            return mirrored(self.view(unflipped(window), light))
        width, height = window.size
        ground = hex_to_linear(self._colour)
        key_colour, fill_colour = tints(("calm", "morning"), ground)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        side = (x / width - 0.5) * 0.8 + (y / height - 0.5) * 0.6
        floor = [(x - window.foot[0]) / window.height, -(y - window.foot[1]) / window.height / _sine(PITCH), np.zeros_like(x)]
        return Passes(
            key=np.asarray((1 - FILL_SHARE) * (1 - FALL * side), np.float32),
            fill=np.full((height, width), FILL_SHARE, np.float32),
            albedo=np.broadcast_to(ground, (height, width, 3)).astype(np.float32),
            light_dir=_toward(AZIMUTH + self._turn, ELEVATION),
            light_angle=ANGLE, pitch=PITCH, foot=window.foot, height=window.height, key_colour=key_colour,
            fill_colour=fill_colour, position=np.asarray(np.stack(floor, axis=-1), np.float32),
        )


def _sine(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def _toward(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """Unit vector toward a light: azimuth 0 is from the camera, positive from the right; degrees."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)
