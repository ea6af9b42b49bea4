"""How a product may stand or be cut: whole, or cut by the canvas where no word of its label suffers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.compose.family import Stand
from pipelines.compose.geometry import Box
from pipelines.compose.stage import reach
from pipelines.scene import Cutout, Limits

LEAST_CUT = 0.085
"""A product is cut by at least this share or not at all: a little less looks like an accident."""
WORD_GAP = 0.015
PAPER = 0.07
"""How far above its words a label's paper is taken to reach: a cut there shows no strip of it."""
STRIP = 0.022
"""What is shown below the least that must be shown: a cut right along a label's edge leaves a line of one pixel."""
STEPS = 48
BROAD, LYING, TALLER = 0.6, 1.4, 1.15
"""From which width over height a product is broad, or lies, and from which height over width a canvas is tall."""
BESIDE, IN_WINDOW, TALL, MOST_BROAD = 0.90, 0.86, 0.86, 0.3
"""The share of the room at its sides that a product may fill, on the canvas and in a window; of a broad one in a strip
its height, and its largest share of the canvas' width."""
LABEL_FILL = 0.96
"""Most of a strip's height that a label may fill."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a layout must know of a product. Heights in px, the rest in heights or fractions of its picture.

    `sink` is how far the picture's lower edge lies below the contact point; words stand between `words`.
    """

    aspect: float
    sink: float
    native: float
    words: tuple[float, float] | None
    keep: float
    brand: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What the picture leaves to a layout: the product's shape (None for no product), and what its scene can give.

    `limits` tells for a picture's size and a product's height where a foot may stand. `scale` below 1 asks
    for a smaller product than the family wants, never under its least: the picture then shows more of its place; `loud`
    below 1 asks for headlines so much smaller; `turned` changes the sides of text and product. `fixed` is the product's
    box (px) once the scene has really placed it.
    """

    shape: Shape | None = None
    limits: Callable[[tuple[int, int], float], Limits] | None = None
    fixed: Box | None = None
    scale: float = 1.0
    turned: bool = False
    loud: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where the product stands: contact point and height of its picture, px; `box` may run out of the canvas."""

    foot: tuple[float, float]
    height: float
    box: Box


def shape_of(product: Cutout) -> Shape:
    """A cut-out as layout sees it."""
    label = product.label_box
    return Shape(
        aspect=product.aspect, sink=product.sink, native=float(product.size[1]),
        words=(label[1], label[1] + label[3]) if label else None, keep=product.safe_crop_bottom, brand=product.brand_on_label,
    )


def spot_at(shape: Shape, foot: tuple[float, float], height: float) -> Spot:
    """The spot of a product of a height on a contact point."""
    height = min(height, shape.native)
    width = height * shape.aspect
    box = Box(foot[0] - width / 2, foot[1] + shape.sink * height - height, width, height)
    return Spot(foot=foot, height=height, box=box)


def spot_for(
    stand: Stand, canvas: Box, room: Room, shrink: float, x: float | None = None, window: Box | None = None
) -> Spot | None:
    """The product in its stand, `shrink` 0..1 of the way from the wanted to the least height.

    `x` px in place of the stand's own; `window` is the part of the canvas that shows the scene, else all of it.
    A cropped product keeps its top where the family wants it, and takes the height nearest to the wanted one at
    which the canvas cuts no word. None when no height of the range is allowed.
    """
    shape, box = room.shape, room.fixed
    if shape is None or box is not None:
        return Spot(foot=(box.x + box.w / 2, box.bottom - shape.sink * box.h), height=box.h, box=box) if shape and box else None
    least, wanted, most = (f * canvas.h for f in stand.height)
    wanted = max(least, wanted * room.scale)
    height = wanted + (least - wanted) * shrink
    across = canvas.w * stand.x if x is None else x
    if stand.crop and shape.aspect > BROAD:
        return _beside(shape, across, canvas)
    if not stand.crop:
        across, widest = _across(shape, across, canvas, window or canvas)
        least, height = min(least, widest), min(height, widest)
    if stand.crop == "label":
        return _label_spot(shape, (across, canvas.h * stand.foot), canvas, (least, height, most))
    if not stand.crop:
        foot = (across, canvas.h * stand.foot - shape.sink * height)
        return _clamped(shape, foot, height, room, window or canvas)
    top = canvas.h * (stand.foot - stand.height[1])
    chosen = _cut_height(shape, canvas.h - top, (least, height, most))
    if chosen is None:
        return None
    return spot_at(shape, (across, top + chosen * (1 - shape.sink)), chosen)


