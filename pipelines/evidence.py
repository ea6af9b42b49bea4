"""What may be said of a product: everything that a brief and a kit give, gathered once for a locale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from brand_kits.kit import BrandKit, by_locale
from factory.records import Brief, Money, Tribe
from pipelines.lexicon import (
    Figure,
    Token,
    denied_words,
    denies,
    figures,
    fold,
    hedged,
    lexicon,
    negations,
    normal,
    tokens,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """What may be said: everything that the brief and the kit give, in one locale.

    `measures` are numbers with the key of their unit; `absent` and `present` folded nouns that the brief denies and
    affirms; `phrases` wordings, as patterns, that may stand word for word (none that denies: its denial could be
    stretched by what follows); `given` all of them as one folded text.
    """

    numbers: frozenset[Decimal] = frozenset()
    spoken: frozenset[Decimal] = frozenset()
    """Numbers of the persons' own lines: theirs to play with, nobody else's."""
    measures: frozenset[tuple[Decimal, str]] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    given: str = ""
    banned: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    shunned: tuple[str, ...] = ()
    forbidden: Mapping[str, str] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def allowed_from(brief: Brief, kit: BrandKit, locale: str, tribe: Tribe | None = None) -> Allowed:
    """What a localized brief and its kit allow in a locale, to one tribe or to all."""
    claims = [text for c in kit.claims if (text := by_locale(c.texts, locale))]
    proven = [*_said(brief), *claims, *(text for line in kit.legal if (text := by_locale(line.texts, locale)))]
    lines = [text for line in brief.lines for text in line.texts.get(locale, {}).values()]
    quoted = {p.text for p in brief.proof}
    units = _units(brief, locale)
    numbers, measures = _numbers(proven, locale, units)
    spoken, _ = _numbers(lines, locale, units)
    plain = [f.text for f in brief.product.facts if f.kind != "absence"]
    absent = _denied([brief.message, *plain, *claims], brief, locale)
    names = [brief.product.name, brief.brand, brief.product.category, *(t.name for t in brief.tribes)]
    return Allowed(
        numbers=frozenset(numbers | _figures_of(brief)),
        spoken=frozenset(spoken),
        measures=frozenset(measures | _measures_of(brief, units)),
        units=units,
        absent=absent,
        present=_affirmed(brief, locale) - absent,
        phrases=_phrases([*(t for t in proven if t in quoted or not denies(t, lexicon(locale))), *names[:2]]),
        given=fold(" | ".join([*proven, *names])),
        banned=kit.voice.banned(locale),
        unsaid=brief.must_not_say,
        shunned=tribe.avoid if tribe else tuple(w for t in brief.tribes for w in t.avoid),
        forbidden={w: f.instead or f.why for f in kit.forbidden for w in by_locale(f.words, locale) or ()},
        currencies=frozenset(m.currency for m in _money(brief)),
        hosts=frozenset(h for url in (brief.url, brief.product.url) if (h := host(url))),
        words=_content_words([*proven, *names, *lines, *(w for t in brief.tribes for w in (*t.words, *t.passions))]),
    )


def _said(brief: Brief) -> list[str]:
    """Every text of a brief that states something, but for the persons' lines."""
    offer = brief.offer
    texts = [
        brief.message, *(f.text for f in brief.product.facts), *(p.text for p in brief.proof),
        *(p.source for p in brief.proof), *(p.role for p in brief.proof), brief.product.price_note,
        *brief.must_say, *brief.legal, *((offer.text, offer.terms, offer.code, offer.buys, offer.price_note) if offer else ()),
    ]
    return [t for t in texts if t]


def _money(brief: Brief) -> list[Money]:
    offer = brief.offer
    amounts = [brief.product.price, *((offer.price, offer.was) if offer else ())]
    return [m for m in amounts if m]


