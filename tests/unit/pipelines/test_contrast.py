"""Reading type on real pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from typecase import CREAM, DISPLAY, INK, ORANGE, TEXT, flat

from brand_kits.colour import apca_hex, wcag_hex
from pipelines.compose.block import Block, set_line
from pipelines.compose.contrast import choose, needed, quiet, reading, reference_px, scrim
from pipelines.compose.draw import canvas, draw, to_rgb


def headline(x: float = 20, baseline: float = 80, size: float = 60) -> Block:
    return set_line("Woke up", DISPLAY, size, x, baseline, INK, "headline")


def test_on_a_flat_ground_the_reading_is_the_pairs_own() -> None:
    read = reading(flat(400, 120, CREAM), headline())
    assert read.p10 == pytest.approx(abs(apca_hex(INK, CREAM)), abs=0.1)
    assert read.wcag == pytest.approx(wcag_hex(INK, CREAM), abs=0.1)
    assert read.spread == pytest.approx(0, abs=0.01)
    assert read.sd_l == pytest.approx(0, abs=1e-5)


def test_only_pixels_near_the_glyphs_count() -> None:
    rgb = flat(400, 300, CREAM)
    rgb[150:] = (20, 20, 20)
    assert reading(rgb, headline()).p10 > 90


def test_a_bright_mean_does_not_hide_a_dark_patch_under_the_type() -> None:
    rgb = flat(400, 120, CREAM)
    rgb[:, 20:110] = (40, 40, 60)
    read = reading(rgb, headline())
    assert read.p10 < 20
    assert read.spread > 35
    assert not read.passes(15)


def test_a_block_of_two_colours_reads_as_the_worse_one() -> None:
    rgb = flat(400, 120, CREAM)
    block = headline()
    mixed = block.coloured(ORANGE, words="up")
    assert reading(rgb, mixed).p10 == pytest.approx(reading(rgb, block.plain(ORANGE)).p10, abs=0.5)
    assert reading(rgb, mixed, INK).p10 == pytest.approx(reading(rgb, block).p10, abs=0.5)


def test_a_block_off_the_picture_reads_as_nothing() -> None:
    assert reading(flat(100, 100, CREAM), headline(x=5000)).p10 == 0


def test_the_first_colour_that_passes_wins_over_a_stronger_one() -> None:
    rgb = flat(400, 120, CREAM)
    assert choose([ORANGE, INK], rgb, headline(), 40)[0] == ORANGE
    assert choose([ORANGE, INK], rgb, headline(), 60)[0] == INK


def test_the_best_colour_is_told_when_none_passes() -> None:
    colour, read = choose(["#777777", "#888888"], flat(400, 120, "#808080"), headline(), 60)
    assert colour in ("#777777", "#888888")
    assert not read.passes(60)


def test_no_candidates_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="no colour"):
        choose([], flat(10, 10, CREAM), headline(), 60)


@pytest.mark.parametrize(
    ("role", "size", "weight", "minimum"),
    [
        ("headline", 124, 800, 55), ("headline", 60, 800, 60), ("body", 42, 400, 75), ("body", 44, 500, 65),
        ("legal", 28, 500, 65), ("legal", 26, 400, 75), ("cta", 44, 700, 60), ("logo", 50, 600, 45),
    ],
)
def test_what_type_needs_follows_its_size_and_weight(role: str, size: float, weight: int, minimum: float) -> None:
    assert needed(role, size, weight, 2.88) == minimum


def test_a_phone_makes_type_smaller_than_its_pixels() -> None:
    assert reference_px(42, 2.88) == pytest.approx(18.3, abs=0.1)
    assert reference_px(14, 1.0, phone=False) == 14


def test_flat_grounds_are_quiet_and_stripes_are_not() -> None:
    rgb = flat(100, 100, CREAM)
    assert quiet(rgb, (10, 10, 50, 50)).holds(big=False)
    rgb[:, ::8] = 0
    busy = quiet(rgb, (10, 10, 50, 50))
    assert busy.edges > 0.2
    assert not busy.holds(big=True)


def test_outside_the_picture_nothing_is_quiet() -> None:
    assert not quiet(flat(20, 20, CREAM), (50, 50, 10, 10)).holds(big=True)


# -------------------------------------------------------------------------------------------------------- veils


def hazy(top: int, bottom: int) -> NDArray[np.uint8]:
    """A warm picture that is brighter below."""
    levels = np.linspace(top, bottom, 300)[:, None, None] * np.array([1.0, 0.9, 0.8])
    return np.broadcast_to(levels, (300, 400, 3)).astype(np.uint8)


def test_a_veil_is_just_strong_enough() -> None:
    rgb = hazy(150, 220)
    block = headline().plain(CREAM)
    assert not reading(rgb, block).passes(60)
    veil = scrim(rgb, block, CREAM, 60)
    assert veil is not None
    pixels = canvas(400, 300, rgb)
    draw(pixels, [veil])
    read = reading(to_rgb(pixels), block)
    assert 58.5 <= read.p10 < 66
    assert veil.alpha.max() <= 0.55


def test_a_veil_has_the_pictures_hue_and_is_gone_far_away() -> None:
    veil = scrim(hazy(150, 220), headline().plain(CREAM), CREAM, 60)
    assert veil is not None
    red, _, blue = (int(veil.colour[i : i + 2], 16) for i in (1, 3, 5))
    assert red > blue
    assert veil.alpha[-1].max() == 0
    assert np.abs(np.diff(veil.alpha[:, 0])).max() < 0.02


def test_dark_type_gets_a_light_veil() -> None:
    veil = scrim(hazy(175, 130), headline(), INK, 60)
    assert veil is not None
    assert int(veil.colour[1:3], 16) > 200


def test_a_veil_that_would_be_too_strong_is_none() -> None:
    assert scrim(flat(400, 300, "#FFFFFF"), headline().plain("#FFFFFF"), "#FFFFFF", 90) is None


@given(st.integers(0, 255), st.sampled_from([INK, CREAM, ORANGE]))
@settings(max_examples=25, deadline=None)
def test_on_any_grey_the_reading_is_the_pairs_own(level: int, colour: str) -> None:
    ground = f"#{level:02X}{level:02X}{level:02X}"
    block = set_line("ab", TEXT, 20, 4, 24, colour)
    assert reading(flat(40, 32, ground), block).p10 == pytest.approx(abs(apca_hex(colour, ground)), abs=0.1)
