"""A word with one letter repeated as often as a figure says, filling up from the first to the last.

"Slow" with eighteen o's says eighteen hours twice. Letters stand in cells of a grid; each repeated one is filled
k/n high: its counter where it has one, else its body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
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
    """The word cut into cells: signs in order, `columns` a row; `size` px of type, `cell` px, a baseline for each row."""

    signs: tuple[str, ...]
    first: int
    count: int
    columns: int
    size: float
    cell: float
    baselines: tuple[float, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.baselines)


def spelled(word: str, letter: str, count: int) -> tuple[tuple[str, ...], int]:
    """The word's signs with the letter `count` times in all, most of them where it first stands; and that place.

    A letter that the word has further on counts too: a person who counts must come to the figure.
    """
    wanted = letter or _round_letter(word)
    at = word.lower().find(wanted.lower())
    if at < 0:
        return tuple(word), 0
    end = at
    while end < len(word) and word[end].lower() == wanted.lower():
        end += 1
    run = max(1, count - word[end:].lower().count(wanted.lower()))
    return (*word[:at], *(word[at] if i == 0 else word[at].lower() for i in range(run)), *word[end:]), at


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
    wide, small = _measures(face, signs)
    steps = _steps(face, signs, columns)
    size = min(box.w / (wide * (columns + GAP * (columns - 1))), box.h / (sum(steps) + 0.02))
    if not _ends_free(len(signs), columns, len(steps), small * size, data):
        below = _deepest(face, signs[(len(steps) - 1) * columns :])
        size = min(size, (box.h - 2.2 * CAPTION * data.pt) / (sum(steps) + below))
    cell = min((box.w - wide * size) / max(columns - 1, 1), wide * size * (1 + 2.2 * GAP))
    heights = [sum(steps[: i + 1]) * size for i in range(len(steps))]
    baselines = tuple(box.y + h for h in heights)
    return Grid(signs=signs, first=first, count=count, columns=columns, size=size, cell=cell, baselines=baselines)


def _steps(face: Face, signs: Sequence[str], columns: int) -> list[float]:
    """Height of each row's baseline under the one above (the first: under the top), in em: no row touches another."""
    rows = [signs[i : i + columns] for i in range(0, len(signs), columns)]
    gap = ROW_GAP * _measures(face, signs)[1]
    steps = [max(-_ink(face, s)[1] for s in rows[0])]
    for above, below in pairwise(rows):
        steps.append(_deepest(face, above) + gap + max(-_ink(face, s)[1] for s in below))
    return steps


def _deepest(face: Face, signs: Sequence[str]) -> float:
    """How far the deepest sign reaches below the baseline in em, overshoot left out."""
    deepest = max((_ink(face, s)[3] for s in signs), default=0.0)
    return deepest if deepest > 0.05 else 0.0


def _ends_free(signs: int, columns: int, rows: int, small: float, data: Data) -> bool:
    """Whether a caption can stand at the end of the last row, its small letters being `small` px high."""
    used = signs - (rows - 1) * columns
    return rows > 1 and 1 - (used + 1) / columns >= LEFT and small >= 1.2 * CAPTION * data.pt


def _worth(grid: Grid, data: Data, box: Box) -> float:
    """Big letters that fill the box' width, and the end of the word in one row."""
    width = (grid.columns - 1) * grid.cell + grid.size * 0.5
    over = any(_row_end(grid, data.face, box.x, row) > box.right + 0.5 for row in range(grid.rows))
    tail = grid.first + grid.count
    torn = tail < len(grid.signs) - 1 and tail // grid.columns != (len(grid.signs) - 1) // grid.columns
    return grid.size * (0.5 + 0.5 * min(1.0, width / box.w)) * (0.02 if over else 1.0) * (0.6 if torn else 1.0)


@lru_cache(maxsize=64)
def _ink(face: Face, sign: str) -> tuple[float, float, float, float]:
    """A sign's ink (left, top, right, bottom) in em."""
    return tuple(v / 1000 for v in face.run(sign, 1000.0).ink)  # type: ignore[return-value]


def _measures(face: Face, signs: Sequence[str]) -> tuple[float, float]:
    """Width of the common sign and rise of small letters, in em."""
    widths = sorted(_ink(face, s)[2] - _ink(face, s)[0] for s in signs)
    rises = sorted(-_ink(face, s)[1] for s in signs)
    return widths[len(widths) // 2], rises[len(rises) // 2]


def room(data: Data, box: Box) -> Box:
    """What is left for a caption: the end of the last row when it is long enough, else the space below."""
    grid = grid_for(data, box)
    last = grid.baselines[-1]
    small = _measures(data.face, grid.signs)[1] * grid.size
    if _ends_free(len(grid.signs), grid.columns, grid.rows, small, data):
        end = _row_end(grid, data.face, box.x, grid.rows - 1)
        left = box.x + math.ceil((end + 0.3 * grid.cell - box.x) / grid.cell) * grid.cell
        return Box(left, last - small, box.right - left, small)
    tail = _deepest(data.face, grid.signs[(grid.rows - 1) * grid.columns :]) * grid.size
    top = last + tail + 0.9 * CAPTION * data.pt
    return Box(box.x, top, box.w, max(0.0, box.bottom - top))


def keep(data: Data, box: Box) -> list[Box]:
    """The rows of letters, each as far as it reaches."""
    grid = grid_for(data, box)
    boxes = []
    for row, baseline in enumerate(grid.baselines):
        signs = grid.signs[row * grid.columns : (row + 1) * grid.columns]
        rise = max(-_ink(data.face, s)[1] for s in signs) * grid.size
        low = _deepest(data.face, signs) * grid.size
        boxes.append(Box(box.x, baseline - rise, _row_end(grid, data.face, box.x, row) - box.x, rise + low))
    return boxes


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """The letters, and how full each is. `progress` fills them one after the other."""
    grid = grid_for(data, box)
    letters: list[Any] = []
    fillings: list[Any] = []
    nth = 0
    for i, (sign, (x, y)) in enumerate(zip(grid.signs, _seats(grid, data.face, box.x), strict=True)):
        path = _outline(data.face, sign, grid.size, x, y)
        nth += i >= grid.first and sign.lower() == grid.signs[grid.first].lower()
        letters.append(PathItem(path=path, colour=colours["ink"], role="device"))
        if i >= grid.first and sign.lower() == grid.signs[grid.first].lower():
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
        seats.append((x, grid.baselines[row]))
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
