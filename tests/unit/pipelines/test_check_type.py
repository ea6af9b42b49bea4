"""Checks of type on the picture: contrast, safe zone, fit, size, share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from checkcase import CREAM, MIDNIGHT, PERSIMMON, SAFFRON, flat, inked, moved, placement, sign, standing, subject, text, verdicts

from brand_kits.colour import apca_hex
from pipelines.check import contrast, safe_zone, text_fit, text_share, text_size
from pipelines.check.sight import near, seen_colour
from pipelines.check.subject import Ink

# ------------------------------------------------------------------------------------------------------- contrast


def test_dark_type_on_a_pale_ground_passes_with_its_own_contrast() -> None:
    found = contrast.check(subject())
    assert verdicts(found) == {"pass"}
    assert float(found[0].measured.split()[0]) == pytest.approx(abs(apca_hex(MIDNIGHT, CREAM)), abs=2)


def test_type_in_the_grounds_own_tone_fails() -> None:
    pale = text("It slept on it.", 90, 120, 96, "#E8D8C2")
    assert "fail" in verdicts(contrast.check(subject((pale,))), "contrast")


def test_a_dark_patch_under_a_third_of_the_type_fails_though_the_mean_is_fine() -> None:
    ground = flat((1080, 1080))
    ground[:, 90:330] = (60, 52, 90)
    found = contrast.check(subject(ground=ground))
    assert "fail" in verdicts(found, "contrast")
    assert any("restless" in f.fact for f in found)


def test_the_same_patch_beside_the_type_does_not_matter() -> None:
    ground = flat((1080, 1080))
    ground[:, 900:] = (60, 52, 90)
    assert verdicts(contrast.check(subject(ground=ground))) == {"pass"}


def test_the_colour_in_the_file_counts_and_not_the_one_that_was_asked_for() -> None:
    asked = text("It slept on it.", 90, 120, 96, MIDNIGHT)
    drawn = replace(asked, inks=tuple(replace(i, colour="#E8D8C2") for i in asked.inks))
    good = subject((asked,))
    bad = replace(good, pixels=inked(good.ground, drawn.inks))
    assert verdicts(contrast.check(good)) == {"pass"}
    assert "fail" in verdicts(contrast.check(bad))


def test_small_type_needs_more_contrast_than_a_headline_of_the_same_colours() -> None:
    big = subject((text("Slept", 90, 120, 120, PERSIMMON),))
    small = subject((text("Slept", 90, 120, 42, PERSIMMON, 500, role="sub"),))
    assert "fail" not in verdicts(contrast.check(big))
    assert "fail" in verdicts(contrast.check(small))


def test_small_print_may_be_quieter_than_other_small_type() -> None:
    """The colour is 48 Lc from its ground."""
    line = text("Contains caffeine.", 90, 900, 30, "#EF6A3C", 500)
    assert verdicts(contrast.check(subject((replace(line, role="legal"),))), "contrast") == {"warn"}
    assert verdicts(contrast.check(subject((replace(line, role="sub"),))), "contrast") == {"fail"}


def test_wcag_only_warns() -> None:
    found = contrast.check(subject((text("Slept", 90, 120, 160, PERSIMMON),)))
    assert verdicts(found, "contrast.wcag") <= {"warn"}


def test_a_logo_that_melts_into_its_ground_fails_and_one_that_parts_passes() -> None:
    good, bad = subject((), logo=sign(90, 960)), subject((), logo=sign(90, 960, colour="#EFE2D0"))
    assert verdicts(contrast.check(good)) == {"pass"}
    assert verdicts(contrast.check(bad), "contrast.logo") == {"fail"}


def test_thin_strokes_take_their_drawn_colour_rather_than_an_edge() -> None:
    ink = Ink(colour=SAFFRON, x=2, y=2, coverage=np.full((3, 3), 255, np.uint8))
    assert seen_colour(flat((9, 9)), ink) == pytest.approx([0xF7 / 255, 0xBB / 255, 0x45 / 255])


def test_the_ground_is_what_lies_within_reach_and_on_the_canvas() -> None:
    ink = Ink(colour=MIDNIGHT, x=-2, y=-2, coverage=np.full((6, 6), 255, np.uint8))
    ground = flat((40, 40))
    ground[12:] = 0
    assert near(ground, ink, 3.0).min() > 0.8
    assert near(ground, replace(ink, x=90), 3.0).shape == (0, 3)


# ------------------------------------------------------------------------------------------------------ safe zone


def test_type_inside_the_zone_passes_and_type_under_the_platforms_buttons_fails() -> None:
    inside = text("Not instant.", 90, 400, 90)
    below = text("Not instant.", 90, 1500, 90)
    assert verdicts(safe_zone.check(subject((inside,), place="meta.reels.vertical"))) == {"pass"}
    found = safe_zone.check(subject((below,), place="meta.reels.vertical"))
    assert verdicts(found) == {"fail"}
    assert found[0].where == "headline"


def test_an_optical_overhang_of_three_pixels_is_forgiven() -> None:
    edge = 0.06 * 1080
    assert verdicts(safe_zone.check(subject((text("Slept", edge - 3, 400, 90),)))) == {"pass"}
    assert verdicts(safe_zone.check(subject((text("Slept", edge - 7, 400, 90),)))) == {"warn"}


def test_the_logo_is_held_to_the_zone_too() -> None:
    assert verdicts(safe_zone.check(subject((), logo=sign(20, 20)))) == {"fail"}


# ------------------------------------------------------------------------------------------------------- text fit


def test_type_over_the_edge_is_cut_and_type_at_the_edge_is_not() -> None:
    whole = text("Slept", 0, 400, 90)
    assert verdicts(text_fit.check(subject((whole,)))) == {"pass"}
    assert verdicts(text_fit.check(subject((moved(whole, -6, 0),)))) == {"fail"}


def test_lines_that_lost_a_word_fail_and_lines_that_were_broken_or_hyphenated_do_not() -> None:
    part = text("Kalt gezogen", 90, 400, 60)
    lost = replace(part, text="Kalt gezogener Kaffee", lines=("Kalt", "Kaffee"))
    broken = replace(part, text="Kalt gezo\u00adgener Kaffee", lines=("Kalt gezo-", "gener\u00a0Kaffee"))
    assert "fail" in verdicts(text_fit.check(subject((lost,))))
    assert verdicts(text_fit.check(subject((broken,)))) == {"pass"}


def test_texts_that_overlap_fail_and_texts_side_by_side_do_not() -> None:
    a, b = text("Slept", 90, 400, 90), text("Slept", 90, 430, 90)
    assert "fail" in verdicts(text_fit.check(subject((a, b))))
    assert verdicts(text_fit.check(subject((a, moved(b, 0, 120))))) == {"pass"}
    drawing = replace(b, place="device")
    assert verdicts(text_fit.check(subject((a, drawing)))) == {"pass"}


def test_an_indented_line_beside_another_text_is_no_overlap() -> None:
    """Boxes of blocks overlap where lines do not."""
    long_ = text("Slept", 90, 400, 90)
    x, y, w, h = long_.box
    two = replace(long_, box=(x, y, 3 * w, 3 * h), line_boxes=((x, y, 3 * w, h), (x, y + 2 * h, w, h)))
    beside = text("on it", x + 1.5 * w, y + 2 * h, 60)
    assert verdicts(text_fit.check(subject((two, beside)))) == {"pass"}


def test_type_over_the_words_of_a_label_fails_and_type_over_its_bare_body_does_not() -> None:
    product = standing((1080, 1080), (500, 300, 300, 700))
    part = text("Slept", 560, 0, 90)
    assert product.words is not None
    on_words, on_body = moved(part, 0, product.words[1]), moved(part, 0, 320)
    assert "fail" in verdicts(text_fit.check(subject((on_words,), product=product)))
    assert verdicts(text_fit.check(subject((on_body,), product=product))) == {"pass"}


def test_clumsy_breaks_warn() -> None:
    part = text("Slept", 90, 400, 90)
    assert verdicts(text_fit.check(subject((replace(part, cost=20.0),)))) == {"pass"}
    assert verdicts(text_fit.check(subject((replace(part, cost=70.0),)))) == {"warn"}


# ------------------------------------------------------------------------------------------------- size and share


def test_a_size_is_judged_on_the_screen_and_not_in_the_file() -> None:
    part = text("Slept on it", 90, 400, 30, weight=500, role="sub")
    assert verdicts(text_size.check(subject((part,)))) == {"fail"}
    banner = replace(part, size=15.0)
    assert verdicts(text_size.check(subject((banner,), place="iab.medium_rectangle"))) == {"pass"}


def test_small_print_may_be_small_and_not_smaller() -> None:
    legal = text("Contains caffeine.", 90, 900, 27, weight=500, role="legal")
    assert verdicts(text_size.check(subject((legal,)))) == {"pass"}
    assert verdicts(text_size.check(subject((replace(legal, size=20.0),)))) == {"fail"}


def test_share_of_type_counts_only_where_it_is_limited() -> None:
    free = subject()
    limited = replace(free, placement=replace(placement(), text_share=0.02))
    roomy = replace(free, placement=replace(placement(), text_share=0.20))
    none = replace(free, placement=replace(placement(), text_on_image=False))
    assert text_share.check(free) == []
    assert verdicts(text_share.check(limited)) == {"fail"}
    assert verdicts(text_share.check(roomy)) == {"pass"}
    assert verdicts(text_share.check(none)) == {"fail"}
    assert verdicts(text_share.check(replace(none, parts=()))) == {"pass"}


def test_share_counts_overlaps_once() -> None:
    part = text("Slept", 90, 400, 90)
    assert text_share.share(subject((part, part))) == pytest.approx(text_share.share(subject((part,))))
