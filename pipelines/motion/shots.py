"""Shots: each gives the picture at a moment of the film. Equal moments give the very same array, drawn once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from pipelines.compose.draw import Item, Pixels, draw
from pipelines.compose.page import Layout
from pipelines.motion.cards import Card
from pipelines.motion.easing import Bezier, easing
from pipelines.motion.lightset import LightSet, Look
from pipelines.motion.storyboard import Move
from pipelines.motion.words import Cue, Group, shown

PUSH = 0.012
"""Growth of a close shot each second."""
FINE = 60
"""Steps in which a device over the picture is made."""
DRIFT = 0.06
"""How much nearer a wide shot begins than it ends."""
POP = 0.3
FIRST = 0.13
"""How long before the film the first card has begun to come: its words are there in frame 0 and still settle."""


class Shot(Protocol):
    """A stretch of film."""

    def frame(self, t: float) -> Pixels:
        """The picture (h, w, 3) RGB at `t` seconds of the film. It must not be written to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """A value over time: moves of one thing, timed in seconds; before the first it has that one's start."""

    moves: tuple[tuple[float, Move], ...]
    brand: Bezier | None = None
    rest: float = 1.0

    def at(self, t: float) -> float:
        """The value at a moment; `rest` when nothing moves it."""
        if not self.moves:
            return self.rest
        value = self.moves[0][1].start
        for start, move in self.moves:
            if t < start:
                break
            share = easing(move.ease, self.brand)((t - start) / max(move.seconds, 1e-6))
            value = move.start + (move.end - move.start) * share
        return value


@dataclass(kw_only=True)
class Wide:
    """The still's own picture: light, print, product and type by their tracks and cues. Type never moves with the
    camera, which draws back about the point `about` until `still_at`.

    `device(progress)` gives a device's items; `printed` says that they lie on the ground. `change` turns a group into
    what it shows at a moment (a figure that counts).
    """

    place: LightSet
    groups: tuple[tuple[Group, Cue], ...]
    light: Track
    product: Track
    progress: Track
    travel: float = 0.0
    device: Callable[[float], tuple[Item, ...]] | None = None
    printed: bool = False
    ghost: tuple[Item, ...] = ()
    change: Callable[[Group, float], tuple[Group, Any]] | None = None
    still_at: float = 0.0
    about: tuple[float, float] = (0.0, 0.0)
    window: tuple[int, int, int, int] | None = None
    _base: dict[str, Any] = field(default_factory=dict)

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        items, key = self._over(t)
        base, base_key = self._under(t)
        nearer = self._nearer(t)
        whole = (base_key, key, nearer)
        if self._base.get("frame key") != whole:
            self._base["frame key"] = whole
            self._base["frame"] = _with(self._moved(base, nearer), items)
        return np.asarray(self._base["frame"], np.uint8)

    def _under(self, t: float) -> tuple[Pixels, Any]:
        there = self.product.at(t)
        look = Look(
            light=_rounded(self.light.at(t)), device=_rounded(self.progress.at(t)) if self.printed else 1.0,
            product=_rounded(there), shift=round(self.travel * (1 - there), 1),
        )
        if self._base.get("look") != look:
            printed = self.device(look.device) if self.device and self.printed else ()
            self._base["look"] = look
            self._base["picture"] = self.place.picture(look, (*self.ghost, *printed))
        return self._base["picture"], look

    def _nearer(self, t: float) -> float:
        """How much larger than the still the picture is: the camera draws back and has stopped at `still_at`."""
        if t >= self.still_at:
            return 0.0
        return float(round(DRIFT * (1 - t / self.still_at) ** 1.25, 5))

    def _moved(self, base: Pixels, nearer: float) -> Pixels:
        """The picture enlarged about a point; round a window the page stays."""
        if nearer <= 0:
            return base
        moved = enlarged(base, 1 + nearer, self.about)
        if self.window is None:
            return moved
        x, y, w, h = self.window
        out = base.copy()
        out[y : y + h, x : x + w] = moved[y : y + h, x : x + w]
        return out

    def _over(self, t: float) -> tuple[tuple[Item, ...], tuple[Any, ...]]:
        items: list[Item] = []
        keys: list[Any] = []
        if self.device and not self.printed:
            progress = round(min(max(self.progress.at(t), 0.0), 1.0) * FINE) / FINE
            items += self.device(progress)
            keys.append(progress)
        for group, cue in self.groups:
            now, mark = self.change(group, t) if self.change else (group, None)
            seen, key = shown(now, cue, t)
            items += seen
            keys.append((key, mark))
        return tuple(items), tuple(keys)


