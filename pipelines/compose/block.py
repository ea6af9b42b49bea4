"""Set type as geometry: pieces of outline with their places, ready to be moved, faded, coloured and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pipelines.compose.breaking import Align
from pipelines.compose.fit import Fitted
from pipelines.compose.typeset import Face, Run
from pipelines.compose.typeset import tracking as tracking_at

Box = tuple[float, float, float, float]
OPENERS = "“„«‚‘\"'‹("
HANGING_DASH = "–—"
QUOTE_GAP = 0.06


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Piece:
    """Outlines in canvas pixels. `colour` "" means the block's; `line` counts from 0; `box` is the ink (x, y, w, h)."""

    path: Any
    box: Box
    baseline: float
    line: int = 0
    colour: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Block:
    """One text (or logo) set in place. `box` is all ink (x, y, w, h) px, `axis` the x that its lines stand on.

    `leading` is px, `tracking` em; `cap_top` is the height at which the first line's capitals begin.
    """

    role: str
    pieces: tuple[Piece, ...]
    box: Box
    text: str
    lines: tuple[str, ...]
    size: float
    leading: float
    tracking: float
    weight: int
    colour: str
    align: Align
    axis: float
    cap_top: float

    @property
    def baseline(self) -> float:
        """Baseline of the last line."""
        return self.pieces[-1].baseline

    def line_boxes(self) -> tuple[Box, ...]:
        """Ink boxes of the lines, top to bottom."""
        numbers = sorted({piece.line for piece in self.pieces})
        return tuple(around(p.box for p in self.pieces if p.line == n) for n in numbers)

    def line(self, number: int) -> Block:
        """The block with one of its lines only (for reveals)."""
        return _with(self, tuple(piece for piece in self.pieces if piece.line == number))

    def moved(self, dx: float, dy: float) -> Block:
        """The block shifted by px."""
        pieces = tuple(_shifted(piece, dx, dy) for piece in self.pieces)
        return replace(_with(self, pieces), axis=self.axis + dx, cap_top=self.cap_top + dy)

    def plain(self, colour: str) -> Block:
        """The block in one colour, every piece of it."""
        return replace(self, colour=colour, pieces=tuple(replace(piece, colour="") for piece in self.pieces))

    def coloured(self, colour: str, name: str | None = None) -> Block:
        """The block in another colour; with `name`, only the pieces of that name ("quote", "cents", ...)."""
        if name is None:
            return replace(self, colour=colour)
        pieces = tuple(replace(p, colour=colour) if p.name == name else p for p in self.pieces)
        return replace(self, pieces=pieces)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box (x, y, w, h) around boxes; zeros for none."""
    kept = [box for box in boxes if box[2] > 0 and box[3] > 0]
    if not kept:
        return 0.0, 0.0, 0.0, 0.0
    x, y = min(b[0] for b in kept), min(b[1] for b in kept)
    return x, y, max(b[0] + b[2] for b in kept) - x, max(b[1] + b[3] for b in kept) - y


def _with(block: Block, pieces: tuple[Piece, ...]) -> Block:
    return replace(block, pieces=pieces, box=around(piece.box for piece in pieces))


def _shifted(piece: Piece, dx: float, dy: float) -> Piece:
    path = _offset(piece.path, dx, dy)
    x, y, w, h = piece.box
    return replace(piece, path=path, box=(x + dx, y + dy, w, h), baseline=piece.baseline + dy)


def _offset(path: Any, dx: float, dy: float) -> Any:
    import skia

    moved = skia.Path()
    moved.addPath(path, dx, dy)
    return moved


def _piece(run: Run, x: float, baseline: float, line: int = 0, name: str = "") -> Piece:
    left, top, right, bottom = run.ink
    box = (x + left, baseline + top, right - left, bottom - top)
    return Piece(path=_offset(run.path, x, baseline), box=box, baseline=baseline, line=line, name=name)


# -------------------------------------------------------------------------------------------------- text blocks


def place(
    fitted: Fitted, face: Face, x: float, y_cap_top: float, align: Align | None = None, colour: str = "#000000",
    role: str = "", hang: bool = True,
) -> Block:
    """Put a fitted text with its axis at `x` (left edge, centre or right edge) and its capitals' top at `y_cap_top`.

    Lines stand on the axis by their ink, not by their side bearings. An opening quotation mark stays where `x` is,
    and the axis of the text moves in by its width and .06 em (`Block.axis` tells where to); marks are pieces named
    "quote", so that they may take another colour.
    """
    align = align or fitted.align
    marked = hang and align == "left" and fitted.lines[0][:1] in OPENERS
    inset = _mark_inset(fitted, face) if marked else 0.0
    first = y_cap_top + face.cap * fitted.size
    pieces: list[Piece] = []
    for number, line in enumerate(fitted.lines):
        baseline = first + number * fitted.leading
        pieces += _line(fitted, face, line, number, x + inset, baseline, align, marked)
    return Block(
        role=role, pieces=tuple(pieces), box=around(p.box for p in pieces), text=fitted.text, lines=fitted.lines,
        size=fitted.size, leading=fitted.leading, tracking=fitted.tracking, weight=face.heavy, colour=colour,
        align=align, axis=x + inset, cap_top=y_cap_top,
    )


def _mark_inset(fitted: Fitted, face: Face) -> float:
    mark = face.run(fitted.lines[0][0], fitted.size, 0.0, fitted.locale)
    return mark.width + QUOTE_GAP * fitted.size


def _line(
    fitted: Fitted, face: Face, line: str, number: int, x: float, baseline: float, align: Align, marked: bool
) -> list[Piece]:
    if not (marked and number == 0):
        run = face.run(line, fitted.size, fitted.tracking, fitted.locale)
        return [_piece(run, _start(run, x, align), baseline, number)]
    mark = face.run(line[0], fitted.size, 0.0, fitted.locale)
    rest = face.run(line[1:].lstrip("\u00a0\u202f "), fitted.size, fitted.tracking, fitted.locale)
    outside = x - QUOTE_GAP * fitted.size - mark.width - mark.ink[0]
    return [_piece(mark, outside, baseline, number, "quote"), _piece(rest, _start(rest, x, align), baseline, number)]


def _start(run: Run, x: float, align: Align) -> float:
    """Pen start that puts the run's ink on the axis."""
    left, _, right, _ = run.ink
    return {"left": x - left, "right": x - right, "centre": x - (left + right) / 2}[align]