def _units(brief: Brief, locale: str) -> dict[str, str]:
    """The language's units, and the brief's own (what it counts: `plants`), to one key each."""
    units = dict(lexicon(locale).units)
    for fact in brief.product.facts:
        spellings = [fold(s) for s in (fact.symbol, fact.unit) if s]
        key = next((units[s] for s in spellings if s in units), spellings[0] if spellings else "")
        units |= dict.fromkeys(spellings, key)
    return units


def _numbers(
    texts: Iterable[str], locale: str, units: Mapping[str, str]
) -> tuple[set[Decimal], set[tuple[Decimal, str]]]:
    numbers: set[Decimal] = set()
    measures: set[tuple[Decimal, str]] = set()
    for text in texts:
        words = tokens(normal(text))
        for figure in figures(words, locale):
            if figure.value is not None:
                numbers.add(figure.value)
                measures |= {(figure.value, u) for u in (unit_after(words, figure, units),) if u}
    return numbers, measures


def _figures_of(brief: Brief) -> set[Decimal]:
    offer = brief.offer
    dates = [d for d in ((offer.start, offer.end) if offer else ()) if d] + [p.as_of for p in brief.proof if p.as_of]
    values = [f.value for f in brief.product.facts] + [v for p in brief.proof for v in (p.value, p.out_of, p.count)]
    values += [m.amount for m in _money(brief)] + [n for d in dates for n in (d.day, d.year)]
    return {Decimal(v) for v in values if v is not None}


def _measures_of(brief: Brief, units: Mapping[str, str]) -> set[tuple[Decimal, str]]:
    return {
        (f.value, units[fold(s)]) for f in brief.product.facts if f.value is not None for s in (f.unit, f.symbol) if s
    }


def unit_after(words: Sequence[Token], figure: Figure, units: Mapping[str, str]) -> str:
    """The key of the unit that follows a number, or ""."""
    for at in range(figure.last + 1, min(figure.last + 3, len(words))):
        if (key := units.get(_unit_text(words, at))) is not None:
            return key
        if words[at].text not in "-‐‑–":
            break
    return ""


def _unit_text(words: Sequence[Token], at: int) -> str:
    """A unit's spelling at a token: `mg`, or a sign with its letter (`°C`)."""
    text = words[at].text
    glued = at + 1 < len(words) and words[at + 1].glued and words[at + 1].is_word
    return fold(text + words[at + 1].text) if text == "°" and glued else fold(text)


def _denied(texts: Iterable[str], brief: Brief, locale: str) -> frozenset[str]:
    """Nouns that the brief says are not there: of absence facts, and after a negation in any given text."""
    lex = lexicon(locale)
    told = [f for f in brief.product.facts if f.kind == "absence" and f.noun]
    nouns = {denied_words(f.text, lex) if hedged(f.text, f.noun, lex) else " ".join(_words(f.noun)) for f in told}
    for text in texts:
        words = tokens(normal(text))
        nouns |= {fold(words[at].text) for _, at in negations(words, lex) if at is not None}
    return frozenset(n for n in nouns if n)


def _affirmed(brief: Brief, locale: str) -> frozenset[str]:
    facts = [f for f in brief.product.facts if f.kind in ("number", "ingredient")]
    nouns = {w for f in facts for w in _words(f.noun)}
    return frozenset(n for n in nouns if len(n) >= 3 and n not in lexicon(locale).units)


def _words(text: str) -> list[str]:
    return [fold(t.text) for t in tokens(text) if t.is_word]


def _content_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(w for t in texts for w in _words(t) if len(w) >= 4)


def _phrases(texts: Iterable[str]) -> tuple[str, ...]:
    """Given wordings as patterns, longest first; white space may differ."""
    wordings = {re.sub(r"\s+", " ", normal(t)).strip(" .") for t in texts}
    ordered = sorted((t for t in wordings if t), key=lambda t: (-len(t), t))
    return tuple(re.escape(t).replace(r"\ ", r"\s+") for t in ordered)


def host(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url.casefold()).split("/")[0].split("?")[0]
