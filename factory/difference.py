"""How far apart two ideas stand, by what a person would say about them.

`D = sum(w * d)` with d in 0..1; weights are the house's working values [craft]: idea .22, subject .20, structure .18,
type voice .10, ground .10, product view .08, device .06 (stands in for people and hands, of which a product-only brief
has none), colour .06. Below .25 two creatives are the same ad, from .45 they are different ones.

Colour is measured: a glance at a strip sees its ground and a second colour (a floor, the other half, a picture in a
page), so a `Tint` holds both in OKLab, and two tints are as far apart as their colours, weighed by what they cover.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

SAME, DIFFERENT = 0.25, 0.45
TOLD_APART = 0.10
"""Tint distance under which two flat grounds beside each other are taken for one."""
CLEAR = 0.25
"""Tint distance that counts as a full difference of colour."""

Oklab = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tint:
    """What colours a glance takes in: the ground, and a second one that covers `share` of the picture (0..0.5)."""

    first: Oklab
    second: Oklab
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What is compared: one word each, and the colours where they are known."""

    motive: str
    thought: str
    subject: str
    family: str
    voice: str
    ground: str
    view: str
    device: str
    mode: str
    tint: Tint | None = None


WEIGHTS: tuple[tuple[str, float], ...] = (
    ("motive", 0.12), ("thought", 0.10), ("subject", 0.20), ("family", 0.18), ("voice", 0.10), ("ground", 0.10),
    ("view", 0.08), ("device", 0.06),
)
COLOUR = 0.06


def distance(a: Traits, b: Traits) -> float:
    """Weighted share of traits in which two ideas differ, 0..1."""
    told = sum(weight for name, weight in WEIGHTS if getattr(a, name) != getattr(b, name))
    if a.tint is None or b.tint is None:
        return told + COLOUR * (a.mode != b.mode)
    return told + COLOUR * min(1.0, tint_distance(a.tint, b.tint) / CLEAR)


def tint_distance(a: Tint, b: Tint) -> float:
    """How far two pictures' colours are apart in OKLab: the least work that turns one into the other by area."""
    parts_a, parts_b = _parts(a), _parts(b)
    straight = _work(parts_a, parts_b)
    crossed = _work(parts_a, parts_b[::-1])
    return min(straight, crossed)


def _parts(tint: Tint) -> tuple[tuple[Oklab, float], tuple[Oklab, float]]:
    return (tint.first, 1 - tint.share), (tint.second, tint.share)


def _work(a: tuple[tuple[Oklab, float], ...], b: tuple[tuple[Oklab, float], ...]) -> float:
    """Move first to first and second to second; what is over goes from the larger part to the other one."""
    (a1, m1), (a2, m2) = a
    (b1, n1), (b2, n2) = b
    done = min(m1, n1) * math.dist(a1, b1) + min(m2, n2) * math.dist(a2, b2)
    over = m1 - min(m1, n1), m2 - min(m2, n2)
    return done + over[0] * math.dist(a1, b2) + over[1] * math.dist(a2, b1)


def spread(ideas: Iterable[Traits]) -> tuple[float, float]:
    """Smallest and mean distance over all pairs; (1, 1) for fewer than two."""
    pairs = [distance(a, b) for a, b in combinations(list(ideas), 2)]
    return (min(pairs), sum(pairs) / len(pairs)) if pairs else (1.0, 1.0)


def colour_spread(ideas: Iterable[Traits]) -> tuple[float, float]:
    """Smallest and mean tint distance over all pairs whose colours are known; (1, 1) for fewer than two."""
    tints = [i.tint for i in ideas if i.tint is not None]
    pairs = [tint_distance(a, b) for a, b in combinations(tints, 2)]
    return (min(pairs), sum(pairs) / len(pairs)) if pairs else (1.0, 1.0)
