"""The end card's lockup: logo and a phrase that says what to do, in room that the still leaves. Never a button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, place
from pipelines.compose.classes import Grid
from pipelines.compose.colouring import Tones, colour_logo
from pipelines.compose.contrast import Reading, choose, needed, quiet
from pipelines.compose.draw import Pixels
from pipelines.compose.faces import face_of
from pipelines.compose.family import Corner
from pipelines.compose.fit import fit
from pipelines.compose.geometry import Box
from pipelines.compose.marks import Placard, place_brand
from pipelines.compose.page import Layout
from pipelines.motion.words import Group

LEAVES = frozenset({"sub", "body", "item", "kicker"})
"""What an end card does without: it says one line."""
FORMS = ((1, 1.0), (1, 0.86), (1, 0.74), (2, 0.86), (2, 0.74))
"""Lines and sizes of the phrase that are tried; sizes in the one that sub lines want."""
CALM = 2.0
"""What calm enough for a headline costs: the first such seat is taken."""
LENIENT = 15.0
"""How far below its contrast (Lc) a lockup may stand where no seat is better: 45, the least for bold type so large."""
AIR = 3.0
"""Least distance to anything else, in units."""
WIDE_AIR = 5.0
"""The same for a row between text and product, which must not look squeezed in."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Parts:
    """Logo and phrase before they are placed; `rise` is the height of the phrase's capitals."""

    logo: Placard | None
    phrase: Block | None
    gap: float
    rise: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seat:
    """Where logo and phrase would stand (top left corners), and the box of both."""

    logo: tuple[float, float] | None
    phrase: tuple[float, float] | None
    box: Box
    air: float = 0.0


def leaving(layout: Layout) -> frozenset[str]:
    """Roles that make room for the lockup; beside a price, what that price buys stays to the end."""
    return LEAVES - {"sub"} if layout.text("price") is not None else LEAVES


def lockup(
    layout: Layout, kept: Sequence[Group], phrase: str, kit: BrandKit, tones: Tones, pixels: Pixels, locale: str
) -> tuple[Group, ...]:
    """Groups to show on the end card beside what is `kept`, coloured on `pixels`; empty when there is no room at all."""
    grid = layout.grid
    taken = _taken(layout, kept)
    best: tuple[float, tuple[Group, ...]] = (-LENIENT, ())
    for lines, scale in FORMS:
        parts = _parts(layout, phrase, kit, grid, locale, lines, scale)
        if parts is None or (lines > 1 and best[1]):
            continue
        for seat in _seats(layout, kept, parts):
            if seat.box.within(grid.live) and all(_clear(seat, other, grid.unit) for other in taken):
                margin, made = _groups(seat, parts, layout, kit, tones, pixels)
                if margin >= -CALM:
                    return made
                best = max(best, (margin, made), key=lambda found: found[0])
    return best[1]


def _parts(
    layout: Layout, phrase: str, kit: BrandKit, grid: Grid, locale: str, lines: int, scale: float
) -> _Parts | None:
    """Logo and phrase in a form; None for a phrase that has not so many lines."""
    logos = tuple(x for x in kit.logos.values() if x.kind == "logo") or tuple(kit.logos.values())
    logo = layout.logo or place_brand(Corner(x=0.0, y=0.0, anchor="top-start"), logos, grid)
    size = max(grid.sizes["sub"][1], 0.62 * logo.box.h) * scale
    face = face_of(kit, "text", 700)
    block = None
    if phrase:
        fitted = fit(phrase, face, 20 * size, 4 * size, grid.pt, size=(size, size, size), lines=(lines, lines), locale=locale)
        if fitted is None:
            return None
        block = place(fitted, face, 0.0, 0.0, role="phrase")
    return _Parts(logo=logo, phrase=block, gap=3.0 * grid.unit, rise=face.cap * size)


def _taken(layout: Layout, kept: Sequence[Group]) -> list[Box]:
    """What must not be touched."""
    boxes = [Box(*g.block.box) for g in kept if g.block is not None]
    if layout.product is not None:
        boxes.append(layout.product.box.cut(layout.grid.canvas))
    if layout.fixture is not None and layout.fixture.device.where != "behind":
        boxes.append(layout.fixture.box)
    if layout.window is not None:
        boxes.append(layout.window)
    return boxes


def _clear(seat: _Seat, other: Box, u: int) -> bool:
    return seat.box.gap(other) >= max(AIR, seat.air) * u - 0.5 and not seat.box.overlaps(other)


def _seats(layout: Layout, kept: Sequence[Group], parts: _Parts) -> Iterator[_Seat]:
    """Places in order of preference: beside the logo that is there; well under the text, low beside the product, at
    the first text's height, close under the text, at the foot; at last the phrase alone."""
    live, u = layout.grid.live, layout.grid.unit
    if layout.logo is not None:
        yield from _beside_logo(layout.logo, parts, live, u)
        parts = replace(parts, logo=None)
    texts = [Box(*g.block.box) for g in kept if g.block is not None and g.role not in ("legal", "frame", "logo")]
    axis = max(live.x, min((t.x for t in texts), default=live.x))
    under = max((t.bottom for t in texts), default=live.y)
    alone = replace(parts, logo=None)
    for gap in (8, 6):
        yield replace(_row(parts, axis, under + gap * u), air=WIDE_AIR)
    yield from _low(layout, parts, axis)
    if texts and parts.logo is not None:
        row, stack = _row(parts, 0, 0).box, _stack(parts, 0, 0).box
        yield _row(parts, live.right - row.w, texts[0].centre[1] - row.h / 2)
        yield _stack(parts, live.right - stack.w, texts[0].centre[1] - stack.h / 2)
    for gap in (6, 4):
        yield _row(parts, axis, under + gap * u)
        yield _stack(parts, axis, under + gap * u)
    yield _row(parts, live.x, live.bottom - _row(parts, 0, 0).box.h)
    yield from _low(layout, alone, axis)
    yield _stack(alone, axis, under + 4 * u)


