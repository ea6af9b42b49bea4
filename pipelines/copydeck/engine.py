"""From a concept's material to options for each field: say, guard, rank, choose. The person's words come first.

Every text is a `Candidate` with where it comes from. What a person wrote stands before everything, word for word;
the grammar and a model compete behind it. A field keeps several options: the best, then shorter ones for tight places.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from factory.records import Brief, Concept, Placement, Text
from pipelines.claims import passes
from pipelines.copydeck.facts import Material, figure, number, plain_noun
from pipelines.copydeck.grammar import SLOT, Grammar, Pattern, sentences
from pipelines.copydeck.ranker import Ranker
from pipelines.evidence import Allowed
from pipelines.lexicon import fold, tokens

FIELDS: Mapping[str, str] = {
    "art_headline": "headline", "art_sub": "sub", "art_body": "body",
    "primary_text": "primary", "headline": "title", "long_headline": "long", "description": "description",
}
"""A shown field to the grammar's name for it, in the order in which they are written: later ones do not repeat."""

CLASSES: Mapping[str, tuple[int, ...]] = {
    "art_headline": (40, 27, 20), "art_sub": (40, 27), "art_body": (90, 60), "primary_text": (125,),
    "headline": (40, 27), "long_headline": (90,), "description": (30,),
}
"""Lengths for which every deck keeps an option where it can, whatever the placements ask."""

SHORT_ENOUGH = 27
"""A person's line is not traded for another idea below this length unless a placement asks for it."""

BESIDE_THE_POINT = 0.7
"""A text this much worse than the best speaks of something else; it is kept only where a placement's limit asks."""

TARGET: Mapping[str, int] = {
    "art_headline": 27, "art_sub": 40, "art_body": 80, "primary_text": 110, "headline": 27, "long_headline": 80,
    "description": 27,
}
"""Characters up to which a field is at ease; art headlines are read in a glance of six words or fewer."""


