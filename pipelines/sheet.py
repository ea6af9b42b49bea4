"""The contact sheet: a batch at a glance, a band for each concept with its idea beside what became of it.

A band shows one picture for each shape of canvas, turning through the locales, then the films. Upright pictures share
one height; banners stand at their own size, stacked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from factory.records import Batch, Concept, Variant
from pipelines.sheetpen import INK, MUTED, Pen

Pixels = npt.NDArray[np.uint8]
WIDTH, MARGIN, GAP, HEAD = 3600, 96, 28, 250
TALK, BETWEEN = 560, 48
"""Width of the column that holds a concept's idea, and the air between it and the pictures."""
LEAST, MOST, NATIVE = 230, 430, 300
"""Heights that a band of pictures may have; what is natively lower than the last is a banner and keeps its size."""
STACK, PILE, CAPTION, BAND = 500, 440, 40, 84
"""The widest a banner is shown, how high banners are piled, room for a caption, and air between bands."""
BYTES = 3_000_000
QUALITIES = (88, 84, 78, 70, 60, 50)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Cell:
    """A picture of the sheet: pixels (h, w, 3) RGB at native size, what stands under it, and a film's seconds."""

    pixels: Pixels
    caption: str
    seconds: float | None

    @property
    def aspect(self) -> float:
        """Width over height."""
        return float(self.pixels.shape[1] / self.pixels.shape[0])

    @property
    def banner(self) -> bool:
        """Whether it keeps its native size."""
        return bool(self.pixels.shape[0] < NATIVE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A cell at its place in a band: x and y from the band's own corner, size in px."""

    cell: Cell
    x: int
    y: int
    size: tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A concept with its pictures in place."""

    concept: Concept
    spots: tuple[Spot, ...]
    height: int


def contact_sheet(batch: Batch, root: Path, text_face: Path, bold_face: Path) -> bytes:
    """JPEG under 3 MB of every concept of which something shipped; `root` is the folder that asset paths start from.

    The faces are font files; a batch of which nothing shipped gives a sheet with its heading only.
    """
    bands = [b for b in (_band(c, _cells(batch, c, root)) for c in batch.concepts) if b.spots]
    height = HEAD + sum(b.height + BAND for b in bands) + MARGIN // 2
    pen = Pen(WIDTH, height, text_face, bold_face)
    _heading(pen, batch)
    y = HEAD
    for number, band in enumerate(bands, 1):
        _draw(pen, band, number, y)
        y += band.height + BAND
    return _under(pen)


def _under(pen: Pen) -> bytes:
    """The sheet at the best quality under the limit."""
    for quality in QUALITIES:
        data = pen.jpeg(quality)
        if len(data) <= BYTES:
            break
    return data


# -------------------------------------------------------------------------------------------------------- choosing


def _cells(batch: Batch, concept: Concept, root: Path) -> list[Cell]:
    """One cell for each shape of canvas and kind, upright ones first, no locale twice in a row where others are left."""
    mine = [v for v in batch.variants if v.concept == concept.id and v.status == "shipped" and v.files]
    shapes: dict[tuple[str, float], list[Variant]] = {}
    for v in sorted(mine, key=lambda v: (v.kind, _aspect(v), v.placement, v.locale, v.id)):
        shapes.setdefault((v.kind, round(_aspect(v), 2)), []).append(v)
    chosen: list[Variant] = []
    for group in shapes.values():
        spoken = {v.locale: sum(c.locale == v.locale for c in chosen) for v in group}
        drawn = [v for v in group if any(f.startswith("art_") for f in v.copy)] or group
        chosen.append(min(drawn, key=lambda v: (spoken[v.locale], group.index(v))))
    return [_cell(v, root) for v in chosen]


def _aspect(v: Variant) -> float:
    return v.files[0].width / v.files[0].height


def _cell(v: Variant, root: Path) -> Cell:
    place = v.placement.split(".", 1)[-1].replace("_", " ").replace(".", " ")
    seconds = v.files[0].seconds
    caption = f"{v.locale}  {place}" if seconds is None else f"{v.locale}  {seconds:g} s  {place}"
    return Cell(pixels=_read(root / v.files[0].path, seconds), caption=caption, seconds=seconds)


def _read(path: Path, seconds: float | None) -> Pixels:
    """A picture's pixels, or a film's frame at two thirds of its length, RGB."""
    import cv2

    if seconds is None:
        from PIL import Image

        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
            return np.asarray(image.convert("RGB"))
    film = cv2.VideoCapture(str(path))
    film.set(cv2.CAP_PROP_POS_FRAMES, int(film.get(cv2.CAP_PROP_FRAME_COUNT) * 0.66))
    ok, frame = film.read()
    film.release()
    return np.asarray(frame[..., ::-1] if ok else np.zeros((320, 180, 3)), np.uint8)


# -------------------------------------------------------------------------------------------------------- arranging


def _band(concept: Concept, cells: Sequence[Cell]) -> Band:
    """Cells in rows: pictures as high as fits them all into one row, else in more rows."""
    room = WIDTH - 2 * MARGIN - TALK - BETWEEN
    columns = [[c] for c in cells if not c.banner and c.seconds is None]
    films = [[c] for c in cells if not c.banner and c.seconds is not None]
    banners = list(_stacks([c for c in cells if c.banner]))
    fixed = sum(max(_banner_size(c)[0] for c in s) + GAP for s in banners)
    wide = sum(column[0].aspect for column in (*columns, *films))
    free = room - fixed - GAP * max(0, len(columns) + len(films) - 1)
    height = int(min(MOST, max(LEAST, free / wide))) - 1 if wide else MOST
    spots, bottom = _rows([*columns, *films, *banners], height, room)
    return Band(concept=concept, spots=tuple(spots), height=bottom)


def _stacks(banners: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Banners of like widths in piles, the highest first."""
    left = sorted(banners, key=lambda c: (-_banner_size(c)[1], c.caption))
    while left:
        stack: list[Cell] = []
        high = 0
        for cell in list(left):
            w, h = _banner_size(cell)
            need = h + CAPTION + (GAP if stack else 0)
            if not stack or (high + need <= PILE and w <= 1.25 * _banner_size(stack[0])[0]):
                stack.append(cell)
                left.remove(cell)
                high += need
        yield stack


def _banner_size(cell: Cell) -> tuple[int, int]:
    h, w = cell.pixels.shape[:2]
    scale = min(1.0, STACK / w)
    return max(1, round(w * scale)), max(1, round(h * scale))


def _rows(columns: Sequence[Sequence[Cell]], height: int, room: int) -> tuple[list[Spot], int]:
    """Columns side by side, a new row where one does not fit; returns the spots and the lower edge of the last row."""
    spots: list[Spot] = []
    x = y = bottom = 0
    for column in columns:
        sizes = [_banner_size(c) if c.banner else (round(height * c.aspect), height) for c in column]
        width = max(w for w, _ in sizes)
        if x and x + width > room:
            x, y = 0, bottom + GAP
        top = y
        for cell, size in zip(column, sizes, strict=True):
            spots.append(Spot(cell=cell, x=x, y=top, size=size))
            top += size[1] + CAPTION + GAP
        bottom = max(bottom, top - GAP)
        x += width + GAP
    return spots, bottom


# ---------------------------------------------------------------------------------------------------------- drawing


def _heading(pen: Pen, batch: Batch) -> None:
    """What the sheet shows, counted."""
    shipped = [v for v in batch.variants if v.status == "shipped"]
    pictures, films = (sum(v.kind == k for v in shipped) for k in ("image", "video"))
    ideas = len({v.concept for v in shipped})
    tongues = ", ".join(dict.fromkeys(v.locale for v in sorted(shipped, key=lambda v: v.locale)))
    title = f"{_count(ideas, 'idea')}, {_count(pictures, 'picture')}" + (f", {_count(films, 'film')}" if films else "")
    pen.write(title, MARGIN, 132, 64, INK, bold=True)
    places = len({v.placement for v in shipped})
    pen.write(f"{_count(places, 'placement')}   {tongues}   one of each shape is shown", MARGIN, 184, 28, MUTED)


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}" + ("" if n == 1 else "s")


