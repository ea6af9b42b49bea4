"""The thumbnail that difference is measured on."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.curate import THUMB as WANTED
from factory.curate import similarity
from pipelines.features import THUMB, thumb


def scene(seed: int, size: tuple[int, int] = (270, 270)) -> np.ndarray:  # type: ignore[type-arg]
    """A few large soft shapes on a ground: what an ad is from afar."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / max(size)
    light = np.full((size[1], size[0]), rng.uniform(0.2, 0.9))
    for _ in range(4):
        cx, cy, r = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.06, 0.2)
        light = np.where((x - cx) ** 2 + (y - cy) ** 2 < r * r, rng.uniform(0, 1), light)
    return np.repeat((light * 255).astype(np.uint8)[..., None], 3, axis=2)


def test_a_thumbnail_is_what_curation_reads() -> None:
    assert THUMB == WANTED
    values = thumb(scene(1))
    assert len(values) == WANTED**2
    assert all(0 <= v <= 1 for v in values)


def test_black_is_nought_and_white_is_one() -> None:
    assert set(thumb(np.zeros((90, 728, 3), np.uint8))) == {0.0}
    assert set(thumb(np.full((1920, 1080, 3), 255, np.uint8))) == {1.0}


def test_a_colour_counts_by_its_lightness() -> None:
    grey, orange = np.full((64, 64, 3), 148, np.uint8), np.zeros((64, 64, 3), np.uint8)
    orange[:] = (240, 90, 40)
    assert thumb(orange)[0] == pytest.approx(thumb(grey)[0], abs=0.04)


def test_values_survive_being_written_and_read() -> None:
    values = thumb(scene(2))
    assert tuple(json.loads(json.dumps(values))) == values


def test_size_does_not_matter() -> None:
    small, large = scene(3), scene(3).repeat(4, axis=0).repeat(4, axis=1)
    assert similarity(thumb(small), thumb(large)) > 0.97


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_a_little_noise_and_other_small_print_leave_a_twin(seed: int) -> None:
    picture = scene(seed)
    rng = np.random.default_rng(seed)
    other = np.clip(picture.astype(int) + rng.integers(-6, 7, picture.shape), 0, 255).astype(np.uint8)
    other[250:254, 20:120:3] = 128
    assert similarity(thumb(picture), thumb(other)) > 0.8


def test_other_scenes_are_no_twins() -> None:
    pairs = [similarity(thumb(scene(a)), thumb(scene(a + 100))) for a in range(30)]
    assert max(pairs) < 0.8
    assert float(np.mean(pairs)) < 0.4
