"""The contact sheet: a batch at a glance, a row of pictures for each concept under its idea."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from factory.records import Batch, Concept, Variant

Pixels = npt.NDArray[np.uint8]
WIDTH, MARGIN, GAP = 2600, 72, 20
ROW, MOST_ROWS = 340, 2
"""Height of a picture row; rows a concept may take, so that a large batch stays a glance."""
GROUND, INK, MUTED = (0xF4, 0xF3, 0xF0), (0x1C, 0x1B, 0x1A), (0x6B, 0x68, 0x64)
TITLE, SMALL = 30.0, 19.0
HEAD = 96


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A picture on the sheet: pixels (h, w, 3) RGB, and what stands under it."""

    pixels: Pixels
    caption: str
    seconds: float | None


def contact_sheet(batch: Batch, root: Path, text_face: Path, bold_face: Path) -> bytes:
    """JPEG of all concepts with what shipped of them, at most `MOST_ROWS` rows each, every placement shape first."""
    blocks = [(c, list(_rows(_cells(batch, c, root)))[:MOST_ROWS]) for c in batch.concepts]
    blocks = [(c, rows) for c, rows in blocks if rows]
    height = 2 * MARGIN + sum(HEAD + len(rows) * (ROW + 44) + 36 for _, rows in blocks)
    canvas = np.empty((max(height, 4 * MARGIN), WIDTH, 3), np.uint8)
    canvas[:] = GROUND
    pen = _Pen(canvas, text_face, bold_face)
    y = MARGIN
    for concept, rows in blocks:
        pen.write(concept.idea, MARGIN, y + 34, TITLE, INK, bold=True)
        pen.write(_subtitle(concept), MARGIN, y + 66, SMALL, MUTED)
        y += HEAD
        for row in rows:
            _draw_row(pen, row, y)
            y += ROW + 44
        y += 36
    return pen.jpeg()


def _subtitle(c: Concept) -> str:
    parts = (c.id, f"for {c.tribe}", c.family, c.device and f"device {c.device}", f"{c.set}, light {c.light + 1}", c.mode)
    return "   ".join(p for p in parts if p)


def _draw_row(pen: _Pen, row: Sequence[Cell], y: int) -> None:
    x = MARGIN
    for cell in row:
        h, w = cell.pixels.shape[:2]
        top = y + ROW - h
        pen.canvas[top : top + h, x : x + w] = cell.pixels
        mark = f"▶ {cell.seconds:g} s  " if cell.seconds else ""
        pen.write(mark.replace("▶ ", "") + cell.caption, x, y + ROW + 26, SMALL, MUTED)
        if cell.seconds:
            pen.play(x + 26, top + h - 26)
        x += max(w, 120) + GAP


def _rows(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Pictures set like words: as many as fit a line."""
    row: list[Cell] = []
    x = MARGIN
    for cell in cells:
        w = max(cell.pixels.shape[1], 120)
        if row and x + w > WIDTH - MARGIN:
            yield row
            row, x = [], MARGIN
        row.append(cell)
        x += w + GAP
    if row:
        yield row


def _cells(batch: Batch, concept: Concept, root: Path) -> list[Cell]:
    """One picture for each placement and kind, turning through the locales."""
    mine = [v for v in batch.variants if v.concept == concept.id and v.status == "shipped"]
    seen: dict[tuple[str, str], Variant] = {}
    for v in sorted(mine, key=lambda v: (v.kind, _shape(v), v.placement, v.locale)):
        seen.setdefault((v.placement, v.kind), v)
    return [_cell(v, root) for v in seen.values()]


def _shape(v: Variant) -> float:
    return v.files[0].width / v.files[0].height


def _cell(v: Variant, root: Path) -> Cell:
    import cv2

    pixels = _read(root / v.files[0].path, v.files[0].seconds)
    h, w = pixels.shape[:2]
    scale = min(ROW / h, (WIDTH - 2 * MARGIN) / w, 1.0)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    place = v.placement.split(".", 1)[-1].replace("_", " ").replace(".", " ")
    width = max(size[0], 120)
    caption = f"{v.locale} {place}"
    return Cell(pixels=small, caption=caption[: max(8, width // 9)], seconds=v.files[0].seconds)


def _read(path: Path, seconds: float | None) -> Pixels:
    """A picture's pixels, or a video's frame at two thirds of its length, RGB."""
    import cv2

    if seconds is None:
        from PIL import Image

        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
            return np.asarray(image.convert("RGB"))
    film = cv2.VideoCapture(str(path))
    film.set(cv2.CAP_PROP_POS_FRAMES, int(film.get(cv2.CAP_PROP_FRAME_COUNT) * 0.66))
    ok, frame = film.read()
    film.release()
    return np.asarray(frame[..., ::-1] if ok else np.zeros((64, 36, 3)), np.uint8)


class _Pen:
    """Writes on the sheet with two faces of the kit."""

    def __init__(self, canvas: Pixels, text_face: Path, bold_face: Path) -> None:
        import skia

        self._skia: Any = skia
        self.canvas = canvas
        self._faces = [skia.Typeface.MakeFromFile(str(p)) for p in (text_face, bold_face)]
        self._later: list[Any] = []

    def write(self, text: str, x: float, y: float, size: float, colour: tuple[int, int, int], *, bold: bool = False) -> None:
        """Text with its baseline at y; drawn when the sheet is encoded."""
        self._later.append(("text", text, x, y, size, colour, bold))

    def play(self, x: float, y: float) -> None:
        """A play mark centred at a point."""
        self._later.append(("play", x, y))

    def jpeg(self) -> bytes:
        """The sheet as JPEG, quality 86."""
        import simplejpeg

        skia = self._skia
        bgra = np.ascontiguousarray(np.dstack([self.canvas[..., ::-1], np.full(self.canvas.shape[:2], 255, np.uint8)]))
        info = skia.ImageInfo.Make(bgra.shape[1], bgra.shape[0], skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        draw = skia.Surface.MakeRasterDirect(info, bgra).getCanvas()
        for kind, *args in self._later:
            (self._text if kind == "text" else self._triangle)(draw, *args)
        return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(bgra[..., 2::-1]), quality=86, colorsubsampling="444"))

    def _text(self, draw: Any, text: str, x: float, y: float, size: float, colour: tuple[int, int, int], bold: bool) -> None:
        font = self._skia.Font(self._faces[bold], size)
        font.setSubpixel(True)
        draw.drawString(text, x, y, font, self._skia.Paint(Color=self._skia.Color(*colour), AntiAlias=True))

    def _triangle(self, draw: Any, x: float, y: float) -> None:
        skia = self._skia
        draw.drawCircle(x, y, 16, skia.Paint(Color=skia.Color(255, 255, 255, 225), AntiAlias=True))
        path = skia.Path()
        path.addPoly([skia.Point(x - 5, y - 7), skia.Point(x + 8, y), skia.Point(x - 5, y + 7)], True)
        draw.drawPath(path, skia.Paint(Color=skia.Color(*INK), AntiAlias=True))
