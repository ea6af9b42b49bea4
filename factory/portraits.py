"""Which of a product's pictures an idea shows, and how many of the product.

A picture that says what it is good for (a bottle lying, one just poured) is taken where idea, layout and place suit
it, a few times in a batch; the first picture that says nothing of the kind serves for everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factory.records import Brief, Line

SHARE = 8
"""One in so many ideas shows the same special picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fits:
    """What a picture is good for: layout families it stands well in (none: all), motives and moods it speaks of, and
    sets that have no room for it."""

    families: frozenset[str] = frozenset()
    motives: frozenset[str] = frozenset()
    moods: frozenset[str] = frozenset()
    avoid_sets: frozenset[str] = frozenset()

    @property
    def special(self) -> bool:
        """Whether it waits for an idea that asks for it."""
        return bool(self.motives or self.moods)

    def score(self, family: str, motive: str, mood: Iterable[str], place: str) -> int:
        """How well it suits an idea; 0 for not at all."""
        if (self.families and family not in self.families) or place in self.avoid_sets:
            return 0
        return 2 * (motive in self.motives) + len(self.moods & set(mood))


EVERYWHERE = Fits()


def read_fits(data: Mapping[str, Any]) -> Fits:
    """What the data beside a picture says under `fits`."""
    said = data.get("fits") or {}
    names = ("families", "motives", "moods", "avoid_sets")
    return Fits(**{name: frozenset(map(str, said.get(name, ()))) for name in names})


def choose_picture(
    pictures: Sequence[str], fits: Mapping[str, Fits], idea: tuple[str, str, Iterable[str], str], used: Sequence[str], n: int
) -> str:
    """The picture for an idea (family, motive, mood words, set), with those `used` before it in a batch of `n`; "" for
    none at all."""
    if not pictures:
        return ""
    plain = next((p for p in pictures if not fits.get(p, EVERYWHERE).special), pictures[0])
    times = Counter(used)
    most = max(1, round(n / SHARE))
    special = [p for p in pictures if fits.get(p, EVERYWHERE).special and times[p] < most]
    scored = [(fits[p].score(*idea), -times[p], -pictures.index(p), p) for p in special]
    best = max((s for s in scored if s[0] > 0), default=None)
    return best[-1] if best else plain


def count_shown(subject: str, motive: str, line: Line | None, brief: Brief) -> int:
    """How many of the product a picture shows: what the offer sells where the idea speaks of its price, else one."""
    offer = brief.offer
    if subject != "offer" or offer is None or offer.price is None:
        return 1
    if motive == "deadline" or brief.product.price is None:
        return offer.quantity
    said = " ".join(line.texts.get(brief.language, {}).values()) if line else ""
    sums = {f"{offer.price.amount:.2f}", f"{offer.price.amount:.2f}".replace(".", ",")}
    named = (offer.code and offer.code in said) or any(s in said for s in sums)
    return offer.quantity if named else 1
