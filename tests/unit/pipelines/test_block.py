"""Type in its place: axes, hung marks, figures and prices."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typecase import CREAM, DISPLAY, INK, ORANGE, TEXT

from pipelines.compose.block import Block, ink_gaps, label, number, place, price, set_line, struck, text_share
from pipelines.compose.breaking import Align
from pipelines.compose.fit import fit
from pipelines.compose.prices import discount, style_for, written_price


def placed(text: str, align: Align = "left", locale: str = "en", x: float = 100, width: float = 700) -> Block:
    fitted = fit(text, DISPLAY, width, 500, 2.88, size=(60, 100, 120), locale=locale, align=align, lines=(1, 4))
    assert fitted is not None
    return place(fitted, DISPLAY, x, 200, colour=INK)


def test_every_line_stands_on_the_axis_by_its_ink() -> None:
    block = placed("Taste Over Jitters, Wide Awake Already", width=500)
    assert len(block.lines) >= 3
    assert [box[0] for box in block.line_boxes()] == pytest.approx([100.0] * len(block.lines), abs=0.01)


def test_right_lines_let_the_full_stop_hang_out() -> None:
    stopped, bare = placed("Woke up.", "right", x=900), placed("Woke up", "right", x=900)
    assert bare.box[0] + bare.box[2] == pytest.approx(900, abs=0.01)
    assert 3 < stopped.box[0] + stopped.box[2] - 900 < 25


def test_centred_lines_share_their_centre() -> None:
    block = placed("Good morning started last night", "centre", x=540)
    for x, _, w, _ in block.line_boxes():
        assert x + w / 2 == pytest.approx(540, abs=0.01)


def test_capitals_begin_where_the_caller_says_and_baselines_fall_on_pixels() -> None:
    block = placed("HER")
    assert block.box[1] == pytest.approx(200, abs=3)
    assert all(piece.baseline == round(piece.baseline) for piece in block.pieces)


def test_an_opening_mark_stays_at_the_edge_and_the_axis_moves_in() -> None:
    block = placed("“I don’t do mornings. It does.”")
    first, *rest = block.line_boxes()
    assert first[0] == pytest.approx(100, abs=0.01)
    assert block.axis > 100
    assert [box[0] for box in rest] == pytest.approx([block.axis] * len(rest), abs=0.01)
    assert [piece.name for piece in block.pieces].count("quote") == 2


def test_guillemets_keep_their_space_when_they_hang() -> None:
    block = placed("«\u202fL’été ne dort pas.\u202f»", locale="fr")
    opening, first = block.pieces[0].box, block.pieces[1].box
    assert first[0] - opening[0] - opening[2] == pytest.approx(0.14 * block.size, abs=0.5)
    assert block.pieces[-1].box[0] - block.pieces[-2].box[0] - block.pieces[-2].box[2] > 0.08 * block.size


def test_a_block_moves_whole() -> None:
    block = placed("Hello there")
    moved = block.moved(10, -20)
    x, y, w, h = block.box
    assert moved.box == pytest.approx((x + 10, y - 20, w, h))
    assert (moved.axis, moved.cap_top) == (block.axis + 10, block.cap_top - 20)
    assert moved.pieces[0].path.computeTightBounds().left() == pytest.approx(x + 10, abs=0.01)


def test_one_line_or_word_can_be_taken_out_for_a_film() -> None:
    block = placed("Slept 18\u00a0hours. Woke up cold.", width=600)
    second = block.line(1)
    assert [piece.text for piece in second.pieces] == ["Woke", "up", "cold."]
    assert block.word(0).box[2] < block.box[2]


def test_a_phrase_takes_a_colour_of_its_own() -> None:
    block = placed("Slept 18\u00a0hours. Woke up cold.").coloured(ORANGE, words="up cold")
    assert [piece.text for piece in block.pieces if piece.colour == ORANGE] == ["up", "cold."]
    assert placed("Hello").coloured(ORANGE, words="nowhere").pieces[0].colour == ""


def test_a_phrase_that_comes_twice_is_coloured_once() -> None:
    block = placed("cold up cold").coloured(ORANGE, words="cold")
    assert [piece.colour for piece in block.pieces] == [ORANGE, "", ""]


def test_plain_takes_all_colours_back() -> None:
    block = placed("Slept well").coloured(ORANGE, words="well").plain(CREAM)
    assert {piece.colour or block.colour for piece in block.pieces} == {CREAM}


def test_a_label_is_centred_by_its_capitals_and_not_by_its_tails() -> None:
    button = (100.0, 50.0, 300.0, 100.0)
    low, high = label("gypsy", TEXT, 40, button, INK), label("HIGH", TEXT, 40, button, INK)
    assert low.baseline == high.baseline == pytest.approx(100 + TEXT.cap * 40 / 2, abs=0.5)
    for block in (low, high):
        assert block.box[0] + block.box[2] / 2 == pytest.approx(250, abs=0.01)


def test_gaps_of_ink_are_told_in_em() -> None:
    block = placed("Slept 18\u00a0hours. Woke up cold.", width=600)
    assert len(ink_gaps(block)) == len(block.lines) - 1
    assert all(gap >= 0.045 for gap in ink_gaps(block))


def test_the_share_of_text_counts_overlaps_once_and_what_is_outside_not_at_all() -> None:
    one = set_line("HHHH", TEXT, 100, 0, 100, role="a")
    share = text_share((one,), 400, 200)
    assert share == pytest.approx(one.box[2] * one.box[3] / (400 * 200), rel=0.05)
    assert text_share((one, one), 400, 200) == share
    assert text_share((one.moved(-1000, 0),), 400, 200) == 0


@given(st.text(alphabet="abcV „“”«»\u202f.", min_size=1, max_size=24), st.sampled_from(["en", "de", "fr"]))
@settings(max_examples=80, deadline=None)
def test_flush_left_text_stays_between_its_edges_whatever_its_marks(text: str, locale: str) -> None:
    fitted = fit(text, DISPLAY, 500, 400, 2.88, size=(30, 60, 90), locale=locale)
    if fitted is not None:
        x, _, w, _ = place(fitted, DISPLAY, 100, 50).box
        assert w == 0 or (x >= 99.9 and x + w <= 600.5)


# ------------------------------------------------------------------------------------------------------- figures


def test_a_unit_stands_half_as_high_on_the_same_line() -> None:
    block = number("18", "H", TEXT, 300, 50, 40)
    figure, unit = (next(p for p in block.pieces if p.name == name) for name in ("figure", "unit"))
    assert unit.baseline == figure.baseline
    assert unit.box[3] == pytest.approx(figure.box[3] / 2, rel=0.05)
    assert block.box[0] == pytest.approx(50, abs=0.01)
    assert block.text == "18\u00a0H"


def names(block: Block) -> list[str]:
    return [piece.name for piece in block.pieces]


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("en-US", "USD", ["currency", "figure", "cents"]),
        ("en-GB", "GBP", ["currency", "figure", "cents"]),
        ("fr-FR", "EUR", ["figure", "currency", "cents"]),
        ("de-DE", "EUR", ["figure", "comma", "cents", "currency"]),
        ("de-AT", "EUR", ["currency", "figure", "comma", "cents"]),
        ("de-CH", "CHF", ["currency", "figure"]),
        ("sv-SE", "SEK", ["figure", "currency"]),
    ],
)
def test_a_price_is_set_as_its_market_sets_it(locale: str, currency: str, expected: list[str]) -> None:
    block = price(Decimal("3.90"), currency, locale, DISPLAY, 200, 0, 0)
    assert names(block) == expected
    assert [p.box[0] for p in block.pieces] == sorted(p.box[0] for p in block.pieces)


def test_raised_cents_end_at_the_height_of_the_figures() -> None:
    block = price(Decimal("3.90"), "EUR", "fr-FR", TEXT, 200, 0, 0)
    zero = TEXT.run("0", 200).ink[1]
    cents = next(p for p in block.pieces if p.name == "cents")
    assert cents.box[1] == pytest.approx(cents_top := block.pieces[0].baseline + zero, abs=2), cents_top


def test_round_prices_lose_their_cents_unless_they_stand_beside_others() -> None:
    assert names(price(Decimal("12"), "EUR", "fr-FR", TEXT, 200, 0, 0)) == ["figure", "currency"]
    assert "cents" in names(price(Decimal("12"), "EUR", "fr-FR", TEXT, 200, 0, 0, keep_zero=True))


def test_small_and_old_prices_are_running_text() -> None:
    small = price(Decimal("3.90"), "EUR", "de-DE", TEXT, 14, 0, 0, px_per_pt=1)
    old = price(Decimal("4.90"), "EUR", "de-DE", TEXT, 100, 0, 0, role="was")
    assert names(small) == names(old) == ["figure"]
    assert old.pieces[0].text == "4,90\u00a0€"


def test_a_from_price_says_so_in_small() -> None:
    block = price(Decimal("3.90"), "EUR", "de-DE", TEXT, 200, 0, 0, prefix="ab")
    assert block.pieces[0].name == "prefix"
    assert block.pieces[0].box[3] < 0.4 * block.pieces[1].box[3]
    assert block.text == "ab 3,90\u00a0€"


def test_an_old_price_is_crossed_from_end_to_end_at_a_third_of_its_height() -> None:
    plain = price(Decimal("4.90"), "EUR", "de-DE", TEXT, 100, 0, 0, role="was")
    stroke = struck(plain).pieces[-1]
    assert stroke.name == "strike"
    assert stroke.box[0] < plain.box[0]
    assert stroke.box[0] + stroke.box[2] > plain.box[0] + plain.box[2]
    assert plain.pieces[0].baseline - (stroke.box[1] + stroke.box[3] / 2) == pytest.approx(30)
    assert stroke.box[3] == pytest.approx(7)


@pytest.mark.parametrize(("locale", "text"), [("fr-FR", "−20\u202f%"), ("en-GB", "−20%"), ("de-DE", "−20\u202f%")])
def test_a_discount_has_a_true_minus(locale: str, text: str) -> None:
    assert discount(Decimal("0.2"), locale).replace("\u202f\u202f", "\u202f") == text


def test_the_written_price_is_the_locales_own() -> None:
    assert written_price(Decimal("1234.9"), "EUR", "fr-FR") == "1\u202f234,90\u00a0€"
    assert written_price(Decimal("3.9"), "USD", "en-US") == "$3.90"


def test_a_language_without_a_style_is_set_plainly() -> None:
    assert not style_for("hu-HU").raised
