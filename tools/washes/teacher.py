"""The teacher of washes: abstract grounds as weights of three palette colours.

A wash is an array (3, h, w): the shares of *base*, *second* and *accent* at each point, between 0 and 1, summing to 1.
The model learns these shares and never a colour, so that any palette can be put in afterwards, exactly.

Points live on a sheet whose area is 4 whatever its shape: x to the right, y down, the middle at (0, 0). All recipes
work on a batch: parameters have the shape (n, 1, 1), fields (n, h, w).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """The points of a batch and the dice that its parameters come from."""

    x: Field
    y: Field
    n: int
    rng: np.random.Generator

    def pick(self, low: float, high: float) -> Field:
        """One number for each picture of the batch, evenly between `low` and `high`."""
        return self.rng.uniform(low, high, (self.n, 1, 1)).astype(np.float32)

    def toss(self, share: float) -> Field:
        """1 for about `share` of the pictures, 0 for the others."""
        return (self.rng.random((self.n, 1, 1)) < share).astype(np.float32)


def sheet(n: int, size: tuple[int, int], rng: np.random.Generator) -> Sheet:
    """Points for `n` pictures of `size` (width, height) pixels."""
    w, h = size
    stretch = np.sqrt(w / h)
    x = ((np.arange(w) + 0.5) / w * 2 - 1) * stretch
    y = ((np.arange(h) + 0.5) / h * 2 - 1) / stretch
    gx, gy = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return Sheet(x=gx[None], y=gy[None], n=n, rng=rng)


def _step(value: Field) -> Field:
    """A soft step from 0 to 1 around 0, a logistic curve (10 % at -1, 90 % at 1)."""
    return (1 / (1 + np.exp(np.clip(-2.2 * value, -30, 30)))).astype(np.float32)


def _waves(s: Sheet, x: Field, y: Field, low: float, high: float, count: int = 5) -> Field:
    """A smooth random field of about unit variance: sines of random direction, longer ones stronger."""
    total = np.zeros(np.broadcast_shapes(x.shape, (s.n, 1, 1)), np.float32)
    power = np.zeros((s.n, 1, 1), np.float32)
    for _ in range(count):
        frequency, turn, phase = s.pick(low, high), s.pick(0, 2 * np.pi), s.pick(0, 2 * np.pi)
        share = 1 / frequency
        total += share * np.sin(frequency * (np.cos(turn) * x + np.sin(turn) * y) + phase)
        power += share**2 / 2
    return total / np.sqrt(power)


def _turned(s: Sheet, turn: Field) -> tuple[Field, Field]:
    """The sheet's points along and across a direction."""
    return np.cos(turn) * s.x + np.sin(turn) * s.y, np.cos(turn) * s.y - np.sin(turn) * s.x


def _shares(second: Field, accent: Field) -> Field:
    """Three weights from the cover of the second colour and the accent laid over it."""
    accent = np.clip(accent, 0, 1)
    second = np.clip(second, 0, 1) * (1 - accent)
    return np.stack([1 - second - accent, second, accent], axis=1).astype(np.float32)


def sweep(s: Sheet) -> Field:
    """Sheets of light laid over each other: each has one firm, curved edge and fades away behind it."""
    along, across = _turned(s, s.pick(0, 2 * np.pi))
    second = s.pick(0, 0.12) * _step(across / 0.8)
    accent = np.zeros_like(second)
    at, bend = s.pick(-0.9, -0.2), s.pick(-0.45, 0.45)
    for order in range(3):
        on = s.toss(1.0 if order < 2 else 0.6)
        curve = bend * along**2 + s.pick(0.0, 0.22) * np.sin(s.pick(0.9, 2.0) * along + s.pick(0, 2 * np.pi))
        depth = across - at - curve
        firm = s.pick(0.07, 0.14) * (1 + s.pick(0, 1.6) * _step(along / s.pick(0.4, 0.9) * np.sign(s.pick(-1, 1))))
        cover = on * _step(depth / firm)
        tone = s.pick(0.55, 1.0) * np.exp(-np.clip(depth, 0, None) / s.pick(0.3, 0.9))
        second = second * (1 - cover * 0.85) + cover * tone
        glow = np.exp(-np.clip(depth, 0, None) / s.pick(0.12, 0.4)) * s.toss(0.6) * s.pick(0.4, 1.0)
        accent = accent * (1 - cover * 0.85) + cover * glow * _step((along - s.pick(-0.8, 0.8)) / s.pick(0.4, 0.9))
        at, bend = at + s.pick(0.35, 0.75), bend + s.pick(-0.25, 0.25)
    return _shares(second, accent)


def haze(s: Sheet) -> Field:
    """Colours that melt into each other without any edge, drifted by a slow current."""
    drift = s.pick(0.1, 0.4)
    x = s.x + drift * _waves(s, s.x, s.y, 0.9, 2.2, 3)
    y = s.y + drift * _waves(s, s.x, s.y, 0.9, 2.2, 3)
    pull = s.pick(1.3, 2.3)
    low, high = 0.9, 2.6
    logits = [s.pick(0.6, 1.6), s.pick(-0.5, 0.5), s.pick(-1.6, -0.4)]
    fields = [np.exp(bias + pull * _waves(s, x, y, low, high, 4)) for bias in logits]
    total = fields[0] + fields[1] + fields[2]
    return np.stack([f / total for f in fields], axis=1).astype(np.float32)


