"""Files under a byte budget."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pipelines.compose.encode import RESERVE, BudgetError, Format, encode, largest, srgb_profile


def noisy(width: int = 320, height: int = 240, strength: float = 20) -> NDArray[np.uint8]:
    rng = np.random.default_rng(3)
    ramp = np.linspace(60, 200, width)[None, :, None] + np.zeros((height, 1, 3))
    return np.clip(ramp + rng.normal(0, strength, (height, width, 3)), 0, 255).astype(np.uint8)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP"))


@pytest.mark.parametrize("budget", [90_000, 50_000, 30_000, 20_000])
def test_a_jpeg_stays_under_its_budget_and_uses_most_of_it(budget: int) -> None:
    data = encode(noisy(), budget)
    assert len(data) <= budget - RESERVE
    assert len(data) >= 0.85 * (budget - RESERVE)


def test_a_calm_picture_is_kept_in_full_colour_detail() -> None:
    data = encode(noisy(strength=1), 200_000)
    assert opened(data).layer == [(1, 1, 1, 0), (2, 1, 1, 1), (3, 1, 1, 1)]  # type: ignore[attr-defined]


def test_a_tight_budget_gives_up_colour_detail_first() -> None:
    data = encode(noisy(), 20_000)
    assert opened(data).layer[0][1:3] == (2, 2)  # type: ignore[attr-defined]


def test_a_budget_that_cannot_be_met_is_an_error_that_says_so() -> None:
    with pytest.raises(BudgetError, match="A picture of 320x240 px cannot be brought under 1000 bytes"):
        encode(noisy(), 4_000)


def test_a_budget_smaller_than_what_a_signature_needs_is_refused_too() -> None:
    with pytest.raises(BudgetError):
        encode(noisy(), 2_000, "webp")


@pytest.mark.parametrize("fmt", ["jpeg", "png", "webp"])
def test_every_format_is_tagged_srgb_and_carries_nothing_else(fmt: Format) -> None:
    picture = opened(encode(noisy(), None, fmt))
    assert picture.format == fmt.upper()
    assert picture.mode == "RGB"
    assert picture.info["icc_profile"] == srgb_profile()
    jfif = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert set(picture.info) <= {"icc_profile", *jfif, "background", "loop", "timestamp", "duration"}
    assert not picture.getexif()


@pytest.mark.parametrize("fmt", ["jpeg", "png", "webp"])
def test_equal_pictures_have_equal_bytes(fmt: Format) -> None:
    budget = None if fmt == "png" else 60_000
    assert encode(noisy(), budget, fmt) == encode(noisy(), budget, fmt)


def test_the_profile_is_a_valid_srgb_one_without_a_date_of_making() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert srgb_profile()[24:36] == b"\x07\xd0\x00\x01\x00\x01" + bytes(6)
    assert len(srgb_profile()) < 1_000


def test_a_png_is_exact() -> None:
    assert np.array_equal(np.asarray(opened(encode(noisy(), None, "png"))), noisy())


def test_a_jpeg_keeps_saturated_type_sharp() -> None:
    rgb = np.zeros((64, 64, 3), np.uint8)
    rgb[20:44, 30:34] = (240, 40, 20)
    back = np.asarray(opened(encode(rgb, 100_000))).astype(int)
    assert np.abs(back - rgb).mean() < 3


@given(st.floats(0.3, 2.5), st.integers(2_000, 400_000), st.floats(500, 5_000))
def test_the_search_finds_the_highest_quality_that_fits(power: float, room: int, grain: float) -> None:
    def make(quality: int) -> bytes:
        scale = 50 / quality if quality < 50 else max(2 - quality / 50, 0.02)
        return bytes(min(2_000_000, int(grain * 20 * scale**-power)))

    found = largest(make, room, 30, 93)
    fitting = [q for q in range(30, 94) if len(make(q)) <= room]
    if not fitting:
        assert found is None
    else:
        assert found is not None
        best = len(make(max(fitting)))
        assert len(found) == best or best >= len(found) >= math.floor(0.985 * room)


def test_the_search_needs_few_tries() -> None:
    tries = []

    def make(quality: int) -> bytes:
        tries.append(quality)
        return bytes(int(30_000 * (2 - quality / 50) ** -0.8))

    assert largest(make, 60_000, 50, 93) is not None
    assert len(tries) <= 5
