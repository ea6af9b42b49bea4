"""Which of a kit's grounds each idea stands on, so that a batch can be told apart by its colours alone.

In a strip of 728 by 90 the ground is most of what there is, so grounds are dealt to all ideas together: every two are
to stand apart in OKLab, cold things on cool colours, and a product where its outline shows. Pure and deterministic.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from brand_kits.colour import hex_to_oklab
from factory.difference import TOLD_APART, Oklab, Tint, tint_distance
from factory.records import Mode

MODE_SHARE: Mapping[str, float] = {"light": 0.5, "dark": 0.4, "bold": 0.4}
"""Largest share of a batch on each kind of ground (a batch carries light, dark and bold grounds)."""
SECOND = {"plain": 0.1, "page": 0.5, "split": 0.5}
"""How much of a picture's colour is its second one: a floor or disc, the picture in a page, the other half."""
WARM: Mapping[str, float] = {
    "cold": -1, "cool": -1, "water": -1, "winter": -1, "ice": -1, "warm": 1, "hot": 1, "sunny": 1, "summer": 1, "low sun": 1,
}
DARK: Mapping[str, float] = {
    "night": 1, "dark": 1, "evening": 1, "late": 1, "early": -0.5, "morning": -1, "day": -1, "noon": -1, "airy": -1,
}
"""What mood words want of a ground: 1 warm or dark, -1 cool or light."""
APART = 0.26
"""Tint distance from which two grounds are told apart at a glance."""
SHOWS = 0.30
"""OKLab distance from which a product's outline stands out from its ground without help."""
HALVES = 0.35
"""OKLab distance that the two grounds of a page or a split want."""
CROWD, MELT, MOOD, EXCESS, PALE_PAIR = 3.0, 2.0, 0.8, 1.0, 1.5
"""Weights: two grounds alike, a product that melts, a mood missed, too many of a kind, halves too near."""
SWEEPS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class KitMode:
    """One kind of ground that a kit offers: its name, kind, ground colour's name and role -> hex colour."""

    name: str
    kind: Mode
    ground: str
    roles: Mapping[str, str]
    accent_carries_type: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What one idea asks of its ground.

    `figure`: one ground (`plain`), a picture in a page (`page`) or two that meet (`split`); `shows` how much of the
    product is seen, 0..1; `barred` grounds' names that the product must not stand on; `outline` the colours along its rim.
    """

    key: str
    figure: str = "plain"
    mood: frozenset[str] = frozenset()
    shows: float = 1.0
    barred: frozenset[str] = frozenset()
    outline: tuple[Oklab, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What an idea gets: the mode that its type and page are in, and the mode of the other half or of the picture."""

    mode: KitMode
    other: KitMode | None = None

    @property
    def stage(self) -> KitMode:
        """The mode that the product stands in when there is a page round its picture."""
        return self.other or self.mode


def tint_of(figure: str, ground: Ground) -> Tint:
    """The colours by which a glance knows the idea."""
    second = ground.other.roles["ground"] if ground.other else ground.mode.roles.get("surface", ground.mode.roles["ground"])
    return Tint(first=_lab(ground.mode.roles["ground"]), second=_lab(second), share=SECOND[figure])


def deal(asks: Sequence[Ask], modes: Sequence[KitMode]) -> tuple[Ground, ...]:
    """A ground for each idea. The order of `modes` decides nothing but ties."""
    choices = [_choices(ask, modes) for ask in asks]
    dealt: list[Ground] = []
    for ask, options in zip(asks, choices, strict=True):
        dealt.append(min(options, key=lambda g: _strain(ask, g, dealt, asks[: len(dealt)], len(asks))))
    for _ in range(SWEEPS):
        before = list(dealt)
        for i, (ask, options) in enumerate(zip(asks, choices, strict=True)):
            rest = [g for j, g in enumerate(dealt) if j != i]
            others = [a for j, a in enumerate(asks) if j != i]
            dealt[i] = min(options, key=lambda g: _strain(ask, g, rest, others, len(asks)))
        for i, j in combinations(range(len(asks)), 2):
            _exchange(i, j, asks, choices, dealt)
        if dealt == before:
            break
    return tuple(dealt)


