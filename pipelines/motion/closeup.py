"""The close shot: the product nearer by half or more, standing on the same ground, a line of type over it or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, place
from pipelines.compose.classes import Grid
from pipelines.compose.colouring import Tones
from pipelines.compose.contrast import choose, needed, quiet
from pipelines.compose.crop import LEAST_CUT, WORD_GAP, Shape, may_show
from pipelines.compose.draw import Pixels
from pipelines.compose.faces import face_of
from pipelines.compose.fit import fit
from pipelines.compose.geometry import Box
from pipelines.compose.seat import Layer, put, seated
from pipelines.motion.lightset import LightSet, bounds
from pipelines.product.cutout import Cutout

NEARER = (2.2, 2.1, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4)
"""Scales that are tried; under 1.4 a cut looks like a jump."""
LARGEST = 1.25
"""Largest type over what headlines want here."""
Side = Literal["under", "left", "right"]
ALONE = 0.16
"""Where the product's top stands when there is no line over it."""
TALL = 1.2
"""Height over width from which a canvas has room for the whole product."""
HOURS = 60
"""Steps of the light's way that are drawn anew."""
DEEP = 0.15
"""A product whose foot leaves the part of the canvas that it may stand in leaves the canvas by this share: a foot on the
edge, or under the platform's own controls, looks like a mistake."""
CUTS: tuple[float, ...] = tuple(DEEP * f for f in (1.9, 1.7, 1.5, 1.3, 1.15, 1.02))
EVERYWHERE = 0.9
"""Share of the canvas from which shapes are the ground itself: a view may show a part of them."""
LABEL_AT = 0.5
"""Where the middle of the label's words stands when the product's top is out of the picture."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CloseUp:
    """A picture with the product in it by hour, and the line that stands over it, if any."""

    pixels: Callable[[float], Pixels]
    block: Block | None
    centre: tuple[float, float]
    scale: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """A part of the stage's picture shown larger: its corner there, and the product's box on the canvas."""

    corner: tuple[float, float]
    scale: float
    product: Box


def close_up(
    place_: LightSet, product: Cutout, shape: Shape, text: str, grid: Grid, kit: BrandKit, tones: Tones, locale: str,
    ground: float = 1.0,
) -> CloseUp | None:
    """The nearest view at which type and product both have their room; None when there is none. Without a text the
    product stands alone, whole or clearly cut. `ground` is where the part of the canvas ends that a foot may
    stand in, as a share of its height."""
    side = _side(place_, grid) if text else "under"
    for scale in NEARER:
        block = _block(text, place_, grid, kit, locale, side, scale) if text else None
        if text and block is None:
            continue
        for view in _views(place_, shape, grid, block, side, scale, ground * grid.canvas.h):
            picture = _Near(place_, product, view, grid.size)
            if block is None:
                return CloseUp(pixels=picture, block=None, centre=view.product.centre, scale=scale)
            if side == "left":
                block = block.moved(view.product.right + 4 * grid.unit - block.axis, 0.0)
            if not _apart(block, view, grid):
                continue
            least = needed("headline", block.size, block.weight, grid.pt)
            colour, read = choose(tones.candidates("ink", True), picture(0.0), block.plain("#000000"), least)
            if read.passes(least) and quiet(picture(0.0), block.box).holds(big=True):
                return CloseUp(pixels=picture, block=block.plain(colour), centre=_anchor(view.product, side), scale=scale)
    return None


def _side(place_: LightSet, grid: Grid) -> Side:
    """Where the product stands to the type: under it on tall canvases, else on the side where it stands already."""
    if grid.canvas.w < 0.95 * grid.canvas.h:
        return "under"
    x, _, w, _ = place_.backdrop.product_box or (0, 0, 0, 0)
    return "left" if x + w / 2 < 0.4 * grid.canvas.w else "right"


def _apart(block: Block, view: _View, grid: Grid) -> bool:
    """Whether type stands in the live box and clear of the product."""
    box = Box(*block.box)
    return box.right <= grid.live.right + 1 and not view.product.overlaps(box.grown(2 * grid.unit))


def _anchor(product: Box, side: Side) -> tuple[float, float]:
    """The point of the product nearest to the type: it stays where it is while the rest grows."""
    x, y = product.centre
    return {"under": (x, product.y), "right": (product.x, y), "left": (product.right, y)}[side]


def _block(
    text: str, place_: LightSet, grid: Grid, kit: BrandKit, locale: str, side: Side, scale: float
) -> Block | None:
    """The line over the picture, in as many lines as let it be largest."""
    face = face_of(kit, "display", 800)
    taken = min(scale * (place_.backdrop.stage.product_box or (0, 0, 0, 0))[2], 0.5 * grid.canvas.w) + 4 * grid.unit
    width, height = grid.live.w, 0.20 * grid.canvas.h
    if side != "under":
        width, height = grid.live.w - taken, 0.6 * grid.canvas.h
    wanted = grid.sizes["headline"][1]
    size = (0.62 * wanted, LARGEST * wanted, LARGEST * wanted)
    tries = [
        fit(text, face, width, height, grid.pt, size=size, lines=(k, k), locale=locale)
        for k in range(1, 4 if side == "under" else 6)
    ]
    fitted = max((f for f in tries if f), key=lambda f: (round(f.size / wanted, 1), -len(f.lines)), default=None)
    if fitted is None:
        return None
    return place(fitted, face, grid.live.x, grid.live.y, role="close")


def _views(
    place_: LightSet, shape: Shape, grid: Grid, block: Block | None, side: Side, scale: float, ground: float
) -> Iterator[_View]:
    """Where the product may land, its ground moving with it: under the type, or beside it by its top or its label."""
    stage, u = place_.backdrop.stage, grid.unit
    x, y, w, h = stage.product_box or (0, 0, 0, 0)
    inner_h, inner_w = place_.floor().shape[:2]
    wide, tall = grid.canvas.w / scale, grid.canvas.h / scale
    if scale * h > shape.native or wide > inner_w or tall > inner_h:
        return
    half = scale * w / 2 + u
    middle = {"under": grid.canvas.w / 2, "right": grid.live.right - half, "left": grid.live.x + half}[side]
    for top in _tops(shape, grid, block, side, scale * h, ground):
        corner_x = min(max(x + w / 2 - middle / scale, 0.0), inner_w - wide)
        corner_y = min(max(y - top / scale, 0.0), inner_h - tall)
        landed = Box((x - corner_x) * scale, (y - corner_y) * scale, w * scale, h * scale)
        if u <= landed.x and landed.right <= grid.canvas.w - u and _shows(shape, landed, grid, ground):
            yield _View(corner=(corner_x, corner_y), scale=scale, product=landed)


def _tops(shape: Shape, grid: Grid, block: Block | None, side: Side, height: float, ground: float) -> list[float]:
    """Heights at which the product's top may stand."""
    u = grid.unit
    if block is None:
        tall = grid.canvas.h > TALL * grid.canvas.w
        label = [] if shape.words is None or tall else [LABEL_AT * grid.canvas.h - sum(shape.words) / 2 * height]
        whole = (ALONE * grid.canvas.h, (grid.canvas.h - height) / 2, ground - u - height)
        return [*(t for t in whole if t > 4 * u), *_deep(grid, height), *label]
    if side == "under":
        first = block.box[1] + block.box[3] + 7 * u
        return [first, *(t for t in _deep(grid, height) if t > first)]
    first = max(0.09 * grid.canvas.h, 4.0 * u)
    standing = [t for t in (ground - u - height, *_deep(grid, height)) if t > first]
    if shape.words is None:
        return [first, *standing]
    return [first, *standing, LABEL_AT * grid.canvas.h - sum(shape.words) / 2 * height]


