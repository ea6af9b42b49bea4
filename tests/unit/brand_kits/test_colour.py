from __future__ import annotations

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from brand_kits import colour

HEXES = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")
# The first, the rotating and the near-neutral pairs of the CIEDE2000 test data of Sharma, Wu and Dalal (2005).
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@given(HEXES)
def test_a_hex_colour_survives_the_way_through_oklch(code: str) -> None:
    assert colour.oklch_to_hex(colour.hex_to_oklch(code)) == code


@given(HEXES)
def test_oklab_agrees_with_an_independent_library(code: str) -> None:
    assert np.allclose(colour.hex_to_oklab(code), Color(code).convert("oklab").coords(), atol=1e-6)


@given(st.lists(st.floats(-0.2, 1.2), min_size=3, max_size=3))
def test_linear_light_survives_srgb_even_out_of_gamut(linear: list[float]) -> None:
    assert np.allclose(colour.srgb_to_linear(colour.linear_to_srgb(linear)), linear, atol=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_linear_light_survives_oklab(linear: list[float]) -> None:
    assert np.allclose(colour.oklab_to_linear(colour.linear_to_oklab(linear)), linear, atol=1e-9)


@given(HEXES, HEXES)
def test_ciede2000_agrees_with_an_independent_library(first: str, second: str) -> None:
    labs = [colour.linear_to_lab(colour.hex_to_linear(c)) for c in (first, second)]
    theirs = Color(first).delta_e(Color(second), method="2000", space="lab-d65")
    assert float(colour.delta_e_2000(*labs)) == pytest.approx(theirs, abs=1e-4)


@given(HEXES, HEXES)
def test_differences_are_symmetric_and_zero_only_for_the_same(first: str, second: str) -> None:
    a, b = colour.hex_to_oklab(first), colour.hex_to_oklab(second)
    assert colour.delta_e_ok(a, b) == colour.delta_e_ok(b, a)
    assert (float(colour.delta_e_ok(a, b)) < 1e-9) == (first == second)


@pytest.mark.parametrize(("first", "second", "expected"), SHARMA)
def test_ciede2000_meets_the_published_test_data(
    first: tuple[float, ...], second: tuple[float, ...], expected: float
) -> None:
    assert float(colour.delta_e_2000(first, second)) == pytest.approx(expected, abs=5e-4)


def test_differences_work_on_pictures_as_on_single_colours() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.random((4, 5, 3)), rng.random((4, 5, 3))
    picture = colour.delta_e_2000(colour.linear_to_lab(first), colour.linear_to_lab(second))
    single = colour.delta_e_2000(colour.linear_to_lab(first[2, 3]), colour.linear_to_lab(second[2, 3]))
    assert picture.shape == (4, 5)
    assert picture[2, 3] == pytest.approx(float(single))


@pytest.mark.parametrize(
    ("text", "ground", "lc"),
    [
        ("#000000", "#FFFFFF", 106.04),
        ("#FFFFFF", "#000000", -107.88),
        ("#888888", "#FFFFFF", 63.06),
        ("#FFFFFF", "#888888", -68.54),
        ("#123456", "#123456", 0.0),
    ],
)
def test_apca_meets_its_published_values(text: str, ground: str, lc: float) -> None:
    assert colour.apca_hex(text, ground) == pytest.approx(lc, abs=0.01)


@given(HEXES, HEXES)
def test_apca_is_positive_for_dark_type_and_negative_for_light(first: str, second: str) -> None:
    there, back = colour.apca_hex(first, second), colour.apca_hex(second, first)
    assert there * back <= 0


def test_wcag_runs_from_one_to_twenty_one() -> None:
    assert colour.wcag_hex("#000000", "#FFFFFF") == pytest.approx(21)
    assert colour.wcag_hex("#F05A28", "#F05A28") == pytest.approx(1)


@given(HEXES, HEXES)
def test_wcag_agrees_with_an_independent_library(first: str, second: str) -> None:
    assert colour.wcag_hex(first, second) == pytest.approx(Color(first).contrast(second, method="wcag21"), rel=2e-3)


@given(st.floats(0.25, 0.95), st.floats(0, 0.5), st.floats(0, 359))
def test_colours_beyond_the_gamut_keep_lightness_and_hue(lightness: float, chroma: float, hue: float) -> None:
    got_l, got_c, got_h = colour.hex_to_oklch(colour.oklch_to_hex((lightness, chroma, hue)))
    assert got_l == pytest.approx(lightness, abs=0.01)
    assert got_c <= chroma + 0.006
    if got_c > 0.05:
        assert abs((got_h - hue + 180) % 360 - 180) < 5


@given(HEXES, HEXES)
def test_a_mix_starts_at_the_first_colour_and_ends_at_the_second(first: str, second: str) -> None:
    assert colour.mix(first, second, 0.0) == first
    assert colour.mix(first, second, 1.0) == second


@pytest.mark.parametrize("code", ["", "red", "#12345", "#12345G", "123456", "#1234567"])
def test_only_six_digit_hex_is_a_colour(code: str) -> None:
    with pytest.raises(ValueError, match="#RRGGBB"):
        colour.hex_to_srgb(code)


def test_the_table_holds_every_pair_but_a_colour_on_itself() -> None:
    table = colour.table({"paper": "#FFFFFF", "ink": "#000000", "red": "#FF0000"})
    assert len(table) == 6
    assert table["ink", "paper"][0] == pytest.approx(106.04, abs=0.01)
