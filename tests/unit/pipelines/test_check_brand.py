"""Checks of the brand on the picture: logo, palette, product, button."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from checkcase import CREAM, MIDNIGHT, flat, kit, placement, rgb, sign, standing, subject, text, verdicts

from brand_kits.colour import hex_to_oklch, oklch_to_hex
from pipelines.check import cta, logo, palette, product
from pipelines.check.subject import Button

LEAD = text("It slept on it.", 90, 120, 96)

# ----------------------------------------------------------------------------------------------------------- logo


def test_a_banner_without_a_logo_fails_and_a_feed_picture_without_one_does_not() -> None:
    assert verdicts(logo.check(subject((), place="iab.medium_rectangle"))) == {"fail"}
    assert logo.check(subject(())) == []


def test_a_large_label_with_the_name_is_a_logo_and_a_small_or_cut_one_is_not() -> None:
    size = placement("iab.half_page").canvas
    large = standing(size, (60, 200, 160, 300))
    small = standing(size, (60, 200, 60, 100))
    cut = standing(size, (60, 420, 160, 300))
    assert verdicts(logo.check(subject((), place="iab.half_page", product=large))) == {"pass"}
    for worse in (small, cut, replace(large, brand=False)):
        assert verdicts(logo.check(subject((), place="iab.half_page", product=worse))) == {"fail"}


def test_a_logo_where_the_placement_takes_none_fails() -> None:
    assert verdicts(logo.check(subject((), place="meta.right_column", logo=sign(100, 100)))) == {"fail"}


def test_a_crowded_logo_fails_and_one_with_its_clear_space_does_not() -> None:
    bottom = LEAD.box[1] + LEAD.box[3]
    assert verdicts(logo.check(subject((LEAD,), logo=sign(90, bottom + 4))), "logo.clear") == {"fail"}
    assert verdicts(logo.check(subject((LEAD,), logo=sign(90, bottom + 14))), "logo.clear") == {"warn"}
    assert verdicts(logo.check(subject((LEAD,), logo=sign(90, bottom + 40)))) == {"pass"}


def test_a_logo_on_the_product_fails_and_beside_it_passes() -> None:
    bottle = standing((1080, 1080), (600, 300, 300, 700))
    assert "fail" in verdicts(logo.check(subject((), logo=sign(560, 400), product=bottle)))
    assert verdicts(logo.check(subject((), logo=sign(100, 400), product=bottle))) == {"pass"}


def test_a_tiny_logo_fails() -> None:
    assert "fail" in verdicts(logo.check(subject((), logo=sign(90, 900, 60, 20))), "logo.size")


def test_a_drawing_on_a_ground_that_the_kit_denies_it_warns() -> None:
    assert verdicts(logo.check(subject((), logo=sign(90, 900, name="night")))) == {"warn"}
    dark = flat((1080, 1080), MIDNIGHT)
    assert verdicts(logo.check(subject((), ground=dark, logo=sign(90, 900, name="night", colour=CREAM)))) == {"pass"}


def test_a_drawing_that_is_not_the_kits_fails() -> None:
    assert verdicts(logo.check(subject((), logo=sign(90, 900, name="")))) == {"fail"}


# -------------------------------------------------------------------------------------------------------- palette


def gradient(one: str, other: str) -> np.ndarray:  # type: ignore[type-arg]
    """A picture that goes from one colour to another."""
    t = np.linspace(0, 1, 300)[None, :, None]
    picture = np.array(rgb(one)) * (1 - t) + np.array(rgb(other)) * t
    return np.repeat(picture, 250, axis=0).astype(np.uint8)


def turned(colour: str, degrees: float) -> str:
    """A colour of another hue."""
    light, chroma, hue = hex_to_oklch(colour)
    return oklch_to_hex([light, max(chroma, 0.12), hue + degrees])


@pytest.mark.parametrize("name", sorted(kit().palette.colours))
def test_every_colour_of_the_kit_keeps_to_it_lit_or_shaded(name: str) -> None:
    colour = kit().palette.colours[name]
    light, chroma, hue = colour.oklch
    for shade in (0.85, 1.0, 1.08):
        ground = flat((300, 250), oklch_to_hex([min(light * shade, 1.0), chroma * min(shade, 1.0), hue]))
        assert palette.kept_share(subject((), place="iab.medium_rectangle", ground=ground)) == 1.0


def test_a_wash_from_one_colour_of_the_kit_to_another_keeps_to_it() -> None:
    ground = gradient("#F05A28", "#CFC0E9")
    assert verdicts(palette.check(subject((), place="iab.medium_rectangle", ground=ground))) == {"pass"}


def test_green_and_turquoise_are_not_this_brands() -> None:
    for foreign in ("#3FA34D", "#2BB5B0", turned("#F05A28", 110)):
        ground = flat((300, 250), foreign)
        assert verdicts(palette.check(subject((), place="iab.medium_rectangle", ground=ground))) == {"fail"}


def test_a_green_leaf_is_forgiven_and_a_green_product_does_not_count() -> None:
    ground = flat((300, 250))
    ground[:60, :60] = rgb("#3FA34D")
    assert verdicts(palette.check(subject((), place="iab.medium_rectangle", ground=ground))) == {"pass"}
    ground[:140, :140] = rgb("#3FA34D")
    bottle = standing((300, 250), (0, 0, 140, 140))
    assert verdicts(palette.check(subject((), place="iab.medium_rectangle", ground=ground))) == {"warn"}
    assert verdicts(palette.check(subject((), place="iab.medium_rectangle", ground=ground, product=bottle))) == {"pass"}


# -------------------------------------------------------------------------------------------------------- product


def test_a_true_product_passes_and_each_untruth_is_named() -> None:
    size = (1080, 1080)
    good = standing(size, (400, 200, 300, 700))
    assert verdicts(product.check(subject((), product=good))) == {"pass"}
    worse = {
        "product.shape": replace(good, shape_overlap=0.9), "product.colour": replace(good, delta_e=6.0),
        "product.scale": replace(good, scale=1.4), "product.share": replace(good, share=0.05),
        "product.label": replace(good, words=(420, 980, 200, 200)),
    }
    for code, bad in worse.items():
        found = product.check(subject((), product=bad))
        assert [(f.code, f.verdict) for f in found] == [(code, "fail")]


def test_a_label_that_is_wholly_off_the_canvas_is_a_crop_and_no_cut() -> None:
    top = replace(standing((1080, 1080), (400, 600, 300, 900)), words=(420, 1120, 200, 200), share=0.5)
    assert verdicts(product.check(subject((), product=top))) == {"pass"}


def test_a_missing_product_is_told_only_where_the_concept_shows_it() -> None:
    assert product.check(subject(())) == []
    assert verdicts(product.check(subject((), expected=frozenset({"product"})))) == {"warn"}


# --------------------------------------------------------------------------------------------------------- button

LABEL = text("Shop now", 40, 204, 14, CREAM, 700, role="cta")
PILL = Button(box=(24.0, 192.0, 100.0, 34.0), colour=MIDNIGHT)


def banner(button: Button | None, label: bool = True, ground: str = CREAM) -> object:
    """A banner's findings about its button."""
    picture = flat((300, 250), ground)
    if button is not None:
        x, y, w, h = (int(v) for v in button.box)
        picture[y : y + h, x : x + w] = rgb(button.colour)
    return cta.check(subject((LABEL,) if label else (), place="iab.medium_rectangle", ground=picture, button=button))


def test_a_banner_draws_its_button_and_a_feed_picture_must_not() -> None:
    assert verdicts(banner(PILL)) == {"pass"}
    assert verdicts(banner(None)) == {"warn"}
    assert cta.check(subject(())) == []
    assert verdicts(cta.check(subject((LABEL,), button=PILL))) == {"fail"}


def test_a_button_in_its_grounds_colour_fails_and_an_empty_one_too() -> None:
    assert "fail" in verdicts(banner(replace(PILL, colour="#F2E6D6")), "cta.fill")
    assert "fail" in verdicts(banner(PILL, label=False), "cta.label")
