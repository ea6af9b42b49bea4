"""A word with one letter repeated as often as a figure says, filling up from the first to the last.

"Slow" with eighteen o's says eighteen hours twice. Letters stand in cells of a grid; each repeated one is filled
k/n high: its counter where it has one, else its body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box
from pipelines.compose.typeset import Face

MOST = 60
GAP = 0.09
"""Air between cells, in the repeated letter's width."""
ROW_GAP = 0.16
"""Air between a row's baseline and the next row's small letters, in small letters' heights."""
LEFT = 0.45
"""Least share of the last row that must be free for a caption to stand in it."""
CAPTION = 17.4
"""Points of a caption's type: a line of it must stand in the last row, else room is kept under the word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The word cut into cells: signs in order, `columns` a row; `size` px of type, `cell` and `row` px, first baseline."""

    signs: tuple[str, ...]
    first: int
    count: int
    columns: int
    size: float
    cell: float
    row: float
    baseline: float

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return math.ceil(len(self.signs) / self.columns)


def spelled(word: str, letter: str, count: int) -> tuple[tuple[str, ...], int]:
    """The word's signs with the letter (its first of that kind, else its longest run) `count` times; and its start."""
    wanted = letter or _round_letter(word)
    at = word.lower().find(wanted.lower())
    if at < 0:
        return tuple(word), 0
    end = at
    while end < len(word) and word[end].lower() == wanted.lower():
        end += 1
    return (*word[:at], *(word[at] if i == 0 else word[at].lower() for i in range(count)), *word[end:]), at


def _round_letter(word: str) -> str:
    """The letter to repeat when none is named: the first that has a counter to fill."""
    return next((c for c in word if c.lower() in "oöôóea"), word[-1:])


def grid_for(data: Data, box: Box) -> Grid:
    """The number of columns at which letters grow largest, a row's end being kept free where a caption needs it."""
    count = min(MOST, max(2, round(data.value)))
    signs, first = spelled(data.word, data.letter, count)
    return max((_grid(data, box, signs, first, count, c) for c in range(3, len(signs) + 1)), key=lambda g: _worth(g, data, box))


def _grid(data: Data, box: Box, signs: tuple[str, ...], first: int, count: int, columns: int) -> Grid:
    face = data.face
    wide, tall, small = _measures(face, signs)
    rows = math.ceil(len(signs) / columns)
    by_width = box.w / (wide * (columns + GAP * (columns - 1)))
    step = small * (1 + ROW_GAP) + _drop(face, signs)
    stack = max(tall, small) + (rows - 1) * max(step, _step(face, signs, columns)) + 0.02
    size = min(by_width, box.h / stack)
    if not _ends_free(len(signs), columns, rows, small * size, data):
        size = min(by_width, (box.h - 2.2 * CAPTION * data.pt) / stack)
    cell = (box.w - wide * size) / max(columns - 1, 1)
    cell = min(cell, wide * size * (1 + 2.2 * GAP))
    row = max(step, _step(face, signs, columns)) * size
    return Grid(signs=signs, first=first, count=count, columns=columns, size=size, cell=cell, row=row, baseline=box.y + _first_rise(face, signs, columns) * size)


def _ends_free(signs: int, columns: int, rows: int, small: float, data: Data) -> bool:
    """Whether a caption can stand at the end of the last row, its small letters being `small` px high."""
    used = signs - (rows - 1) * columns
    return rows > 1 and 1 - (used + 1) / columns >= LEFT and small >= 1.2 * CAPTION * data.pt


def _worth(grid: Grid, data: Data, box: Box) -> float:
    """Big letters that fill the box' width."""
    width = (grid.columns - 1) * grid.cell + grid.size * 0.5
    over = _row_end(grid, data.face, box.x, grid.rows - 1) > box.right + 0.5
    return grid.size * (0.5 + 0.5 * min(1.0, width / box.w)) * (0.4 if over else 1.0)


@lru_cache(maxsize=64)
def _ink(face: Face, sign: str) -> tuple[float, float, float, float]:
    """A sign's ink (left, top, right, bottom) in em."""
    return tuple(v / 1000 for v in face.run(sign, 1000.0).ink)  # type: ignore[return-value]


