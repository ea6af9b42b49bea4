"""How far apart two ideas stand, by what a person would say about them.

`D = sum(w * d)` with d in 0..1; weights are the house's working values [craft]: idea .22, subject .20, structure .18,
type voice .10, ground .10, product view .08, device .06 (stands in for people and hands, of which a product-only brief
has none), colour mode .06. Below .25 two creatives are the same ad, from .45 they are different ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

SAME, DIFFERENT = 0.25, 0.45


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What is compared: one word each."""

    motive: str
    thought: str
    subject: str
    family: str
    voice: str
    ground: str
    view: str
    device: str
    mode: str


WEIGHTS: tuple[tuple[str, float], ...] = (
    ("motive", 0.12), ("thought", 0.10), ("subject", 0.20), ("family", 0.18), ("voice", 0.10), ("ground", 0.10),
    ("view", 0.08), ("device", 0.06), ("mode", 0.06),
)


def distance(a: Traits, b: Traits) -> float:
    """Weighted share of traits in which two ideas differ, 0..1."""
    return sum(weight for name, weight in WEIGHTS if getattr(a, name) != getattr(b, name))


def spread(ideas: Iterable[Traits]) -> tuple[float, float]:
    """Smallest and mean distance over all pairs; (1, 1) for fewer than two."""
    pairs = [distance(a, b) for a, b in combinations(list(ideas), 2)]
    return (min(pairs), sum(pairs) / len(pairs)) if pairs else (1.0, 1.0)
