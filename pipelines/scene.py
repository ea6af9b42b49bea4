"""What a picture stands on, as light and matter: the types that sets, grading, staging and layout share.

Pixels are those of the finished canvas, x right and y down. World points are relative to the product's contact
point, in heights of the product's picture: x right, y away from the camera, z up. Light is linear and has no colour
of its own; a pass of 1 on matter of albedo `a` gives `a`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]
"""x, y, w, h in px."""
Colour = tuple[float, float, float]
"""Linear sRGB."""
Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What a layout asks of a scene.

    `size` (w, h) px; `foot` the px where the product's contact point should stand (it may lie outside the canvas);
    `height` px of the product's picture; `flip` mirrors the scene, light included, never the product.
    """

    size: tuple[int, int]
    foot: tuple[float, float]
    height: float
    flip: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a scene can give at a canvas size: heights in px, and the box (x0, y0, x1, y1) px a foot may stand in.

    They hold for windows that are not flipped; `mirrored` turns them for those that are.
    """

    min_height: float
    max_height: float
    foot: tuple[float, float, float, float]

    def mirrored(self, width: int) -> Limits:
        """The limits of a flipped window of that width in px."""
        x0, y0, x1, y1 = self.foot
        return replace(self, foot=(width - x1, y0, width - x0, y1))

    def clamp(self, foot: tuple[float, float], height: float) -> tuple[tuple[float, float], float]:
        """The nearest foot and height that the scene can give."""
        x0, y0, x1, y1 = self.foot
        place = (min(max(foot[0], x0), x1), min(max(foot[1], y0), y1))
        return place, min(max(height, self.min_height), self.max_height)


@dataclass(frozen=True, kw_only=True, slots=True)
class Passes:
    """Light and matter of a window, (h, w) or (h, w, 3) float32.

    `key` and `fill` multiply `albedo` (linear sRGB, palette and wash already in); the gloss passes are added times
    the light's colour, never times albedo. `position` is the world point of each pixel. `light_dir` points toward
    the light, `light_angle` is its angular size in degrees. `foot` and `height` are those really given. `quiet` are
    calm boxes, best first. `key_colour` and `fill_colour` are the tints that suit this light on this ground.
    """

    key: Floats
    fill: Floats
    albedo: Floats
    light_dir: Vector
    light_angle: float
    pitch: float
    foot: tuple[float, float]
    height: float
    key_colour: Colour
    fill_colour: Colour
    gloss_key: Floats | None = None
    gloss_fill: Floats | None = None
    position: Floats | None = None
    horizon: float | None = None
    quiet: tuple[Box, ...] = ()


class Scene(Protocol):
    """A place to take pictures of: a rendered set, a set by formula, a painted picture."""

    @property
    def name(self) -> str:
        """The set's name in the catalogue."""

    @property
    def lights(self) -> int:
        """How many key lights there are."""

    @property
    def camera_fixed(self) -> bool:
        """True when foot and height are bound to what was rendered, so `view` may have to clamp them."""

    def view(self, window: Window, light: int) -> Passes:
        """The passes of a window under a key light. Foot and height are clamped into `limits`."""

    def limits(self, size: tuple[int, int], height: float | None = None) -> Limits:
        """What can be asked at a canvas size; the foot's box at `height` where one is given."""


def mirrored(passes: Passes) -> Passes:
    """The same passes seen in a mirror: left is right, and the light comes from the other side."""
    width = passes.key.shape[1]
    flat: dict[str, Any] = {
        f.name: np.ascontiguousarray(value[:, ::-1])
        for f in fields(passes)
        if isinstance(value := getattr(passes, f.name), np.ndarray)
    }
    if passes.position is not None:
        flat["position"] *= np.array([-1, 1, 1], np.float32)
    x, y, z = passes.light_dir
    return replace(
        passes,
        **flat,
        light_dir=(-x, y, z),
        foot=(width - passes.foot[0], passes.foot[1]),
        quiet=tuple((width - bx - bw, by, bw, bh) for bx, by, bw, bh in passes.quiet),
    )


def unflipped(window: Window) -> Window:
    """The window to ask of an unmirrored scene so that its mirror image is `window`."""
    return replace(window, foot=(window.size[0] - window.foot[0], window.foot[1]), flip=False)
