"""A product on a stage: where it stands, what stays untouched, how lights mix."""

from __future__ import annotations

import numpy as np
import pytest
from staging import PALETTE, can

from pipelines.compose.seat import RIM, depth_inside, put, resized
from pipelines.compose.stage import Stage
from pipelines.plate import set_scene
from pipelines.plate.setfile import read_set
from pipelines.scene import Window

CAN = can(400)
WINDOW = Window(size=(160, 200), foot=(70.0, 160.0), height=100)


def stage(name: str = "window_wall", window: Window = WINDOW, light: int = 0, product: bool = True) -> Stage:
    return Stage(set_scene(read_set(name), PALETTE), window, CAN if product else None, light=light)


def test_the_product_stands_with_its_base_around_the_foot() -> None:
    x, y, w, h = stage().product_box or (0, 0, 0, 0)
    assert h == 100
    assert x + w / 2 == pytest.approx(70, abs=0.6)
    assert y + h - 160 == pytest.approx(CAN.foot_radius * 0.1736 * 100, abs=0.6)


def test_inside_the_rim_the_product_is_the_original() -> None:
    there = stage()
    picture, (x, y, w, h) = there.picture(0), there.product_box or (0, 0, 0, 0)
    inner = depth_inside(CAN, w, h) > RIM * h + 1
    np.testing.assert_array_equal(picture[y : y + h, x : x + w][inner], resized(CAN, w, h)[..., :3][inner])
    figures = there.fidelity(picture)
    assert figures is not None
    assert figures.delta_e == 0
    assert figures.shape_overlap > 0.98
    assert (figures.share, figures.scale) == (1.0, 0.25)


def test_fidelity_sees_a_recoloured_product_unless_it_was_covered_on_purpose() -> None:
    there = stage()
    picture, (x, y, w, h) = there.picture(0), there.product_box or (0, 0, 0, 0)
    picture[y : y + h // 2, x : x + w] = (20, 90, 200)
    figures = there.fidelity(picture)
    covered = np.zeros(picture.shape[:2], bool)
    covered[y : y + h // 2, x : x + w] = True
    excused = there.fidelity(picture, covered)
    assert figures is not None and excused is not None
    assert figures.delta_e > 10
    assert excused.delta_e == 0


def test_the_foot_gets_a_dark_ring_and_nothing_outside_the_rim_is_touched() -> None:
    there = stage("seamless", Window(size=(300, 400), foot=(150.0, 360.0), height=320))
    layer, (_, _, w, h) = there.layer(0), there.product_box or (0, 0, 0, 0)
    assert layer is not None
    plain = resized(CAN, w, h).astype(int)
    change = np.abs(layer.rgba.astype(int) - plain)[..., :3].max(-1)
    inside = depth_inside(CAN, w, h)
    assert change[inside > RIM * h + 1].max() == 0
    bottom = layer.rgba[h - 2, w // 2, :3].astype(float).mean() / plain[h - 2, w // 2, :3].mean()
    assert bottom < 0.7


def test_a_product_is_never_enlarged() -> None:
    there = stage(window=Window(size=(400, 500), foot=(200.0, 480.0), height=900))
    assert (there.product_box or (0, 0, 0, 0))[3] == 400


def test_without_product_there_is_no_shadow_either() -> None:
    with_can, empty = stage(), stage(product=False)
    np.testing.assert_array_equal(with_can.picture(0, product=False), empty.picture(0))
    assert empty.product_box is None and empty.layer(0) is None and empty.fidelity(empty.picture(0)) is None


def test_ground_and_layer_make_the_picture() -> None:
    there = stage()
    ground, layer = there.ground(1), there.layer(1)
    assert layer is not None
    put(ground, layer)
    np.testing.assert_array_equal(ground, there.picture(1))


def test_a_mix_of_one_light_is_that_light_and_a_mix_of_none_has_no_key() -> None:
    there = stage("seamless")
    np.testing.assert_array_equal(there.picture((0, 1)), there.picture(1))
    assert there.picture((0, 0)).mean() < 0.8 * there.picture(0).mean()


def test_mixed_lights_lie_between_and_keep_their_grain() -> None:
    there = stage()
    one, two = there.picture(0).astype(int), there.picture(1).astype(int)
    half, third = there.picture((0.5, 0.5)).astype(int), there.picture((0.4, 0.3, 0.3)).astype(int)
    assert np.abs(half - (one + two) / 2).max() <= 1
    assert third.shape == half.shape
    assert np.abs(third - (0.4 * one + 0.3 * two + 0.3 * there.picture(2))).max() <= 1


def test_more_weights_than_lights_is_an_error() -> None:
    with pytest.raises(ValueError, match="5 weights for a scene of 4 lights"):
        stage().picture((0.2,) * 5)


def test_two_stages_of_the_same_window_give_the_same_bytes() -> None:
    assert stage().picture(0).tobytes() == stage().picture(0).tobytes()


def test_pictures_handed_out_can_be_drawn_on() -> None:
    there = stage()
    there.picture(0)[:] = 0
    there.ground(0)[:] = 0
    assert there.picture(0).mean() > 10


def test_a_hero_cropped_by_the_canvas_is_still_put_in() -> None:
    there = stage("seamless", Window(size=(160, 120), foot=(80.0, 190.0), height=180))
    figures = there.fidelity(there.picture(0))
    assert figures is not None
    assert figures.delta_e == 0
    assert 0.3 < figures.share < 0.8
