"""The layout families as data: complete, inside their live boxes, and refused with a reason when wrong."""

from __future__ import annotations

from typing import Any

import pytest
from composing import SHAPES, placement

from factory.catalogue import load_catalogue
from factory.motives import BY_NAME
from pipelines.compose.classes import grid_of
from pipelines.compose.devices import device_names, load_device
from pipelines.compose.family import LayoutError, family_names, load_family, parse_family, turned

DRAWN = ("V", "Q", "W")


def test_there_are_at_least_ten_ideas_of_layout() -> None:
    assert len(family_names()) >= 10


@pytest.mark.parametrize("name", family_names())
def test_every_family_is_drawn_for_tall_square_and_wide(name: str) -> None:
    family = load_family(name)
    assert family.name == name
    assert all(family.at((k,)) for k in DRAWN)


def test_at_least_two_families_have_their_own_strip() -> None:
    for strip in ("S", "320x50"):
        assert sum(bool(load_family(n).at((strip,))) for n in family_names()) >= 2


@pytest.mark.parametrize("name", family_names())
def test_text_logo_and_button_are_drawn_inside_the_live_box(name: str) -> None:
    for key, plan in load_family(name).layouts.items():
        grid = grid_of(placement(_shape(key)))
        for column in plan.columns:
            assert grid.canvas.scaled(column.box).within(grid.design, slack=1.5), (key, column.box)
        for corner in filter(None, (plan.logo, plan.button)):
            point = grid.canvas.scaled((corner.x, corner.y, 0, 0))
            assert point.within(grid.design, slack=1.5), (key, corner)


def _shape(key: str) -> str:
    own = {"V": "story", "Q": "portrait", "Q1": "square", "W": "landscape", "B": "300x250", "T": "300x600", "S": "728x90"}
    return own.get(key, key)


def test_families_and_devices_suit_motives_that_there_are() -> None:
    catalogue = load_catalogue()
    for row in (*catalogue.families, *catalogue.devices):
        assert set(row.motives) <= set(BY_NAME), row.name


def test_every_motive_has_a_family() -> None:
    served = {m for row in load_catalogue().families for m in row.motives}
    assert served >= set(BY_NAME)


def test_devices_name_families_with_a_place_for_them() -> None:
    for name in device_names():
        for family in load_device(name).families:
            assert any(plan.device for plan in load_family(family).layouts.values()), (name, family)


def test_a_family_that_requires_a_device_is_served_by_one() -> None:
    catalogue = load_catalogue()
    for row in catalogue.families:
        if row.device == "required":
            assert any(row.name in d.families and not d.needs for d in catalogue.devices)


@pytest.mark.parametrize("name", SHAPES)
def test_a_grid_stays_inside_the_safe_zone(name: str) -> None:
    place = placement(name)
    grid = grid_of(place)
    w, h = place.canvas
    assert grid.live.x >= place.safe.left * w - 0.5 and grid.live.right <= w - place.safe.right * w + 0.5
    assert grid.live.y >= place.safe.top * h - 0.5 and grid.live.bottom <= h - place.safe.bottom * h + 0.5


def test_type_is_sized_by_the_width_shown_not_by_pixels() -> None:
    small, large = grid_of(placement("portrait")), grid_of(placement("portrait", canvas=(1440, 1800)))
    assert large.sizes["headline"][1] == pytest.approx(small.sizes["headline"][1] * 1440 / 1080)


GOOD: dict[str, Any] = {
    "name": "x", "title": "X", "lead": "headline", "layouts": {"Q": {"columns": [{"box": [0, 0, 1, 1], "slots": ["headline"]}]}},
}


def spoiled(**column: Any) -> dict[str, Any]:
    return {**GOOD, "layouts": {"Q": {"columns": [{**GOOD["layouts"]["Q"]["columns"][0], **column}]}}}


@pytest.mark.parametrize(
    ("column", "fact"),
    [
        ({"from": "side"}, "A column starts at 'side'"), ({"slots": ["song"]}, "No text has the role 'song'"),
        ({"box": [0, 0, 1]}, "four numbers"), ({"colour": "red"}, "Unknown key 'colour'"),
        ({"slots": [{"role": "sub", "font": "x"}]}, "Unknown key 'font'"),
    ],
)
def test_a_wrong_family_file_is_refused_with_its_place(column: dict[str, Any], fact: str) -> None:
    with pytest.raises(LayoutError, match=fact) as error:
        parse_family(spoiled(**column))
    assert "x.layouts.Q.columns.0" in error.value.fault.where


def test_an_unknown_family_lists_the_known_ones() -> None:
    with pytest.raises(LayoutError, match=r"no layout family 'poem'.*closeup"):
        load_family("poem")


def test_turning_twice_is_standing_still() -> None:
    plan = load_family("product").at(("W",))[0]
    live = (0.06, 0.88)
    again = turned(turned(plan, live), live)
    assert again.product is not None and plan.product is not None
    assert again.product.x == pytest.approx(plan.product.x)
    assert again.logo is not None and plan.logo is not None and again.logo.anchor == plan.logo.anchor