def _deep(grid: Grid, height: float) -> list[float]:
    """Tops at which the canvas clearly cuts the product below, the least cut last."""
    return [grid.canvas.h - (1 - share) * height for share in CUTS]


def _shows(shape: Shape, landed: Box, grid: Grid, ground: float) -> bool:
    """Whether no word is cut, and each end of the product is there or clearly cut; its foot on safe ground or gone."""
    canvas_h = grid.canvas.h
    first, last = max(0.0, -landed.y / landed.h), (canvas_h - landed.y) / landed.h
    if last > 1 - DEEP and landed.bottom > ground:
        return False
    if first == 0:
        return may_show(shape, last)
    words = shape.words or (1.0, 0.0)
    below = last >= 1 or (last <= 1 - LEAST_CUT and last >= words[1] + WORD_GAP)
    return first >= LEAST_CUT and first <= words[0] - WORD_GAP and below


class _Near:
    """The view's picture at any hour; a few of them are kept."""

    def __init__(self, place_: LightSet, product: Cutout, view: _View, size: tuple[int, int]) -> None:
        self._place, self._product, self._view, self._size = place_, product, view, size
        self._kept: dict[float, Pixels] = {}
        self._layer: Layer | None = None
        self._shapes = _whole(place_, view, size)

    def __call__(self, hour: float) -> Pixels:
        hour = round(hour * HOURS) / HOURS
        if hour not in self._kept:
            if len(self._kept) > 2:
                self._kept.pop(next(iter(self._kept)))
            self._kept[hour] = self._picture(hour)
        return self._kept[hour]

    def _picture(self, hour: float) -> Pixels:
        import cv2

        s, view = self._view.scale, self._view
        move = np.array([[s, 0, -s * view.corner[0]], [0, s, -s * view.corner[1]]], np.float64)
        floor = self._place.floor(hour, self._shapes)
        ground = cv2.warpAffine(floor, move, self._size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        picture = np.ascontiguousarray(ground, np.uint8)
        if self._layer is None:
            b, passes = view.product, self._place.backdrop.stage.passes
            box = (round(b.x), round(b.y), max(1, round(b.w)), max(1, round(b.h)))
            toward = float(np.sign(passes.light_dir[0]))
            self._layer = seated(self._product, box, picture, toward, passes.key_colour)
        put(picture, self._layer)
        return picture


def _whole(place_: LightSet, view: _View, size: tuple[int, int]) -> bool:
    """Whether the shapes on the ground are shown: all of them are in view, or they are the ground itself. Scraps of a
    device at the picture's edge are not."""
    box = bounds(place_.shapes(), place_.floor().shape[:2])
    if box is None:
        return False
    x, y, w, h = box
    height, width = place_.floor().shape[:2]
    if w >= EVERYWHERE * width and h >= EVERYWHERE * height:
        return True
    left, top, right, bottom = x - view.corner[0], y - view.corner[1], x + w - view.corner[0], y + h - view.corner[1]
    return left > 0 and top > 0 and right * view.scale < size[0] and bottom * view.scale < size[1]
