"""Shots: each gives the picture at a moment of the film. Equal moments give the very same array, drawn once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from pipelines.compose.compose import Composition
from pipelines.compose.draw import Item, Pixels, draw
from pipelines.compose.page import Layout
from pipelines.motion.easing import Bezier, easing
from pipelines.motion.lightset import LightSet, Look
from pipelines.motion.storyboard import Move
from pipelines.motion.words import Cue, Group, halves, shown

POSTER = 0.06
"""The film's first two frames are the finished still: feeds show them as its poster. Then the telling begins."""
PUSH, PACE = 0.035, 2.3
"""How much nearer a wide shot is after `PACE` seconds than the still, and as much again in as many: it never stands."""
CLOSER = 0.02
"""Growth of a close shot each second."""
SETTLE, SETTLED = 0.035, 0.85
"""How much nearer the end card begins, and seconds until it stands."""
FINE = 60
"""Steps in which a device over the picture is made."""
LIGHTS = 160
"""Steps of the light's way: what nobody can see is not drawn again."""
STAYING = ("logo", "frame", "button", "cta", "legal", "price", "buys", "date", "was", "per", "code", "rating", "source")
"""Roles that are there from the start: an offer is never told without its terms, a voice never without its source."""


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
    """The still's own picture: first the still itself, then light, print and type by their tracks and cues.

    The camera comes nearer about the point `about` until `until`; type over the picture does not move with it, unless
    `whole` says that the type is the picture. `still` is shown as the film's first frames. `device(progress)` gives a
    device's items; `printed` says that they lie on the ground. `change` turns a group into what it shows at a moment (a
    figure that counts).
    """

    place: LightSet
    groups: tuple[tuple[Group, Cue], ...]
    light: Track
    progress: Track
    split: Track
    until: float
    still: Pixels | None = None
    device: Callable[[float], tuple[Item, ...]] | None = None
    printed: bool = False
    ghost: tuple[Item, ...] = ()
    change: Callable[[Group, float], tuple[Group, Any]] | None = None
    about: tuple[float, float] = (0.0, 0.0)
    window: tuple[int, int, int, int] | None = None
    whole: bool = False
    _base: dict[str, Any] = field(default_factory=dict)

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        if self.still is not None and t < POSTER:
            return self.still
        items, key = self._over(t)
        base, base_key = self._under(t)
        nearer = round(PUSH * max(1.0, self.until / PACE) * easing("push")(t / self.until), 5)
        told = (base_key, key, nearer)
        if self._base.get("frame key") != told:
            self._base["frame key"] = told
            if self.whole:
                self._base["frame"] = self._moved(_with(base, items), nearer)
            else:
                self._base["frame"] = _with(self._moved(base, nearer), items)
        return np.asarray(self._base["frame"], np.uint8)

    def _under(self, t: float) -> tuple[Pixels, Any]:
        look = Look(
            hour=round(self.light.at(t) * LIGHTS) / LIGHTS, device=_rounded(self.progress.at(t)) if self.printed else 1.0,
            split=_rounded(self.split.at(t)),
        )
        if self._base.get("look") != look:
            printed = self.device(look.device) if self.device and self.printed else ()
            self._base["look"] = look
            self._base["picture"] = self.place.picture(look, (*self.ghost, *printed))
        return self._base["picture"], look

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
    """The product near, light still going, the camera pushing in on a point; type stands still over it.

    `base(hour)` gives the picture under the type.
    """

    base: Callable[[float], Pixels]
    light: Track
    centre: tuple[float, float]
    start: float
    groups: tuple[tuple[Group, Cue], ...]

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        moved = enlarged(self.base(self.light.at(t)), 1 + CLOSER * (t - self.start), self.centre)
        items: list[Item] = []
        for group, cue in self.groups:
            items += shown(group, cue, t)[0]
        return _with(moved, items)


@dataclass(kw_only=True)
class End:
    """The end lockup: the picture comes to rest while logo, line and call to action rise; then it holds still."""

    base: Pixels
    about: tuple[float, float]
    start: float
    groups: tuple[tuple[Group, Cue], ...]
    card: Composition
    _drawn: dict[Any, Pixels] = field(default_factory=dict)

    def frame(self, t: float) -> Pixels:
        """The picture at a moment."""
        nearer = round(SETTLE * (1 - easing("rest")((t - self.start) / SETTLED)), 5)
        found = [shown(group, cue, t) for group, cue in self.groups]
        key = (nearer, tuple(k for _, k in found))
        if key not in self._drawn:
            self._drawn.clear()
            base = enlarged(self.base, 1 + nearer, self.about) if nearer > 0 else self.base
            self._drawn[key] = _with(base, [item for items, _ in found for item in items])
        return self._drawn[key]


def enlarged(picture: Pixels, scale: float, about: tuple[float, float]) -> Pixels:
    """A picture larger by `scale` about a point that stays, cut to its own size."""
    import cv2

    (x, y), size = about, picture.shape[1::-1]
    move = np.array([[scale, 0, x * (1 - scale)], [0, scale, y * (1 - scale)]], np.float64)
    moved = cv2.warpAffine(picture, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


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


def cues(
    layout: Layout, groups: Sequence[Group], starts: Mapping[str, tuple[float, Move]], phrases: tuple[float, Move] | None
) -> tuple[tuple[Group, Cue], ...]:
    """Each group with its cue. `starts` tells by role, or as `rest`, when a move brings it in; the first text of a
    layout, logo, frame, prices and terms are there from the start unless told otherwise by their own role. `phrases`
    brings in what a first text says after its first stop."""
    made: list[tuple[Group, Cue]] = []
    lead = layout.texts[0].role if layout.texts else ""
    waiting = 0
    for group in groups:
        parts = halves(group) if phrases and group.role in ("headline", "quote") else None
        found = starts.get(group.role)
        if found is None and group.role not in (lead, *STAYING):
            found = starts.get("rest")
            if found is not None:
                found = (found[0] + waiting * found[1].stagger, found[1])
                waiting += 1
        if parts is not None and phrases is not None:
            made += [(parts[0], Cue()), (parts[1], _cue(*phrases))]
        else:
            made.append((group, _cue(*found) if found else Cue()))
    return tuple(made)


def _cue(start: float, move: Move) -> Cue:
    return Cue(enter=start, seconds=move.seconds, stagger=min(move.stagger, 0.12), ease=move.ease)
