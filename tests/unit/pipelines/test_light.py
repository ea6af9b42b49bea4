"""Light arithmetic: what is lit keeps its colour, what is in shade keeps its hue, bytes repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staging import oklch

from brand_kits.colour import linear_to_srgb as reference_srgb
from pipelines.light import LUMINANCE, finish, grade, hex_to_linear, linear_to_srgb, shoulder, srgb_to_linear, tints
from pipelines.scene import Passes

COLOURS = ("#F7EDE0", "#F5F5F5", "#C8B6E2", "#F05A28", "#1C1A3B", "#F5B53D", "#0F6B4F", "#FFFFFF")
MOODS = (("evening",), ("morning",), ("noon",), ("soft",), ("night",), ())


def swatch(colour: str, mood: tuple[str, ...], key: float, fill: float) -> Passes:
    albedo = np.broadcast_to(hex_to_linear(colour), (2, 2, 3)).copy()
    kc, fc = tints(mood, albedo[0, 0])
    ones = np.ones((2, 2), np.float32)
    return Passes(
        key=ones * np.float32(key), fill=ones * np.float32(fill), albedo=albedo, light_dir=(0, 0, 1), light_angle=1,
        pitch=10, foot=(1, 1), height=1, key_colour=kc, fill_colour=fc,
    )  # fmt: skip


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_lit_role_keeps_its_lightness(colour: str, mood: tuple[str, ...]) -> None:
    lit = grade(swatch(colour, mood, 0.64, 0.36))[0, 0]
    assert abs(oklch(lit)[0] - oklch(hex_to_linear(colour))[0]) <= 0.02


@pytest.mark.parametrize("mood", MOODS[:-2])
@pytest.mark.parametrize("colour", COLOURS)
def test_shade_is_never_dead_grey(colour: str, mood: tuple[str, ...]) -> None:
    """Chroma in the shade stays at least .6 of the ground's, less what lightness itself takes."""
    shade, ground = oklch(grade(swatch(colour, mood, 0, 0.34))[0, 0]), oklch(hex_to_linear(colour))
    assert shade[1] >= 0.6 * ground[1] * min(1, shade[0] / ground[0] / 0.69)


def test_pale_ground_in_the_shade_is_warm() -> None:
    shade = oklch(grade(swatch("#F5F5F5", (), 0, 0.34))[0, 0])
    assert shade[1] > 0.01
    assert 40 < shade[2] < 110


def test_evening_is_warmer_than_noon() -> None:
    evening, noon = (grade(swatch("#F7EDE0", (m,), 0.64, 0.36))[0, 0] for m in ("evening", "noon"))
    assert evening[0] / evening[2] > 1.05 * noon[0] / noon[2]


@given(st.tuples(*[st.floats(0, 4)] * 3))
@settings(max_examples=200, deadline=None)
def test_the_shoulder_stays_in_gamut_and_never_brightens(rgb: tuple[float, float, float]) -> None:
    colour = np.array([[rgb]], np.float32)
    rolled = shoulder(colour.copy())
    assert rolled.min() >= -1e-6
    assert rolled.max() <= 1 + 1e-5
    assert float(rolled[0, 0] @ LUMINANCE) <= float(colour[0, 0] @ LUMINANCE) + 1e-5


def test_below_the_knee_the_shoulder_changes_nothing() -> None:
    colour = np.array([[[0.9, 0.2, 0.1], [0.5, 0.5, 0.5]]], np.float32)
    np.testing.assert_allclose(shoulder(colour.copy()), colour, atol=1e-6)


def test_brighter_stays_brighter_through_the_shoulder() -> None:
    ramp = np.repeat(np.linspace(0, 3, 400, dtype=np.float32)[None, :, None], 3, axis=2)
    assert (np.diff(shoulder(ramp)[0, :, 0]) >= -1e-6).all()


def test_srgb_there_and_back_is_the_same() -> None:
    codes = np.linspace(0, 1, 256, dtype=np.float32)
    np.testing.assert_allclose(linear_to_srgb(srgb_to_linear(codes)), codes, atol=2e-6)
    np.testing.assert_allclose(linear_to_srgb(codes), reference_srgb(codes), atol=1e-5)


def test_finishing_without_grain_is_the_exact_code() -> None:
    codes = np.arange(256, dtype=np.float32)
    picture = np.repeat(srgb_to_linear(codes / 255)[None, :, None], 3, axis=2)
    assert (finish(picture, grain=0)[0, :, 0] == np.arange(256)).all()


def test_the_same_picture_and_seed_give_the_same_bytes_and_another_seed_others() -> None:
    grey = np.full((40, 30, 3), 0.2, np.float32)
    assert finish(grey, 0.9, 7).tobytes() == finish(grey, 0.9, 7).tobytes()
    assert finish(grey, 0.9, 7).tobytes() != finish(grey, 0.9, 8).tobytes()


def test_grain_dithers_a_slow_gradient() -> None:
    ramp = np.repeat(np.linspace(0.2, 0.204, 400, dtype=np.float32)[None, :, None], 3, axis=2)
    wide = finish(np.repeat(ramp, 60, axis=0), 0.9)
    columns = wide[..., 0].mean(0)
    assert np.abs(np.convolve(columns, np.ones(20) / 20, "valid") - 255 * linear_to_srgb(ramp)[0, 10:-9, 0]).max() < 0.4


def test_shadow_takes_key_and_contact_takes_both() -> None:
    passes = swatch("#808080", (), 0.6, 0.4)
    full, none = np.ones((2, 2), np.float32), np.zeros((2, 2), np.float32)
    white = (1.0, 1.0, 1.0)
    open_ground, shade, touch = (
        grade(passes, s, c, white, white)[0, 0, 1] for s, c in ((none, none), (full, none), (none, full))
    )
    assert shade == pytest.approx(0.4 * open_ground, rel=0.01)
    assert touch == pytest.approx(0.6 * 0.45 * open_ground, rel=0.01)