def _exchange(i: int, j: int, asks: Sequence[Ask], choices: Sequence[Sequence[Ground]], dealt: list[Ground]) -> None:
    """Let two ideas change grounds where both may and all are better off."""
    if dealt[j] not in choices[i] or dealt[i] not in choices[j]:
        return
    now = total(asks, dealt)
    dealt[i], dealt[j] = dealt[j], dealt[i]
    if total(asks, dealt) > now - 1e-9:
        dealt[i], dealt[j] = dealt[j], dealt[i]


def total(asks: Sequence[Ask], dealt: Sequence[Ground]) -> float:
    """How much is wrong with a whole deal: 0 is perfect."""
    return sum(_strain(a, g, dealt[:i], asks[:i], len(asks)) for i, (a, g) in enumerate(zip(asks, dealt, strict=True)))


def _choices(ask: Ask, modes: Sequence[KitMode]) -> list[Ground]:
    """Every ground an idea may stand on; a product never stands on a barred one while there is another."""
    stands = [m for m in modes if m.ground not in ask.barred or ask.shows <= 0] or list(modes)
    if ask.figure == "plain":
        return [Ground(mode=m) for m in stands]
    firsts = modes if ask.figure == "page" else stands
    pairs = [Ground(mode=a, other=b) for a in firsts for b in stands if a.ground != b.ground]
    return pairs or [Ground(mode=m, other=m) for m in stands]


def _strain(ask: Ask, ground: Ground, dealt: Sequence[Ground], asks: Sequence[Ask], n: int) -> float:
    """What is wrong with a ground for an idea beside those dealt already."""
    mine = tint_of(ask.figure, ground)
    crowd = sum(_near(tint_distance(mine, tint_of(a.figure, g))) for a, g in zip(asks, dealt, strict=True))
    kinds = Counter(g.mode.kind for g in dealt)
    excess = kinds[ground.mode.kind] >= max(1, round(MODE_SHARE[ground.mode.kind] * n))
    return CROWD * crowd + MELT * _melts(ask, ground) + MOOD * _missed(ask, ground) + EXCESS * excess + PALE_PAIR * _pale(ground)


def _near(distance: float) -> float:
    """0 for grounds that are told apart, 1 where they begin to be taken for one, 2 for the same."""
    return max(0.0, 1 - distance / APART) ** 2 + max(0.0, 1 - distance / TOLD_APART)


def _melts(ask: Ask, ground: Ground) -> float:
    """How much of the product's outline falls short of standing out, by how much of it is shown."""
    if not ask.outline:
        return 0.0
    halves = (ground.mode, ground.other) if ask.figure == "split" and ground.other else (ground.stage,)
    lost = [max(0.0, 1 - math.dist(rim, _lab(m.roles["ground"])) / SHOWS) for m in halves for rim in ask.outline]
    return ask.shows * sum(lost) / len(lost)


def _missed(ask: Ask, ground: Ground) -> float:
    """How far a ground is from what the idea's mood wants, 0..1."""
    lab = _lab(ground.stage.roles["ground"] if ask.figure == "page" else ground.mode.roles["ground"])
    warm, dark = max(-1.0, min(1.0, lab[2] / 0.08)), max(-1.0, min(1.0, (0.62 - lab[0]) / 0.25))
    wishes = [(w, warm) for w in _wishes(ask.mood, WARM)] + [(w, dark) for w in _wishes(ask.mood, DARK)]
    return sum(abs(w) * (1 - math.copysign(1, w) * have) / 2 for w, have in wishes) / max(1, len(wishes))


def _wishes(mood: Iterable[str], table: Mapping[str, float]) -> list[float]:
    """What mood words ask for on one scale, once: words that contradict each other ask for nothing."""
    said = [table[w] for w in sorted(mood) if w in table]
    mean = sum(said) / len(said) if said else 0.0
    return [mean] if abs(mean) > 0.2 else []


def _pale(ground: Ground) -> float:
    """How far two grounds that meet are from standing apart."""
    if ground.other is None:
        return 0.0
    return max(0.0, 1 - math.dist(_lab(ground.mode.roles["ground"]), _lab(ground.other.roles["ground"])) / HALVES)


@lru_cache(maxsize=64)
def _lab(colour: str) -> Oklab:
    light, a, b = hex_to_oklab(colour)
    return float(light), float(a), float(b)
