"""Which picture of a product an idea shows, and how many of the product."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brand_kits.load import load_kit
from factory.brief import load_brief, localized
from factory.errors import InputError
from factory.portraits import Fits, choose_picture, count_shown, read_fits

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
PICTURES = ("upright", "lying", "poured")
FITS = {
    "lying": Fits(families=frozenset({"scene"}), moods=frozenset({"asleep"}), avoid_sets=frozenset({"water"})),
    "poured": Fits(motives=frozenset({"desire"})),
}


def test_a_special_picture_waits_for_an_idea_that_asks_for_it() -> None:
    assert choose_picture(PICTURES, FITS, ("scene", "wit", ("asleep",), "paper"), [], 8) == "lying"
    assert choose_picture(PICTURES, FITS, ("scene", "wit", (), "paper"), [], 8) == "upright"
    assert choose_picture(PICTURES, FITS, ("number", "desire", (), "paper"), [], 8) == "poured"


def test_a_picture_stays_out_of_layouts_and_places_without_room_for_it() -> None:
    assert choose_picture(PICTURES, FITS, ("number", "wit", ("asleep",), "paper"), [], 8) == "upright"
    assert choose_picture(PICTURES, FITS, ("scene", "wit", ("asleep",), "water"), [], 8) == "upright"


def test_a_special_picture_is_shown_by_one_idea_of_eight_at_most() -> None:
    idea = ("scene", "wit", ("asleep",), "paper")
    assert choose_picture(PICTURES, FITS, idea, ["lying"], 8) == "upright"
    assert choose_picture(PICTURES, FITS, idea, ["lying"], 16) == "lying"


def test_no_pictures_are_no_picture() -> None:
    assert choose_picture((), FITS, ("scene", "wit", (), "paper"), [], 8) == ""


def test_the_only_picture_serves_even_where_it_does_not_suit() -> None:
    assert choose_picture(("lying",), FITS, ("number", "fact", (), "water"), [], 8) == "lying"


def test_the_kits_special_pictures_say_what_they_are_good_for() -> None:
    pictures = load_kit(SAMPLE).product_pictures
    assert [n for n, p in pictures.items() if read_fits(p.data).special] == ["cold-brew-lying", "cold-brew-poured", "cold-brew-served"]


def test_an_offer_shows_as_many_as_it_sells_where_its_price_is_spoken_of() -> None:
    brief = load_brief(SAMPLE / "briefs" / "cold-brew.yaml")
    line = next(x for x in brief.lines if x.id == "last-call")
    silent = replace(line, texts={"en": {"headline": "Good morning."}})
    assert count_shown("offer", "deadline", line, brief) == 3
    assert count_shown("offer", "price", line, brief) == 3
    assert count_shown("offer", "price", silent, brief) == 1
    assert count_shown("product", "deadline", line, brief) == 1
    assert count_shown("offer", "price", line, replace(brief, offer=None)) == 1


def test_an_offer_says_what_it_buys_in_every_language() -> None:
    brief = load_brief(SAMPLE / "briefs" / "cold-brew.yaml")
    offers = [localized(brief, locale).offer for locale in ("en", "fr", "de")]
    assert [o.buys for o in offers if o] == ["Three bottles", "Trois bouteilles", "Drei Flaschen"]
    assert next(o.price_note for o in offers if o) == "€10.00 per litre"


@pytest.mark.parametrize("wrong", ["0", "7", "two"])
def test_a_quantity_is_a_whole_number_from_one_to_six(tmp_path: Path, wrong: str) -> None:
    text = (SAMPLE / "briefs" / "cold-brew.yaml").read_text(encoding="utf-8").replace("quantity: 3", f"quantity: {wrong}")
    (tmp_path / "brief.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_brief(tmp_path / "brief.yaml", load_kit(SAMPLE))
    assert any("quantity" in f.fact or "quantity" in f.where for f in caught.value.faults)
