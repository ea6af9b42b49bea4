"""The end card's lockup: logo and a phrase that says what to do, in room that the still leaves. Never a button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, set_line
from pipelines.compose.classes import Grid
from pipelines.compose.colouring import Tones, colour_logo
from pipelines.compose.contrast import choose, needed
from pipelines.compose.draw import Pixels
from pipelines.compose.faces import face_of
from pipelines.compose.family import Corner
from pipelines.compose.geometry import Box
from pipelines.compose.layout import Layout
from pipelines.compose.marks import Placard, place_brand
from pipelines.motion.words import Group

LEAVES = frozenset({"sub", "body", "item", "kicker"})
"""What an end card does without: it says one line."""
SCALES = (1.0, 0.86, 0.74)
"""Sizes of the phrase that are tried, in the size that sub lines want."""
AIR = 3.0
"""Least distance to anything else, in units."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Parts:
    """Logo and phrase at the origin, and their sizes."""

    logo: Placard
    phrase: Block | None
    gap: float

    @property
    def size(self) -> tuple[float, float]:
        return self.logo.box.w, self.logo.box.h


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seat:
    """Where logo and phrase would stand (top left corners), and the box of both."""

    logo: tuple[float, float] | None
    phrase: tuple[float, float] | None
    box: Box


def lockup(
    layout: Layout, kept: Sequence[Group], phrase: str, kit: BrandKit, tones: Tones, pixels: Pixels, locale: str
) -> tuple[Group, ...]:
    """Groups to show on the end card beside what is `kept`, coloured on `pixels`; empty when there is no room at all."""
    grid = layout.grid
    taken = _taken(layout, kept)
    for scale in SCALES:
        parts = _parts(layout, phrase, kit, grid, locale, scale)
        for seat in _seats(layout, kept, parts):
            if seat.box.within(grid.live) and all(_clear(seat.box, other, grid.unit) for other in taken):
                return _groups(seat, parts, layout, kit, tones, pixels)
    return ()


def _parts(layout: Layout, phrase: str, kit: BrandKit, grid: Grid, locale: str, scale: float) -> _Parts:
    logos = tuple(x for x in kit.logos.values() if x.kind == "logo") or tuple(kit.logos.values())
    logo = layout.logo or place_brand(Corner(x=0.0, y=0.0, anchor="top-start"), logos, grid)
    size = max(grid.sizes["sub"][1], 0.62 * logo.box.h) * scale
    face = face_of(kit, "text", 700)
    block = set_line(phrase, face, size, 0.0, round(face.cap * size), role="phrase", locale=locale) if phrase else None
    return _Parts(logo=logo, phrase=block, gap=3.0 * grid.unit)


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


def _clear(box: Box, other: Box, u: int) -> bool:
    return box.gap(other) >= AIR * u - 0.5 and not box.overlaps(other)


def _seats(layout: Layout, kept: Sequence[Group], parts: _Parts) -> Iterator[_Seat]:
    """Places in order of preference: beside the logo that is there, else under the text, beside the product, below."""
    live, u = layout.grid.live, layout.grid.unit
    if layout.logo is not None:
        yield from _beside_logo(layout.logo, parts, live, u)
        return
    texts = [Box(*g.block.box) for g in kept if g.block is not None and g.role not in ("legal", "frame")]
    axis = min((t.x for t in texts), default=live.x)
    under = max((t.bottom for t in texts), default=live.y)
    for gap in (8, 6, 4, 3):
        yield _row(parts, axis, under + gap * u)
    for gap in (6, 4, 3):
        yield _stack(parts, axis, under + gap * u)
    lead = next(iter(texts), None)
    if lead is not None:
        for made in (_row(parts, 0, 0), _stack(parts, 0, 0)):
            w, h = made.box.w, made.box.h
            shape = _row if made.phrase and made.phrase[1] < parts.size[1] else _stack
            yield shape(parts, live.right - w, lead.centre[1] - h / 2)
    product = layout.product.box if layout.product else Box(live.right, live.bottom, 0, 0)
    height = _stack(parts, 0, 0).box.h
    low = min(live.bottom, product.bottom) - height
    for y in (low, (low + under) / 2):
        yield _stack(parts, live.x, y)
        yield _stack(parts, product.right + 3 * u, y)
    yield _row(parts, live.x, live.bottom - parts.size[1])
    if parts.phrase is not None:
        w, h = parts.phrase.box[2:]
        for gap in (6, 4, 3):
            yield _Seat(logo=None, phrase=(axis, under + gap * u), box=Box(axis, under + gap * u, w, h))


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
    yield _Seat(logo=None, phrase=(x, logo.box.y - 3 * u - h), box=Box(x, logo.box.y - 3 * u - h, w, h))


def _row(parts: _Parts, x: float, y: float) -> _Seat:
    w, h = parts.size
    if parts.phrase is None:
        return _Seat(logo=(x, y), phrase=None, box=Box(x, y, w, h))
    pw, ph = parts.phrase.box[2:]
    return _Seat(
        logo=(x, y), phrase=(x + w + 1.4 * parts.gap, y + (h - ph) / 2), box=Box(x, y, w + 1.4 * parts.gap + pw, max(h, ph))
    )


def _stack(parts: _Parts, x: float, y: float) -> _Seat:
    w, h = parts.size
    if parts.phrase is None:
        return _Seat(logo=(x, y), phrase=None, box=Box(x, y, w, h))
    pw, ph = parts.phrase.box[2:]
    return _Seat(logo=(x, y), phrase=(x, y + h + parts.gap), box=Box(x, y, max(w, pw), h + parts.gap + ph))


def _groups(
    seat: _Seat, parts: _Parts, layout: Layout, kit: BrandKit, tones: Tones, pixels: Pixels
) -> tuple[Group, ...]:
    made: list[Group] = []
    if seat.logo is not None:
        box = Box(round(seat.logo[0]), round(seat.logo[1]), parts.logo.box.w, parts.logo.box.h)
        placard, _ = colour_logo(replace(parts.logo, box=box), kit, tones.roles["ground"], pixels, tones)
        made.append(Group(role="logo", items=(placard.block,)))
    if seat.phrase is not None and parts.phrase is not None:
        x, y = parts.phrase.box[:2]
        block = parts.phrase.moved(round(seat.phrase[0] - x), round(seat.phrase[1] - y))
        grid = layout.grid
        least = needed("cta", block.size, block.weight, grid.pt, grid.klass in ("V", "Q", "W"))
        colour, _ = choose(tones.candidates("ink", True), pixels, block.plain("#000000"), least)
        made.append(Group(role="phrase", items=(block.plain(colour),)))
    return tuple(made)