def _low(layout: Layout, parts: _Parts, axis: float) -> Iterator[_Seat]:
    """Beside the product, standing as low as it does or as the placement lets it."""
    live, u = layout.grid.live, layout.grid.unit
    product = layout.product.box if layout.product else Box(live.right, live.y, 0, live.h)
    w, h = _stack(parts, 0, 0).box.w, _stack(parts, 0, 0).box.h
    y = min(live.bottom, product.bottom) - h
    yield _stack(parts, axis, y)
    yield _stack(parts, max(product.right + AIR * u, live.right - w), y)


def _beside_logo(logo: Placard, parts: _Parts, live: Box, u: int) -> Iterator[_Seat]:
    """The phrase in the logo's row, at the other edge or right beside it; else over it."""
    if parts.phrase is None:
        return
    w, h = parts.phrase.box[2:]
    y = logo.box.centre[1] - h / 2
    left = logo.box.centre[0] < live.centre[0]
    for x in (live.right - w if left else live.x, logo.box.right + 4 * u if left else logo.box.x - 4 * u - w):
        yield _Seat(logo=None, phrase=(x, y), box=Box(x, y, w, h))
    x = logo.box.x if left else logo.box.right - w
    yield _Seat(logo=None, phrase=(x, logo.box.bottom + 3 * u), box=Box(x, logo.box.bottom + 3 * u, w, h))
    yield _Seat(logo=None, phrase=(x, logo.box.y - 3 * u - h), box=Box(x, logo.box.y - 3 * u - h, w, h))


def _row(parts: _Parts, x: float, y: float) -> _Seat:
    """Logo and phrase side by side, the phrase's capitals on the logo's middle."""
    if parts.logo is None or parts.phrase is None or len(parts.phrase.lines) > 1:
        return _stack(parts, x, y)
    w, h = parts.logo.box.w, parts.logo.box.h
    left = x + w + 1.4 * parts.gap
    return _Seat(
        logo=(x, y), phrase=(left, y + (h - parts.rise) / 2), box=Box(x, y, w + 1.4 * parts.gap + parts.phrase.box[2], h)
    )


def _stack(parts: _Parts, x: float, y: float) -> _Seat:
    """The phrase under the logo, or alone."""
    w, h = (parts.logo.box.w, parts.logo.box.h) if parts.logo else (0.0, 0.0)
    logo = (x, y) if parts.logo else None
    if parts.phrase is None:
        return _Seat(logo=logo, phrase=None, box=Box(x, y, w, h))
    top = h + parts.gap if parts.logo else 0.0
    return _Seat(logo=logo, phrase=(x, y + top), box=Box(x, y, max(w, parts.phrase.box[2]), top + parts.phrase.box[3]))


def _groups(
    seat: _Seat, parts: _Parts, layout: Layout, kit: BrandKit, tones: Tones, pixels: Pixels
) -> tuple[float, tuple[Group, ...]]:
    """Logo and phrase in their seat, coloured, and by how much the worse of them reads better than it must (Lc)."""
    made: list[Group] = []
    margins: list[float] = []
    if seat.logo is not None and parts.logo is not None:
        box = Box(round(seat.logo[0]), round(seat.logo[1]), parts.logo.box.w, parts.logo.box.h)
        placard, measured = colour_logo(replace(parts.logo, box=box), kit, tones.roles["ground"], pixels, tones)
        made.append(Group(role="logo", items=(placard.block,)))
        margins.append(_margin(measured.reading, measured.minimum, pixels, placard.block))
    if seat.phrase is not None and parts.phrase is not None:
        x, y = parts.phrase.box[:2]
        block = parts.phrase.moved(round(seat.phrase[0] - x), round(seat.phrase[1] - y))
        grid = layout.grid
        least = needed("cta", block.size, block.weight, grid.pt, grid.klass in ("V", "Q", "W"))
        colour, read = choose(tones.candidates("ink", True), pixels, block.plain("#000000"), least)
        made.append(Group(role="phrase", items=(block.plain(colour),)))
        margins.append(_margin(read, least, pixels, block))
    return min(margins, default=-LENIENT), tuple(made)


def _margin(read: Reading, least: float, pixels: Pixels, block: Block) -> float:
    """0 where a thing reads on calm ground; less for want of contrast, and for what lies under it."""
    calm = quiet(pixels, block.box)
    unrest = 0.0 if calm.holds(big=False) else CALM if calm.holds(big=True) else 8.0
    return (0.0 if read.passes(least) else min(read.p10 - least, -1.0)) - unrest
