"""Sets by formula: geometry, light that keeps the palette, the same wall in every window."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staging import PALETTE, oklch

from pipelines.light import grade, hex_to_linear
from pipelines.plate import set_scene
from pipelines.plate.gobo import _passed, _slit
from pipelines.plate.matter import Wash, role_colour
from pipelines.plate.patch import hung, seen_wall
from pipelines.plate.room import Room, position, rows
from pipelines.plate.setfile import read_set, set_names
from pipelines.scene import Window

PROCEDURAL = [name for name in set_names() if read_set(name).kind == "procedural"]
CASES = [(name, light) for name in PROCEDURAL for light in range(len(read_set(name).keys))]
WINDOW = Window(size=(90, 110), foot=(45.0, 88.0), height=52)


def test_there_are_the_sets_that_a_plan_counts_on() -> None:
    assert {"seamless", "window_wall", "leaf_light"} <= set(PROCEDURAL)
    assert all(len(read_set(name).keys) >= 3 for name in PROCEDURAL)


@pytest.mark.parametrize(("name", "light"), CASES)
def test_every_light_gives_sound_passes(name: str, light: int) -> None:
    passes = set_scene(read_set(name), PALETTE).view(WINDOW, light)
    for layer in (passes.key, passes.fill, passes.albedo, passes.position):
        assert layer is not None and layer.dtype == np.float32 and np.isfinite(layer).all()
    assert passes.key.min() >= 0
    assert (passes.foot, passes.height) == (WINDOW.foot, WINDOW.height)
    assert math.hypot(*passes.light_dir) == pytest.approx(1)
    assert passes.quiet and all(x >= 0 and y >= 0 and x + w <= 90.01 and y + h <= 110.01 for x, y, w, h in passes.quiet)


@pytest.mark.parametrize(("name", "light"), CASES)
def test_the_product_never_stands_in_the_dark(name: str, light: int) -> None:
    passes = set_scene(read_set(name), PALETTE).view(WINDOW, light)
    foot = passes.key[86:91, 42:49].mean()
    assert foot >= 0.5 * np.percentile(passes.key, 95)


@pytest.mark.parametrize(("name", "light"), CASES)
@pytest.mark.parametrize("ground", ["#F7EDE0", "#F05A28", "#1C1A3B"])
def test_lit_ground_is_the_palettes_ground(name: str, light: int, ground: str) -> None:
    """The brighter tenth of the main part keeps the role's lightness within .035, fall-off and plaster included."""
    palette = {**PALETTE, "ground": ground}
    passes = set_scene(read_set(name), palette).view(WINDOW, light)
    main = (np.abs(passes.albedo - hex_to_linear(ground)).max(-1) < 1e-3) & (passes.key > 0.5)
    if main.sum() < 40:
        pytest.skip("this light leaves the ground dark on purpose")
    picture = oklch(grade(passes)[main])[:, 0]
    assert np.percentile(picture, 70) == pytest.approx(oklch(hex_to_linear(ground))[0], abs=0.035)


@pytest.mark.parametrize("name", PROCEDURAL)
def test_the_foot_is_the_origin_and_the_height_the_unit(name: str) -> None:
    passes = set_scene(read_set(name), PALETTE).view(Window(size=(101, 121), foot=(50.5, 90.5), height=60), 0)
    assert passes.position is not None
    np.testing.assert_allclose(passes.position[90, 50], 0, atol=0.02)
    assert passes.position[90, 80, 0] == pytest.approx(0.5, abs=0.01)


@given(st.floats(20, 300), st.floats(-50, 400), st.floats(0, 1.5))
@settings(max_examples=60, deadline=None)
def test_rows_of_a_room_part_it_fully_and_go_away_upward(height: float, foot: float, sweep: float) -> None:
    room = Room(wall=0.8, sweep=sweep, front=0.7)
    window = Window(size=(8, 160), foot=(4.0, foot), height=height)
    column = rows(room, window)
    np.testing.assert_allclose(column.wall + column.floor + column.face, 1, atol=1e-6)
    assert (np.diff(column.far) <= 1e-4).all()
    np.testing.assert_allclose(column.ny**2 + column.nz**2, np.clip(column.ny**2 + column.nz**2, 0.5, 1.001))
    assert np.isfinite(position(room, window, column)).all()


