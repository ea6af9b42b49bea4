"""The typed view of a brief: figures, money and dates as each locale writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from copy_samples import brief_in, concept

from factory.records import Fact, Money
from pipelines.copydeck.facts import day, figure, gather, money, number


@pytest.mark.parametrize(
    ("locale", "amount", "shown"),
    [
        ("en-GB", "1234.90", "€1,234.90"), ("en", "3", "€3"), ("fr-FR", "3.90", "3,90\u00a0€"),
        ("de-DE", "3.00", "3\u00a0€"), ("de-AT", "3.90", "€\u00a03,90"), ("fr-CH", "3.90", "3,90\u00a0€"),
    ],
)
def test_money_is_written_as_the_locale_writes_it(locale: str, amount: str, shown: str) -> None:
    assert money(Money(amount=Decimal(amount), currency="EUR"), locale) == shown


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "30\u00a0November"), ("en-US", "November\u00a030"), ("fr", "30\u00a0novembre"),
        ("de", "30.\u00a0November"),
    ],
)
def test_a_day_is_written_as_the_locale_writes_it(locale: str, shown: str) -> None:
    assert day(date(2026, 11, 30), locale) == shown


def test_numbers_lose_needless_zeros_and_keep_their_decimals() -> None:
    assert [number(Decimal(x), "de") for x in ("18.00", "4.7", "1204")] == ["18", "4,7", "1.204"]


def test_a_figure_takes_the_symbol_before_the_unit() -> None:
    with_symbol = Fact(id="a", kind="time", text="x", value=Decimal(18), unit="hours", symbol="h")
    counted = Fact(id="b", kind="number", text="x", value=Decimal(2), unit="plants")
    assert [figure(f, "en") for f in (with_symbol, counted, Fact(id="c", kind="benefit", text="x"))] == [
        "18\u00a0h", "2\u00a0plants", "",
    ]


def test_the_concepts_own_fact_leads_and_no_fact_is_lost() -> None:
    material = gather(brief_in("en"), concept(fact="mill"), "en")
    assert material.facts[0].id == "mill"
    assert sorted(f.id for f in material.facts) == sorted(f.id for f in brief_in("en").product.facts)


def test_other_seeds_lean_on_other_second_facts() -> None:
    seconds = {gather(brief_in("en"), concept(seed=n), "en").facts[1].id for n in range(12)}
    assert len(seconds) >= 4


def test_a_slot_that_the_brief_does_not_fill_is_absent() -> None:
    slots = gather(brief_in("en", offer=None), concept("presence", fact=""), "en").slots
    assert not {"offer", "code", "end", "was", "fact", "n", "rating"} & slots.keys()


def test_the_offer_is_spoken_of_only_where_the_concept_speaks_of_it() -> None:
    assert "offer" not in gather(brief_in("en"), concept("price"), "en").slots
    offered = gather(brief_in("en"), concept("deadline", fact=""), "en").slots
    assert (offered["price"], offered["own"], offered["end"]) == ("€9", "€5.20", "30\u00a0November")


def test_a_fact_that_denies_less_than_its_noun_gives_no_noun() -> None:
    brief = brief_in("en")
    fact = Fact(id="s", kind="absence", text="no added sugar", noun="sugar")
    product = brief.product.__class__(name="L", category="bread", facts=(fact,), pictures=())
    assert "noun" not in gather(brief_in("en", product=product), concept(fact="s"), "en").slots
