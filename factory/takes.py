"""Another plate for an idea: the same thought and words in other light, on another set, or on another of the kit's grounds.

Takes are numbered from one. Each stands as far as it can from the plan's own and from all takes before it; the same
number is always the same take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from factory.catalogue import Catalogue, FamilyRow, SetRow
from factory.grounds import Ask, Ground, deal
from factory.ids import short
from factory.plan import KitFacts, PlanOptions, flipped, plate_job
from factory.records import Brief, Concept, PlateJob

GROUNDS = 2
"""Other grounds of the kit that an idea may move to: beyond the best few a product begins to melt into its ground."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """What a plate is made of, beside its palette's roles."""

    set: str
    light: int
    wash: str
    use: str
    mode: str
    ground: str
    other: str


def another(
    concept: Concept, take: int, brief: Brief, kit: KitFacts, catalogue: Catalogue, model: str
) -> tuple[Concept, PlateJob]:
    """The idea as its n-th take, and the plate it stands on. `take` counts from one; where an idea has fewer scenes than
    that, they come again with other chances (a wash, a painted picture, the grain)."""
    scene = _scene(concept, take, brief, kit, catalogue)
    row = next(s for s in catalogue.sets if s.name == scene.set)
    seed = int(short([concept.seed, "take", take]), 16) % 2**31
    new = replace(
        concept, set=scene.set, light=scene.light, wash=scene.wash, wash_use=cast(Any, scene.use), mode=scene.mode,
        ground=scene.ground, other=scene.other, seed=seed, flip=flipped(row, scene.light, kit.lit_side(concept.picture)),
    )
    return new, plate_job(new, kit, PlanOptions(model=model, tier=concept.tier))


def _scene(concept: Concept, take: int, brief: Brief, kit: KitFacts, catalogue: Catalogue) -> Scene:
    own = Scene(set=concept.set, light=concept.light, wash=concept.wash, use=concept.wash_use, mode=concept.mode,
                ground=concept.ground, other=concept.other)
    free = [s for s in dict.fromkeys(_scenes(concept, brief, kit, catalogue)) if s != own]
    if not free:
        return own
    moods = _moods(concept, brief)
    rows = {s.name: s for s in catalogue.sets}
    taken = [own]
    for _ in range((take - 1) % len(free) + 1):
        left = [(min(_apart(s, t) for t in taken), _suits(rows[s.set], s.light, moods), short([concept.seed, *_key(s)]), s)
                for s in free if s not in taken]
        taken.append(max(left, key=lambda row: row[:3])[3])
    return taken[-1]


def _scenes(concept: Concept, brief: Brief, kit: KitFacts, catalogue: Catalogue) -> Iterator[Scene]:
    """Everything that the idea's layout may stand on."""
    family = next(f for f in catalogue.families if f.name == concept.family)
    printed = any(d.name == concept.device and d.ground == "flat" for d in catalogue.devices) and "flat" in family.grounds
    washes = [("", "")]
    if "wash" in family.grounds and not printed:
        washes += [(w.name, w.uses[0]) for w in catalogue.washes]
    for row in _sets(family, brief, catalogue, printed):
        flat = row.ground == "flat"
        for ground in _grounds(concept, family, kit, flat):
            stage = ground.stage if family.figure == "page" else ground.mode
            for light, key in enumerate(row.lights):
                if not key.modes or stage.kind in key.modes:
                    for wash, use in washes if flat else washes[:1]:
                        yield Scene(set=row.name, light=light, wash=wash, use=use, mode=ground.mode.name, ground=stage.ground,
                                    other=ground.other.name if ground.other else "")


def _sets(family: FamilyRow, brief: Brief, catalogue: Catalogue, printed: bool) -> Sequence[SetRow]:
    """Sets of the kinds of ground that the layout takes, without those that the brief shuns; its favourites where it has some."""
    shuns = set(brief.art.avoid)
    rows = [s for s in catalogue.sets if s.ground in family.grounds and (s.ground == "flat" or not printed)]
    rows = [s for s in rows if not shuns & {s.name, s.world}] or rows
    return [s for s in rows if s.name in brief.art.sets] or rows


def _grounds(concept: Concept, family: FamilyRow, kit: KitFacts, flat: bool) -> list[Ground]:
    """The idea's own ground; and on plain ones the two that would suit it best were it not for its own."""
    modes = {m.name: m for m in kit.modes}
    own = Ground(mode=modes[concept.mode], other=modes.get(concept.other))
    rest = [m for m in kit.modes if m.ground != own.mode.ground]
    if not flat:
        return [own]
    ask = Ask(
        key=concept.id, figure=family.figure, mood=frozenset(), shows=1.0 if concept.picture else 0.0,
        barred=kit.pictures.get(concept.picture, ("", frozenset()))[1], outline=kit.outlines.get(concept.picture, ()),
    )
    found = [own]
    while len(found) <= GROUNDS and len(rest) >= (2 if own.other else 1):
        best = deal([ask], rest)[0]
        if best.stage.ground in ask.barred:
            break
        found.append(best)
        rest = [m for m in rest if m.ground != best.mode.ground]
    return found


def _moods(concept: Concept, brief: Brief) -> set[str]:
    line = next((x for x in brief.lines if x.id == concept.line), None)
    return set(brief.art.mood) | set(line.mood if line else ())


def _suits(row: SetRow, light: int, moods: set[str]) -> int:
    return len(moods & {*row.mood, *row.lights[light].mood})


def _apart(a: Scene, b: Scene) -> float:
    """How different two scenes look: the set most, then the ground's colour, its wash, the light."""
    grounds = (a.mode, a.other) != (b.mode, b.other)
    return 2.0 * (a.set != b.set) + 1.5 * grounds + 1.2 * (a.wash != b.wash) + 0.8 * (a.light != b.light)


def _key(scene: Scene) -> tuple[Any, ...]:
    return scene.set, scene.light, scene.wash, scene.use, scene.mode, scene.other