def leak(s: Sheet) -> Field:
    """Light that leaks in from one side, a hot core in a wide glow, as on film at the end of a roll."""
    along, across = _turned(s, s.pick(0, 2 * np.pi))
    edge = s.pick(0.7, 1.0)
    light = np.zeros(np.broadcast_shapes(along.shape, (s.n, 1, 1)), np.float32)
    lean = s.pick(-0.5, 0.5)
    for order in range(3):
        on = s.toss(1.0 if order == 0 else 0.55)
        place, reach, width = s.pick(-0.8, 0.8), s.pick(0.45, 1.25), s.pick(0.25, 0.8)
        away = np.clip(edge + 0.25 - across, 0, None)
        side = along - place - lean * away
        light += on * s.pick(0.5, 1.5) * np.exp(-((away / reach) ** 2) - (side / (width + 0.35 * away)) ** 2)
    light *= 1 + s.pick(0, 0.2) * _waves(s, s.x, s.y, 1.0, 2.5, 3)
    light = np.clip(light, 0, None)
    second = s.pick(0.7, 1.0) * (1 - np.exp(-s.pick(1.2, 2.6) * light))
    accent = s.pick(0.8, 1.0) * _step((light - s.pick(0.5, 0.9)) / s.pick(0.35, 0.6))
    return _shares(second, accent)


def aura(s: Sheet) -> Field:
    """A soft orb with a burning rim on one side."""
    cx, cy, size = s.pick(-0.8, 0.8), s.pick(-0.8, 0.8), s.pick(0.6, 1.2)
    squeeze, turn = s.pick(0.8, 1.25), s.pick(0, 2 * np.pi)
    x, y = s.x - cx, s.y - cy
    a, b = (np.cos(turn) * x + np.sin(turn) * y) * squeeze, (np.cos(turn) * y - np.sin(turn) * x) / squeeze
    radius = np.sqrt(a * a + b * b + 1e-6) * (1 + s.pick(0, 0.08) * _waves(s, x, y, 1.0, 2.5, 3))
    lit = _step((a / (radius + 0.3) - s.pick(0.0, 0.5)) / s.pick(0.4, 0.8))
    inside = _step((size - radius) / s.pick(0.1, 0.35))
    second = inside * (s.pick(0.25, 0.9) + s.pick(0, 0.6) * (radius / size - 0.6)) * (0.45 + 0.55 * lit)
    rim = np.exp(-(((radius - size * s.pick(0.72, 1.0)) / s.pick(0.18, 0.42)) ** 2))
    halo = s.pick(0, 0.45) * np.exp(-np.clip(radius - size, 0, None) / s.pick(0.25, 0.6)) * (1 - inside) * lit
    return _shares(second + halo, s.pick(0.6, 1.0) * rim * lit)


def silk(s: Sheet) -> Field:
    """Cloth in long folds: a wave along one direction, bent by a slow current, with a sheen on some crests."""
    along, across = _turned(s, s.pick(0, 2 * np.pi))
    bent = across + s.pick(0.12, 0.35) * _waves(s, s.x, s.y, 0.8, 2.0, 4) + s.pick(-0.25, 0.25) * along**2
    phase = s.pick(3.4, 6.2) * bent + s.pick(0, 2 * np.pi)
    phase += s.pick(0.2, 0.7) * np.sin(phase + s.pick(0, 2 * np.pi))
    crest = 0.5 + 0.5 * np.cos(phase)
    height = _step((_waves(s, s.x, s.y, 0.8, 2.0, 4) + s.pick(0.2, 1.0)) / 1.2)
    second = s.pick(0.7, 1.0) * height * crest ** s.pick(0.9, 1.8)
    sheen = _step((_waves(s, s.x, s.y, 0.8, 1.8, 3) - s.pick(-0.2, 0.8)) / 0.7)
    return _shares(second, s.pick(0.6, 1.0) * sheen * crest ** s.pick(2.5, 4.5))


CLASSES: dict[str, Callable[[Sheet], Field]] = {"sweep": sweep, "haze": haze, "leak": leak, "aura": aura, "silk": silk}
"""Recipes in the order of the model's class numbers."""


def render(name: str, n: int, size: tuple[int, int], rng: np.random.Generator) -> Field:
    """`n` washes of a class as (n, 3, h, w) weights; `size` is (width, height) in pixels."""
    recipe = CLASSES[name]
    made = recipe(sheet(n, size, rng))
    if made.shape != (n, 3, size[1], size[0]):
        raise ValueError(f"{name} made {made.shape}, wanted {(n, 3, size[1], size[0])}")
    return made


def batch(n: int, size: tuple[int, int], rng: np.random.Generator) -> tuple[Field, NDArray[np.int64]]:
    """About equal shares of all classes: weights (n, 3, h, w) and class numbers (n,)."""
    labels = np.sort(rng.permutation(np.arange(n) % len(CLASSES)))
    names = list(CLASSES)
    parts = [render(names[k], int((labels == k).sum()), size, rng) for k in np.unique(labels)]
    return np.concatenate(parts), labels.astype(np.int64)