ECHOES: Mapping[str, tuple[tuple[str, ...], float]] = {
    "art_sub": (("art_headline",), 0.6), "art_body": (("art_headline", "art_sub"), 0.8),
    "primary_text": (("art_headline",), 0.3), "headline": (("art_headline",), 0.5),
    "long_headline": (("art_headline",), 0.2), "description": (("art_headline", "headline"), 0.7),
}
"""A field to those whose words it had better not repeat, and what repeating all of them costs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A text that may be shown, how good it is for its field (larger is better), and which pattern made it."""

    text: Text
    score: float
    pattern: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Which part of the patterns a concept may lean on, so that a batch does not repeat itself.

    `index` of `count` concepts that the grammar writes; `openings` are folded first words taken by persons' lines.
    It follows from the plan alone: a deck never depends on which other decks were made.
    """

    index: int = 0
    count: int = 1
    openings: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """All that writing one deck needs. Nothing of it changes."""

    brief: Brief
    concept: Concept
    material: Material
    lang: Grammar
    allowed: Allowed
    ranker: Ranker
    share: Share
    formal: bool

    @property
    def subject(self) -> str:
        """What the concept is about, as one text for the ranker."""
        tribe = self.material.tribe
        words = (*tribe.words, *tribe.passions) if tribe else ()
        return ". ".join((self.material.slots.get("fact", ""), self.brief.message, ", ".join(words))).strip(". ")


def assign(brief: Brief, concepts: Sequence[Concept], locale: str) -> Mapping[str, Share]:
    """Shares of all concepts of a plan, by id. Pure: the plan decides, not the order of work."""
    texts = {line.id: line.texts.get(locale, {}).get("headline", "") for line in brief.lines}
    spoken = {c.id: texts.get(c.line, "") for c in concepts}
    silent = [c.id for c in concepts if not spoken[c.id]]
    said = tuple(sorted(t for t in spoken.values() if t))
    openings = frozenset(first_word(t) for t in said)
    return {
        c.id: Share(
            index=silent.index(c.id) if c.id in silent else 0, count=max(1, len(silent)), openings=openings, said=said
        )
        for c in concepts
    }


def first_word(text: str) -> str:
    """The folded word or figure that a text opens with."""
    words = [fold(t.text) for t in tokens(text) if t.is_word or t.is_figure]
    return words[0] if words else ""


def last_word(text: str) -> str:
    """The folded word or figure that a text ends with."""
    words = [fold(t.text) for t in tokens(text) if t.is_word or t.is_figure]
    return words[-1] if words else ""


# ------------------------------------------------------------------------------------------------- candidates


def written(writer: Writer, field: str, before: Mapping[str, str]) -> list[Candidate]:
    """What the grammar can say for a field, guarded and scored, best first. `before` are fields already chosen."""
    drafts = [c for p in writer.lang.of_field(FIELDS[field]) for c in _said(writer, field, p)]
    kept = [replace(c, score=c.score - _echo(writer, field, c, before)) for c in drafts if _may(writer, c)]
    return ranked(writer, field, kept) if field in ("art_headline", "primary_text") else _sorted(kept)


def _may(writer: Writer, candidate: Candidate) -> bool:
    return passes(candidate.text.text, writer.allowed, writer.material.locale, author="grammar")


def _said(writer: Writer, field: str, pattern: Pattern) -> list[Candidate]:
    fit = _fit(writer, pattern)
    if fit is None:
        return []
    said = sentences(pattern, writer.material, writer.lang, formal=writer.formal)
    facts = _facts_of(pattern, writer.material)
    source = "brief" if pattern.say == ("{message}.",) else "grammar"
    return [
        Candidate(
            text=Text(field=field, text=t, source=source, facts=facts), pattern=pattern.id,
            score=fit + _ease(t, field) - 0.1 * at + _chance(writer.concept, pattern.id),
        )
        for at, t in enumerate(said)
    ]


def _fit(writer: Writer, pattern: Pattern) -> float | None:
    """How well a pattern suits the concept; None when it speaks of something else."""
    topic = _topic(writer, pattern)
    if topic is None:
        return None
    motive = 0.4 if writer.concept.motive in pattern.motives else 0.0
    hook = 0.3 if writer.concept.hook == pattern.hook else 0.0
    return topic + motive + hook + 0.1 * len(pattern.when) + _turn(writer, pattern) - _poverty(pattern)


def _topic(writer: Writer, pattern: Pattern) -> float | None:
    topics = writer.material.topics
    if pattern.of == ("any",):
        return 0.75 if writer.concept.fact in _facts_of(pattern, writer.material) else 0.45
    place = min((topics.index(t) for t in pattern.of if t in topics), default=None)
    if place is None:
        return None
    vague = pattern.field != "headline" and topics[place] == "product" and place > 0
    return 0.3 if vague else 1.0 - 0.3 * place


def _poverty(pattern: Pattern) -> float:
    """What a line costs that names the product and says nothing of it, or that every concept could say."""
    slots = {name for text in pattern.say for name, _ in SLOT.findall(text)}
    if slots == {"message"}:
        return 0.2
    return 0.4 if slots and slots <= {"product", "brand"} else 0.0


def _turn(writer: Writer, pattern: Pattern) -> float:
    """A headline's pattern is worth more to the concept whose turn it is: patterns that open alike go together."""
    worth = {"headline": 0.5, "primary": 0.15}.get(pattern.field, 0.0)
    if not worth or writer.share.count == 1:
        return 0.0
    openings = list(dict.fromkeys(_opening(p) for p in writer.lang.of_field(pattern.field)))
    return worth if openings.index(_opening(pattern)) % writer.share.count == writer.share.index else 0.0


def _opening(pattern: Pattern) -> str:
    return pattern.say[0].split(" ", maxsplit=1)[0].split("~", maxsplit=1)[0].rstrip(".,?:")


def _facts_of(pattern: Pattern, material: Material) -> tuple[str, ...]:
    slots = [name for text in pattern.say for name, _ in SLOT.findall(text)]
    return tuple(dict.fromkeys(material.used[s] for s in slots if s in material.used))


def _ease(text: str, field: str) -> float:
    """0 up to the field's target length, falling beyond; a long headline also pays for words beyond six, and every text
    for a word or figure that it says twice."""
    over = max(0, len(text) - TARGET[field]) / TARGET[field]
    words = max(0, len(text.split()) - 6) if field == "art_headline" else 0
    said = [w for w in (fold(t.text) for t in tokens(text) if t.is_word or t.is_figure) if len(w) >= 5 or w.isdecimal()]
    twice = len(said) - len(set(said))
    return -0.6 * over - 0.08 * words - 0.2 * twice


def _echo(writer: Writer, field: str, candidate: Candidate, before: Mapping[str, str]) -> float:
    """What a text costs for repeating words and figures that stand beside it; the product's name may return."""
    beside, weight = ECHOES.get(field, ((), 0.0))
    own = _marks(candidate.text.text) - _marks(writer.brief.product.name)
    said = [_marks(before[f]) for f in beside if f in before]
    return weight * max((len(own & b) / max(1, len(own)) for b in said), default=0.0)


def _marks(text: str) -> set[str]:
    words = [fold(t.text) for t in tokens(text) if t.is_word or t.is_figure]
    return {w for w in words if len(w) >= 4 or w.isdecimal()}


