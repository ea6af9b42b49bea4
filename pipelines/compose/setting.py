"""What set type is: pieces of outline with their places, ready to be moved, faded, coloured and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pipelines.compose.breaking import Align
from pipelines.compose.typeset import Face, Run

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Piece:
    """The outlines of a word or figure in canvas pixels; `box` is its ink (x, y, w, h).

    `line` counts from 0; `colour` "" means the block's; `name` tells what it is in a composite ("quote", "cents").
    """

    path: Any
    box: Box
    baseline: float
    line: int = 0
    colour: str = ""
    name: str = ""
    text: str = ""


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

    def word(self, number: int) -> Block:
        """The block with one of its pieces only (for words that come one by one)."""
        return _with(self, (self.pieces[number],))

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

    def coloured(self, colour: str, name: str = "", words: str = "", line: int | None = None) -> Block:
        """The block in another colour, or only some of it: pieces of a `name`, the `words` of a phrase, a `line`."""
        if not name and not words and line is None:
            return replace(self, colour=colour)
        chosen = set(self._phrase(words)) if words else None
        pieces = tuple(
            replace(piece, colour=colour)
            if (not name or piece.name == name) and (chosen is None or at in chosen) and line in (None, piece.line)
            else piece
            for at, piece in enumerate(self.pieces)
        )
        return replace(self, pieces=pieces)

    def _phrase(self, words: str) -> range:
        """Places of the pieces that spell a phrase, punctuation at its ends aside; empty when it is not there."""
        wanted = [_bare(word) for word in words.split(" ")]
        spelt = [_bare(piece.text) for piece in self.pieces]
        for at in range(len(spelt) - len(wanted) + 1):
            if spelt[at : at + len(wanted)] == wanted:
                return range(at, at + len(wanted))
        return range(0)


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


def _bare(word: str) -> str:
    return word.strip(".,:;!?…“”„‚‘’«»\"()").lower()


def run_pieces(run: Run, x: float, baseline: float, line: int = 0, name: str = "") -> list[Piece]:
    """A run with its pen start at `x`, a piece a word."""
    return [
        Piece(
            path=_offset(part.path, x, baseline), baseline=baseline, line=line, name=name, text=part.text,
            box=(x + part.ink[0], baseline + part.ink[1], part.ink[2] - part.ink[0], part.ink[3] - part.ink[1]),
        )
        for part in run.parts
    ]


def composite(
    pieces: Iterable[Piece], text: str, face: Face, size: float, role: str, colour: str, axis: float, cap_top: float,
    tracking: float = 0.0, align: Align = "left",
) -> Block:
    """Pieces on one line as one object with ink bounds of its own."""
    kept = tuple(pieces)
    return Block(
        role=role, pieces=kept, box=around(p.box for p in kept), text=text, lines=(text,), size=size, leading=0.0,
        tracking=tracking, weight=face.heavy, colour=colour, align=align, axis=axis, cap_top=cap_top,
    )