def _measures(face: Face, signs: Sequence[str]) -> tuple[float, float, float]:
    """Widest sign, highest rise, and rise of small letters, in em. Signs much wider than the rest do not count."""
    widths = sorted(_ink(face, s)[2] - _ink(face, s)[0] for s in signs)
    common = widths[len(widths) // 2]
    rises = [-_ink(face, s)[1] for s in signs]
    return common, max(rises), sorted(rises)[len(rises) // 2]


def _drop(face: Face, signs: Sequence[str]) -> float:
    """How far the deepest sign of the word reaches below the baseline, when it is more than overshoot."""
    deepest = max(_ink(face, s)[3] for s in signs)
    return deepest if deepest > 0.05 else 0.0


def _first_rise(face: Face, signs: Sequence[str], columns: int) -> float:
    return max(-_ink(face, s)[1] for s in signs[:columns])


def _step(face: Face, signs: Sequence[str], columns: int) -> float:
    """Row distance in em that keeps the tallest sign of a lower row clear of the row above."""
    later = signs[columns:]
    rise = max((-_ink(face, s)[1] for s in later), default=0.0)
    small = sorted(-_ink(face, s)[1] for s in signs)[len(signs) // 2]
    return rise + small * ROW_GAP


def room(data: Data, box: Box) -> Box:
    """What is left for a caption: the end of the last row when it is long enough, else the space below."""
    grid = grid_for(data, box)
    used = len(grid.signs) - (grid.rows - 1) * grid.columns
    last = grid.baseline + (grid.rows - 1) * grid.row
    small = _measures(data.face, grid.signs)[2] * grid.size
    if _ends_free(len(grid.signs), grid.columns, grid.rows, small, data):
        end = _row_end(grid, data.face, box.x, grid.rows - 1)
        left = box.x + math.ceil((end + 0.3 * grid.cell - box.x) / grid.cell) * grid.cell
        return Box(left, last - small, box.right - left, small)
    top = last + 0.9 * CAPTION * data.pt
    return Box(box.x, top, box.w, max(0.0, box.bottom - top))


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """The letters, and how full each is. `progress` fills them one after the other."""
    grid = grid_for(data, box)
    letters: list[Any] = []
    fillings: list[Any] = []
    for i, (sign, (x, y)) in enumerate(zip(grid.signs, _seats(grid, data.face, box.x), strict=True)):
        path = _outline(data.face, sign, grid.size, x, y)
        nth = i - grid.first + 1
        letters.append(PathItem(path=path, colour=colours["ink"], role="device"))
        if 1 <= nth <= grid.count:
            share = min(1.0, max(0.0, progress * grid.count - nth + 1)) * nth / grid.count
            if share > 0:
                fillings.append(PathItem(path=filling(path, share), colour=colours["fill"], role="device-fill"))
    return (*letters, *fillings)


def _seats(grid: Grid, face: Face, x0: float) -> list[tuple[float, float]]:
    """Where each sign's pen starts: flush left in the first column, else centred in its cell, never touching."""
    common = _measures(face, grid.signs)[0] * grid.size
    seats: list[tuple[float, float]] = []
    end = x0
    for i, sign in enumerate(grid.signs):
        column, row = i % grid.columns, i // grid.columns
        left, _, right, _ = (v * grid.size for v in _ink(face, sign))
        x = x0 - left
        if column:
            middle = x0 + column * grid.cell + common / 2
            x = max(middle - (left + right) / 2, end + GAP * common - left)
        seats.append((x, grid.baseline + row * grid.row))
        end = x + right
    return seats


def _row_end(grid: Grid, face: Face, x0: float, row: int) -> float:
    """Right edge of a row's ink."""
    last = min(len(grid.signs), (row + 1) * grid.columns) - 1
    return _seats(grid, face, x0)[last][0] + _ink(face, grid.signs[last])[2] * grid.size


def _outline(face: Face, sign: str, size: float, x: float, y: float) -> Any:
    import skia

    path = skia.Path()
    path.addPath(face.run(sign, size).path, x, y)
    return path


def filling(path: Any, share: float) -> Any:
    """The lower `share` of a letter's counter; of its body when it has no closed counter."""
    import skia

    inner = _counter(path)
    target = inner if inner is not None else path
    b = target.computeTightBounds()
    level = b.bottom() - b.height() * share
    cut = skia.Path()
    cut.addRect(skia.Rect.MakeLTRB(b.left() - 2, level, b.right() + 2, b.bottom() + 2))
    return skia.Op(target, cut, skia.PathOp.kIntersect_PathOp)


def _counter(path: Any) -> Any:
    """The largest closed hole of a letter as a path, or None."""
    import skia

    whole = skia.Path(path)
    outside = skia.Path()
    contours = _contours(whole)
    if len(contours) < 2:
        return None
    biggest = max(contours, key=lambda c: c.computeTightBounds().width() * c.computeTightBounds().height())
    outside.addPath(biggest)
    hole = skia.Op(outside, whole, skia.PathOp.kDifference_PathOp)
    return hole if hole is not None and not hole.isEmpty() else None


def _contours(path: Any) -> list[Any]:
    import skia

    found: list[Any] = []
    for verb, points in path:
        if verb == skia.Path.kMove_Verb:
            found.append(skia.Path())
            found[-1].moveTo(points[0])
        elif verb == skia.Path.kLine_Verb:
            found[-1].lineTo(points[1])
        elif verb == skia.Path.kQuad_Verb:
            found[-1].quadTo(points[1], points[2])
        elif verb == skia.Path.kCubic_Verb:
            found[-1].cubicTo(points[1], points[2], points[3])
        elif verb == skia.Path.kClose_Verb:
            found[-1].close()
    return [c for c in found if c.countVerbs() > 2]
