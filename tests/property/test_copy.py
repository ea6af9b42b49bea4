"""Algebra of the guard and of decks: for any figures and any limits, nothing is said that was not given."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "pipelines"))

from copy_samples import LOCALES, brief_in, concept, kit, placement

from factory.records import Fact, Product
from pipelines.claims import allowed_from, guard
from pipelines.copydeck.facts import number
from pipelines.copydeck.grammar import grammar, spelled
from pipelines.copydeck.ranker import WordRanker
from pipelines.copydeck.write import write
from pipelines.lexicon import figures, fold, normal, tokens

GIVEN = {locale: allowed_from(brief_in(locale), kit(), locale) for locale in LOCALES}
FRAMES = {"en": "Bread for {} people.", "fr": "Du pain pour {} personnes.", "de": "Brot für {} Leute."}


@given(locale=st.sampled_from(LOCALES), value=st.integers(0, 10**7))
def test_no_number_in_digits_passes_that_was_not_given(locale: str, value: int) -> None:
    allowed = GIVEN[locale]
    failed = {f.code for f in guard(FRAMES[locale].format(number(Decimal(value), locale)), allowed, locale)}
    if value and Decimal(value) not in allowed.numbers:
        assert "claims.number" in failed
    elif value:
        assert "claims.number" not in failed


@given(locale=st.sampled_from(LOCALES), value=st.decimals(min_value=0, max_value=9999, places=2))
def test_no_decimal_passes_that_was_not_given(locale: str, value: Decimal) -> None:
    allowed = GIVEN[locale]
    failed = {f.code for f in guard(FRAMES[locale].format(number(value, locale)), allowed, locale)}
    assert ("claims.number" in failed) == (value != 0 and value not in allowed.numbers)


@given(locale=st.sampled_from(LOCALES), value=st.integers(2, 99))
def test_no_number_in_words_passes_that_was_not_given(locale: str, value: int) -> None:
    allowed = GIVEN[locale]
    lang = grammar(locale)
    assert lang is not None
    failed = {f.code for f in guard(FRAMES[locale].format(spelled(Decimal(value), lang)), allowed, locale)}
    assert ("claims.number" in failed) == (Decimal(value) not in allowed.numbers)


@given(locale=st.sampled_from(LOCALES), value=st.integers(2, 99), scale=st.sampled_from([100, 1000]))
def test_hundreds_and_thousands_in_words_are_read(locale: str, value: int, scale: int) -> None:
    lang = grammar(locale)
    assert lang is not None
    name = {"en": {100: " hundred", 1000: " thousand"}, "fr": {100: " cents", 1000: " mille"},
            "de": {100: "hundert", 1000: "tausend"}}[locale][scale]
    words = tokens(spelled(Decimal(value), lang) + name)
    assert [f.value for f in figures(words, locale)] == [Decimal(value * scale)]


@given(text=st.text(max_size=60), locale=st.sampled_from([*LOCALES, "ja-JP", "pt-BR"]))
def test_the_guard_reads_any_text(text: str, locale: str) -> None:
    allowed = allowed_from(brief_in("en"), kit(), locale)
    for finding in guard(text, allowed, locale):
        assert finding.code
        assert finding.measured
        assert finding.wanted
        assert finding.help


@given(text=st.text(max_size=60))
def test_folding_and_normalizing_are_done_after_one_time(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert fold(fold(text)) == fold(text)


@settings(max_examples=25, deadline=None)
@given(
    locale=st.sampled_from(LOCALES), limits=st.lists(st.integers(12, 200), min_size=1, max_size=4),
    hours=st.integers(2, 4000), seed=st.integers(0, 2**31 - 1),
    motive=st.sampled_from(["fact", "craft", "wit", "presence", "desire", "reasons", "price", "deadline"]),
)
def test_every_limit_is_met_and_every_number_is_given(
    locale: str, limits: list[int], hours: int, seed: int, motive: str
) -> None:
    unit = {"en": "hours", "fr": "heures", "de": "Stunden"}[locale]
    text = {"en": f"rested for {hours} hours", "fr": f"reposé {hours} heures", "de": f"{hours} Stunden geruht"}[locale]
    fact = Fact(id="t", kind="time", text=text, value=Decimal(hours), unit=unit, symbol="h")
    sample = brief_in(locale).product
    facts = (fact, *sample.facts[3:])
    product = Product(name="Loaf", category=sample.category, facts=facts, pictures=(), price=sample.price)
    brief = brief_in(locale, product=product, lines=())
    places = [placement(f"p{n}", primary_text=x, headline=x, description=x) for n, x in enumerate(limits)]
    deck = write(brief, concept(motive, "t", seed=seed), locale, kit(), places, ranker=WordRanker())
    allowed = allowed_from(brief, kit(), locale)
    for field in ("primary_text", "headline", "description"):
        assert all(deck.first(field, x) for x in limits)
    for shown in deck.texts:
        numbers = {f.value for f in figures(tokens(normal(shown.text)), locale)}
        assert numbers <= allowed.numbers | {None}, shown
