"""The close shot: the product nearer by half or more, standing on the same ground, a line of type over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, place
from pipelines.compose.classes import Grid
from pipelines.compose.colouring import Tones
from pipelines.compose.contrast import choose, needed
from pipelines.compose.crop import Shape, may_show
from pipelines.compose.draw import Pixels
from pipelines.compose.faces import face_of
from pipelines.compose.fit import Fitted, fit
from pipelines.compose.geometry import Box
from pipelines.compose.seat import put, seated
from pipelines.motion.lightset import LightSet
from pipelines.product.cutout import Cutout

NEARER = (2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4)
"""Scales that are tried; under 1.4 a cut looks like a jump."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CloseUp:
    """A picture with the product in it, and the line that stands over it."""

    pixels: Pixels
    block: Block
    centre: tuple[float, float]
    scale: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """A part of the stage's picture shown larger: its corner there, and the product's box on the canvas."""

    corner: tuple[float, float]
    scale: float
    product: Box


def close_up(
    place_: LightSet, product: Cutout, shape: Shape, text: str, grid: Grid, kit: BrandKit, tones: Tones, locale: str
) -> CloseUp | None:
    """The nearest view at which type and product both have their room; None when there is none."""
    face = face_of(kit, "display", 800)
    beside = grid.canvas.w >= 0.95 * grid.canvas.h
    for scale in NEARER:
        fitted = _fitted(text, place_, grid, kit, locale, beside, scale)
        if fitted is None:
            continue
        block = place(fitted, face, grid.live.x, grid.live.y, role="close")
        view = _view(place_, shape, grid, block, beside, scale)
        if view is None:
            continue
        pixels = _picture(place_, product, view, grid.size)
        least = needed("headline", block.size, block.weight, grid.pt)
        colour, read = choose(tones.candidates("ink", True), pixels, block.plain("#000000"), least)
        if read.passes(least):
            return CloseUp(pixels=pixels, block=block.plain(colour), centre=_anchor(view.product, beside), scale=scale)
    return None


def _anchor(product: Box, beside: bool) -> tuple[float, float]:
    """The point of the product nearest to the type: it stays where it is while the rest grows."""
    x, y = product.centre
    return (product.x, y) if beside else (x, product.y)


def _fitted(
    text: str, place_: LightSet, grid: Grid, kit: BrandKit, locale: str, beside: bool, scale: float
) -> Fitted | None:
    box = place_.backdrop.stage.product_box
    assert box is not None
    width, height = grid.live.w, 0.20 * grid.canvas.h
    if beside:
        width, height = grid.live.w - min(scale * box[2], 0.5 * grid.canvas.w) - 4 * grid.unit, 0.6 * grid.canvas.h
    _, wanted, most = grid.sizes["headline"]
    size, lines = (0.62 * wanted, wanted, most), (1, 5 if beside else 3)
    return fit(text, face_of(kit, "display", 800), width, height, grid.pt, size=size, lines=lines, locale=locale)


def _view(place_: LightSet, shape: Shape, grid: Grid, block: Block, beside: bool, scale: float) -> _View | None:
    """Where the product lands, its ground moving with it; None where the picture ends or type would be touched."""
    stage, u = place_.backdrop.stage, grid.unit
    x, y, w, h = stage.product_box or (0, 0, 0, 0)
    if scale * h > shape.native:
        return None
    inner_h, inner_w = place_.floor().shape[:2]
    wide, tall = grid.canvas.w / scale, grid.canvas.h / scale
    if wide > inner_w or tall > inner_h:
        return None
    middle = grid.live.right - scale * w / 2 - u if beside else grid.canvas.w / 2
    top = max(0.09 * grid.canvas.h, 4.0 * u) if beside else block.box[1] + block.box[3] + 7 * u
    corner_x = min(max(x + w / 2 - middle / scale, 0.0), inner_w - wide)
    corner_y = min(max(y - top / scale, 0.0), inner_h - tall)
    landed = Box((x - corner_x) * scale, (y - corner_y) * scale, w * scale, h * scale)
    if not may_show(shape, (grid.canvas.h - landed.y) / landed.h) or landed.y < 0 or landed.right > grid.canvas.w:
        return None
    if landed.overlaps(Box(*block.box).grown(2 * u)):
        return None
    return _View(corner=(corner_x, corner_y), scale=scale, product=landed)


def _picture(place_: LightSet, product: Cutout, view: _View, size: tuple[int, int]) -> Pixels:
    import cv2

    s = view.scale
    move = np.array([[s, 0, -s * view.corner[0]], [0, s, -s * view.corner[1]]], np.float64)
    ground = cv2.warpAffine(place_.floor(), move, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    picture = np.ascontiguousarray(ground, np.uint8)
    b = view.product
    box = (round(b.x), round(b.y), max(1, round(b.w)), max(1, round(b.h)))
    passes = place_.backdrop.stage.passes
    put(picture, seated(product, box, picture, float(np.sign(passes.light_dir[0])), passes.key_colour))
    return picture


