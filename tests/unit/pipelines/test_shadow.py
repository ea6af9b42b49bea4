"""Cast and contact shadows of a can on a floor, against what geometry says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staging import PITCH, can, floor

from pipelines.compose.shadow import cast, contact
from pipelines.plate.setfile import toward
from pipelines.scene import Cutout, Floats, Passes, Solid

CAN = can()
SIZE, FOOT, HEIGHT = (240, 160), (120.0, 90.0), 60.0


def at(shade: Floats, passes: Passes, x: float, y: float) -> float:
    """Shadow at a floor point in product heights."""
    column = passes.foot[0] + x * passes.height
    row = passes.foot[1] - y * passes.height * math.sin(math.radians(PITCH))
    return float(shade[round(row), round(column)])


def exact(x: float, y: float, elevation: float, azimuth: float) -> bool:
    """Is a floor point in the umbra of a point light, by a thousand steps along the ray?"""
    lx, ly, lz = toward(azimuth, elevation)
    t = np.linspace(0, 4, 1000)
    return bool(((np.hypot(x + t * lx, y + t * ly) < CAN.foot_radius) & (t * lz < CAN.stature)).any())


@given(st.floats(-1.3, 1.3), st.floats(-1.0, 1.0), st.sampled_from([25, 40, 55]), st.sampled_from([-60, -30, 45]))
@settings(max_examples=120, deadline=None)
def test_a_point_is_in_shadow_when_its_ray_meets_the_can(x: float, y: float, elevation: int, azimuth: int) -> None:
    passes = floor(SIZE, FOOT, HEIGHT, azimuth, elevation, angle=0.5)
    close = [exact(x + dx, y + dy, elevation, azimuth) for dx in (-0.05, 0.05) for dy in (-0.3, 0, 0.3)]
    if len(set(close)) == 1:
        assert at(cast(passes, CAN), passes, x, y) == pytest.approx(float(close[0]), abs=0.12)


def test_a_lower_light_throws_a_longer_shadow() -> None:
    long, short = (cast(floor(SIZE, FOOT, HEIGHT, -60, e), CAN).sum() for e in (25, 50))
    assert long > 1.3 * short


def test_the_shadow_falls_away_from_the_light() -> None:
    right, left = (cast(floor(SIZE, FOOT, HEIGHT, a, 35), CAN) for a in (-60, 60))
    assert right[:, 145:].sum() > 20 * right[:, :95].sum()
    np.testing.assert_allclose(left, right[:, ::-1], atol=0.02)


def test_a_larger_light_has_softer_edges() -> None:
    sharp, soft = (cast(floor(SIZE, FOOT, HEIGHT, -60, 30, angle=a), CAN) for a in (0.7, 14))
    between = [float(((s > 0.1) & (s < 0.9)).sum()) for s in (sharp, soft)]
    assert between[1] > 1.8 * between[0]


def test_the_shadow_climbs_a_wall_behind_the_product() -> None:
    passes = floor(SIZE, FOOT, HEIGHT, -30, 25)
    assert passes.position is not None
    wall = passes.position.copy()
    behind = wall[..., 1] > 0.6
    rise = (wall[..., 1] - 0.6) * math.tan(math.radians(PITCH))
    wall[..., 2] = np.where(behind, rise, 0)
    wall[..., 1] = np.minimum(wall[..., 1], 0.6)
    shade = cast(replace(passes, position=wall), CAN)
    tall = wall[..., 2][(shade > 0.5) & behind].max()
    _, ly, lz = passes.light_dir
    assert tall == pytest.approx(CAN.stature - 0.6 * lz / -ly, abs=0.25)


def test_the_coarse_grid_changes_no_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.compose import shadow

    passes = floor(SIZE, FOOT, HEIGHT, -50, 35, angle=1.5)
    quick = cast(passes, CAN)
    monkeypatch.setattr(shadow, "EDGE", -1.0)
    assert np.abs(quick - cast(passes, CAN)).max() < 0.08


def test_a_scene_without_positions_has_no_shadows() -> None:
    passes = replace(floor(SIZE, FOOT, HEIGHT), position=None)
    assert cast(passes, CAN).max() == 0
    assert contact(passes, CAN).max() == 0


def test_contact_is_darkest_at_the_foot_and_gone_a_height_away() -> None:
    passes = floor((400, 300), (200.0, 150.0), 120.0)
    shade = contact(passes, CAN)
    row = [at(shade, passes, CAN.foot_radius + d, 0) for d in (0.012, 0.05, 0.2, 0.5, 1.2)]
    assert row == sorted(row, reverse=True)
    assert row[0] > 0.6
    assert row[-1] < 0.01


def test_a_product_that_stands_off_the_canvas_still_throws_its_shadow_in() -> None:
    passes = floor((200, 200), (-10.0, 120.0), 100.0, -80, 30)
    assert cast(passes, CAN)[:, :60].max() > 0.9


def lying(yaw: float = 0.0) -> Cutout:
    """A long can on its side: three times as long as its picture is high."""
    solid = Solid(at=(0.0, 0.0), radii=np.full(64, 0.45, np.float32), height=3.0, yaw=yaw)
    return replace(CAN, solids=(solid,), foot_row=0.97)


def test_a_lying_body_shades_along_its_length() -> None:
    passes = floor((400, 160), (200.0, 90.0), 40.0, azimuth=0, elevation=40)
    shade = cast(passes, lying())
    wide = np.flatnonzero((shade > 0.5).any(0))
    assert wide[-1] - wide[0] == pytest.approx(3.0 * 40, rel=0.15)


def test_a_lying_body_turned_end_on_shades_less_across() -> None:
    passes = floor((400, 160), (200.0, 90.0), 40.0, azimuth=0, elevation=40)
    along, toward_us = ((cast(passes, lying(yaw)) > 0.5).any(0).sum() for yaw in (0.0, -90.0))
    assert toward_us < 0.5 * along


def test_a_lying_body_touches_the_ground_under_its_axis() -> None:
    touch = contact(floor((400, 160), (200.0, 90.0), 40.0), lying())
    assert touch[90, 200] > 0.7 and touch[90, 150] > 0.7
    assert touch[90, 200 + 90] < 0.3


def test_a_lying_body_darkens_the_ground_beside_it_farther_than_one_that_stands() -> None:
    flat = lying()
    stands = replace(flat, solids=tuple(replace(s, yaw=None) for s in flat.solids))
    passes = floor((400, 160), (200.0, 90.0), 40.0)
    beside = [at(contact(passes, p), passes, 0.0, -(0.3 if p is flat else 1.0) * p.solids[0].radii.max() - 0.2) for p in (flat, stands)]
    assert beside[0] > beside[1]
