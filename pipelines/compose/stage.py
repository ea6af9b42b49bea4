"""A scene with a product standing in it, ready to be looked at under any mix of its lights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipelines.compose import shadow
from pipelines.compose.seat import Bytes, Fidelity, Layer, PxBox, fidelity, put, seated
from pipelines.light import EXPOSURE, finish, grade
from pipelines.scene import Cutout, Passes, Scene, Window

Mix = int | Sequence[float]
"""A light's number, or a weight for each light; what is missing to 1 is the scene without any key."""
NO_KEY = -1
LYING = 1.15
"""Width over height from which a product lies."""


def reach(aspect: float) -> float:
    """How much longer than high a product is, 1 for one that stands: its length is what a set's scale goes by."""
    return aspect if aspect > LYING else 1.0


class Stage:
    """A window of a scene with a product (or none); pictures are made once for each light and kept.

    `window` is what was asked, `passes` those of the light it was built with (foot and height as really given).
    """

    def __init__(
        self,
        scene: Scene,
        window: Window,
        product: Cutout | None = None,
        *,
        light: int = 0,
        seed: int = 1,
        grain: float = 0.9,
        exposure: float = EXPOSURE,
    ) -> None:
        """A window that asks for more height than the product has pixels gets the product at native size."""
        if product is not None:
            window = replace(window, height=min(window.height, product.size[1]))
        self.scene, self.window, self.product, self.light = scene, window, product, light
        self._reach = reach(product.aspect) if product is not None else 1.0
        self.passes: Passes = self._look(light)
        self._grain, self._seed, self._exposure = grain, seed, exposure
        self._grounds: dict[tuple[int, bool], Bytes] = {}
        self._layers: dict[int, Layer] = {}
        self._whole: dict[int, Bytes] = {}

    def under(self, scene: Scene) -> Stage:
        """The same stage in another light: `scene` is its own scene with lights moved."""
        other = copy(self)
        other.scene = scene
        other.passes = other._look(self.light)
        other._grounds, other._layers, other._whole = {}, {}, {}
        return other

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas in px."""
        return self.window.size

    @property
    def product_box(self) -> PxBox | None:
        """x, y, w, h px of the product's picture; it may reach beyond the canvas. None without a product."""
        if self.product is None:
            return None
        height = max(1, round(self.passes.height))
        width = max(1, round(height * self.product.aspect))
        x, y = self.passes.foot
        bottom = round(y + self.product.sink * height)
        return round(x - width / 2), bottom - height, width, height

    def picture(self, mix: Mix = 0, product: bool = True) -> Bytes:
        """The finished picture, RGB (h, w, 3) uint8. Without `product` its shadow is gone too."""
        if product:
            return _mixed(mix, self.scene.lights, self._standing)
        return _mixed(mix, self.scene.lights, lambda light: self._ground(light, False))

    def ground(self, mix: Mix = 0) -> Bytes:
        """The picture with the product's shadow but without the product, for things drawn behind it."""
        return _mixed(mix, self.scene.lights, lambda light: self._ground(light, True))

    def layer(self, mix: Mix = 0) -> Layer | None:
        """The product to lay over `ground` with `put`, its rim tuned to the light; None without a product."""
        if self.product is None:
            return None
        rgba = _mixed(mix, self.scene.lights, lambda light: self._layer(light).rgba)
        return replace(self._layer(self.light), rgba=rgba)

    def fidelity(self, pixels: Bytes, covered: npt.NDArray[np.bool_] | None = None) -> Fidelity | None:
        """Measure the product in a finished picture; `covered` (h, w) marks what type or a panel hides on purpose."""
        box = self.product_box
        if self.product is None or box is None:
            return None
        return fidelity(pixels, self.product, box, covered)

    def _standing(self, light: int) -> Bytes:
        if light not in self._whole:
            picture = self._ground(light, True)
            if self.product is not None:
                picture = picture.copy()
                put(picture, self._layer(light))
            self._whole[light] = picture
        return self._whole[light]

    def _ground(self, light: int, shaded: bool) -> Bytes:
        key = (light, shaded and self.product is not None)
        if key not in self._grounds:
            self._grounds[key] = self._render(*key)
        return self._grounds[key]

    def _render(self, light: int, shaded: bool) -> Bytes:
        passes = self._view(light)
        cast = touch = None
        if shaded and self.product is not None:
            cast = None if light == NO_KEY or self._footless() else shadow.cast(passes, self.product)
            touch = shadow.contact(passes, self.product)
        linear = grade(passes, cast, touch, exposure=self._exposure, level=float(light != NO_KEY))
        return finish(linear, self._grain, self._seed)

    def _footless(self) -> bool:
        """Whether the product's foot lies below the picture: a shadow beside a body without a foot looks false."""
        return self.passes.foot[1] > 1.02 * self.window.size[1]

    def _view(self, light: int) -> Passes:
        return self.passes if light in (self.light, NO_KEY) else self._look(light)

    def _look(self, light: int) -> Passes:
        """The scene around the product: a set is built for a thing that stands, a lying one is measured by its length."""
        passes = self.scene.view(replace(self.window, height=self.window.height * self._reach), light)
        if self._reach == 1.0:
            return passes
        position = None if passes.position is None else passes.position * self._reach
        return replace(passes, position=position, height=passes.height / self._reach)

    def _layer(self, light: int) -> Layer:
        if light not in self._layers:
            box = self.product_box
            assert self.product is not None and box is not None
            toward = 0.0 if light == NO_KEY else float(np.sign(self._view(light).light_dir[0]))
            self._layers[light] = seated(
                self.product, box, self._ground(light, True), toward, self.passes.key_colour
            )
        return self._layers[light]


def _mixed(mix: Mix, lights: int, make: Callable[[int], Bytes]) -> Bytes:
    """The weighted sum of the pictures of a mix. Blending finished pictures keeps their grain and costs little."""
    import cv2

    if isinstance(mix, int):
        return make(mix).copy()
    parts = _weights(mix, lights)
    if len(parts) == 1:
        return make(parts[0][0]).copy()
    if len(parts) == 2:
        (first, a), (second, b) = parts
        return np.asarray(cv2.addWeighted(make(first), a, make(second), b, 0), np.uint8)
    total = np.zeros(make(parts[0][0]).shape, np.float32)
    for light, weight in parts:
        cv2.scaleAdd(make(light).astype(np.float32), weight, total, total)
    return np.asarray(cv2.convertScaleAbs(total), np.uint8)


def _weights(mix: Sequence[float], lights: int) -> list[tuple[int, float]]:
    """The lights that count, with weights that sum to 1: what is missing is the scene without any key."""
    if len(mix) > lights:
        raise ValueError(f"a mix of {len(mix)} weights for a scene of {lights} lights")
    scale = 1 / max(sum(mix), 1.0)
    parts = [(light, weight * scale) for light, weight in enumerate(mix) if weight > 0]
    rest = 1 - sum(weight for _, weight in parts)
    return [*parts, (NO_KEY, rest)] if rest > 1e-4 or not parts else parts