def label(
    text: str, face: Face, size: float, box: Box, colour: str, role: str = "cta", locale: str = "en",
    tracking: float = 0.0,
) -> Block:
    """One line centred in a box by its ink across and by its capital height down: the label of a button or badge."""
    x, y, w, h = box
    run = face.run(text, size, tracking, locale)
    baseline = y + h / 2 + face.cap * size / 2
    piece = _piece(run, _start(run, x + w / 2, "centre"), baseline)
    return _single(piece, text, face, size, tracking, colour, role, "centre", x + w / 2)


def _single(
    piece: Piece, text: str, face: Face, size: float, tracking: float, colour: str, role: str, align: Align, axis: float
) -> Block:
    return Block(
        role=role, pieces=(piece,), box=piece.box, text=text, lines=(text,), size=size, leading=0.0,
        tracking=tracking, weight=face.heavy, colour=colour, align=align, axis=axis,
        cap_top=piece.baseline - face.cap * size,
    )


def set_line(
    text: str, face: Face, size: float, x: float, baseline: float, colour: str = "#000000", role: str = "",
    align: Align = "left", locale: str = "en", tracking: float = 0.0,
) -> Block:
    """One line on a given baseline, its ink on the axis `x`."""
    run = face.run(text, size, tracking, locale)
    piece = _piece(run, _start(run, x, align), baseline)
    return _single(piece, text, face, size, tracking, colour, role, align, x)


# ------------------------------------------------------------------------------------------------ figure blocks


def number(
    value: str, unit: str, face: Face, size: float, x: float, y_cap_top: float, colour: str = "#000000",
    role: str = "number", px_per_pt: float = 2.88, locale: str = "en",
) -> Block:
    """A figure with its unit at half the size on the same baseline, as one object with its own ink bounds."""
    track = tracking_at(size / px_per_pt, serif=face.serif, figures=True)
    baseline = y_cap_top + face.cap * size
    figure = face.run(value, size, track, locale)
    pieces = [_piece(figure, x - figure.ink[0], baseline, name="figure")]
    if unit:
        mark = face.run(unit, size * 0.5, track / 2, locale)
        end = pieces[0].box[0] + pieces[0].box[2]
        pieces.append(_piece(mark, end + 0.075 * size - mark.ink[0], baseline, name="unit"))
    return _composite(pieces, f"{value}\u00a0{unit}".strip(), face, size, track, colour, role, x, y_cap_top)


def _composite(
    pieces: list[Piece], text: str, face: Face, size: float, tracking: float, colour: str, role: str, x: float,
    y_cap_top: float,
) -> Block:
    return Block(
        role=role, pieces=tuple(pieces), box=around(p.box for p in pieces), text=text, lines=(text,), size=size,
        leading=0.0, tracking=tracking, weight=face.heavy, colour=colour, align="left", axis=x, cap_top=y_cap_top,
    )


def price(
    amount: Decimal, currency: str, locale: str, face: Face, size: float, x: float, y_cap_top: float,
    colour: str = "#000000", role: str = "price", px_per_pt: float = 2.88,
) -> Block:
    """A display price set as the locale sets it; see `prices`."""
    from pipelines.compose.prices import set_price

    return set_price(amount, currency, locale, face, size, x, y_cap_top, colour, role, px_per_pt)
