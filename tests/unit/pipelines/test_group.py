"""As many products as are sold, in one picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from staging import can, floor

from pipelines.compose.shadow import cast, contact
from pipelines.product.group import PLACES, grouped

CAN = replace(can(300), label_box=(0.1, 0.4, 0.8, 0.3), brand_on_label=True)



@pytest.mark.parametrize("count", sorted(PLACES))
def test_a_group_has_a_body_for_each_product(count: int) -> None:
    group = grouped(CAN, count)
    assert len(group.bodies) == count
    assert group.aspect > CAN.aspect


def test_one_product_is_its_own_picture() -> None:
    assert grouped(CAN, 1) is CAN


def test_more_than_six_are_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        grouped(CAN, 7)


def test_the_leading_product_is_whole_and_its_words_are_told() -> None:
    group = grouped(CAN, 3)
    assert group.label_box is not None
    x, y, w, h = group.label_box
    left, top = round(x * group.size[0]), round(y * group.size[1])
    inner = group.rgba[top : top + round(h * group.size[1]), left : left + round(w * group.size[0])]
    assert (inner[..., 3] == 255).all()
    assert abs(x + w / 2 - 0.5) < 0.05


def test_those_behind_stand_higher_and_are_smaller_and_darker_beside_the_first() -> None:
    group = grouped(CAN, 3)
    alpha = group.rgba[..., 3] > 127
    lowest = [int(np.flatnonzero(alpha[:, c])[-1]) for c in (group.size[0] // 12, group.size[0] // 2)]
    assert lowest[0] < lowest[1]
    row = group.rgba[int(0.6 * group.size[1]), :, :3].astype(int).sum(-1)
    seam = int((0.5 + 0.5 * CAN.aspect / group.aspect) * group.size[0])
    assert row[seam + 4] < row[min(seam + 40, len(row) - 20)]


def test_each_product_of_a_group_throws_a_shadow_and_touches_the_ground() -> None:
    group = grouped(CAN, 3)
    passes = floor((400, 240), (200, 150), 90)
    shade, touch = cast(passes, group), contact(passes, group)
    alone = cast(passes, CAN)
    assert (shade > 0.5).sum() > 1.6 * (alone > 0.5).sum()
    for solid in group.solids:
        column = round(200 + solid.at[0] * 90)
        row = round(150 - solid.at[1] * 90 * np.sin(np.radians(10)))
        assert touch[row, column] > 0.6


def test_pictures_turned_left_and_right_stand_on_those_sides() -> None:
    left, right = can(300, colour=(0, 200, 0)), can(300, colour=(0, 0, 200))
    group = grouped(CAN, 3, (left, right))
    middle = group.rgba[group.size[1] // 2]
    assert middle[10, 1] > 120 > middle[10, 0]
    assert middle[-10, 2] > 90 > middle[-10, 0]
