"""A typed view of a localized brief, ready to be put into sentences.

`Material` holds everything that a pattern may name, already written as the locale writes it: numbers, money and dates
through CLDR. A slot that the brief does not fill is absent, so a pattern that needs it is never tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal

from factory.records import Brief, Concept, Fact, Line, Money, Proof, Tribe
from pipelines.lexicon import figures, hedged, lexicon, tokens

NBSP = "\u00a0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What one concept can speak of in one locale.

    `slots` maps a slot's name to its words; `topics` are what the concept may talk about, best first; `facts` the
    brief's facts, the concept's own first; `used` the facts that each slot speaks of.
    """

    locale: str
    slots: Mapping[str, str]
    topics: tuple[str, ...]
    facts: tuple[Fact, ...]
    used: Mapping[str, str]
    value: Decimal | None
    proof: Proof | None
    tribe: Tribe | None


def babel_locale(locale: str) -> Locale:
    """The CLDR locale of a BCP 47 tag; its language alone when the region is unknown; English as the last resort.

    English of no country is that of the world (`31 December`), not that of the United States.
    """
    for name in ("en-001" if locale == "en" else locale, locale.split("-", maxsplit=1)[0], "en"):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("babel always has English")


def number(value: Decimal, locale: str) -> str:
    """A number as the locale writes it, without needless zeros."""
    return str(format_decimal(value.normalize(), locale=babel_locale(locale), format="#,##0.######"))


def money(amount: Money, locale: str) -> str:
    """A price as the locale writes it; whole amounts without decimals."""
    tag = babel_locale(locale)
    text = str(format_currency(amount.amount, amount.currency, locale=tag))
    whole = amount.amount == amount.amount.to_integral_value()
    short = str(format_currency(amount.amount, amount.currency, locale=tag, currency_digits=False,
                                format=_whole_pattern(tag))) if whole else text
    return short.replace(" ", NBSP)


def _whole_pattern(tag: Locale) -> str:
    return str(tag.currency_formats["standard"].pattern).replace(".00", "")


def day(when: date, locale: str) -> str:
    """A day and month as the locale writes them: `31 December`, `31 décembre`, `31. Dezember`."""
    return str(format_skeleton("MMMMd", when, locale=babel_locale(locale))).replace(" ", NBSP)


def line_of(brief: Brief, concept: Concept) -> Line | None:
    """The person's idea that a concept speaks, or None."""
    return next((x for x in brief.lines if x.id == concept.line), None)


def speaks_of_offer(brief: Brief, concept: Concept, locale: str) -> bool:
    """Whether a concept's price is the offer's: it names a day, or its line names the offer's price or code."""
    offer = brief.offer
    if offer is None:
        return False
    if brief.product.price is None or concept.motive == "deadline":
        return True
    line = line_of(brief, concept)
    said = " | ".join(line.texts.get(locale, {}).values()) if line else ""
    values = {f.value for f in figures(tokens(said), locale)}
    return bool(offer.code and offer.code in said) or bool(offer.price and offer.price.amount in values)


def gather(brief: Brief, concept: Concept, locale: str) -> Material:
    """Everything a concept may name. The concept's fact leads; other facts follow in the brief's order, turned so that
    different concepts do not all lean on the same second fact."""
    facts = _order(brief.product.facts, concept)
    lead = facts[0] if facts and facts[0].id == concept.fact else None
    proof = next((p for p in brief.proof if p.id == concept.proof), None)
    tribe = next((t for t in brief.tribes if t.id == concept.tribe), None)
    slots = {**_names(brief, tribe), **_prices(brief, concept, locale), **_proof_slots(proof, locale)}
    said, used = _fact_slots(facts, lead, locale)
    slots = {k: v for k, v in {**slots, **said}.items() if v}
    return Material(
        locale=locale, slots=slots, topics=_topics(concept, lead), facts=facts, used=used,
        value=lead.value if lead else None, proof=proof, tribe=tribe,
    )


def _order(facts: tuple[Fact, ...], concept: Concept) -> tuple[Fact, ...]:
    """The lead, then one fact of each other kind (turned by the concept's seed), then what is left."""
    lead = [f for f in facts if f.id == concept.fact]
    rest = [f for f in facts if f.id != concept.fact]
    kinds = {f.kind: f for f in reversed(rest)}
    firsts = [f for f in rest if kinds[f.kind] is f and all(f.kind != x.kind for x in lead)]
    turn = concept.seed % len(firsts) if firsts else 0
    return (*lead, *firsts[turn:], *firsts[:turn], *(f for f in rest if f not in firsts))


