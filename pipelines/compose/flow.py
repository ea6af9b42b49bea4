"""Columns of text: one line under the other, gaps on the unit grid, the biggest text taking what room is left.

A column is stacked by ink that the eye measures: from the top of capitals to the last baseline.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, number, place, price
from pipelines.compose.breaking import split_words
from pipelines.compose.classes import Grid, Sizes
from pipelines.compose.content import MAX_WORDS, Content
from pipelines.compose.draw import Item
from pipelines.compose.faces import face_of
from pipelines.compose.family import Column, Slot
from pipelines.compose.fit import Fitted, fit
from pipelines.compose.geometry import Box, snap, union
from pipelines.compose.marks import moved, path_box, rated, rule
from pipelines.compose.prices import struck

Side = Literal["left", "centre", "right"]
SIDES: Mapping[str, Side] = {"start": "left", "centre": "centre", "end": "right"}
FIGURES = ("number", "price", "rating")
LOUD, LOUDER, POSTER = 55.0, 20.0, 130.0
"""What a doubling of a headline's size is worth under and over the size its family wants, in units of break cost; a
poster gives more for size."""
YIELD = 0.25
"""How much of its share a figure gives up when things may be small."""
HANG = 2.0
DESCENT = 0.23
"""What is kept below the last baseline of a column that stands on its box' lower edge, in em."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Placed:
    """A text in its place. `before` are things drawn with it (a rule, stars); `box` is the ink of all."""

    role: str
    slot: Slot
    block: Block
    before: tuple[Item, ...] = ()
    cost: float = 0.0
    wanted: float = 0.0
    """Size px that the family would like."""

    @property
    def box(self) -> Box:
        """Ink of the text and of the stars beside it."""
        return union([Box(*self.block.box), *(b for b in map(path_box, self.before) if b)])

    @property
    def foot(self) -> float:
        """The lowest ink of a figure; the last baseline of any other text."""
        low = self.block.box[1] + self.block.box[3]
        hangs = self.role in FIGURES and low - self.block.baseline > 0.05 * self.block.size
        return low if hangs else self.block.baseline

    @property
    def top(self) -> float:
        """Where the eye sees the text begin: the top of its capitals, or of stars over it."""
        return min([self.block.cap_top, *(b.y for b in map(path_box, self.before) if b)])


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """All that setting type needs to know besides the words."""

    grid: Grid
    kit: BrandKit
    content: Content
    ease: float = 0.0
    """0 holds headlines near the size their family wants; 1 lets them shrink to their least."""
    loud: float = 1.0
    """How much of the size that its family wants a headline takes."""
    caps: Mapping[str, float] = field(default_factory=dict)
    """Most px for a role: texts that answer each other are set alike."""

    def sizes(self, slot: Slot) -> Sizes:
        """Least, wanted and most px for a slot; a family's factors never go under the class' least."""
        least, wanted, most = self.grid.sizes[slot.style]
        if slot.size is not None:
            loud = self.loud if slot.style == "headline" else 1.0
            low, mid, high = (factor * wanted * loud for factor in slot.size)
            least = max(least, low)
            wanted, most = max(least, mid), max(least, high)
        elif slot.style != "headline":
            most = wanted
        cap = self.caps.get(slot.role, most)
        return least, max(least, min(wanted, cap)), max(least, min(most, cap))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    slot: Slot
    text: str
    shorter: tuple[str, ...] = ()
    """Other texts for the same place, for where the first is too long."""


def set_column(column: Column, box: Box, setting: Setting, axis: float | None = None) -> tuple[Placed, ...] | None:
    """Set a column's texts in a box (px, already mirrored for right-to-left), or None when they do not fit.

    `axis` is an x to stand flush texts on instead of the box' edge (a quote's hung mark moves it).
    """
    entries = _entries(column, setting)
    if not entries:
        return ()
    if axis is not None and column.align == "start" and not setting.content.rtl and axis > box.x:
        box = Box(axis, box.y, box.right - axis, box.h)
    blocks = _sized(entries, column, box, setting)
    return None if blocks is None else _stacked(entries, blocks, column, box, setting)


def _entries(column: Column, setting: Setting) -> list[_Entry]:
    found = []
    for slot in column.slots:
        texts = setting.content.options("headline" if slot.role == "caption" else slot.role)
        if slot.role == "price":
            texts = ("price",) if setting.content.price else ()
        elif slot.role == "was":
            texts = ("was",) if setting.content.was else ()
        elif slot.role == "rating":
            texts = ("rating",) if setting.content.rating else ()
        if slot.role == "item":
            found += [_Entry(slot=slot, text=t) for t in texts]
        elif texts:
            found.append(_Entry(slot=slot, text=texts[0], shorter=texts[1:]))
    return found


# ------------------------------------------------------------------------------------------------------- sizing


