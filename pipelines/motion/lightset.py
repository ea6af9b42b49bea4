"""A still's place while its light goes on: the same ground at a few hours, printed on, with the product in it.

Hour 0 is the still's own light. Where a set is a formula its lights are turned about the upright, so that every shadow
walks; where it was rendered, its next light comes in. Grounds are made once for each hour and a moment lies between
two of them. The product is laid over last, so its pixels never change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compose.backdrop import Backdrop
from pipelines.compose.block import Block
from pipelines.compose.draw import Item, Pixels, Rect, Scrim, canvas, draw, to_rgb
from pipelines.compose.printing import print_on
from pipelines.compose.seat import Layer, put
from pipelines.compose.stage import Stage

TURN = 20.0
"""Degrees that lights turn in a film: an hour and twenty minutes of sun."""
STEP = (4.0, 6.7)
"""Least and most degrees between two hours; in between, twice the light's own width, so that edges melt."""
SMALL = 6.0
"""A turn of no more is asked for where light must hardly move: a rendered set then keeps its own."""
OTHER = 0.4
"""How much of a rendered set's next light is there at the end."""
NEAR = 0.10
"""A next light may change the mean lightness (0..1) of the picture by this much, fully on."""
Mask = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A moment of the place: how far the light has gone, how much of the device is printed, how far the line between
    two lights is on its way; all 0..1. The still is hour 0 with everything else at 1."""

    hour: float = 0.0
    device: float = 1.0
    split: float = 1.0


class LightSet:
    """The place of a composition; `behind` is printed on its ground. `apart` px is how far from its place the line
    between two lights begins."""

    def __init__(
        self, backdrop: Backdrop, behind: Sequence[Item], veils: Sequence[Scrim], apart: float = 0.0,
        turn: float = TURN,
    ) -> None:
        self.backdrop, self.behind, self.veils, self.apart = backdrop, tuple(behind), tuple(veils), apart
        self.size = backdrop.size
        stages = [s for s in (backdrop.stage, backdrop.second) if s is not None]
        self._halves = tuple(Half(s, turn) for s in stages)
        self._pictures: dict[Any, Pixels] = {}

    def full(self) -> Pixels:
        """The still under its type: in its own light, all printed."""
        return self._kept(("full",), lambda: self.backdrop.picture(self.behind, self.veils))

    def shapes(self) -> tuple[Item, ...]:
        """What is printed on the ground, without words."""
        return tuple(i for i in self.behind if not (isinstance(i, Block) and i.role == "device"))

    def floor(self, hour: float = 0.0, shaped: bool = True) -> Pixels:
        """The first stage's picture at an hour, without veils and product; with shapes printed on it where `shaped`, never
        with words."""
        return self._halves[0].shaped(hour, self.shapes()) if shaped else self._halves[0].ground(hour)

    def picture(self, look: Look, printed: Sequence[Item]) -> Pixels:
        """The whole canvas at a moment, RGB; `printed` are the items on the ground. The still's look is the still's own."""
        if look == Look():
            return self.full()
        inner = [self._inner(half, look, printed) for half in self._halves]
        return self._page(inner[0] if len(inner) == 1 else self._joined(inner[0], inner[1], look.split))

    def _inner(self, half: Half, look: Look, printed: Sequence[Item]) -> Pixels:
        """Ground, print, veils and product of one light."""
        out = half.ground(look.hour)
        for colour, items in _by_colour(printed).items():
            cover = _cover(out.shape, items)
            if cover is not None:
                out = _blend(out, half.printed(look.hour, colour), cover)
        if self.veils and out.shape[:2] == self.veils[0].alpha.shape:
            sheet = canvas(out.shape[1], out.shape[0], out)
            draw(sheet, self.veils)
            out = to_rgb(sheet)
        if (layer := half.layer) is not None:
            put(out, layer)
        return out

    def _joined(self, first: Pixels, second: Pixels, split: float) -> Pixels:
        """Two lights whose line comes to its place from the second one's side as `split` goes from 0 to 1."""
        assert self.backdrop.split is not None
        axis, place = self.backdrop.split
        at = round(place + (1 - split) * self.apart)
        if axis == "x":
            first[:, at:] = second[:, at:]
        else:
            first[at:] = second[at:]
        return first

    def _page(self, inner: Pixels) -> Pixels:
        if inner.shape[:2] == (self.size[1], self.size[0]):
            return inner
        page = self.full().copy()
        x, y = self.backdrop.offset
        page[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
        return page

    def _kept(self, key: Any, make: Callable[[], Pixels]) -> Pixels:
        if key not in self._pictures:
            self._pictures[key] = make()
        return self._pictures[key]


class Half:
    """One stage at any hour."""

    def __init__(self, stage: Stage, turn: float = TURN) -> None:
        self.stage = stage
        self.layer: Layer | None = stage.layer(stage.light)
        self._makers = hours(stage, turn)
        self._made: dict[Any, Pixels] = {}

    def ground(self, hour: float) -> Pixels:
        """The ground with the product's shadow at an hour; nothing printed. The caller may write to it."""
        return self._between(hour, self._ground)

    def printed(self, hour: float, colour: str) -> Pixels:
        """The ground printed all over in one colour: what shows where a device's shapes are."""

        def print_(n: int) -> Pixels:
            if ("print", n, colour) not in self._made:
                ground = self._ground(n)
                every = Rect(box=(0.0, 0.0, float(ground.shape[1]), float(ground.shape[0])), colour=colour)
                self._made[("print", n, colour)] = print_on(ground, self.stage.passes.albedo, (every,))
            return self._made[("print", n, colour)]

        return self._between(hour, print_)

    def shaped(self, hour: float, shapes: tuple[Item, ...]) -> Pixels:
        """The ground with shapes printed on it, always the same ones."""

        def shape(n: int) -> Pixels:
            if ("shaped", n) not in self._made:
                self._made[("shaped", n)] = print_on(self._ground(n), self.stage.passes.albedo, shapes)
            return self._made[("shaped", n)]

        return self._between(hour, shape)

    def _between(self, hour: float, of: Callable[[int], Pixels]) -> Pixels:
        import cv2

        place = min(max(hour, 0.0), 1.0) * (len(self._makers) - 1)
        first, share = int(place), place - int(place)
        if share < 1e-3:
            return of(first).copy()
        return np.asarray(cv2.addWeighted(of(first), 1 - share, of(first + 1), share, 0), np.uint8)

    def _ground(self, n: int) -> Pixels:
        if n not in self._made:
            self._made[n] = self._makers[n]()
        return self._made[n]


def hours(stage: Stage, turn: float = TURN) -> list[Callable[[], Pixels]]:
    """What makes a stage's grounds hour by hour while its light turns by `turn` degrees (to its own side, or back where
    negative); the first is its own, and alone where its light cannot move."""
    scene: Any = stage.scene
    own = lambda: stage.ground(stage.light)  # noqa: E731 - one of a row of makers
    if hasattr(scene, "turned"):
        steps = math.ceil(abs(turn) / min(max(2 * stage.passes.light_angle, STEP[0]), STEP[1]))
        way = _way(stage)
        return [own, *(_turned(stage, way * turn * n / steps) for n in range(1, steps + 1))]
    mix = _next_light(stage) if abs(turn) > SMALL else ()
    return [own, lambda: stage.ground(mix)] if mix else [own]


def _turned(stage: Stage, degrees: float) -> Callable[[], Pixels]:
    scene: Any = stage.scene
    turn = -degrees if stage.window.flip else degrees
    return lambda: stage.under(scene.turned(turn)).ground(stage.light)


def _way(stage: Stage) -> float:
    """The side to which the light turns: further to its own side, so that shadows grow broad before the eye."""
    return math.copysign(1.0, stage.passes.light_dir[0])


def _next_light(stage: Stage) -> tuple[float, ...]:
    """For a rendered set: its own light and a share of the next that changes the picture's level least; () for none."""
    own = float(stage.ground(stage.light).mean()) / 255
    others = [(abs(float(stage.ground(n).mean()) / 255 - own), n) for n in range(stage.scene.lights) if n != stage.light]
    near = min(others, default=(1.0, -1))
    if near[0] > NEAR:
        return ()
    return tuple(1 - OTHER if n == stage.light else OTHER if n == near[1] else 0.0 for n in range(stage.scene.lights))


def _blend(a: Pixels, b: Pixels, share: Mask) -> Pixels:
    import cv2

    return np.asarray(cv2.blendLinear(a, b, 1 - share, share), np.uint8)


def _by_colour(items: Sequence[Item]) -> Mapping[str, list[Item]]:
    """Items grouped by their colour, in order of first appearance."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(_colour(item), []).append(item)
    return groups


def _colour(item: Any) -> str:
    pieces = getattr(item, "pieces", ())
    return str(pieces[0].colour or item.colour) if pieces else str(item.colour)


def bounds(items: Sequence[Item], shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """The box (x, y, w, h px) that items cover on a picture of a shape (h, w); None for nothing."""
    cover = _cover(shape, items)
    if cover is None:
        return None
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)


def _cover(shape: tuple[int, ...], items: Sequence[Item]) -> Mask | None:
    """How much of each pixel the items cover; None for nothing."""
    sheet = np.zeros((shape[0], shape[1], 4), np.uint8)
    draw(sheet, items)
    if not sheet[..., 3].any():
        return None
    return sheet[..., 3].astype(np.float32) / np.float32(255)