@dataclass(kw_only=True)
class Close:
    """The product near, the camera pushing in on a point; type stands still over it."""

    base: Pixels
    centre: tuple[float, float]
    start: float
    groups: tuple[tuple[Group, Cue], ...]

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        moved = enlarged(self.base, 1 + PUSH * (t - self.start), self.centre)
        items: list[Item] = []
        for group, cue in self.groups:
            items += shown(group, cue, t)[0]
        return _with(moved, items)


@dataclass(kw_only=True)
class Cards:
    """Words on flat colours, one card after the other, `step` seconds each."""

    size: tuple[int, int]
    cards: Sequence[Card]
    step: float
    _drawn: dict[Any, Pixels] = field(default_factory=dict)

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        n = min(int(t / self.step + 1e-6), len(self.cards) - 1)
        first = n * self.step - (FIRST if n == 0 else 0.06)
        card = self.cards[n]
        group = Group(role="card", items=(card.block,))
        items, key = shown(group, Cue(enter=first, seconds=POP, stagger=0.03), t)
        if (n, key) not in self._drawn:
            self._drawn.clear()
            self._drawn[(n, key)] = _with(flat(self.size, card.ground), items)
        return self._drawn[(n, key)]


def enlarged(picture: Pixels, scale: float, about: tuple[float, float]) -> Pixels:
    """A picture larger by `scale` about a point that stays, cut to its own size."""
    import cv2

    (x, y), size = about, picture.shape[1::-1]
    move = np.array([[scale, 0, x * (1 - scale)], [0, scale, y * (1 - scale)]], np.float64)
    moved = cv2.warpAffine(picture, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def flat(size: tuple[int, int], colour: str) -> Pixels:
    """A picture (h, w, 3) of one colour."""
    return np.full((size[1], size[0], 3), [int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)


def _with(base: Pixels, items: Sequence[Item]) -> Pixels:
    """A picture with items drawn on it."""
    import cv2

    if not items:
        return base
    sheet = cv2.cvtColor(base, cv2.COLOR_RGB2BGRA)
    draw(sheet, items)
    return np.asarray(cv2.cvtColor(sheet, cv2.COLOR_BGRA2RGB), np.uint8)


def _rounded(value: float) -> float:
    """To a thousandth: what nobody can see is not drawn again."""
    return round(min(max(value, 0.0), 1.0), 3)


def cues(layout: Layout, groups: Sequence[Group], starts: Mapping[str, tuple[float, Move]], leave: float,
         leaving: frozenset[str]) -> tuple[tuple[Group, Cue], ...]:  # fmt: skip
    """Each group with its cue. `starts` tells by role, or as `rest`, when a move brings it in; the first text of a
    layout, logo and frame are there from the start unless told otherwise by their own role."""
    made: list[tuple[Group, Cue]] = []
    lead = layout.texts[0].role if layout.texts else ""
    waiting = 0
    for group in groups:
        found = starts.get(group.role)
        if found is None and group.role not in (lead, "logo", "frame", "button"):
            found = starts.get("rest")
            if found is not None:
                found = (found[0] + waiting * found[1].stagger, found[1])
                waiting += 1
        ends = leave if group.role in leaving else float("inf")
        if found is None:
            made.append((group, Cue(leave=ends)))
        else:
            start, move = found
            lines = min(move.stagger, 0.12)
            made.append((group, Cue(enter=start, seconds=move.seconds, stagger=lines, ease=move.ease, leave=ends)))
    return tuple(made)
