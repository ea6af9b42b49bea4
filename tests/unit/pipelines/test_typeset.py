"""Shaping, measures and the numbers of the craft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typecase import DISPLAY, TEXT, VESPER

from pipelines.compose.fonts import FontError
from pipelines.compose.typeset import Face, GlyphError, leading, tracking

DEJAVU_LIKE = VESPER / "fonts" / "Figtree-Bold.ttf"


def test_kerning_pulls_a_pair_together() -> None:
    kerned = TEXT.run("AVATAR", 100)
    loose = TEXT.run("AVATAR", 100, features={"kern": False})
    assert kerned.advance < loose.advance - 5


def test_advance_grows_with_size_and_tracking_stands_between_signs_only() -> None:
    plain, tracked = TEXT.run("abcd", 100), TEXT.run("abcd", 100, 0.1)
    assert tracked.advance == pytest.approx(plain.advance + 3 * 10, abs=0.01)
    assert TEXT.run("abcd", 200).advance == pytest.approx(2 * plain.advance, rel=1e-3)


def test_ink_stands_on_the_baseline_and_reaches_the_capital_height() -> None:
    ink = TEXT.run("H", 100).ink
    assert ink[3] == pytest.approx(0, abs=0.5)
    assert -ink[1] == pytest.approx(100 * TEXT.cap, abs=0.5)


def test_a_run_keeps_its_words_apart_and_its_no_break_spaces_together() -> None:
    assert [part.text for part in TEXT.run("Slept 18\u00a0hours.", 40).parts] == ["Slept", "18\u00a0hours."]


def test_words_of_a_run_lie_where_the_whole_run_has_them() -> None:
    run = TEXT.run("one two", 50)
    assert run.parts[0].ink[0] == run.ink[0]
    assert run.parts[1].ink[2] == run.ink[2]
    assert run.parts[0].ink[2] < run.parts[1].ink[0]


def test_a_french_thin_space_is_narrower_than_a_word_space_in_every_face() -> None:
    for face in (TEXT, DISPLAY):
        thin, wide, none = (face.run(f"a{space}b", 100).advance for space in ("\u202f", "\u00a0", ""))
        assert none < thin < wide


def test_a_thin_space_that_a_face_lacks_is_six_tenths_of_a_word_space(subset_face: Face) -> None:
    gap = subset_face.run("a\u00a0b", 100).advance - subset_face.run("ab", 100, features={"kern": False}).advance
    thin = subset_face.run("a\u202fb", 100).advance - subset_face.run("ab", 100, features={"kern": False}).advance
    assert thin == pytest.approx(0.6 * gap, abs=1.0)


def test_a_sign_that_no_face_has_is_an_error_that_names_it() -> None:
    with pytest.raises(GlyphError) as error:
        TEXT.run("Kaffee 冷", 40)
    assert str(error.value) == (
        "Figtree-Medium.ttf cannot draw '冷' (U+51B7 CJK UNIFIED IDEOGRAPH-51B7) (Kaffee 冷). "
        "Name a fallback face for it in the kit or change the text."
    )


def test_a_fallback_draws_what_the_first_face_lacks(subset_face: Face) -> None:
    both = Face(subset_face.path, fallback=(DEJAVU_LIKE,))
    assert not subset_face.has("aé")
    assert both.has("aé")
    assert both.run("aéb", 100).advance > both.run("ab", 100).advance + 30


def test_a_fallback_is_set_so_that_small_letters_are_equally_high(subset_face: Face) -> None:
    both = Face(subset_face.path, fallback=(DISPLAY.path,))
    own, other = -both.run("x", 100).ink[1], -both.run("ı", 100).ink[1]
    assert other == pytest.approx(own, rel=0.06)


def test_soft_hyphens_and_joiners_leave_no_trace() -> None:
    assert TEXT.run("Nacht\u00adschicht\u2060\u200b", 40).advance == TEXT.run("Nachtschicht", 40).advance


def test_decomposed_letters_are_the_same_as_composed_ones() -> None:
    assert TEXT.run("e\u0301te\u0301", 40).advance == TEXT.run("été", 40).advance


def test_a_blank_run_has_no_ink_and_no_words() -> None:
    run = TEXT.run("  ", 40)
    assert run.ink == (0.0, 0.0, 0.0, 0.0)
    assert run.parts == ()
    assert run.advance > 0


def test_the_display_face_has_serifs_and_the_text_face_has_none() -> None:
    assert DISPLAY.serif
    assert not TEXT.serif


def test_a_broken_font_file_says_which(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fonts") / "broken.ttf"
    path.write_bytes(b"not a font")
    with pytest.raises(FontError, match=r"broken\.ttf is not a font that can be opened"):
        Face(path).run("a", 10)


@pytest.mark.parametrize(("pt", "em"), [(9, 1.37), (14, 1.29), (24, 1.17), (44, 1.04), (90, 0.97)])
def test_leading_follows_the_table(pt: float, em: float) -> None:
    assert leading(pt) == pytest.approx(em, abs=0.015)


def test_leading_of_heavy_and_of_capital_lines_is_closer_and_of_accented_capitals_wider() -> None:
    assert leading(30, weight=800) == 1.03
    assert leading(40, caps=True) == pytest.approx(leading(40) - 0.06)
    assert leading(400, caps=True) == pytest.approx(0.90)
    assert leading(40, caps=True, tall=True) == pytest.approx(1.06 * leading(40, caps=True))


@pytest.mark.parametrize(("pt", "em"), [(9, 0.016), (12, 0.0), (16, -0.011), (40, -0.022)])
def test_tracking_follows_the_table(pt: float, em: float) -> None:
    assert tracking(pt) == pytest.approx(em, abs=0.002)


def test_capitals_are_opened_and_serifs_closed_half_as_much() -> None:
    assert tracking(60, caps=True) == pytest.approx(tracking(60) + 0.02)
    assert tracking(60, serif=True) == pytest.approx(tracking(60) / 2)


@given(st.floats(6, 400), st.floats(6, 400))
def test_larger_type_never_gets_more_leading_or_tracking(one: float, two: float) -> None:
    small, large = sorted((one, two))
    assert leading(large) <= leading(small)
    assert tracking(large) <= tracking(small)


@pytest.fixture(scope="module")
def subset_face(tmp_path_factory: pytest.TempPathFactory) -> Face:
    """Figtree with the plain alphabet and the word spaces only, as web fonts often come."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(TEXT.path)
    subsetter = Subsetter(Options(layout_features=["kern"]))
    subsetter.populate(text="abcxHT0 \u00a0")
    subsetter.subset(font)
    path = tmp_path_factory.mktemp("fonts") / "subset.ttf"
    font.save(path)
    return Face(path)
