"""Small drawn things of a layout: stars of a rating, rules, logo and button in their places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from brand_kits.kit import BrandKit, Logo
from pipelines.compose.block import Block, label, number
from pipelines.compose.classes import Grid
from pipelines.compose.draw import Item, PathItem, Rect
from pipelines.compose.faces import face_of
from pipelines.compose.family import Corner
from pipelines.compose.geometry import Box
from pipelines.compose.logo import load_logo, place_logo
from pipelines.compose.typeset import Face

MARK = 0.4
"""Area of a sign alone over that of sign and word."""
STAR_SHARE = 0.56
"""Height of a star over that of the figure beside it: the figure is read first."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Placard:
    """A logo in its place: its box and the kit's drawing."""

    box: Box
    logo: Logo
    block: Block

    @property
    def clear(self) -> float:
        """The space that the kit keeps free around it, px."""
        return self.logo.clear_space * self.box.h


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Button:
    """A drawn call to action: a pill and its label."""

    box: Box
    radius: float
    block: Block


def moved(item: Item, dx: float, dy: float) -> Item:
    """A path or rectangle shifted by px."""
    import skia

    if isinstance(item, PathItem):
        path = skia.Path()
        path.addPath(item.path, dx, dy)
        return replace(item, path=path)
    if isinstance(item, Rect):
        x, y, w, h = item.box
        return replace(item, box=(x + dx, y + dy, w, h))
    raise TypeError(f"cannot shift a {type(item).__name__}")


def path_box(item: Item) -> Box | None:
    """The ink of a path; None for anything else."""
    if not isinstance(item, PathItem):
        return None
    b = item.path.computeTightBounds()
    return Box(b.left(), b.top(), b.width(), b.height())


def rule(x: float, y: float, width: float, u: int) -> Rect:
    """A hairline between the entries of a list; its colour is chosen with the text's."""
    thick = max(1.0, round(u / 5))
    return Rect(box=(x, round(y - thick / 2), width, thick), colour="#000000", opacity=0.28, role="rule")


def star(cx: float, cy: float, radius: float) -> Any:
    """A five-pointed star as a path, slightly full so that it holds at small sizes."""
    import skia

    path = skia.Path()
    for i in range(10):
        r = radius if i % 2 == 0 else radius * 0.46
        angle = math.pi * (i / 5 - 0.5)
        point = (cx + r * math.cos(angle), cy + r * math.sin(angle))
        if i == 0:
            path.moveTo(*point)
        else:
            path.lineTo(*point)
    path.close()
    return path


def rated(
    rating: tuple[Decimal, Decimal], face: Face, size: float, at: tuple[float, float], locale: str, pt: float,
    stacked: bool = False,
) -> tuple[Block, tuple[Item, ...]]:
    """A rating as a figure with a row of stars, drawn to the decimal: unlit row, then lit part.

    The row stands on the figure's baseline beside it, or `stacked` over it, as wide as the figure.
    """
    value, out_of = rating
    words = _decimal(value, locale)
    count = int(out_of)
    if stacked:
        trial = number(words, "", face, size, *at, role="rating", px_per_pt=pt, locale=locale)
        radius = trial.box[2] / (2.12 * (count - 1) + 2)
        block = trial.moved(0, 2.7 * radius)
        return block, _stars(float(value), count, trial.box[0], at[1] + radius, radius)
    block = number(words, "", face, size, *at, role="rating", px_per_pt=pt, locale=locale)
    height = STAR_SHARE * face.cap * size
    radius = height / 1.81
    left = block.box[0] + block.box[2] + 0.24 * size
    return block, _stars(float(value), count, left, block.baseline - height + radius, radius)


def _stars(value: float, count: int, left: float, cy: float, radius: float) -> tuple[Item, ...]:
    import skia

    row, lit = skia.Path(), skia.Path()
    for i in range(count):
        cx = left + radius * (1 + 2.12 * i)
        one = star(cx, cy, radius)
        row.addPath(one)
        share = min(max(value - i, 0.0), 1.0)
        if share > 0:
            window = skia.Path()
            window.addRect(skia.Rect.MakeLTRB(cx - radius, cy - radius, cx - radius + 2 * radius * share, cy + radius))
            lit.addPath(skia.Op(one, window, skia.PathOp.kIntersect_PathOp))
    return (
        PathItem(path=row, colour="#000000", opacity=0.22, role="stars"),
        PathItem(path=lit, colour="#000000", role="stars-lit"),
    )


def _decimal(value: Decimal, locale: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=locale.replace("-", "_")))


def corner_box(corner: Corner, width: float, height: float, grid: Grid, rtl: bool = False) -> Box:
    """A thing of a size with the named corner of it on the corner's point."""
    down, across = corner.anchor.split("-")
    point = grid.box((corner.x, corner.y, 0.0, 0.0))
    x = {"start": point.x, "centre": point.x - width / 2, "end": point.x - width}[across]
    y = {"top": point.y, "middle": point.y - height / 2, "bottom": point.y - height}[down]
    box = Box(x, y, width, height)
    return Box(grid.live.x + grid.live.right - box.right, y, width, height) if rtl else box


def place_brand(corner: Corner, logos: Sequence[Logo], grid: Grid, rtl: bool = False) -> Placard:
    """The first of the logos at the size that its area asks for, in its corner.

    A wide word and a round sign then weigh the same; never under the class' least height or the kit's least width.
    """
    logo = logos[0]
    drawing = load_logo(logo.file)
    area = grid.logo_area * grid.canvas.area * (MARK if logo.kind == "mark" else 1.0)
    height = math.sqrt(area / drawing.aspect)
    if logo.kind != "mark":
        height = max(height, grid.logo_height)
    height = max(height, logo.min_width * min(grid.size) / 1080 / drawing.aspect)
    height = min(height, grid.logo_width * grid.size[0] / drawing.aspect, grid.live.h)
    box = corner_box(corner, height * drawing.aspect, height, grid, rtl)
    return Placard(box=box, logo=logo, block=place_logo(drawing, box.x, box.y, height))


def place_button(corner: Corner, text: str, kit: BrandKit, grid: Grid, locale: str, rtl: bool = False) -> Button | None:
    """A button that hugs its label (or fills the live width), or None when the label is too long for the canvas."""
    face = face_of(kit, "text", 700)
    least, wanted, _ = grid.sizes["label"]
    for size in (wanted, (least + wanted) / 2, least):
        width = face.width(text, size, 0.0, locale) + 2 * grid.button_padding * size
        height = float(round(grid.button_height * size))
        width = grid.live.w if corner.fill else float(round(width))
        limit = 0.62 if grid.klass == "B" else 0.4 if grid.klass in ("S", "W") else 1.0
        if width <= limit * grid.live.w + 0.5 and face.width(text, size, 0.0, locale) <= width - 1.4 * size:
            box = corner_box(corner, width, height, grid, rtl)
            box = Box(float(round(box.x)), float(round(box.y)), width, height)
            block = label(text, face, size, (box.x, box.y, box.w, box.h), "#000000", "cta", locale)
            return Button(box=box, radius=min(kit.shapes.button_radius, 0.5) * height, block=block)
    return None