def _across(shape: Shape, across: float, canvas: Box, seen: Box) -> tuple[float, float]:
    """Where a whole product stands across, and the height at which it still fills no more than its room there.

    A broad one stands in the middle of a window, and a lying one in the middle of a tall canvas, whose words are above.
    """
    inside = seen.w < canvas.w
    if (inside and shape.aspect > BROAD) or (shape.aspect > LYING and canvas.h > TALLER * canvas.w):
        across = seen.centre[0]
    share = IN_WINDOW if inside else BESIDE
    return across, share * 2 * min(across - seen.x, seen.right - across) / shape.aspect


def _beside(shape: Shape, across: float, canvas: Box) -> Spot:
    """A broad product where a slim one would be cropped: whole, at the canvas' edge on the same side."""
    height = min(TALL * canvas.h, MOST_BROAD * canvas.w / shape.aspect, shape.native)
    inset = height * shape.aspect / 2 + (canvas.h - height) / 2
    x = inset if across < canvas.w / 2 else canvas.w - inset
    return spot_at(shape, (x, canvas.h * (1 + TALL) / 2 - shape.sink * height), height)


def _label_spot(shape: Shape, middle: tuple[float, float], canvas: Box, span: tuple[float, float, float]) -> Spot | None:
    """The product so close that a strip shows its label, whole, with its middle at a point; None where it would not fit."""
    if shape.words is None:
        return None
    first, last = shape.words
    tall = max(0.02, last - first)
    height = min(span[1], LABEL_FILL * canvas.h / tall, shape.native)
    if height < span[0]:
        return None
    top = middle[1] - (first + last) / 2 * height
    return spot_at(shape, (middle[0], top + height * (1 - shape.sink)), height)


def _clamped(shape: Shape, foot: tuple[float, float], height: float, room: Room, window: Box) -> Spot:
    """A spot that the scene can give: its limits count from the window's corner."""
    if room.limits is not None:
        long = reach(shape.aspect)
        limits = room.limits((round(window.w), round(window.h)), height * long)
        (x, y), length = limits.clamp((foot[0] - window.x, foot[1] - window.y), height * long)
        height = length / long
        foot = (x + window.x, y + window.y)
    return spot_at(shape, foot, height)


def _cut_height(shape: Shape, seen: float, span: tuple[float, float, float]) -> float | None:
    """The height nearest to the wanted one of which `seen` px from the top may be shown."""
    least, wanted, most = span
    edges = [seen / share for share in _clean_cuts(shape)]
    tries = [h for h in edges if least <= h <= most] or [least + (most - least) * i / STEPS for i in range(STEPS + 1)]
    allowed = [h for h in (wanted, *tries) if may_show(shape, seen / h)]
    return min(allowed, key=lambda h: abs(h - wanted), default=None)


def _clean_cuts(shape: Shape) -> list[float]:
    """The shares of a product at which a cut looks meant: just under its words, and well above them."""
    if shape.words is None:
        return []
    under = max(shape.words[1] + WORD_GAP, shape.keep) + STRIP
    return [share for share in (under, shape.words[0] - PAPER) if 0.2 <= share <= 1 - LEAST_CUT]


def may_show(shape: Shape, share: float) -> bool:
    """Whether the top `share` of a product may be shown alone: cut clearly or not at all, and never through words."""
    if share >= 1:
        return True
    if share > 1 - LEAST_CUT:
        return False
    if shape.words is None:
        return share >= shape.keep
    first, last = shape.words
    return share >= max(last + WORD_GAP, shape.keep) or share <= first - WORD_GAP
