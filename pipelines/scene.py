"""What a picture stands on, as light and matter: types that sets, products, grading, staging and layout share.

Pixels are those of the finished canvas, x right and y down. World points are relative to the product's contact
point, in heights of the product's picture: x right, y away from the camera, z up. Light is linear and has no colour
of its own; a pass of 1 on matter of albedo `a` gives `a`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]
"""x, y, w, h in px."""
Colour = tuple[float, float, float]
"""Linear sRGB."""
Vector = tuple[float, float, float]
Side = Literal["left", "right", "front"]
Fractions = tuple[float, float, float, float]
"""x, y, w, h in fractions of a picture."""


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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Solid:
    """One round body of a product picture, for its shadows. Lengths in heights of the picture.

    `at` is where its foot stands from the picture's contact point (x right, y away); `radii` along its axis from foot
    to top, `height` that axis' length. `yaw` None for a body that stands; else it lies, its top toward `yaw` degrees
    from x (negative: toward us) and `at` the middle of its length.
    """

    at: tuple[float, float]
    radii: Floats
    height: float
    yaw: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cutout:
    """A product cut-out, trimmed to its alpha.

    `rgba` (h, w, 4) uint8, straight alpha. `profile`: 64 radii from foot to top, in heights of the picture;
    `foot_radius` that of the base it stands on. `pitch` degrees the camera looked down. `label_box` fractions of the
    picture (the words on it), or None. A crop may keep the rows from 0 to `safe_crop_bottom` or from
    `safe_crop_top` to 1 without cutting words. Sizes in mm. A picture of more than one standing body has `solids`,
    and `foot_row`: how far down, in fractions of the picture, its contact point lies.
    """

    rgba: npt.NDArray[np.uint8]
    profile: Floats
    pitch: float
    lit_side: Side
    foot_radius: float
    label_box: Fractions | None
    brand_on_label: bool
    safe_crop_bottom: float
    safe_crop_top: float
    height_mm: float | None
    width_mm: float | None
    digest: str
    solids: tuple[Solid, ...] = ()
    foot_row: float | None = None

    @property
    def bodies(self) -> tuple[Solid, ...]:
        """What throws shadows: the solids, or the one that the profile tells of."""
        return self.solids or (Solid(at=(0.0, 0.0), radii=self.profile, height=self.stature),)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px, native."""
        return self.rgba.shape[1], self.rgba.shape[0]

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.rgba.shape[1] / self.rgba.shape[0])

    @property
    def sink(self) -> float:
        """How far the picture's lower edge lies below the base's centre, in heights of the picture."""
        if self.foot_row is not None:
            return 1 - self.foot_row
        return self.foot_radius * math.sin(math.radians(self.pitch))

    @property
    def stature(self) -> float:
        """True height of the product in heights of its picture, as the camera looks down on it."""
        tilt = math.radians(self.pitch)
        ends = self.foot_radius + float(self.profile[-1])
        return (1 - ends * math.sin(tilt)) / math.cos(tilt)


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
