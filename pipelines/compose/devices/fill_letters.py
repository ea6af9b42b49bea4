"""A word with one letter repeated as often as a figure says, filling up from the first to the last.

"Slow" with eighteen o's says eighteen hours twice. The repeated letters stand in a grid, each a cup that is k/n full;
the word's end stays in one piece behind the last of them, so that it is still read as that word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipelines.compose.cups import cup, filling, is_cup, poured
from pipelines.compose.devices import Data
from pipelines.compose.draw import PathItem
from pipelines.compose.geometry import Box
from pipelines.compose.typeset import Face

MOST = 60
GAP = 0.09
"""Air between letters, in the repeated letter's width."""
ROW_GAP = 0.16
"""Air between a row's baseline and the next row's small letters, in small letters' heights."""
TIP_GAP = 0.07
"""The same to an ascender, which touches the air above it in one place only."""
LEFT, LEFT_STRIP = 0.42, 0.47
"""Least share of the last row that must be free for a caption to stand in it; more in a strip, where it is one line."""
STRIP = 4.0
"""Width over height of a canvas from which it is a strip."""
CAPTION = 17.4
"""Points of a caption's type: a line of it must stand in the last row, else room is kept under the word."""
NARROW = 11.0
"""Width of a box, in a caption's sizes, under which a caption takes two lines."""
SIGN, SIGNS = 0.45, 36
"""Width of a caption's sign in its size, and how many signs must find room in the last row."""
TINY = 60.0
"""Points of height of a canvas under which the word stands alone, without a caption."""
OUTRUN = 0.1
"""How far the word's end may run past full rows, in cells: less than an eye sees on letters that differ."""
CAPTION_GAP = 1.3
"""Air between the word and a caption under it, in the caption's sizes."""
JOINED = 2
"""How many of the repeated letters stand before the word's end in its row, if it has to begin a row of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The word in rows. `starts` tells each row's first sign; `run` how many signs repeat from `first` on, of `count`
    in all; `columns` is how many fill a row. `size` px of type, `cell` px from letter to letter, a baseline a row."""

    signs: tuple[str, ...]
    first: int
    run: int
    count: int
    columns: int
    starts: tuple[int, ...]
    size: float
    cell: float
    baselines: tuple[float, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.baselines)

    def row(self, number: int) -> range:
        """Places of a row's signs."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.signs)
        return range(self.starts[number], end)


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
    """The number of columns at which letters grow largest and the word's end stays whole."""
    count = min(MOST, max(2, round(data.value)))
    signs, first = spelled(data.word, data.letter, count)
    grids = [_grid(data, box, signs, first, count, c) for c in range(3, len(signs) + 1)]
    return max((g for g in grids if g is not None), key=lambda g: _worth(g, data, box))


def _grid(data: Data, box: Box, signs: tuple[str, ...], first: int, count: int, columns: int) -> Grid | None:
    face = data.face
    run = _run(signs, first)
    pitch = _wide(face, signs, first) * (1 + GAP)
    starts = _starts(face, signs, first, run, columns, pitch)
    if starts is None:
        return None
    rows = [signs[a:b] for a, b in pairwise((*starts, len(signs)))]
    steps = _steps(face, rows)
    trial = Grid(signs=signs, first=first, run=run, count=count, columns=columns, starts=starts, size=1000.0,
                 cell=1000.0 * pitch, baselines=(0.0,) * len(rows))
    widest = max(_row_end(trial, face, 0.0, n) for n in range(len(rows))) / 1000
    size = min(box.w / widest, box.h / (sum(steps) + 0.02))
    if not _ends_free(trial, face, widest, size * _small(face, signs), data) and not _alone(data):
        size = min(size, (box.h - _reserve(data, box)) / (sum(steps) + _deepest(face, rows[-1])))
    if size <= 0:
        return None
    top = box.y + (_spare(box, rows, steps, size, face) / 2 if data.canvas.w > STRIP * data.canvas.h else 0.0)
    heights = [sum(steps[: i + 1]) * size for i in range(len(steps))]
    return Grid(signs=signs, first=first, run=run, count=count, columns=columns, starts=starts, size=size,
                cell=pitch * size, baselines=tuple(top + h for h in heights))


def _spare(box: Box, rows: Sequence[Sequence[str]], steps: Sequence[float], size: float, face: Face) -> float:
    """Height that the rows leave over: in a strip they stand in the middle."""
    return max(0.0, box.h - (sum(steps) + _deepest(face, rows[-1])) * size)


def _reserve(data: Data, box: Box) -> float:
    """Height kept under the word for a caption: one line, or two where the box is narrow or tall; px."""
    lines = 3.9 if box.w < NARROW * CAPTION * data.pt or box.h > box.w else 2.6
    return lines * CAPTION * data.pt