def _sized(entries: Sequence[_Entry], column: Column, box: Box, setting: Setting) -> list[Placed] | None:
    """Every entry at its size, standing at the box' top left; None when one does not fit."""
    elastic = _elastic(entries)
    made: dict[int, Placed] = {}
    for i, entry in enumerate(entries):
        if i != elastic:
            height = box.h * (entry.slot.share or 1.0) * (1 - YIELD * setting.ease)
            placed = _made(entry, box, height, column, setting)
            if placed is None:
                return None
            made[i] = placed
    if elastic is not None and not _fit_elastic(entries, elastic, made, column, box, setting):
        return None
    if not _inset(entries, made, column, box, setting):
        return None
    done = [made[i] for i in range(len(entries))]
    return done if _height(done, setting, column.sit) <= box.h + 0.5 else None


def _inset(
    entries: Sequence[_Entry], made: dict[int, Placed], column: Column, box: Box, setting: Setting
) -> bool:
    """Texts under a quote stand on its axis, so they are set in what width is left beside its hung mark."""
    quote = next((p for p in made.values() if p.role == "quote"), None)
    inset = quote.block.axis - box.x if quote is not None and column.align == "start" else 0.0
    if inset <= 0.5:
        return True
    narrow = Box(box.x, box.y, box.w - inset, box.h)
    for i, entry in enumerate(entries):
        if entry.slot.role != "quote":
            placed = _made(entry, narrow, box.h, column, setting)
            if placed is None:
                return False
            made[i] = placed
    return True


def _elastic(entries: Sequence[_Entry]) -> int | None:
    """The entry that takes the room left: the first headline, quote or figure without a share of its own."""
    wants = [i for i, e in enumerate(entries) if e.slot.style == "headline"]
    free = [i for i in wants if entries[i].slot.share is None]
    return next(iter(free or wants), None)


def _fit_elastic(
    entries: Sequence[_Entry], at: int, made: dict[int, Placed], column: Column, box: Box, setting: Setting
) -> bool:
    """Fit one entry into what the others leave; gaps depend on its size, so a second look follows."""
    share = entries[at].slot.share
    left = box.h * (share or 1.0)
    for _ in range(4):
        placed = _made(entries[at], box, left, column, setting)
        if placed is None:
            return False
        made[at] = placed
        over = _height([made[i] for i in range(len(entries))], setting, column.sit) - box.h
        if over <= 0.5:
            return True
        left = min(left, _rise(placed)) - over - 1
        if left <= 0:
            return False
    return False


def _made(entry: _Entry, box: Box, height: float, column: Column, setting: Setting) -> Placed | None:
    if entry.slot.role in (*FIGURES, "was"):
        return _figure(entry, box, height, setting)
    side = SIDES[column.align]
    if setting.content.rtl and side != "centre":
        side = "right" if side == "left" else "left"
    fitted = _fitted(entry, box, height, side, setting)
    if fitted is None:
        again = replace(entry, text=entry.shorter[0], shorter=entry.shorter[1:]) if _may_shorten(entry) else None
        return _made(again, box, height, column, setting) if again else None
    face = face_of(setting.kit, entry.slot.face, entry.slot.weight)
    x = {"left": box.x, "right": box.right, "centre": box.x + box.w / 2}[side]
    hang = entry.slot.role == "quote"
    block = place(fitted, face, x, box.y, side, "#000000", entry.slot.role, hang=hang)
    if block.box[0] + block.box[2] > box.right + 1 and hang:
        narrow = Box(box.x, box.y, box.w - (block.axis - x), box.h)
        return _made(entry, narrow, height, column, setting) if narrow.w > box.w / 2 else None
    return Placed(role=entry.slot.role, slot=entry.slot, block=block, cost=fitted.cost, wanted=setting.sizes(entry.slot)[1])


def _may_shorten(entry: _Entry) -> bool:
    """Which headline is said is weighed for the layout as a whole; small texts give way where they stand."""
    return bool(entry.shorter) and entry.slot.style != "headline" and entry.slot.role != "caption"


def _fitted(entry: _Entry, box: Box, height: float, side: Side, setting: Setting) -> Fitted | None:
    if len(entry.text.split()) > MAX_WORDS:
        return None
    slot = entry.slot
    least, wanted, most = setting.sizes(slot)
    if slot.style == "headline" and setting.ease < 1 and slot.role not in setting.caps:
        least = max(least, 0.72 * wanted)
    face = face_of(setting.kit, slot.face, slot.weight)

    def on(lines: tuple[int, int]) -> Fitted | None:
        return fit(
            entry.text, face, box.w, height, setting.grid.pt, size=(least, wanted, most), lines=lines,
            locale=setting.content.locale, align=side, poster=slot.poster,
        )

    if slot.role == "item":
        return on((1, 1)) or on(slot.lines)
    if slot.style != "headline":
        return on(slot.lines)
    fewest = min(slot.lines[0], len(split_words(entry.text)))
    tried = [on((k, k)) for k in range(fewest, slot.lines[1] + 1)]
    fitting = [t for t in tried if t is not None]
    fitting = [t for t in fitting if t.good] or fitting
    return max(fitting, key=lambda t: _loudness(t, (least, wanted, most), slot.poster), default=None)


