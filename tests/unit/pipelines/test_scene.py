"""Windows, limits and mirrors."""

from __future__ import annotations

import numpy as np
import pytest
from staging import floor

from pipelines.plate import set_scene
from pipelines.plate.setfile import read_set
from pipelines.scene import Limits, Window, mirrored, unflipped

PALETTE = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28"}


def test_a_mirror_of_a_mirror_is_the_thing() -> None:
    passes = floor((40, 30), (11.0, 20.0), 12.0)
    twice = mirrored(mirrored(passes))
    assert twice.foot == passes.foot
    assert twice.light_dir == passes.light_dir
    np.testing.assert_array_equal(twice.position, passes.position)


def test_a_mirror_moves_the_light_and_the_points_to_the_other_side() -> None:
    passes = floor((40, 30), (11.0, 20.0), 12.0)
    other = mirrored(passes)
    assert other.foot == (29.0, 20.0)
    assert other.light_dir[0] == -passes.light_dir[0]
    assert passes.position is not None and other.position is not None
    np.testing.assert_allclose(other.position[5, 3, 0], -passes.position[5, 36, 0])


@pytest.mark.parametrize("name", ["seamless", "window_wall", "leaf_light"])
def test_a_flipped_window_is_the_mirror_image_of_the_other_with_the_foot_where_it_was_asked(name: str) -> None:
    scene = set_scene(read_set(name), PALETTE)
    window = Window(size=(48, 60), foot=(30.0, 48.0), height=30, flip=True)
    flipped, plain = scene.view(window, 0), scene.view(unflipped(window), 0)
    assert flipped.foot == window.foot
    np.testing.assert_array_equal(flipped.key, plain.key[:, ::-1])


def test_limits_clamp_to_the_nearest_they_can_give() -> None:
    limits = Limits(min_height=10, max_height=20, foot=(5, 6, 7, 8))
    assert limits.clamp((0, 9), 30) == ((5, 8), 20)
    assert limits.clamp((6, 7), 15) == ((6, 7), 15)


def test_limits_of_a_flipped_window_are_mirrored() -> None:
    limits = Limits(min_height=1, max_height=2, foot=(10, 0, 30, 5))
    assert limits.mirrored(100).foot == (70, 0, 90, 5)
