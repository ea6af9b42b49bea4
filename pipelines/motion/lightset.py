"""A still's place as something that can be lit, printed on and moved into, frame by frame.

Two pictures of the place are made once: with its key light and without. A frame is one sliding into the other along
a soft edge that travels the way the light falls; what is printed on the ground slides with it. The product is laid
over last, so its pixels move as one. In a picture of two lights it is the line between them that travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compose.backdrop import Backdrop
from pipelines.compose.block import Block
from pipelines.compose.draw import Item, Pixels, Rect, Scrim, canvas, draw, to_rgb
from pipelines.compose.printing import print_on
from pipelines.compose.seat import Layer, put

SOFT = 0.85
"""Width of the travelling edge, in the canvas' extent along the light."""
SLOPE = 0.45
"""The edge leans: how far it falls for each step across."""
UNLIT = 0.62
"""What is left of the product's light when the key is off: the fill's share of the scene, seen."""
COARSE = 8
Mask = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A moment of the place.

    `light` 0..1 is how far the key (or the line between two lights) has come, `device` how much is printed, `product`
    how much of it is there, `shift` px that it stands above its place.
    """

    light: float = 1.0
    device: float = 1.0
    product: float = 1.0
    shift: float = 0.0


class LightSet:
    """The place of a composition; `behind` is printed on its ground. `least` is the light that is there before any
    comes: 0 for the fill alone."""

    def __init__(self, backdrop: Backdrop, behind: Sequence[Item], veils: Sequence[Scrim]) -> None:
        self.backdrop, self.behind, self.veils = backdrop, tuple(behind), tuple(veils)
        self.size = backdrop.size
        stage = backdrop.stage
        self._off: tuple[float, ...] = (0.0,) * stage.scene.lights
        self._toward = float(np.sign(stage.passes.light_dir[0])) or -1.0
        self._pictures: dict[Any, Pixels] = {}
        self._layers: tuple[Layer, Layer] | None = None
        self.least = 0.0

    # ------------------------------------------------------------------------------------------- made once

    def ground(self, lit: bool, shaded: bool = True) -> Pixels:
        """The place under its key or without, with or without the product's shadow; nothing printed."""
        return self._kept(("ground", lit, shaded), lambda: self._ground(lit, shaded))

    def _ground(self, lit: bool, shaded: bool) -> Pixels:
        mix = None if lit else self._off
        if shaded or self.backdrop.second is not None:
            return self.backdrop.ground(mix)
        stage = self.backdrop.stage
        return stage.picture(stage.light if mix is None else mix, product=False)

    def print(self, lit: bool, shaded: bool, colour: str) -> Pixels:
        """The place printed all over in one colour: what shows where a device's shapes are."""

        def make() -> Pixels:
            w, h = self.ground(lit).shape[1::-1]
            every = Rect(box=(0.0, 0.0, float(w), float(h)), colour=colour)
            return print_on(self.ground(lit, shaded), self.backdrop.albedo, (every,))

        return self._kept(("print", lit, shaded, colour), make)

    def layers(self) -> tuple[Layer, Layer] | None:
        """The product under the key and with the key off; None without a product."""
        if self._layers is None and (lit := self.backdrop.layer(None)) is not None:
            rgba = lit.rgba.copy()
            rgba[..., :3] = (rgba[..., :3].astype(np.float32) * UNLIT + 0.5).astype(np.uint8)
            self._layers = (lit, replace(lit, rgba=rgba))
        return self._layers

    def _kept(self, key: Any, make: Callable[[], Pixels]) -> Pixels:
        if key not in self._pictures:
            self._pictures[key] = make()
        return self._pictures[key]

    def full(self) -> Pixels:
        """The still under its type: everything lit, printed and in its place."""
        return self._kept(("full",), lambda: self.backdrop.picture(self.behind, self.veils))

    def floor(self) -> Pixels:
        """The lit stage's picture with shapes printed on it but no words, without veils and without the product."""
        shapes = [i for i in self.behind if not (isinstance(i, Block) and i.role == "device")]
        return self._kept(("floor",), lambda: print_on(self.ground(True), self.backdrop.albedo, shapes))

    def _half(self, second: bool) -> Pixels:
        """One of the two lights over the whole canvas."""
        stage = self.backdrop.second if second else self.backdrop.stage
        assert stage is not None
        return self._kept(("half", second), lambda: stage.picture(stage.light))

    def _halves(self, look: Look) -> Pixels:
        """Two lights whose line travels from the far edge to its place as `light` goes from 0 to 1."""
        assert self.backdrop.split is not None
        axis, place = self.backdrop.split
        far = self.size[0] if axis == "x" else self.size[1]
        at = round(far + (place - far) * look.light)
        out = self._half(False).copy()
        if axis == "x":
            out[:, at:] = self._half(True)[:, at:]
        else:
            out[at:] = self._half(True)[at:]
        return out

    # ---------------------------------------------------------------------------------------------- a frame

    def picture(self, look: Look, printed: Sequence[Item]) -> Pixels:
        """The whole canvas at a moment, RGB; `printed` are the items on the ground. The full look is the still's own."""
        if look == Look():
            return self.full()
        if self.backdrop.second is not None:
            return self._halves(look)
        inner = self._inner(look, printed)
        self._stand(inner, look)
        return self._page(inner)

    def _inner(self, look: Look, printed: Sequence[Item]) -> Pixels:
        """Ground, print and veils."""
        out = self._lit(look, self.ground)
        for colour, items in _by_colour(printed).items():
            cover = _cover(out.shape, items)
            if cover is None:
                continue
            over = self._lit(look, partial(self.print, colour=colour))
            out = _blend(out, over, cover)
        if self.veils and out.shape[:2] == self.veils[0].alpha.shape:
            sheet = canvas(out.shape[1], out.shape[0], out)
            draw(sheet, self.veils)
            out = to_rgb(sheet)
        return out

    def _lit(self, look: Look, of: Callable[[bool, bool], Pixels]) -> Pixels:
        """Any of the two-state pictures at the look's light and shadow."""
        import cv2

        def shadowed(lit: bool) -> Pixels:
            if look.product >= 1:
                return of(lit, True)
            if look.product <= 0:
                return of(lit, False)
            return np.asarray(cv2.addWeighted(of(lit, True), look.product, of(lit, False), 1 - look.product, 0), np.uint8)

        if look.light >= 1:
            return shadowed(True).copy()
        return _blend(shadowed(False), shadowed(True), self._mask(look.light))

    def _mask(self, light: float) -> Mask:
        """How lit each pixel of the stage's picture is while the key is `light` of its way in."""
        import cv2

        height, width = self.ground(True).shape[:2]
        small = _edge(height // COARSE + 1, width // COARSE + 1, self._toward, light)
        small = self.least + (1 - self.least) * small
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    def _stand(self, inner: Pixels, look: Look) -> None:
        """Lay the product over, in place."""
        pair = self.layers()
        if pair is None or look.product <= 0:
            return
        lit, dim = pair
        rgba = lit.rgba
        if look.light < 1:
            rgba = _blend(dim.rgba, lit.rgba, self._mask_at(lit, look.light))
        if look.product < 1:
            share = min(1.0, look.product / 0.4)
            rgba = (rgba.astype(np.float32) * share + 0.5).astype(np.uint8)
        put(inner, replace(lit, rgba=rgba, y=lit.y - round(look.shift)))

    def _mask_at(self, layer: Layer, light: float) -> Mask:
        """The mask over the product's own rectangle; beyond the canvas its edge values go on."""
        whole = self._mask(light)
        h, w = layer.rgba.shape[:2]
        rows = np.clip(np.arange(layer.y, layer.y + h), 0, whole.shape[0] - 1)
        columns = np.clip(np.arange(layer.x, layer.x + w), 0, whole.shape[1] - 1)
        return np.ascontiguousarray(whole[rows][:, columns])

    def _page(self, inner: Pixels) -> Pixels:
        if inner.shape[:2] == (self.size[1], self.size[0]):
            return inner
        page = self.full().copy()
        x, y = self.backdrop.offset
        page[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
        return page


@lru_cache(maxsize=8)
def _edge(height: int, width: int, toward: float, light: float) -> Mask:
    """A soft edge that enters from the light's side and above."""
    x = np.linspace(0, 1, width, dtype=np.float32)[None]
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    along = ((x if toward < 0 else 1 - x) + SLOPE * y) / (1 + SLOPE)
    t = np.clip((light * (1 + SOFT) - along) / SOFT, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _blend(a: Pixels, b: Pixels, share: Mask) -> Pixels:
    import cv2

    return np.asarray(cv2.blendLinear(a, b, 1 - share, share), np.uint8)


def _by_colour(items: Sequence[Item]) -> Mapping[str, list[Item]]:
    """Items grouped by their colour, in order of first appearance."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(_colour(item), []).append(item)
    return groups


def _colour(item: Any) -> str:
    pieces = getattr(item, "pieces", ())
    return str(pieces[0].colour or item.colour) if pieces else str(item.colour)


def _cover(shape: tuple[int, ...], items: Sequence[Item]) -> Mask | None:
    """How much of each pixel the items cover; None for nothing."""
    sheet = np.zeros((shape[0], shape[1], 4), np.uint8)
    draw(sheet, items)
    if not sheet[..., 3].any():
        return None
    return sheet[..., 3].astype(np.float32) / np.float32(255)
