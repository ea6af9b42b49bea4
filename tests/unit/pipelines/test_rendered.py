"""Rendered sets, on a small one made of arithmetic: windows stay inside the master, points are where they should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staging import PALETTE, PITCH, can, oklch, rendered_set

from factory.errors import StoreError
from pipelines.compose.shadow import cast, contact
from pipelines.light import grade, hex_to_linear
from pipelines.plate import rendered, set_scene
from pipelines.plate.rendered import RenderedScene
from pipelines.plate.setfile import read_set, set_names
from pipelines.scene import Window

RENDERED = [name for name in set_names() if read_set(name).kind == "rendered"]


@pytest.fixture
def scene(tmp_path: Path) -> RenderedScene:
    return RenderedScene(rendered_set(tmp_path / "tiny"), PALETTE)


@given(
    st.sampled_from([(64, 114), (80, 100), (120, 63), (60, 50), (140, 140)]),
    st.tuples(st.floats(-0.5, 1.5), st.floats(0.2, 1.5)), st.floats(0.05, 2.0),
)  # fmt: skip
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_leaves_the_master(
    scene: RenderedScene, size: tuple[int, int], foot: tuple[float, float], height: float
) -> None:
    window = Window(size=size, foot=(foot[0] * size[0], foot[1] * size[1]), height=height * size[1])
    look = scene._look(window)
    cut = look.cut
    assert cut.x >= -1e-9 and cut.y >= -1e-9
    assert cut.x + size[0] / cut.side <= 1 + 1e-9 and cut.y + size[1] / cut.side <= 1 + 1e-9
    assert look.unit <= 3.0 + 1e-9


@given(st.sampled_from([(64, 114), (80, 100), (120, 63)]), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_limits_promise_the_view_gives(
    scene: RenderedScene, size: tuple[int, int], a: float, b: float, c: float
) -> None:
    loose = scene.limits(size)
    height = loose.min_height + a * (loose.max_height - loose.min_height)
    limits = scene.limits(size, height)
    x0, y0, x1, y1 = limits.foot
    look = scene._look(Window(size=size, foot=(x0 + b * (x1 - x0), y0 + c * (y1 - y0)), height=height))
    assert look.height == pytest.approx(height, rel=1e-6)
    assert look.foot == pytest.approx((x0 + b * (x1 - x0), y0 + c * (y1 - y0)), abs=1e-6)


def test_world_points_are_zero_at_the_foot_and_a_unit_is_the_product(scene: RenderedScene) -> None:
    passes = scene.view(Window(size=(101, 121), foot=(50.5, 92.5), height=45), 0)
    assert passes.position is not None
    x, y = passes.foot
    near = passes.position[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].mean((0, 1))
    np.testing.assert_allclose(near, 0, atol=0.12)
    across = passes.position[int(y), int(x) + 20, 0] - passes.position[int(y), int(x), 0]
    assert across == pytest.approx(20 / passes.height, rel=0.03)
    floor = passes.position[int(y) + 4 :, :, 2]
    assert np.abs(floor).max() < 0.02


def test_the_wall_is_where_the_depth_says(scene: RenderedScene) -> None:
    passes = scene.view(Window(size=(100, 120), foot=(50.0, 92.0), height=45), 0)
    assert passes.position is not None
    unit = passes.position[2, :, 1]
    height_in_world = scene._look(Window(size=(100, 120), foot=(50.0, 92.0), height=45)).unit
    np.testing.assert_allclose(unit * height_in_world, 3.0, atol=0.05)


def test_lit_parts_wear_their_roles(scene: RenderedScene) -> None:
    passes = scene.view(Window(size=(100, 120), foot=(50.0, 92.0), height=45), 1)
    picture = grade(passes)
    for row, role in ((4, "ground"), (116, "surface")):
        np.testing.assert_allclose(passes.albedo[row, 50], hex_to_linear(PALETTE[role]), atol=2e-3)
        level = float(passes.key[row, 50] + passes.fill[row, 50])
        wanted = oklch(hex_to_linear(PALETTE[role]) * level)[0]
        assert oklch(picture[row, 50])[0] == pytest.approx(wanted, abs=0.03)


def test_a_flipped_window_has_its_foot_where_asked_and_the_light_from_the_other_side(scene: RenderedScene) -> None:
    window = Window(size=(100, 120), foot=(40.0, 92.0), height=45, flip=True)
    passes = scene.view(window, 0)
    assert passes.foot == pytest.approx((40.0, 92.0))
    assert passes.light_dir[0] > 0


def test_dark_grounds_get_less_fill(scene: RenderedScene, tmp_path: Path) -> None:
    window = Window(size=(60, 80), foot=(30.0, 60.0), height=30)
    dark = RenderedScene(rendered_set(tmp_path / "dark"), {**PALETTE, "ground": "#101020"})
    assert dark.view(window, 0).fill.mean() < 0.9 * scene.view(window, 0).fill.mean()


def test_a_mirror_shows_the_palette_and_dry_matter_stays_neutral(tmp_path: Path) -> None:
    wet = RenderedScene(rendered_set(tmp_path / "wet", mirror=True), PALETTE)
    passes = wet.view(Window(size=(100, 120), foot=(50.0, 92.0), height=45), 0)
    assert passes.gloss_key is not None
    wall, floor = passes.gloss_key[4, 50], passes.gloss_key[116, 50]
    np.testing.assert_allclose(wall, wall[0], rtol=1e-4)
    np.testing.assert_allclose(floor / wall, hex_to_linear(PALETTE["ground"]) / 0.6, rtol=0.02)
    assert wet.view(Window(size=(50, 60), foot=(25.0, 46.0), height=22), 1).gloss_key is None


def test_a_missing_layer_is_named(tmp_path: Path) -> None:
    file = rendered_set(tmp_path / "broken")
    (file.folder / "fill.webp").unlink()
    rendered._light.cache_clear()
    with pytest.raises(StoreError, match=r"broken.*missing or damaged") as error:
        RenderedScene(file, PALETTE).view(Window(size=(50, 60), foot=(25.0, 46.0), height=22), 0)
    assert error.value.fault.where == "sets/broken/fill.webp"


@pytest.mark.parametrize("name", RENDERED)
def test_shipped_sets_put_the_product_on_lit_ground(name: str) -> None:
    file = read_set(name)
    scene = set_scene(file, PALETTE)
    for light in range(scene.lights):
        passes = scene.view(Window(size=(216, 270), foot=(100.0, 210.0), height=95), light)
        x, y = (int(v) for v in passes.foot)
        there = passes.key[y - 2 : y + 3, x - 8 : x + 9].mean()
        assert there >= 0.4 * np.percentile(passes.key, 90), f"{name} light {light}"
        assert passes.position is not None
        assert np.abs(passes.position[y, x]).max() < 0.25
        assert abs(passes.pitch - PITCH) <= 1.5


@pytest.mark.parametrize("name", RENDERED)
@pytest.mark.parametrize("ground", ["#F7EDE0", "#C8B6E2", "#F05A28", "#1C1A3B"])
def test_the_lit_main_part_of_a_shipped_set_keeps_the_grounds_lightness(name: str, ground: str) -> None:
    scene = set_scene(read_set(name), {**PALETTE, "ground": ground})
    for light in range(scene.lights):
        passes = scene.view(Window(size=(256, 256), foot=(118.0, 195.0), height=85), light)
        main = np.abs(passes.albedo - hex_to_linear(ground)).max(-1) < 2e-3
        lit = main & (passes.key > 0.75 * np.percentile(passes.key[main], 95))  # in soft light the wall falls off
        level = np.median(oklch(grade(passes)[lit])[:, 0])
        assert level == pytest.approx(oklch(hex_to_linear(ground))[0], abs=0.06), f"{name} light {light}"


def test_contact_stays_on_the_ground_of_a_rendered_set(scene: RenderedScene) -> None:
    from staging import can

    passes = scene.view(Window(size=(200, 240), foot=(100.0, 184.0), height=90), 0)
    shade = contact(passes, can())
    assert shade[:60].max() < 0.02
    assert shade.max() > 0.5


def test_a_part_that_stands_apart_takes_no_shadow(tmp_path: Path) -> None:
    file = rendered_set(tmp_path / "apart")
    window = Window(size=(100, 120), foot=(50.0, 92.0), height=45)
    usual = RenderedScene(file, PALETTE).view(window, 0).position
    spared = RenderedScene(replace(file, data={**file.data, "unshaded": ["wall"]}), PALETTE).view(window, 0).position
    assert usual is not None and spared is not None
    assert usual[4, 50, 2] < rendered.AWAY == spared[4, 50, 2]
    np.testing.assert_array_equal(usual[116], spared[116])


def test_no_shadow_of_a_product_falls_on_the_boulder_of_the_water_set() -> None:
    file, product = read_set("water"), can()
    window = Window(size=(216, 270), foot=(45.0, 225.0), height=95)
    for light in range(len(file.keys)):
        passes = set_scene(file, PALETTE).view(window, light)
        assert passes.position is not None
        apart = passes.position[..., 2] == rendered.AWAY
        assert apart.any()
        assert cast(passes, product)[cv2.erode(apart.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0].max() < 0.01