def _loudness(fitted: Fitted, sizes: Sizes, poster: bool) -> float:
    """How well a headline is set: its size counts more against clumsy breaks than it would in running text."""
    least, wanted, _ = sizes
    below = (POSTER if poster else LOUD) * math.log2(min(fitted.size, wanted) / least)
    return below + LOUDER * math.log2(max(fitted.size, wanted) / wanted) - fitted.cost


def _figure(entry: _Entry, box: Box, height: float, setting: Setting) -> Placed | None:
    """A number, price or rating as large as its share of the box lets it stand."""
    trial = _figure_at(entry, 100.0, box, setting)
    if trial is None:
        return None
    wide = max(trial.box.right - box.x, 1.0)
    tall = max(_rise(trial), 1.0)
    least, wanted, _ = setting.sizes(entry.slot)
    size = wanted if entry.slot.role == "was" else 100.0 * min(box.w / wide, height / tall)
    if size < least:
        return None
    placed = _figure_at(entry, size, box, setting)
    assert placed is not None
    x = box.right - Box(*placed.block.box).right if setting.content.rtl else 0.0
    return replace(placed, block=placed.block.moved(x, 0), wanted=size)


def _figure_at(entry: _Entry, size: float, box: Box, setting: Setting) -> Placed | None:
    content, slot = setting.content, entry.slot
    face = face_of(setting.kit, slot.face, slot.weight)
    pt, locale = setting.grid.pt, content.locale
    if slot.role == "number":
        block = number(entry.text, content.unit, face, size, box.x, box.y, px_per_pt=pt, locale=locale)
        return Placed(role=slot.role, slot=slot, block=block)
    if slot.role == "rating" and content.rating:
        block, stars = rated(content.rating, face, size, (box.x, box.y), locale, pt, stacked=slot.poster)
        return Placed(role=slot.role, slot=slot, block=block, before=stars)
    money = content.price if slot.role == "price" else content.was
    if money is None:
        return None
    block = price(money.amount, money.currency, locale, face, size, box.x, box.y, px_per_pt=pt, role=slot.role)
    return Placed(role=slot.role, slot=slot, block=struck(block) if slot.role == "was" else block)


# ----------------------------------------------------------------------------------------------------- stacking


def _rise(placed: Placed) -> float:
    """Height from what is seen first to the last baseline, or to the foot of a comma as big as a figure's."""
    return max(placed.block.baseline, placed.foot) - placed.top


def _overshoot(placed: Placed) -> float:
    """How far ascenders and accents rise over the capitals."""
    return max(0.0, placed.block.cap_top - placed.block.box[1])


def gap_between(above: Placed, below: Placed, u: int) -> float:
    """Last baseline to the next capitals' top: .62 of the bigger size, room for descenders, a step of the grid."""
    if above.role == "item" and below.role == "item":
        return snap(1.9 * above.block.size, u, 3)
    if {above.role, below.role} <= {"source", "role"}:
        return float(max(0.42 * above.block.size, 2 * u))
    bigger = max(above.block.size, below.block.size)
    if above.role in FIGURES:
        return snap(0.9 * below.block.size + 0.06 * above.block.size, u, 3)
    return snap(max(0.62 * bigger, 0.9 * below.block.size), u, 3)


def _tail(last: Placed, sit: bool) -> float:
    """Room under the last baseline for descenders."""
    if sit or last.role in FIGURES:
        return 0.0
    return max(DESCENT * last.block.size, last.block.box[1] + last.block.box[3] - last.block.baseline)


def _height(column: Sequence[Placed], setting: Setting, sit: bool) -> float:
    u = setting.grid.unit
    gaps = sum(gap_between(a, b, u) for a, b in pairwise(column))
    return _overshoot(column[0]) + sum(_rise(p) for p in column) + gaps + _tail(column[-1], sit)


def _stacked(
    entries: Sequence[_Entry], blocks: Sequence[Placed], column: Column, box: Box, setting: Setting
) -> tuple[Placed, ...]:
    u = setting.grid.unit
    tail = _tail(blocks[-1], column.sit)
    over = _overshoot(blocks[0])
    total = _height(blocks, setting, column.sit) - tail - over
    free = box.h - total
    y = box.y + {"top": over, "bottom": free - tail, "middle": max(over, min(free / 2, free - tail))}[column.start]
    done: list[Placed] = []
    axis = blocks[0].block.axis
    for i, placed in enumerate(blocks):
        if i:
            y += gap_between(blocks[i - 1], placed, u)
        dx = axis - placed.block.axis if column.align == "start" and placed.role != "quote" else 0.0
        if placed.block.align == "right":  # a stop may hang out, but not past what a safe zone forgives
            dx -= max(0.0, placed.box.right - box.right - HANG)
        block = placed.block.moved(dx, y - placed.top)
        before = tuple(moved(item, dx, y - placed.top) for item in placed.before)
        if entries[i].slot.role == "item" and i and entries[i - 1].slot.role == "item":
            between = (done[-1].block.baseline + y) / 2 + 0.06 * placed.block.size
            before = (*before, rule(box.x, between, box.w, u))
        done.append(replace(placed, block=block, before=before))
        y += _rise(placed)
    return tuple(done)