def _alone(data: Data) -> bool:
    """Whether the canvas is too small for a caption."""
    return data.canvas.h / data.pt < TINY


def _run(signs: Sequence[str], first: int) -> int:
    """How many signs repeat from the first on."""
    end = first
    while end < len(signs) and signs[end].lower() == signs[first].lower():
        end += 1
    return end - first


def _starts(
    face: Face, signs: Sequence[str], first: int, run: int, columns: int, pitch: float
) -> tuple[int, ...] | None:
    """Where rows begin: the word's beginning and its end are never torn apart. None when they do not fit a row."""
    head = sum(_span(face, s, pitch) for s in signs[:first])
    tail = _tail(face, signs[first + run :], pitch)
    if head >= columns or tail + 1 > columns:
        return None
    starts, at = [0], first + min(run, columns - head)
    while at < first + run:
        starts.append(at)
        at = min(first + run, at + columns)
    last = first + run - max(starts[-1], first)
    used = last + (head if len(starts) == 1 else 0)
    if used + tail <= columns + OUTRUN:
        return tuple(starts)
    joined = min(JOINED, math.floor(columns - tail), last)
    return (*starts, first + run - joined) if joined >= 1 and last > joined else None


def _span(face: Face, sign: str, pitch: float) -> int:
    """How many cells a sign at the word's beginning takes."""
    left, _, right, _ = _ink(face, sign)
    return max(1, math.ceil((right - left) / pitch - 0.12))


def _tail(face: Face, signs: Sequence[str], pitch: float) -> float:
    """Width of the word's end, in cells."""
    gap = GAP / (1 + GAP)
    return sum((_ink(face, s)[2] - _ink(face, s)[0]) / pitch + gap for s in signs)


def _steps(face: Face, rows: Sequence[Sequence[str]]) -> list[float]:
    """Height of each row's baseline under the one above (the first: under the top), in em: rows are all as far apart as
    the two that need it most."""
    small = _small(face, [s for row in rows for s in row])
    first = max(-_ink(face, s)[1] for s in rows[0])
    needed = [_deepest(face, above) + _rise(face, below, small) for above, below in pairwise(rows)]
    return [first, *[max(needed, default=0.0)] * len(needed)]


def _rise(face: Face, row: Sequence[str], small: float) -> float:
    """How far a row reaches over its baseline with the air it needs above it, in em."""
    return max((1 + ROW_GAP) * small, max(-_ink(face, s)[1] for s in row) + TIP_GAP * small)


def _deepest(face: Face, signs: Sequence[str]) -> float:
    """How far the deepest sign reaches below the baseline in em, overshoot left out."""
    deepest = max((_ink(face, s)[3] for s in signs), default=0.0)
    return deepest if deepest > 0.05 else 0.0


def _ends_free(grid: Grid, face: Face, widest: float, small: float, data: Data) -> bool:
    """Whether a caption can stand at the end of the last row, its small letters being `small` px high."""
    used = _row_end(grid, face, 0.0, grid.rows - 1) / grid.size
    if grid.rows < 2 or small < 1.2 * CAPTION * data.pt:
        return False
    if data.canvas.w > STRIP * data.canvas.h:
        return 1 - used / widest >= LEFT_STRIP
    signs = small / _small(face, grid.signs) * (widest - used) / (SIGN * CAPTION * data.pt)
    return 1 - used / widest >= LEFT and signs * math.floor(small / (1.2 * CAPTION * data.pt)) >= SIGNS


def _worth(grid: Grid, data: Data, box: Box) -> float:
    """Big letters that fill the box' width, even rows, and some of the repeated letters before the word's end."""
    ends = [_row_end(grid, data.face, box.x, n) for n in range(grid.rows)]
    over = max(ends) > box.right + 0.5
    ragged = any(end < max(ends) - 0.5 * grid.cell for end in ends[:-1])
    lonely = grid.starts[-1] >= grid.first + grid.run
    fill = min(1.0, (max(ends) - box.x) / box.w)
    return grid.size * (0.5 + 0.5 * fill) * (0.02 if over else 1.0) * (0.75 if ragged else 1.0) * (0.7 if lonely else 1.0)


@lru_cache(maxsize=64)
def _ink(face: Face, sign: str) -> tuple[float, float, float, float]:
    """A sign's ink (left, top, right, bottom) in em."""
    return tuple(v / 1000 for v in face.run(sign, 1000.0).ink)  # type: ignore[return-value]


def _wide(face: Face, signs: Sequence[str], first: int) -> float:
    """Width of the repeated sign, in em."""
    left, _, right, _ = _ink(face, signs[first].lower())
    return right - left


