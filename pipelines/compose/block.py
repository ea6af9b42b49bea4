"""Type put in its place: paragraphs on an axis, labels in buttons, figures with their units, prices.

The geometry itself (`Block`, `Piece`) is told in `setting`, figures in `prices`; this is the door to all of them.
"""

from __future__ import annotations

from itertools import pairwise

from pipelines.compose.breaking import Align
from pipelines.compose.fit import CLOSERS, INNER_SPACES, OPENERS, Fitted, mark_inset
from pipelines.compose.prices import number, price, struck
from pipelines.compose.setting import Block, Box, Piece, around, composite, run_pieces
from pipelines.compose.typeset import Face, Run

__all__ = [
    "Block", "Box", "Piece", "around", "ink_gaps", "label", "number", "place", "price", "set_line", "struck",
    "text_share",
]

STOPS = ".,"
STOP_HANG = 0.6


TAILED = ("j", "ĵ")
"""Letters whose tail reaches left of their stem: they stand on the axis by the pen, or they look indented."""


def place(
    fitted: Fitted, face: Face, x: float, y_cap_top: float, align: Align | None = None, colour: str = "#000000",
    role: str = "", hang: bool = True,
) -> Block:
    """Put a fitted text with its axis at `x` (left edge, centre or right edge) and its capitals' top at `y_cap_top`.

    Lines stand on the axis by their ink, not by their side bearings; a full stop hangs a little over a right axis
    and counts half in a centred line. An opening quotation mark stays where `x` is, and the text moves in by the
    mark's width and .06 em (`Block.axis` tells where to); the marks are pieces named "quote", so that they may take
    another colour. Baselines fall on whole pixels, which keeps the feet of letters sharp.
    """
    align = align or fitted.align
    marked = hang and align == "left" and fitted.lines[0][:1] in OPENERS
    inset = mark_inset(fitted.text, face, fitted.size, fitted.locale) if marked else 0.0
    first = round(y_cap_top + face.cap * fitted.size)
    pieces: list[Piece] = []
    for number_, line in enumerate(fitted.lines):
        baseline = round(first + number_ * fitted.leading)
        pieces += _line(fitted, face, line, number_, x, inset, baseline, align)
    return Block(
        role=role, pieces=tuple(pieces), box=around(p.box for p in pieces), text=fitted.text, lines=fitted.lines,
        size=fitted.size, leading=fitted.leading, tracking=fitted.tracking, weight=face.heavy, colour=colour,
        align=align, axis=x + inset, cap_top=y_cap_top,
    )


def _line(
    fitted: Fitted, face: Face, line: str, number_: int, x: float, inset: float, baseline: float, align: Align
) -> list[Piece]:
    """The pieces of one line; with an `inset`, the text's quotation marks stand apart from it."""
    before = line[0] if inset and number_ == 0 else ""
    closes = inset > 0 and number_ == len(fitted.lines) - 1 and line[len(before) :][-1:] in tuple(CLOSERS)
    body = line[len(before) : len(line) - closes].strip(INNER_SPACES)
    run = face.run(body, fitted.size, fitted.tracking, fitted.locale)
    start = _start(run, x + inset, align) + _stop_shift(body, fitted, face, align)
    if align == "left" and body[:1] in TAILED:
        start = x + inset
    pieces = run_pieces(run, start, baseline, number_)
    if before:
        mark = face.run(before, fitted.size, 0.0, fitted.locale)
        pieces = run_pieces(mark, x - mark.ink[0], baseline, number_, "quote") + pieces
    if closes:
        pieces += run_pieces(*_closing(fitted, face, line[len(before) :], start), baseline, number_, "quote")
    return pieces


def _closing(fitted: Fitted, face: Face, line: str, start: float) -> tuple[Run, float]:
    """The line's last sign with the pen start that shaping the whole line gives it."""
    alone = face.run(line[-1], fitted.size, 0.0, fitted.locale)
    whole = face.run(line.lstrip(INNER_SPACES), fitted.size, fitted.tracking, fitted.locale)
    return alone, start + whole.advance - alone.advance


def _start(run: Run, x: float, align: Align) -> float:
    """Pen start that puts the run's ink on the axis."""
    left, _, right, _ = run.ink
    return {"left": x - left, "right": x - right, "centre": x - (left + right) / 2}[align]


def _stop_shift(line: str, fitted: Fitted, face: Face, align: Align) -> float:
    if align == "left" or line[-1:] not in STOPS:
        return 0.0
    stop = face.run(line[-1], fitted.size, 0.0, fitted.locale).width
    return stop * (STOP_HANG if align == "right" else 0.5)


# ------------------------------------------------------------------------------------------------- single lines


def label(
    text: str, face: Face, size: float, box: Box, colour: str, role: str = "cta", locale: str = "en",
    tracking: float = 0.0,
) -> Block:
    """One line centred in a box by its ink across and by its capital height down: the label of a button or badge."""
    x, y, w, h = box
    run = face.run(text, size, tracking, locale)
    cap = face.cap * size
    baseline = round(y + h / 2 + cap / 2)
    pieces = run_pieces(run, _start(run, x + w / 2, "centre"), baseline)
    return composite(pieces, text, face, size, role, colour, x + w / 2, baseline - cap, tracking, "centre")


def set_line(
    text: str, face: Face, size: float, x: float, baseline: float, colour: str = "#000000", role: str = "",
    align: Align = "left", locale: str = "en", tracking: float = 0.0,
) -> Block:
    """One line on a given baseline, its ink on the axis `x`."""
    run = face.run(text, size, tracking, locale)
    pieces = run_pieces(run, _start(run, x, align), baseline)
    return composite(pieces, text, face, size, role, colour, x, baseline - face.cap * size, tracking, align)


# --------------------------------------------------------------------------------------------------- measuring


def ink_gaps(block: Block) -> tuple[float, ...]:
    """Clear height between each two neighbouring lines' ink, in em; all marks and descenders included."""
    boxes = block.line_boxes()
    return tuple((b[1] - a[1] - a[3]) / block.size for a, b in pairwise(boxes))


def text_share(blocks: tuple[Block, ...], width: int, height: int) -> float:
    """Share of the canvas under the ink boxes of lines of text and logos, overlaps counted once, off-canvas not."""
    import numpy as np

    covered = np.zeros((height, width), bool)
    for x, y, w, h in (box for block in blocks for box in block.line_boxes()):
        covered[max(0, round(y)) : max(0, round(y + h)), max(0, round(x)) : max(0, round(x + w))] = True
    return float(covered.mean())
