"""(Brief, kit facts, placements, catalogue, options) -> Plan. Pure, deterministic, order-free.

Concepts come from a lattice (idea x family x device) and are chosen one by one for how well they fit and how far they
stand from those already chosen; grounds are then dealt to all of them together (`grounds`), and a set, a light and a
wash follow. Cells are picked by coverage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from factory.catalogue import Catalogue, DeviceRow, FamilyRow, SetRow
from factory.cells import pick_cells
from factory.difference import Oklab, Traits, distance
from factory.errors import Fault, InputError
from factory.grounds import Ask, Ground, KitMode, deal, tint_of
from factory.ids import digest, short
from factory.motives import BY_NAME, MOTIVES, Motive
from factory.portraits import Fits, choose_picture, count_shown
from factory.records import Brief, Cell, Concept, Fact, Kind, Line, Placement, Plan, PlateJob, Proof

SPARE_FACTOR = 2.0
"""Attempts a cell may take: one planned and one spare, so that checks never need to be blunted."""

SHOWN: Mapping[str, float] = {"none": 0.35, "small": 0.8, "crop": 0.9}
"""How much of the product a family's view shows; 1 for what is not named. No view is 0: films and clean pictures of
any idea show the product."""
COLD = {"°C": 10.0, "°F": 50.0}
"""A fact measured in these signs, at most this high, is cold."""
ACROSS = 8.0
"""Degrees of azimuth within which a key comes from the camera and so from no side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanOptions:
    """What a person may override: how many variants, the seed, whether videos are made, which tier."""

    variants: int | None = None
    seed: int = 0
    video: bool = True
    tier: str = "draft"
    model: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KitFacts:
    """What planning needs of a brand kit, as plain values. `pictures` maps a product picture to the side it is lit
    from and the grounds it must not stand on, `outlines` to the colours along its outline in OKLab."""

    digest: str
    modes: tuple[KitMode, ...]
    pictures: Mapping[str, tuple[str, frozenset[str]]]
    outlines: Mapping[str, tuple[Oklab, ...]] = field(default_factory=dict)
    fits: Mapping[str, Fits] = field(default_factory=dict)

    def lit_side(self, picture: str) -> str:
        """The side a product picture is lit from."""
        return self.pictures.get(picture, ("left", frozenset()))[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """A raw idea of the lattice, before a set is found for it."""

    motive: Motive
    line: Line | None
    fact: Fact | None
    proof: Proof | None
    family: FamilyRow
    device: DeviceRow | None

    @property
    def key(self) -> str:
        """Names the idea by its content, for ties that no taste decides."""
        parts = (self.motive.name, self.line and self.line.id, self.fact and self.fact.id, self.proof and self.proof.id)
        return digest([*parts, self.family.name, self.device and self.device.name])


def make_plan(
    brief: Brief,
    brief_digest: str,
    kit: KitFacts,
    placements: Sequence[Placement],
    catalogue: Catalogue,
    options: PlanOptions,
) -> Plan:
    """The full list of what a brief becomes.

    Raises InputError when the brief holds too little for a single concept, or asks for fewer variants than one.
    """
    wanted = options.variants or brief.variants
    concepts = choose_concepts(brief, kit, catalogue, options)
    jobs = {c.id: plate_job(c, kit, options) for c in concepts}
    kinds: tuple[Kind, ...] = tuple(k for k in brief.kinds if k == "image" or options.video)
    cells = pick_cells(concepts, brief.locales, placements, kinds, wanted)
    body = {
        "brief": brief_digest, "kit": kit.digest, "seed": options.seed, "variants": wanted, "spare_factor": SPARE_FACTOR,
        "concepts": concepts, "cells": [(c.concept, c.placement, c.locale, c.kind) for c in cells],
        "plates": {c: j.id for c, j in jobs.items()},
    }
    name = digest(body)
    named = tuple(replace(c, id=cell_id(brief_digest, kit.digest, name, c)) for c in cells)
    return Plan(
        digest=name, brief=brief_digest, kit=kit.digest, seed=options.seed, variants=wanted, spare_factor=SPARE_FACTOR,
        concepts=concepts, cells=named, plate_jobs=tuple({j.id: j for j in jobs.values()}.values()),
        plates={c: j.id for c, j in jobs.items()},
    )


def cell_id(brief: str, kit: str, plan: str, cell: Cell) -> str:
    """A variant's name: fixed by the plan, kept through edits, written where platforms report it back."""
    return short([brief, kit, plan, cell.concept, cell.placement, cell.locale, cell.kind, cell.ordinal])


# ------------------------------------------------------------------------------------------------- concepts


def choose_concepts(brief: Brief, kit: KitFacts, catalogue: Catalogue, options: PlanOptions) -> tuple[Concept, ...]:
    """As many concepts as the brief asks for, each as far from the others as the brief's content allows."""
    pool = list(seeds(brief, catalogue))
    if not pool:
        raise InputError([Fault(code="plan.empty", fact="The brief holds nothing that a layout could say", where="lines",
                                help="Give at least one fact, one line or a price.")])
    taken: list[Seed] = []
    while len(taken) < brief.concepts and pool:
        fitting = [s for s in pool if _allowed(s, taken, brief.concepts)] or pool
        best = max(fitting, key=lambda s: (round(_worth(s, taken, brief, options.seed), 6), s.key))
        taken.append(best)
        pool = [s for s in pool if not _same_idea(s, best)]
    dealt = deal([_ask(s, brief, kit) for s in taken], kit.modes)
    chosen: list[Concept] = []
    for seed, ground in zip(taken, dealt, strict=True):
        chosen.append(_concept(seed, ground, chosen, brief, kit, catalogue, options.seed))
    return tuple(chosen)


def _ask(seed: Seed, brief: Brief, kit: KitFacts) -> Ask:
    """What an idea asks of its ground: its line's mood, a cold fact's cold, and a product that shows."""
    mood = frozenset(seed.line.mood) if seed.line else frozenset()
    chill = COLD.get(seed.fact.symbol) if seed.fact else None
    if chill is not None and seed.fact and seed.fact.value is not None and seed.fact.value <= chill:
        mood |= {"cold"}
    picture = _picture(brief)
    return Ask(
        key=seed.key, figure=seed.family.figure, mood=mood, shows=SHOWN.get(seed.family.view, 1.0) if picture else 0.0,
        barred=kit.pictures.get(picture, ("", frozenset()))[1], outline=kit.outlines.get(picture, ()),
    )


def seeds(brief: Brief, catalogue: Catalogue) -> Iterable[Seed]:
    """Every idea that the brief's content can carry: a line, fact or proof, in each family and device that suits."""
    for motive, line, fact, proof in _thoughts(brief):
        have = provides(brief, line, fact, proof)
        families = [f for f in catalogue.families if _suits(f, motive, line, brief) and set(f.needs) <= have]
        for family in families:
            for device in _devices(catalogue, family, motive, line, fact, have):
                yield Seed(motive=motive, line=line, fact=fact, proof=proof, family=family, device=device)


def provides(brief: Brief, line: Line | None, fact: Fact | None, proof: Proof | None) -> set[str]:
    """The copy fields that an idea can fill, by the names that layout families and devices ask for."""
    have = {"art_headline", "art_sub", "art_body", "art_cta"}
    if fact and fact.value is not None:
        have |= {"art_number", "art_unit"}
    if proof and proof.kind == "rating" and proof.value is not None:
        have |= {"art_rating", "art_source"}
    if proof and proof.kind in ("quote", "press"):
        have |= {"art_quote", "art_source", "art_role"}
    if brief.product.price or (brief.offer and brief.offer.price):
        have |= {"art_price"}
    if brief.offer:
        have |= {"art_legal"} | ({"art_date"} if brief.offer.end else set())
    if len(brief.product.facts) >= 3:
        have |= {"art_item"}
    if line and all("word" in line.texts.get(loc, {}) for loc in brief.locales):
        have |= {"art_word"}
    return have


def _thoughts(brief: Brief) -> Iterable[tuple[Motive, Line | None, Fact | None, Proof | None]]:
    facts = {f.id: f for f in brief.product.facts}
    proofs = {p.id: p for p in brief.proof}
    for line in brief.lines:
        fact, proof = facts.get(line.fact), proofs.get(line.proof)
        motive = BY_NAME.get(line.motive) or BY_NAME[_motive_of(fact, proof)]
        if _has(brief, motive, fact, proof):
            yield motive, line, fact, proof
    for motive in MOTIVES:
        for fact, proof in _subjects(brief, motive):
            yield motive, None, fact, proof


def _motive_of(fact: Fact | None, proof: Proof | None) -> str:
    if proof:
        return "trust" if proof.kind == "rating" else "voice"
    if fact is None:
        return "attitude"
    return {"number": "fact", "time": "fact", "absence": "absence", "occasion": "habit"}.get(fact.kind, "craft")


def _subjects(brief: Brief, motive: Motive) -> list[tuple[Fact | None, Proof | None]]:
    """Facts and proofs that a motive can speak of when no line was written for it."""
    if motive.needs in (("rating",), ("quote",)):
        return [(None, p) for p in brief.proof if _has(brief, motive, None, p)]
    return [(f, None) for f in brief.product.facts if _has(brief, motive, f, None)]


def _has(brief: Brief, motive: Motive, fact: Fact | None, proof: Proof | None) -> bool:
    tests = {
        "figure": fact is not None and fact.value is not None,
        "absence": fact is not None and fact.kind == "absence",
        "rating": proof is not None and proof.kind == "rating",
        "quote": proof is not None and proof.kind in ("quote", "press"),
        "three_facts": len(brief.product.facts) >= 3,
        "price": brief.product.price is not None or (brief.offer is not None and brief.offer.price is not None),
        "deadline": brief.offer is not None and brief.offer.end is not None,
    }
    return all(tests[n] for n in motive.needs)


def _suits(family: FamilyRow, motive: Motive, line: Line | None, brief: Brief) -> bool:
    if brief.art.families and family.name not in brief.art.families:
        return False
    if line and line.families:
        return family.name in line.families
    return motive.name in family.motives


def _devices(
    catalogue: Catalogue, family: FamilyRow, motive: Motive, line: Line | None, fact: Fact | None, have: set[str]
) -> list[DeviceRow | None]:
    rows = [d for d in catalogue.devices if family.name in d.families and set(d.needs) <= have and _countable(d, fact)]
    if line and line.device:
        return [d for d in rows if d.name == line.device] or [None]
    free = [d for d in rows if motive.name in d.motives and "art_word" not in d.needs]
    return [*free, *([] if family.device == "required" else [None])]


def _countable(device: DeviceRow, fact: Fact | None) -> bool:
    """Whether the fact's figure is a whole number that the device can draw; devices without a range draw anything."""
    if device.figures is None:
        return True
    value = fact.value if fact else None
    least, most = device.figures
    return value is not None and value == int(value) and least <= value <= most


def _allowed(seed: Seed, taken: Sequence[Seed], n: int) -> bool:
    """The batch's caps: a family twice at most, a device once, a motive twice."""
    families = Counter(s.family.name for s in taken)
    devices = Counter(s.device.name for s in taken if s.device)
    motives = Counter(s.motive.name for s in taken)
    return (
        families[seed.family.name] < 2
        and motives[seed.motive.name] < 2
        and (seed.device is None or devices[seed.device.name] < 1 + n // 12)
    )


def _same_idea(a: Seed, b: Seed) -> bool:
    """A line is used once; without a line, a fact or proof in the same family is the same ad."""
    if a.line and b.line:
        return a.line.id == b.line.id
    return (a.line, a.fact, a.proof, a.family.name) == (b.line, b.fact, b.proof, b.family.name)


def traits(seed: Seed) -> Traits:
    """What two concepts are compared by, as far as the plan knows it."""
    subject = seed.line or seed.fact or seed.proof
    return Traits(
        motive=seed.motive.name, thought=subject.id if subject else "", subject=seed.family.subject,
        family=seed.family.name, voice=seed.family.voice, ground=seed.family.grounds[0], view=seed.family.view,
        device=seed.device.name if seed.device else "", mode="",
    )


def concept_traits(plan: Plan, catalogue: Catalogue, kit: KitFacts | None = None) -> dict[str, Traits]:
    """The same, of a finished plan's concepts; with the colours that they were dealt where the kit is given."""
    rows = {f.name: f for f in catalogue.families}
    modes = {m.name: m for m in kit.modes} if kit else {}
    return {
        c.id: Traits(
            motive=c.motive, thought=c.line or c.fact or c.proof, subject=c.subject, family=c.family,
            voice=rows[c.family].voice, ground=c.set if c.set != "seamless" else c.wash or "flat", view=rows[c.family].view,
            device=c.device, mode=c.mode,
            tint=tint_of(rows[c.family].figure, Ground(mode=modes[c.mode], other=modes.get(c.other))) if modes else None,
        )
        for c in plan.concepts
    }


def _worth(seed: Seed, taken: Sequence[Seed], brief: Brief, number: int) -> float:
    """Fit of the idea plus its distance from the nearest idea already taken; a grain of chance for the seed."""
    far = min((distance(traits(seed), traits(t)) for t in taken), default=0.6)
    grain = int(short([seed.key, number]), 16) / 2**64
    return far + 0.45 * _fit(seed, brief) + 0.03 * grain


def _fit(seed: Seed, brief: Brief) -> float:
    line = seed.line
    written = sum("headline" in line.texts.get(loc, {}) for loc in brief.locales) / len(brief.locales) if line else 0.0
    return (
        0.6 * written
        + 0.2 * (seed.device is not None)
        + 0.3 * (seed.family.grounds[0] == "set")
        + 0.1 * bool(line and seed.family.name in line.families)
        + 0.1 * bool(line and line.motive == seed.motive.name)
    )


def _concept(
    seed: Seed, ground: Ground, before: Sequence[Concept], brief: Brief, kit: KitFacts, catalogue: Catalogue, number: int
) -> Concept:
    tribe = _tribe(seed, before, brief)
    stage = ground.stage if seed.family.figure == "page" else ground.mode
    row, light = _set_for(seed, stage, before, brief, catalogue, number)
    wash, use = _wash_for(seed, row, before, catalogue)
    idea_ = (seed.family.name, seed.motive.name, seed.line.mood if seed.line else (), row.name)
    picture = choose_picture(brief.product.pictures, kit.fits, idea_, [c.picture for c in before], brief.concepts)
    said = (seed.fact.text if seed.fact else ""), (seed.proof.text if seed.proof else "")
    idea = _told(seed, brief, seed.motive.idea.format(
        tribe=tribe.name.lower(), product=brief.product.name, fact=said[0] or brief.message, proof=said[1]
    ))
    order = len(before) + 1
    return Concept(
        id=f"c{order:02d}-{seed.motive.name}-{seed.family.name}", tribe=tribe.id, motive=seed.motive.name,
        fact=seed.fact.id if seed.fact else "", proof=seed.proof.id if seed.proof else "",
        line=seed.line.id if seed.line else "", hook=seed.motive.hooks[len(before) % len(seed.motive.hooks)],
        subject=cast(Any, seed.family.subject), family=seed.family.name, device=seed.device.name if seed.device else "",
        device_data=_device_data(seed, brief), picture=picture,
        count=count_shown(seed.family.subject, seed.motive.name, seed.line, brief),
        set=row.name, light=light, wash=wash, wash_use=cast(Any, use), mode=ground.mode.name,
        ground=stage.ground, other=ground.other.name if ground.other else "",
        flip=flipped(row, light, kit.lit_side(picture)), tier=cast(Any, "draft"),
        seed=int(short([number, seed.key]), 16) % 2**31, idea=idea,
    )


def _told(seed: Seed, brief: Brief, sentence: str) -> str:
    """The idea in a sentence: a person's line leads it, in the brief's language."""
    words = seed.line.texts.get(brief.language, {}).get("headline", "") if seed.line else ""
    return f"“{words}” {sentence[0].upper()}{sentence[1:]}" if words else sentence[0].upper() + sentence[1:]


def _device_data(seed: Seed, brief: Brief) -> dict[str, Any]:
    """What a device draws from: the figure of the fact, and the line's own words for each locale."""
    data: dict[str, Any] = {}
    if seed.fact and seed.fact.value is not None:
        data |= {"value": str(seed.fact.value), "unit": seed.fact.unit, "symbol": seed.fact.symbol}
    if seed.line:
        keys = ("word", "letter", "start", "end")
        data["words"] = {loc: {k: t[k] for k in keys if k in t} for loc in brief.locales if (t := seed.line.texts.get(loc))}
    return data if seed.device else {}


def _tribe(seed: Seed, before: Sequence[Concept], brief: Brief) -> Any:
    named = [t for t in brief.tribes if seed.line and t.id == seed.line.tribe]
    used = Counter(c.tribe for c in before)
    return named[0] if named else min(brief.tribes, key=lambda t: (used[t.id], brief.tribes.index(t)))


def _set_for(
    seed: Seed, stage: KitMode, before: Sequence[Concept], brief: Brief, catalogue: Catalogue, number: int
) -> tuple[SetRow, int]:
    """A set and light for the idea: the least used first, then the one whose mood words meet the idea's."""
    wants = set(brief.art.mood) | set(seed.line.mood if seed.line else ())
    shuns = set(brief.art.avoid)
    used = Counter(c.set for c in before)
    pairs = Counter((c.set, c.light) for c in before)
    rows = [s for s in catalogue.sets if _stands(s, seed) and not shuns & {s.name, s.world}]
    rows = [s for s in rows if s.name in brief.art.sets] or rows
    def score(choice: tuple[SetRow, int]) -> tuple[float, ...]:
        row, light = choice
        mood = len(wants & (set(row.mood) | set(row.lights[light].mood)))
        chance = int(short([number, seed.key, row.name, light]), 16)
        flat = row.ground == "flat"
        taste = seed.family.grounds.index(row.ground)
        worn = pairs[(row.name, light)]
        return (0 if flat else worn, not flat and used[row.name] > 1, taste, 0 if flat else used[row.name], worn - mood, chance)
    suited = [(s, i) for s in rows for i, light in enumerate(s.lights) if not light.modes or stage.kind in light.modes]
    return min(suited, key=score)


def _stands(row: SetRow, seed: Seed) -> bool:
    """Whether an idea may stand there; a device that is printed behind the product wants a plain ground under even
    light, as rays over leaf shadows are two lights at once."""
    printed = seed.device is not None and seed.device.ground == "flat" and "flat" in seed.family.grounds
    return row.ground in seed.family.grounds and (row.ground == "flat" or not printed)


def _wash_for(seed: Seed, row: SetRow, before: Sequence[Concept], catalogue: Catalogue) -> tuple[str, str]:
    """A diffusion wash where the family takes one: as the ground's own matter, at most on every third concept."""
    plain = seed.device is not None and seed.device.ground == "flat"
    if "wash" not in seed.family.grounds or not catalogue.washes or row.ground != "flat" or plain:
        return "", ""
    washed = [c.wash for c in before if c.wash]
    if len(washed) >= max(1, (len(before) + 1) // 3):
        return "", ""
    free = [w for w in catalogue.washes if w.name not in washed] or list(catalogue.washes)
    pick = min(free, key=lambda w: short([seed.key, w.name]))
    return pick.name, pick.uses[0]


def _picture(brief: Brief) -> str:
    return brief.product.pictures[0] if brief.product.pictures else ""


def flipped(row: SetRow, light: int, lit_side: str) -> bool:
    """Mirror the set, never the product, when the key comes from the side that the product is not lit from."""
    if row.ground == "flat":
        return False
    side = row.lights[light].azimuth
    return abs(side) > ACROSS and (side > 0) == (lit_side == "left")


def plate_job(concept: Concept, kit: KitFacts, options: PlanOptions) -> PlateJob:
    """The plate that a concept stands on; concepts that ask for the same share it."""
    own = next(m for m in kit.modes if m.name == concept.mode)
    mode = own if own.ground == concept.ground else next((m for m in kit.modes if m.name == concept.other), own)
    palette = dict(mode.roles)
    if concept.wash and not mode.accent_carries_type:
        palette["accent"] = palette["surface"]
    seed = concept.seed if concept.wash or options.model else 0
    body = {"set": concept.set, "light": concept.light, "wash": concept.wash, "use": concept.wash_use, "palette": palette,
            "seed": seed, "tier": options.tier, "model": options.model}
    prompt = concept.idea if options.model else ""
    return PlateJob(id=short({**body, "prompt": prompt}), set=concept.set, light=concept.light, wash=concept.wash,
                    wash_use=concept.wash_use, palette=palette, seed=seed, tier=cast(Any, options.tier),
                    prompt=prompt, model=options.model)
