"""The picture under the type: a stage over the whole canvas, in a window of a page, or in two lights that meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from brand_kits.colour import delta_e_ok, hex_to_oklab, linear_to_oklab, srgb_to_linear
from factory.records import Concept
from pipelines.compose.draw import Item, Pixels, Scrim, canvas, draw, to_rgb
from pipelines.compose.page import Layout
from pipelines.compose.printing import print_on
from pipelines.compose.seat import Layer, put
from pipelines.compose.stage import Mix, Stage
from pipelines.light import finish, hex_to_linear
from pipelines.scene import Cutout, Floats, Scene, Window

PAPER_GRAIN = 0.6
MELT, SPANS = 0.06, 12
"""A picture whose rim is nearer to the page than this (OKLab), in a quarter of its length, melts into it."""
SMALL = 400
"""Canvases with a shorter side are lit at twice their size and shrunk: edges of light come out clean."""


class Backdrop:
    """A stage placed on a canvas. `stage` is the (first) stage; `offset` where its picture's corner lies."""

    def __init__(
        self, *, layout: Layout, scene: Scene, product: Cutout | None, concept: Concept, ground: str,
        paper_colour: str, light: int,
        other: Scene | None = None,
    ) -> None:
        self.size = layout.grid.size
        self._pages, self._paged = (ground, paper_colour), bool(concept.other)
        box = layout.window
        self.offset = (round(box.x), round(box.y)) if box else (0, 0)
        inner = (round(box.w), round(box.h)) if box else self.size
        window = Window(size=inner, foot=self._foot(layout), height=self._height(layout), flip=concept.flip)
        self.stage = Stage(scene, window, product, light=light % scene.lights, seed=concept.seed % 997 + 1)
        self.second: Stage | None = None
        self.split = layout.split
        if self.split:
            opposite = light % scene.lights if other else (light + 1) % scene.lights
            self.second = Stage(other or scene, window, product, light=opposite, seed=concept.seed % 997 + 1)
        self._plain: Pixels | None = None

    def _foot(self, layout: Layout) -> tuple[float, float]:
        x, y = layout.product.foot if layout.product else (self.size[0] / 2, 0.86 * self.size[1])
        return x - self.offset[0], y - self.offset[1]

    def _height(self, layout: Layout) -> float:
        return layout.product.height if layout.product else 0.5 * self.size[1]

    @property
    def product_box(self) -> tuple[int, int, int, int] | None:
        """x, y, w, h px of the product on the canvas, or None."""
        box = self.stage.product_box
        return (box[0] + self.offset[0], box[1] + self.offset[1], box[2], box[3]) if box else None

    @property
    def albedo(self) -> Floats:
        """Matter of the stage's picture, (h, w, 3) linear."""
        return self.stage.passes.albedo

    @cached_property
    def page(self) -> str:
        """The page's colour: the mode's ground, unless a page meant to differ from its picture would melt into that;
        then the kit's paper."""
        if not self._paged:
            return self._pages[0]
        rim = self.stage.ground(self.stage.light)[:, :6]
        spans = np.array_split(rim, SPANS)
        paper = hex_to_oklab(self._pages[0])
        near = [float(delta_e_ok(_mean_oklab(span), paper)) < MELT for span in spans]
        return self._pages[1] if sum(near) > SPANS // 4 else self._pages[0]

    def ground(self, mix: Mix | None = None) -> Pixels:
        """The stage's picture with the product's shadow but without the product."""
        light = self.stage.light if mix is None else mix
        if self.second is None or self.split is None:
            return self.stage.ground(light)
        return self._halves(self.stage.ground(light), self.second.ground(self.second.light if mix is None else mix))

    def layer(self, mix: Mix | None = None) -> Layer | None:
        """The product, seated; in two lights each half by its own."""
        first = self.stage.layer(self.stage.light if mix is None else mix)
        if first is None or self.second is None or self.split is None:
            return first
        second = self.second.layer(self.second.light if mix is None else mix)
        assert second is not None
        axis, at = self.split
        cut = max(0, round(at - (first.x if axis == "x" else first.y)))
        rgba = first.rgba.copy()
        if axis == "x":
            rgba[:, cut:] = second.rgba[:, cut:]
        else:
            rgba[cut:] = second.rgba[cut:]
        return replace(first, rgba=rgba)

    def _halves(self, a: Pixels, b: Pixels) -> Pixels:
        assert self.split is not None
        axis, at = self.split
        both = a.copy()
        if axis == "x":
            both[:, round(at) :] = b[:, round(at) :]
        else:
            both[round(at) :] = b[round(at) :]
        return both

    def picture(self, behind: Sequence[Item] = (), veils: Sequence[Scrim] = (), mix: Mix | None = None) -> Pixels:
        """The whole canvas: ground, what is printed on it, veils, the product; round it the page, if there is one."""
        if not behind and not veils and mix is None:
            if self._plain is None:
                self._plain = self._whole(self.ground(), None)
            return self._plain.copy()
        inner = print_on(self.ground(mix), self.albedo, behind)
        if veils and inner.shape[:2] == veils[0].alpha.shape:
            sheet = canvas(inner.shape[1], inner.shape[0], inner)
            draw(sheet, veils)
            inner = to_rgb(sheet)
        return self._whole(inner, mix)

    def _whole(self, inner: Pixels, mix: Mix | None) -> Pixels:
        """The page laid round the picture, and the product put in: its head may rise out of the picture into the page."""
        layer = self.layer(mix)
        page, (x, y), (height, width) = inner, self.offset, inner.shape[:2]
        if (width, height) != self.size:
            page = paper(self.size, self.page)
            page[y : y + height, x : x + width] = inner
        if layer is not None:
            put(page[: y + height, x : x + width], replace(layer, y=layer.y + y))
        return page


def _mean_oklab(pixels: Pixels) -> npt.NDArray[np.float64]:
    return linear_to_oklab(srgb_to_linear(pixels.reshape(-1, 3).mean(axis=0) / 255))


def paper(size: tuple[int, int], colour: str) -> Pixels:
    """A page of one colour with the grain of a print."""
    linear = np.empty((size[1], size[0], 3), np.float32)
    linear[:] = hex_to_linear(colour)
    return finish(linear, PAPER_GRAIN, 3)