def test_a_window_half_as_large_sees_the_same_light() -> None:
    scene = set_scene(read_set("window_wall"), PALETTE)
    large = scene.view(Window(size=(360, 440), foot=(180.0, 352.0), height=208), 0)
    small = scene.view(Window(size=(180, 220), foot=(90.0, 176.0), height=104), 0)
    halved = large.key.reshape(220, 2, 180, 2).mean((1, 3))
    assert np.abs(halved - small.key).mean() < 0.01


FRAMES = [((540, 960), (0.48, 0.73), 0.21), ((540, 675), (0.5, 0.83), 0.45), ((960, 502), (0.27, 0.86), 0.42),
          ((300, 250), (0.8, 0.9), 0.24), ((970, 250), (0.6, 0.9), 0.7), ((300, 600), (0.46, 0.8), 0.18)]  # fmt: skip


@pytest.mark.parametrize(("size", "foot", "height"), FRAMES)
def test_a_window_that_fits_throws_most_of_its_light_into_the_frame(
    size: tuple[int, int], foot: tuple[float, float], height: float
) -> None:
    file = read_set("window_wall")
    window = Window(size=size, foot=(foot[0] * size[0], foot[1] * size[1]), height=round(height * size[1]))
    room = Room(**file.data["room"])
    box = hung(file.keys[0], room, window).data["gobos"][0]["box"]
    lx, ly, _ = file.keys[0].direction
    level, wall = math.hypot(lx, ly), seen_wall(room, window)
    left, right = ((u * level - lx * wall.behind) / -ly for u in box[:2])
    assert min(right, wall.right) - max(left, wall.left) >= 0.4 * (right - left)
    key = set_scene(file, PALETTE).view(window, 0).key
    assert 0.04 < (key > 0.9 * np.percentile(key, 99)).mean() < 0.7


def test_a_window_stays_where_it_hangs_when_the_hours_turn_the_light() -> None:
    file = read_set("window_wall")
    scene = set_scene(file, PALETTE)
    now, later = (s.view(WINDOW, 0).key for s in (scene, scene.turned(14)))  # type: ignore[attr-defined]
    assert np.abs(now - later).max() > 0.2


def test_a_picture_stays_exposed_as_it_was_when_the_hours_turn_the_light() -> None:
    """A table burnt out to peach while the wall beside it kept its colour."""
    scene = set_scene(read_set("window_wall"), PALETTE)
    brightest = [float(np.percentile(s.view(WINDOW, 0).key[-1], 99)) for s in (scene, scene.turned(-20))]  # type: ignore[attr-defined]
    assert brightest[1] <= 1.02 * brightest[0]


def test_roles_joined_are_mixed() -> None:
    mixed = role_colour(PALETTE, "ground+ground+ink")
    want = (2 * hex_to_linear(PALETTE["ground"]) + hex_to_linear(PALETTE["ink"])) / 3
    np.testing.assert_allclose(mixed, want, atol=1e-6)


def test_blinds_let_their_open_share_through() -> None:
    phase = np.linspace(0, 7, 700, dtype=np.float32)
    assert (_passed(phase[1:], np.float32(0.4)) >= _passed(phase[:-1], np.float32(0.4)) - 1e-6).all()
    assert float(_passed(np.array([7.0], np.float32), np.float32(0.4))[0]) == pytest.approx(2.8)


@given(st.floats(0.05, 0.8), st.floats(0.01, 0.5))
@settings(max_examples=50, deadline=None)
def test_a_penumbra_moves_light_but_loses_none(width: float, penumbra: float) -> None:
    at = np.linspace(-3, 3, 6001, dtype=np.float32)
    light = _slit(at, -width / 2, width / 2, np.full_like(at, penumbra))
    assert float(light.sum() * 0.001) == pytest.approx(width, rel=0.01, abs=0.002)


def test_a_wash_becomes_the_albedo_or_dims_the_light() -> None:
    weights = np.zeros((3, 16, 16), np.float32)
    weights[2, :, :8], weights[0, :, 8:] = 1, 1
    window = Window(size=(40, 40), foot=(20.0, 32.0), height=20)
    matter = set_scene(read_set("seamless"), PALETTE, Wash(weights=weights, use="albedo")).view(window, 0)
    np.testing.assert_allclose(matter.albedo[10, 3], hex_to_linear(PALETTE["accent"]), atol=0.01)
    np.testing.assert_allclose(matter.albedo[10, 36], hex_to_linear(PALETTE["ground"]), atol=0.01)
    light = set_scene(read_set("seamless"), PALETTE, Wash(weights=weights, use="light")).view(window, 0)
    assert light.key[10, 3] < 0.7 * light.key[10, 36]