TOPICS: Mapping[str, tuple[str, ...]] = {
    "price": ("price",), "deadline": ("deadline", "offer"), "trust": ("rating",), "voice": ("quote",),
    "reasons": ("reasons",), "presence": ("product",), "desire": ("product",), "attitude": ("product",),
    "habit": ("product",), "wit": ("product",),
}
"""What a motive talks about beside its fact."""


def _topics(concept: Concept, lead: Fact | None) -> tuple[str, ...]:
    own = TOPICS.get(concept.motive, ())
    kind = (lead.kind,) if lead else ()
    first = (*kind, *own) if own == ("product",) and concept.motive != "presence" else (*own, *kind)
    return tuple(dict.fromkeys((*first, "product")))


def _names(brief: Brief, tribe: Tribe | None) -> dict[str, str]:
    return {
        "product": brief.product.name, "brand": brief.brand, "category": brief.product.category,
        "message": brief.message.rstrip("."), "tribe": tribe.name if tribe else "",
    }


def _prices(brief: Brief, concept: Concept, locale: str) -> dict[str, str]:
    """The price shown (the offer's where the concept speaks of it), and `own`, what the product itself costs."""
    offer = brief.offer
    own = money(brief.product.price, locale) if brief.product.price else ""
    if offer is None or not speaks_of_offer(brief, concept, locale):
        return {"price": own, "own": own}
    return {
        "own": own,
        "price": money(offer.price, locale) if offer.price else "",
        "was": money(offer.was, locale) if offer.was else "",
        "offer": offer.text.rstrip("."), "code": offer.code, "end": day(offer.end, locale) if offer.end else "",
    }


def _fact_slots(facts: tuple[Fact, ...], lead: Fact | None, locale: str) -> tuple[dict[str, str], dict[str, str]]:
    """The words of the first three facts (the first is the concept's own, or nothing), with their figures."""
    slots, used = _figure_slots(facts, lead, locale)
    for name, fact in zip(("fact", "fact2", "fact3"), facts if lead else (None, *facts), strict=False):
        if fact:
            slots[name], used[name] = fact.text.rstrip("."), fact.id
    return slots, used


def _proof_slots(proof: Proof | None, locale: str) -> dict[str, str]:
    if proof is None:
        return {}
    quote = proof.text if proof.kind in ("quote", "press") else ""
    return {
        "rating": number(proof.value, locale) if proof.value is not None else "",
        "best": number(proof.out_of, locale) if proof.out_of is not None else "",
        "count": number(Decimal(proof.count), locale) if proof.count is not None else "",
        "source": proof.source, "role": proof.role, "quote": quote,
    }


def figure(fact: Fact, locale: str) -> str:
    """A fact's figure as short as it can be written: `18 h`, `180 mg`, `2 ingredients`; "" without a value."""
    if fact.value is None:
        return ""
    return f"{number(fact.value, locale)}{NBSP}{fact.symbol or fact.unit}".rstrip(NBSP)


def plain_noun(fact: Fact, locale: str) -> str:
    """A fact's noun, or "" where an absence denies something else (`no added sugar`, `no stove needed`)."""
    if fact.kind != "absence":
        return fact.noun
    bare = len(fact.text.split()) <= len(fact.noun.split()) + 1
    return fact.noun if bare and not hedged(fact.text, fact.noun, lexicon(locale)) else ""


def _figure_slots(facts: Iterable[Fact], lead: Fact | None, locale: str) -> tuple[dict[str, str], dict[str, str]]:
    """The lead's figure and noun; a figure and an absence from other facts, so that a line can turn on them."""
    slots: dict[str, str] = {}
    used: dict[str, str] = {}
    if lead:
        slots |= {"noun": plain_noun(lead, locale), "unit": lead.unit, "symbol": lead.symbol}
        slots |= {"figure": figure(lead, locale)}
        slots |= {"n": number(lead.value, locale)} if lead.value is not None else {}
        used |= dict.fromkeys(("noun", "unit", "symbol", "figure", "n"), lead.id)
    others = [f for f in facts if f is not lead]
    second = next((f for f in others if f.value is not None), None)
    absent = next((f for f in others if f.kind == "absence" and plain_noun(f, locale)), None)
    time = next((f for f in (*([lead] if lead else []), *others) if f.kind == "time" and f.value is not None), None)
    for name, fact in (("figure2", second), ("absence", absent), ("time", time)):
        if fact:
            slots[name] = fact.noun if name == "absence" else figure(fact, locale)
            used[name] = fact.id
    if time and time.value is not None and time.unit:
        slots["hours"], used["hours"] = f"{number(time.value, locale)}{NBSP}{time.unit}", time.id
    return slots, used
