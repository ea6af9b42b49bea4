"""Set type in motion: lines that rise out of their own edge, words that go, figures that count."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.compose.block import Block, number
from pipelines.compose.draw import Item, Shown
from pipelines.compose.setting import Piece, around
from pipelines.compose.typeset import Face
from pipelines.motion.easing import easing

OPEN = 0.4
"""A text is wholly there after this share of its way."""
LEAVE = 0.24
STOP = re.compile(r"[.,:;!?…—–]['’\"”»“]?$")
"""Where a thought turns."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Group:
    """Things of a still that come and go together: a text with its rules or stars, the logo, a button."""

    role: str
    items: tuple[Item, ...]

    @property
    def block(self) -> Block | None:
        """The text among them."""
        return next((i for i in reversed(self.items) if isinstance(i, Block)), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cue:
    """When a group comes and goes, in seconds. `stagger` parts its lines; `rise` False fades it in its place."""

    enter: float = -9.0
    seconds: float = 0.5
    stagger: float = 0.1
    ease: str = "enter"
    leave: float = math.inf
    rise: bool = True

    @property
    def settled(self) -> float:
        """When one line has come to rest."""
        return self.enter + self.seconds


def grouped(items: Sequence[Item], front: int) -> tuple[tuple[Item, ...], tuple[Group, ...]]:
    """A still's items as its device (the first `front` of them) and groups in drawing order."""
    groups: list[Group] = []
    waiting: list[Item] = []
    for item in items[front:]:
        waiting.append(item)
        if isinstance(item, Block):
            groups.append(Group(role=item.role, items=tuple(waiting)))
            waiting = []
    if waiting:
        groups.append(Group(role="frame", items=tuple(waiting)))
    return tuple(items[:front]), tuple(groups)


def halves(group: Group) -> tuple[Group, Group] | None:
    """A text that says two things, each on lines of its own, as two groups: parted after the first stop that ends a
    line. None for one that says a single thing."""
    block = group.block
    if block is None:
        return None
    lines = sorted({p.line for p in block.pieces})
    ends = [n for n in lines[:-1] if STOP.search(max((p for p in block.pieces if p.line == n), key=lambda p: p.box[0]).text)]
    if not ends:
        return None
    first = replace(block, pieces=tuple(p for p in block.pieces if p.line <= ends[0]))
    second = replace(block, pieces=tuple(p for p in block.pieces if p.line > ends[0]))
    return (
        replace(group, items=tuple(first if i is block else i for i in group.items)),
        Group(role=group.role, items=(second,)),
    )


def shown(group: Group, cue: Cue, t: float) -> tuple[tuple[Item, ...], tuple[Any, ...]]:
    """What of a group is seen at a moment, and a key that is equal for equal pictures."""
    if t < cue.enter or t >= cue.leave + LEAVE:
        return (), ()
    if t >= cue.leave:
        return _leaving(group, (t - cue.leave) / LEAVE)
    block = group.block
    lines = sorted({p.line for p in block.pieces}) if block is not None else [0]
    if t >= cue.enter + cue.seconds + cue.stagger * (len(lines) - 1):
        return group.items, ("still",)
    items: list[Item] = []
    key: list[float] = []
    for n, line in enumerate(lines):
        done = easing(cue.ease)((t - cue.enter - n * cue.stagger) / cue.seconds)
        key.append(round(done, 4))
        items += _arriving(group, block, line if len(lines) > 1 else None, done, cue.rise)
    return tuple(items), tuple(key)


def _arriving(group: Group, block: Block | None, line: int | None, done: float, rise: bool) -> list[Item]:
    """A line of a group on its way in; what is drawn with the block comes with its first line."""
    if done <= 0:
        return []
    first = line in (None, 0)
    parts: list[Item] = list(group.items) if line is None else [*(group.items[:-1] if first else ()), block.line(line)]  # type: ignore[union-attr]
    if block is None or not rise:
        return [Shown(item=part, opacity=min(1.0, done)) for part in parts]
    x, y, w, h = (block if line is None else block.line(line)).box
    pad = 0.12 * block.size
    clip = (x - 4 * pad, y - pad, w + 8 * pad, h + 2 * pad)
    down = (1 - done) * (h + 2 * pad)
    faded = min(1.0, done / OPEN)
    out: list[Item] = []
    for part in parts:
        out.append(
            Shown(item=part, opacity=faded, offset=(0.0, down), clip=clip) if isinstance(part, Block)
            else Shown(item=part, opacity=faded)
        )
    return out


def _leaving(group: Group, t: float) -> tuple[tuple[Item, ...], tuple[Any, ...]]:
    gone = easing("exit")(t)
    return tuple(Shown(item=i, opacity=1 - gone) for i in group.items), ("leave", round(gone, 4))


# --------------------------------------------------------------------------------------------------- figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure as it is written: its value, decimals, and the sign between."""

    value: float
    places: int
    comma: str

    def at(self, share: float) -> str:
        """The figure at a share of its value, written alike; the whole value at 1."""
        step = 10.0**-self.places
        now = self.value if share >= 1 else max(step, math.floor(self.value * share / step + 0.5) * step)
        return f"{now:.{self.places}f}".replace(".", self.comma)


def figure_of(block: Block) -> Figure | None:
    """The figure that a composed block shows, or None when it shows none that can be counted."""
    text = "".join(p.text for p in block.pieces if p.name == "figure")
    comma = next((c for c in text if c in ".,"), "")
    bare = text.replace(comma, ".") if comma else text
    if not bare.replace(".", "", 1).isdigit():
        return None
    return Figure(value=float(bare), places=len(bare.partition(".")[2]), comma=comma or ".")


def counted(block: Block, figure: Figure, share: float, face: Face) -> Block:
    """The block with its figure at a share of its value: right edges stay, so that the unit never moves."""
    own = [p for p in block.pieces if p.name == "figure"]
    rest = tuple(p for p in block.pieces if p.name != "figure")
    if share >= 1 or not own:
        return block
    x, _, w, _ = around(p.box for p in own)
    now = number(figure.at(share), "", face, block.size, x, block.cap_top, colour=block.colour)
    nx, _, nw, _ = now.box
    shifted = now.moved(x + w - nx - nw, own[0].baseline - now.baseline)
    pieces: tuple[Piece, ...] = tuple(replace(p, colour=own[0].colour) for p in shifted.pieces)
    return replace(block, pieces=(*pieces, *rest))
