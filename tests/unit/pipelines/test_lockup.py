"""An offer's lock-up: all of it together or not at all, in every language and size."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest
from composing import BANNERS, BOTTLE, ROOM, SHAPES, content, kit, placement

from factory.records import Money
from pipelines.compose.content import Content
from pipelines.compose.family import load_family
from pipelines.compose.layout import arrange
from pipelines.compose.lockup import FORMS
from pipelines.compose.page import Layout
from pipelines.compose.prices import code_word, old_price, written_price

GROUP = replace(ROOM, shape=replace(BOTTLE, aspect=0.97, sink=0.029))
SAID = {
    "en": {"buys": "Three bottles", "per": "€10.00 per litre", "headline": "Last call for first coffee.",
           "date": "31 December"},
    "fr": {"buys": "Trois bouteilles", "per": "10,00\u00a0€ le litre", "headline": "Dernier appel pour premier café.",
           "date": "31 décembre"},
    "de": {"buys": "Drei Flaschen", "per": "10,00\u00a0€ je Liter", "headline": "Letzte Runde, erster Kaffee.",
           "date": "31. Dezember"},
}
LEGAL = {
    "en": "First order, one per household, until 31 December 2026. Contains caffeine. While stocks last.",
    "fr": "Première commande, une par foyer, jusqu’au 31 décembre 2026. Contient de la caféine. Dans la limite des stocks "
    "disponibles.",
    "de": "Erste Bestellung, einmal je Haushalt, bis 31. Dezember 2026. Enthält Koffein. Solange der Vorrat reicht.",
}
STRIPS = ("728x90", "320x50")


def offered(locale: str) -> Content:
    said = {role: (text,) for role, text in SAID[locale].items()}
    made = content("de" if locale == "de" else "en", code=("NIGHTCAP",), legal=(LEGAL[locale],))
    return replace(made, locale=locale, texts={**made.texts, **said})


def laid(shape: str, locale: str) -> Layout:
    return arrange(offered(locale), placement(shape), load_family("offer"), kit(), GROUP)


@pytest.mark.parametrize("locale", sorted(SAID))
@pytest.mark.parametrize("shape", [s for s in SHAPES if s not in ("160x600", "320x50")])
def test_a_price_stands_with_what_it_buys_its_last_day_and_its_terms(shape: str, locale: str) -> None:
    roles = {t.role for t in laid(shape, locale).texts}
    assert {"price", "buys", "date", "per", "code", "legal"} <= roles


@pytest.mark.parametrize("locale", sorted(SAID))
@pytest.mark.parametrize("shape", ["story", "square", "portrait", "landscape", "300x600", "970x250", "728x90"])
def test_the_line_leads_and_the_price_stands_with_it(shape: str, locale: str) -> None:
    assert {"headline", "price"} <= {t.role for t in laid(shape, locale).texts}


@pytest.mark.parametrize("shape", ["300x250", "320x50"])
def test_a_small_or_narrow_canvas_spends_its_room_on_price_and_product(shape: str) -> None:
    layout = laid(shape, "fr")
    assert layout.text("headline") is None and layout.text("price") is not None and layout.product is not None


@pytest.mark.parametrize("locale", sorted(SAID))
def test_the_smallest_strip_says_quantity_price_and_last_day(locale: str) -> None:
    assert [t.role for t in laid("320x50", locale).texts] == ["buys", "price", "date"]


@pytest.mark.parametrize("locale", sorted(SAID))
def test_the_group_fills_three_tenths_of_a_tall_picture_under_terms_of_few_lines(locale: str) -> None:
    layout = laid("story", locale)
    product, legal, canvas = layout.product, layout.text("legal"), layout.grid.canvas
    assert product is not None and legal is not None
    assert product.box.h >= 0.3 * canvas.h
    assert abs(product.box.x + product.box.right - canvas.w) < 0.02 * canvas.w
    assert len(legal.block.lines) <= 3 and legal.box.bottom < product.box.y


@pytest.mark.parametrize("shape", [s for s in SHAPES if s != "160x600"])
def test_an_offer_without_an_end_has_a_layout_too(shape: str) -> None:
    endless = offered("en").without(("date",))
    layout = arrange(endless, placement(shape), load_family("offer"), kit(), GROUP)
    assert layout.text("date") is None and layout.text("code" if shape != "320x50" else "price") is not None


def test_the_last_day_is_said_in_the_language_of_the_offer() -> None:
    words = {locale: text.block.text for locale in SAID if (text := laid("story", locale).text("date"))}
    assert words == {"en": "until 31 December", "fr": "jusqu’au 31 décembre", "de": "bis 31. Dezember"}


@pytest.mark.parametrize("shape", ["story", "728x90", "300x600", "300x250"])
def test_a_ticket_says_that_it_holds_a_code(shape: str) -> None:
    code = laid(shape, "fr").text("code")
    assert code is not None and code.block.text == "Code NIGHTCAP"


@pytest.mark.parametrize("shape", ["story", "portrait", "square"])
def test_the_last_day_is_larger_than_the_quantity(shape: str) -> None:
    date, buys = laid(shape, "en").text("date"), laid(shape, "en").text("buys")
    assert date is not None and buys is not None and date.block.size > buys.block.size


@pytest.mark.parametrize("locale", sorted(SAID))
def test_an_old_price_says_that_it_is_the_old_one(locale: str) -> None:
    was = laid("970x250", locale).text("was")
    assert was is not None
    assert was.block.text.split(" ")[0] in ("instead", "au", "statt")
    assert sum(p.name == "strike" for p in was.block.pieces) == 1


def test_only_the_sum_is_struck() -> None:
    from pipelines.compose.faces import face_of

    block = old_price(Decimal("11.70"), "EUR", "en", face_of(kit(), "text", 500), 40.0, 0.0, 100.0)
    strike = next(p for p in block.pieces if p.name == "strike")
    words = [p for p in block.pieces if p.name == "prefix"]
    assert all(p.box[0] + p.box[2] < strike.box[0] for p in words)
    assert block.text == f"instead of {written_price(Decimal('11.70'), 'EUR', 'en')}"


@pytest.mark.parametrize("shape", ["story", "portrait", "square", "landscape", "300x250", "300x600", "970x250"])
def test_parts_of_the_lockup_do_not_touch(shape: str) -> None:
    parts = [t for t in laid(shape, "fr").texts if t.role in ("buys", "price", "date", "was", "per", "code")]
    assert all(not a.box.overlaps(b.box) for a, b in combinations(parts, 2))


def test_the_quantity_of_an_endless_offer_is_as_wide_as_the_price() -> None:
    layout = arrange(offered("en").without(("date",)), placement("square"), load_family("offer"), kit(), GROUP)
    buys, price = layout.text("buys"), layout.text("price")
    assert buys is not None and price is not None
    assert buys.box.w == pytest.approx(price.box.w, rel=0.02)
    assert buys.box.x == pytest.approx(price.box.x, abs=1.5)


def test_the_price_is_the_largest_figure_of_the_offer() -> None:
    for shape in (s for s in SHAPES if s not in ("160x600", *STRIPS)):
        sizes = {t.role: t.block.size for t in laid(shape, "en").texts}
        assert sizes["price"] == max(sizes.values())


def test_a_code_stands_in_a_ticket() -> None:
    code = laid("story", "en").text("code")
    assert code is not None
    assert [item.role for item in code.before if hasattr(item, "role")][:1] == ["ticket"]
    assert "NIGHTCAP" in code.block.text


def test_a_plain_price_makes_do_without_quantity_old_price_and_code() -> None:
    bare = replace(content("en", headline=("€2.90 a head.",)), was=None, price=Money(amount=Decimal("2.90"), currency="EUR"))
    for shape in ("story", "square", *BANNERS):
        layout = arrange(bare, placement(shape), load_family("offer"), kit(), ROOM)
        assert layout.text("price") is not None
        assert layout.text("code") is None and layout.text("was") is None


def test_every_form_is_a_role_that_families_may_name() -> None:
    from pipelines.compose.family import ROLES

    assert set(FORMS) <= set(ROLES)


def test_codes_are_called_what_the_language_calls_them() -> None:
    assert (code_word("de-AT"), code_word("es")) == ("Code", "Código")