def _chance(concept: Concept, pattern: str) -> float:
    """A small deterministic difference between concepts, so that equals are not decided by the file's order."""
    seed = hashlib.sha256(f"{concept.id}|{concept.seed}|{pattern}".encode()).digest()
    return 0.12 * int.from_bytes(seed[:4], "big") / 2**32


def _sorted(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Best first; ties by the text itself. Equal texts once."""
    best: dict[str, Candidate] = {}
    for c in sorted(candidates, key=lambda c: (-round(c.score, 6), c.text.text)):
        best.setdefault(c.text.text, c)
    return list(best.values())


def ranked(writer: Writer, field: str, candidates: Sequence[Candidate], top: int = 12) -> list[Candidate]:
    """The best candidates judged again by meaning: nearer to the brief is better, nearer to other headlines worse."""
    first = _sorted(candidates)
    head = first[:top]
    near = writer.ranker.relevance([c.text.text for c in head], writer.subject)
    again = [replace(c, score=c.score + 0.2 * r - _sameness(writer, field, c)) for c, r in zip(head, near, strict=True)]
    return [*_sorted(again), *first[top:]]


def _sameness(writer: Writer, field: str, candidate: Candidate) -> float:
    if field != "art_headline":
        return 0.0
    opens_alike = first_word(candidate.text.text) in writer.share.openings
    ends_alike = last_word(candidate.text.text) in {last_word(t) for t in writer.share.said}
    alike = writer.ranker.likeness(candidate.text.text, writer.share.said)
    return 0.3 * opens_alike + 0.3 * ends_alike + 0.8 * max(0.0, alike - 0.55)


# ------------------------------------------------------------------------------------------------- options


def limits_of(placements: Sequence[Placement]) -> dict[str, tuple[int, ...]]:
    """Every limit that the placements set on an ad text, tightest last."""
    found: dict[str, set[int]] = {}
    for placement in placements:
        for field, rule in placement.text.items():
            found.setdefault(field, set()).update(x for x in (rule.limit, rule.hard) if x)
    return {field: tuple(sorted(values, reverse=True)) for field, values in sorted(found.items())}


def options(field: str, first: Sequence[Candidate], rest: Sequence[Candidate], limits: Sequence[int]) -> list[Text]:
    """The person's text, the best of the others, and for each length the best that has it; best first."""
    pool = [*first, *rest]
    chosen: list[Candidate] = list(first) or list(rest[:1])
    floor = max((c.score for c in rest), default=0.0) - BESIDE_THE_POINT
    classes = [x for x in CLASSES.get(field, ()) if not first or x >= SHORT_ENOUGH]
    for limit in sorted({*classes, *limits}, reverse=True):
        if any(len(c.text.text) <= limit for c in chosen):
            continue
        fits = [c for c in pool if len(c.text.text) <= limit and (limit in limits or c.score > floor)]
        if not fits and limit in limits:
            fits = sorted(pool, key=lambda c: (len(c.text.text), c.text.text))[:1]
        kin = [c for c in fits if c.pattern and c.pattern in {x.pattern for x in chosen}]
        chosen += [c for c in (kin or fits)[:1] if c not in chosen]
    if first and rest and field == "headline":
        chosen = _insert(chosen, rest[0])
    return [c.text for c in chosen]


def _insert(chosen: list[Candidate], other: Candidate) -> list[Candidate]:
    """A second ad headline that does not repeat what stands on the picture."""
    return chosen if other in chosen else [*chosen[:1], other, *chosen[1:]]


def items(writer: Writer, count: int = 4) -> list[Text]:
    """Short points of the same build, each on another fact: for lists and reasons."""
    found: list[Text] = []
    for fact in writer.material.facts:
        own = replace(writer.material, slots={**_item_slots(writer, fact.id)}, value=fact.value)
        said = [
            t for p in writer.lang.of_field("item") if p.of == ("any",) or fact.kind in p.of
            for t in sentences(p, own, writer.lang, formal=writer.formal)
        ]
        short = [t for t in said if len(t) <= 28 and passes(t, writer.allowed, own.locale, author="grammar")]
        if short:
            source = "brief" if fold(short[0]) == fold(fact.text) else "grammar"
            found.append(Text(field="art_item", text=short[0], source=source, facts=(fact.id,)))
    return found[:count]


def _item_slots(writer: Writer, fact_id: str) -> dict[str, str]:
    fact = next(f for f in writer.material.facts if f.id == fact_id)
    locale = writer.material.locale
    n = number(fact.value, locale) if fact.value is not None else ""
    slots = {"fact": fact.text, "noun": plain_noun(fact, locale), "unit": fact.unit, "symbol": fact.symbol, "n": n,
             "figure": figure(fact, locale)}
    return {k: v for k, v in slots.items() if v}