def _draw(pen: Pen, band: Band, number: int, y: int) -> None:
    pen.rule(MARGIN, y - BAND // 2 + 4, WIDTH - 2 * MARGIN)
    _talk(pen, band.concept, number, y)
    left = MARGIN + TALK + BETWEEN
    for spot in band.spots:
        w, h = spot.size
        pen.picture(spot.cell.pixels, left + spot.x, y + spot.y, spot.size)
        if spot.cell.seconds is not None:
            pen.play(left + spot.x + w - 34, y + spot.y + h - 34)
        caption = pen.fitting(spot.cell.caption, max(w, 150), 20)
        pen.write(caption, left + spot.x, y + spot.y + h + 27, 20, MUTED)


def _talk(pen: Pen, c: Concept, number: int, y: int) -> None:
    """The idea in words, and how it was made."""
    pen.write(str(number), MARGIN, y + 30, 36, MUTED, bold=True)
    at = y + 30
    for line in pen.balanced(c.idea, TALK - 64, 36, bold=True)[:5]:
        pen.write(line, MARGIN + 64, at, 36, INK, bold=True)
        at += 46
    at += 10
    for line in _made(c):
        pen.write(pen.fitting(line, TALK - 64, 22), MARGIN + 64, at, 22, MUTED)
        at += 32


def _made(c: Concept) -> tuple[str, ...]:
    ground = f"{c.set.replace('_', ' ')}, light {c.light + 1}, {c.mode}"
    device = f", device {c.device.replace('_', ' ')}" if c.device else ""
    return f"for {c.tribe.replace('-', ' ')}", f"family {c.family}{device}", ground