def _small(face: Face, signs: Sequence[str]) -> float:
    """Rise of small letters, in em."""
    rises = sorted(-_ink(face, s)[1] for s in signs)
    return rises[len(rises) // 2]


def room(data: Data, box: Box) -> Box:
    """What is left for a caption: the end of the last row when it is long enough, else the space below."""
    grid = grid_for(data, box)
    last = grid.baselines[-1]
    small = _small(data.face, grid.signs) * grid.size
    ends = [_row_end(grid, data.face, box.x, n) for n in range(grid.rows)]
    if _ends_free(grid, data.face, (max(ends) - box.x) / grid.size, small, data):
        left = box.x + math.ceil((ends[-1] + 0.3 * grid.cell - box.x) / grid.cell) * grid.cell
        return Box(left, last - small, box.right - left, small)
    tail = _deepest(data.face, [grid.signs[i] for i in grid.row(grid.rows - 1)]) * grid.size
    top = last + tail + CAPTION_GAP * CAPTION * data.pt
    return Box(box.x, top, box.w, 0.0 if _alone(data) else max(0.0, box.bottom - top))


def keep(data: Data, box: Box) -> list[Box]:
    """The rows of letters, each as far as it reaches."""
    grid = grid_for(data, box)
    boxes = []
    for n, baseline in enumerate(grid.baselines):
        signs = [grid.signs[i] for i in grid.row(n)]
        rise = max(-_ink(data.face, s)[1] for s in signs) * grid.size
        low = _deepest(data.face, signs) * grid.size
        boxes.append(Box(box.x, baseline - rise, _row_end(grid, data.face, box.x, n) - box.x, rise + low))
    return boxes


def draw(data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
    """The letters, and how full each is. `progress` fills them one after the other."""
    grid = grid_for(data, box)
    letters: list[Any] = []
    fillings: list[Any] = []
    nth = 0
    for i, (sign, (x, y)) in enumerate(zip(grid.signs, _seats(grid, data.face, box.x), strict=True)):
        repeated = i >= grid.first and sign.lower() == grid.signs[grid.first].lower()
        nth += repeated
        share = min(1.0, max(0.0, progress * grid.count - nth + 1)) * nth / grid.count if repeated else 0.0
        letter, liquid = _vessel(data.face, sign, grid.size, x, y, repeated, share)
        letters.append(PathItem(path=letter, colour=colours["letter"], role="device"))
        if liquid is not None:
            fillings.append(PathItem(path=liquid, colour=colours["liquid"], role="device-fill"))
    return (*letters, *fillings)


def _vessel(
    face: Face, sign: str, size: float, x: float, y: float, repeated: bool, share: float
) -> tuple[Any, Any | None]:
    """A sign's outline and what is in it."""
    path = _outline(face, sign, size, x, y)
    if not is_cup(sign):
        return path, filling(path, share) if repeated and share > 0 else None
    letter, inside = cup(path)
    return letter, poured(inside, share) if repeated and share > 0 else None


def _seats(grid: Grid, face: Face, x0: float) -> list[tuple[float, float]]:
    """Where each sign's pen starts: beginnings centred in their cells, repeated signs in theirs, ends close behind."""
    return [seat for n in range(grid.rows) for seat in _row_seats(grid, face, x0, n)]


def _row_seats(grid: Grid, face: Face, x0: float, number: int) -> list[tuple[float, float]]:
    """Seats of a row. The word's beginning is set close; the letters after it end where a full row ends."""
    gap = grid.cell * GAP / (1 + GAP)
    y = grid.baselines[number]
    seats: list[tuple[float, float]] = []
    end, head, signs = x0 - gap, 0.0, grid.row(number)
    repeats = [i for i in signs if grid.first <= i < grid.first + grid.run]
    for i in signs:
        left, _, right, _ = (v * grid.size for v in _ink(face, grid.signs[i]))
        if i in repeats:
            place = repeats.index(i)
            first = head if number == 0 and grid.first else x0
            x = first + place * _step(grid, first, x0, gap, len(repeats)) - left
        else:
            x = end + gap - left
        seats.append((x, y))
        end = x + right
        if i < grid.first:
            head = end + gap
    return seats


def _step(grid: Grid, first: float, x0: float, gap: float, count: int) -> float:
    """From letter to letter: a cell; after the word's beginning as much more as the row needs to end like the others."""
    room = x0 + grid.columns * grid.cell - gap - first
    whole = grid.rows > 1 and first > x0 and count > 1 and room > count * grid.cell - gap
    return (room - (grid.cell - gap)) / (count - 1) if whole else grid.cell


def _row_end(grid: Grid, face: Face, x0: float, number: int) -> float:
    """Right edge of a row's ink."""
    last = grid.row(number)[-1]
    return _row_seats(grid, face, x0, number)[-1][0] + _ink(face, grid.signs[last])[2] * grid.size


def _outline(face: Face, sign: str, size: float, x: float, y: float) -> Any:
    import skia

    path = skia.Path()
    path.addPath(face.run(sign, size).path, x, y)
    return path
