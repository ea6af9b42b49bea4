"""The fields that are told rather than phrased: figures, prices, ratings, sources, legal lines, buttons."""

from __future__ import annotations

from collections.abc import Iterator

from brand_kits.kit import BrandKit, When
from factory.records import Brief, Concept, Fact, Money, Proof, Text
from pipelines.copydeck.facts import Material, babel_locale, day, money, number, speaks_of_offer
from pipelines.copydeck.grammar import Grammar, lex_quotes
from pipelines.lexicon import fold

CTA_LENGTH = 18
"""Characters of a button: three words at most, verb first."""


def told(brief: Brief, concept: Concept, material: Material, kit: BrandKit, category: str) -> tuple[Text, ...]:
    """Every told field that the concept can fill."""
    locale = material.locale
    lead = next((f for f in brief.product.facts if f.id == concept.fact), None)
    offered = speaks_of_offer(brief, concept, locale)
    return (
        *_figure(lead, locale), *_proof(material.proof, locale), *_price(brief, locale, offered=offered),
        *_date(brief, locale), *_legal(brief, concept, kit, locale, category, offered=offered),
    )


def _figure(lead: Fact | None, locale: str) -> Iterator[Text]:
    if lead is None or lead.value is None:
        return
    yield Text(field="art_number", text=number(lead.value, locale), source="brief", facts=(lead.id,))
    for unit in dict.fromkeys(u for u in (lead.symbol, lead.unit) if u):
        yield Text(field="art_unit", text=unit, source="brief", facts=(lead.id,))


def _proof(proof: Proof | None, locale: str) -> Iterator[Text]:
    """A rating only with its source; a quotation in the locale's marks."""
    if proof is None:
        return
    own = (proof.id,)
    if proof.kind == "rating" and proof.value is not None:
        yield Text(field="art_rating", text=number(proof.value, locale), source="brief", facts=own)
    if proof.kind in ("quote", "press"):
        yield Text(field="art_quote", text=lex_quotes(locale, proof.text), source="brief", facts=own)
    if proof.kind in ("test", "award"):
        yield Text(field="art_proof", text=proof.text, source="brief", facts=own)
    yield Text(field="art_source", text=proof.source, source="brief", facts=own)
    if proof.role:
        yield Text(field="art_role", text=proof.role, source="brief", facts=own)


def _price(brief: Brief, locale: str, *, offered: bool) -> Iterator[Text]:
    offer = brief.offer
    shown: Money | None = offer.price if offer and offered else brief.product.price
    if shown:
        yield Text(field="art_price", text=money(shown, locale), source="brief")
    if offer and offered and offer.was:
        yield Text(field="art_was", text=money(offer.was, locale), source="brief")
    if offer and offered:
        beside = {"art_code": offer.code, "art_buys": offer.buys, "art_per": offer.price_note}
        yield from (Text(field=name, text=text, source="brief") for name, text in beside.items() if text)
    elif shown and brief.product.price_note:
        yield Text(field="art_per", text=brief.product.price_note, source="brief")


def _date(brief: Brief, locale: str) -> Iterator[Text]:
    if brief.offer and brief.offer.end:
        yield Text(field="art_date", text=day(brief.offer.end, locale), source="brief")


def _legal(
    brief: Brief, concept: Concept, kit: BrandKit, locale: str, category: str, *, offered: bool
) -> Iterator[Text]:
    """What must be told: all of it in one line, then without the price's note. Word for word, never shortened."""
    priced = concept.motive in ("price", "deadline")
    flags = {"price": priced and not offered, "offer": priced and offered, "rating": concept.motive == "trust"}
    when: tuple[When, ...] = tuple(w for w in ("price", "offer", "rating") if flags[w])
    bound = [*legal_lines(kit, locale, category or brief.product.category, when), *brief.legal, *brief.must_say]
    terms = [brief.offer.terms] if brief.offer and flags["offer"] and brief.offer.terms else []
    note = [brief.product.price_note] if priced and not offered and brief.product.price_note else []
    told = (" ".join(_ended(p) for p in dict.fromkeys(x)) for x in ([*note, *terms, *bound], [*terms, *bound]) if x)
    yield from (Text(field="art_legal", text=t, source="brief") for t in dict.fromkeys(told))


def _ended(sentence: str) -> str:
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith((".", "?", "…")) else sentence + "."


def legal_lines(kit: BrandKit, locale: str, category: str, when: tuple[When, ...]) -> tuple[str, ...]:
    """The kit's lines for the locale's market and the product's category. A kit that knows one category means it."""
    known = sorted({line.category for line in kit.legal} - {"*"})
    fits = [c for c in known if fold(c) in fold(category)]
    return kit.legal_lines(
        market=market_of(locale), category=(fits or known[:1] if len(known) == 1 or fits else ["*"])[0],
        locale=locale, when=when,
    )


def market_of(locale: str) -> str:
    """The country of a locale: its region, else where the language is mostly spoken; `*` for English alone."""
    region = babel_locale(locale).territory
    if region:
        return str(region)
    from babel.core import get_global

    language = locale.split("-", maxsplit=1)[0]
    likely = str(get_global("likely_subtags").get(language, "")).rsplit("_", maxsplit=1)[-1]
    return likely if language != "en" and len(likely) == 2 else "*"


def buttons(brief: Brief, lang: Grammar) -> Iterator[Text]:
    """The words of a button, the fullest first: by objective and action, else by action alone."""
    words = lang.ctas.get(f"{brief.objective}.{brief.cta}") or lang.ctas.get(brief.cta, ())
    yield from (Text(field="art_cta", text=w, source="grammar") for w in words if len(w) <= CTA_LENGTH)


