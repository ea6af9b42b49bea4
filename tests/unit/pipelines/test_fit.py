"""The largest good setting of a text in a box."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typecase import DISPLAY, TEXT

from pipelines.compose.fit import crisp, fit, least_leading

HEADLINE = "Slept 18\u00a0hours. Woke up cold."
RANGE = (60.0, 124.0, 190.0)


def test_a_headline_takes_the_room_it_has() -> None:
    small = fit(HEADLINE, DISPLAY, 500, 300, 2.88, size=RANGE)
    large = fit(HEADLINE, DISPLAY, 900, 600, 2.88, size=RANGE)
    assert small is not None and large is not None
    assert small.size < large.size
    assert large.lines == ("Slept 18\u00a0hours.", "Woke up cold.")
    assert large.good


def test_a_text_too_long_for_its_box_is_refused() -> None:
    assert fit(HEADLINE, DISPLAY, 120, 60, 2.88, size=RANGE) is None
    assert fit("", DISPLAY, 500, 500, 2.88, size=RANGE) is None


def test_lines_are_broken_for_the_box_when_the_finest_breaks_are_too_wide() -> None:
    text = "Steeped cold for 18\u00a0hours, then bottled before the city wakes up, so that your morning starts early."
    found = fit(text, TEXT, 500, 600, 2.88, size=(42, 44, 48), lines=(6, 6))
    assert found is not None
    assert max(found.widths) <= 500


def test_the_greatest_size_is_never_passed() -> None:
    found = fit("Hi", DISPLAY, 5000, 5000, 2.88, size=RANGE)
    assert found is not None
    assert found.size == 190


def test_a_size_that_just_fits_at_the_least_is_taken() -> None:
    free = fit(HEADLINE, TEXT, 400, 400, 2.88, size=(10, 40, 300), lines=(2, 2))
    assert free is not None
    tight = fit(HEADLINE, TEXT, 400, 400, 2.88, size=(free.size, free.size, 300), lines=(2, 2))
    assert tight is not None
    assert tight.size == free.size


def test_a_german_compound_wider_than_the_box_is_cut_once() -> None:
    found = fit("Nachtschichtkaffee", TEXT, 420, 300, 2.88, size=(60, 80, 90), locale="de")
    assert found is not None
    assert found.lines == ("Nachtschicht-", "kaffee")


def test_an_english_word_wider_than_the_box_is_not_cut() -> None:
    assert fit("Nightshiftcoffeemaker", TEXT, 420, 300, 2.88, size=(60, 80, 90)) is None


def test_lines_keep_clear_of_each_other_even_with_marks_and_tails() -> None:
    found = fit("Gypsy ÅÄÖ qualité ÂÊÎ", DISPLAY, 520, 600, 2.88, size=RANGE, locale="fr", lines=(2, 3))
    assert found is not None
    runs = [DISPLAY.run(line, found.size, found.tracking, "fr") for line in found.lines]
    assert found.leading >= least_leading([run.ink for run in runs], found.size)


def test_a_hung_quotation_mark_stays_inside_the_box() -> None:
    found = fit("“I don’t do mornings. It does.”", DISPLAY, 600, 400, 2.88, size=RANGE)
    assert found is not None
    assert found.inset > 0
    assert max(found.widths) <= 600


def test_only_flush_left_text_hangs_its_marks() -> None:
    found = fit("“Not me.”", DISPLAY, 600, 400, 2.88, size=RANGE, align="centre")
    assert found is not None
    assert found.inset == 0


def test_capitals_are_opened_by_the_formula() -> None:
    lower, upper = (fit(t, TEXT, 900, 200, 2.88, size=(100, 100, 100)) for t in ("cold brew", "COLD BREW"))
    assert lower is not None and upper is not None
    assert upper.tracking == pytest.approx(lower.tracking + 0.02, abs=0.01)


def test_given_leading_and_tracking_are_obeyed() -> None:
    found = fit(HEADLINE, TEXT, 400, 300, 1.0, size=(20, 30, 40), lines=(2, 2), leading=1.3, tracking=0.0)
    assert found is not None
    assert found.leading == pytest.approx(1.3 * found.size)
    assert found.tracking == 0.0


def test_small_sizes_end_their_letters_on_a_pixel_and_shrink_by_six_percent_at_most() -> None:
    for size in (10.0, 13.0, 15.0, 18.0, 24.0):
        sharp = crisp(TEXT, size)
        assert 0.94 * size <= sharp <= size + 0.05
    assert (crisp(TEXT, 17.0) * TEXT.xheight) % 1 == pytest.approx(0, abs=1e-6)
    assert crisp(TEXT, 40.0) == 40.0


@given(st.integers(150, 900), st.integers(60, 700), st.sampled_from(["left", "centre", "right"]))
@settings(max_examples=60, deadline=None)
def test_what_is_fitted_stays_inside_its_box(width: int, height: int, align: str) -> None:
    found = fit("Good morning started last night", DISPLAY, width, height, 2.88, size=(24, 80, 190), align=align)  # type: ignore[arg-type]
    if found is not None:
        assert max(found.widths) <= width
        assert found.height <= height
        assert 24 <= found.size <= 190
        assert " ".join(found.lines) == "Good morning started last night"
