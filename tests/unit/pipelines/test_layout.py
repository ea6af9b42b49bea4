"""Layouts: nothing touches, everything is where it may be, and what must stay stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from composing import BANNERS, BOTTLE, ROOM, SHAPES, content, kit, placement
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compose.crop import Room, may_show
from pipelines.compose.family import LayoutError, family_names, load_family
from pipelines.compose.geometry import Box, mirrored, near_misses, remap, snap
from pipelines.compose.layout import arrange
from pipelines.compose.page import Layout, corners, edges, stands_clear, summary

WORDS = ("night", "coffee", "slow", "patience", "cold", "morning", "steeped", "dawn", "on", "it", "Frühstück", "a")
lines = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(lambda w: " ".join(w).capitalize() + ".")


def laid(family: str, shape: str, room: Room = ROOM, locale: str = "en", **texts: tuple[str, ...]) -> Layout:
    return arrange(content(locale, **texts), placement(shape), load_family(family), kit(), room)


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", family_names())
def test_every_family_holds_the_sample_words_on_every_canvas(family: str, shape: str, locale: str) -> None:
    layout = laid(family, shape, locale=locale)
    assert stands_clear(layout)
    assert layout.family == family
    assert any(t.slot.style == "headline" for t in layout.texts)


@settings(max_examples=40, deadline=None)
@given(family=st.sampled_from(family_names()), shape=st.sampled_from(list(SHAPES)), headline=lines, sub=lines)
def test_whatever_is_said_nothing_overlaps_and_text_stays_in_the_live_box(
    family: str, shape: str, headline: str, sub: str
) -> None:
    try:
        layout = laid(family, shape, headline=(headline,), sub=(sub,))
    except LayoutError:
        return
    named = layout.boxes()
    for i, (a, p) in enumerate(named):
        assert a == "product" or p.within(layout.grid.live, slack=max(2.0, layout.grid.unit / 2)), a
        for b, q in named[i + 1 :]:
            assert not p.overlaps(q), (a, b)


@settings(max_examples=40, deadline=None)
@given(family=st.sampled_from(family_names()), shape=st.sampled_from(list(SHAPES)), headline=lines)
def test_flush_edges_coincide_or_differ_clearly(family: str, shape: str, headline: str) -> None:
    try:
        layout = laid(family, shape, headline=(headline,))
    except LayoutError:
        return
    flush = [(n, b) for n, b in edges(layout) if n in ("logo", "button") or _flush(layout, n)]
    left = [m for m in near_misses(flush, layout.grid.unit) if m[2] == "left"]
    assert not left


def _flush(layout: Layout, name: str) -> bool:
    text = layout.text(name)
    return text is not None and text.block.align == "left"


@pytest.mark.parametrize("shape", ["story", "portrait", "landscape"])
def test_no_button_is_drawn_where_the_platform_draws_one(shape: str) -> None:
    assert all(laid(f, shape).button is None for f in family_names())


@pytest.mark.parametrize("shape", BANNERS)
def test_banners_carry_button_logo_and_frame(shape: str) -> None:
    for family in family_names():
        layout = laid(family, shape)
        assert layout.button is not None and layout.border
        held = load_family(layout.lent or family).at((shape,) if shape in ("320x50", "970x250") else layout.grid.keys())
        assert layout.logo is not None or held[0].logo is None


def test_a_label_too_long_for_the_button_gives_way_to_a_shorter_one() -> None:
    layout = laid("product", "300x250", cta=("Jetzt die ganze Kollektion entdecken", "Kaufen"))
    assert layout.button is not None and layout.button.block.text == "Kaufen"


def test_the_sub_line_is_dropped_before_the_headline_shrinks_under_its_least() -> None:
    roomy = laid("product", "landscape")
    tight = laid("product", "landscape", headline=("Woke up before the early bird had coffee.",))
    assert "sub" in tight.dropped
    assert tight.text("headline").block.size >= tight.grid.sizes["headline"][0]  # type: ignore[union-attr]
    assert roomy.score < tight.score


def test_terms_are_never_dropped_from_an_offer() -> None:
    for shape in ("story", "portrait", "square", "landscape", "300x250", "300x600", "970x250"):
        assert laid("offer", shape, locale="de").text("legal") is not None


def test_a_quote_keeps_its_source_wherever_it_is_quoted() -> None:
    for shape in SHAPES:
        layout = laid("quote", shape)
        assert layout.text("quote") is None or layout.text("source") is not None


def test_without_room_for_a_source_the_brand_speaks_for_itself() -> None:
    layout = laid("quote", "320x50", headline=("I start at three.",))
    assert layout.text("headline").block.text == "For 18 hours, in cold water."  # type: ignore[union-attr]


def test_a_shorter_headline_is_taken_when_the_first_cannot_stand() -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen überall."
    layout = laid("product", "300x250", headline=(long, "It slept on it."))
    assert layout.text("headline").block.text == "It slept on it."  # type: ignore[union-attr]


def test_content_that_a_family_needs_and_lacks_is_named() -> None:
    with pytest.raises(LayoutError, match="needs art_number"):
        laid("number", "portrait", number=())


def test_nothing_fits_a_headline_of_fifty_words() -> None:
    with pytest.raises(LayoutError, match="cannot hold"):
        laid("type", "300x250", headline=(" ".join(["patience"] * 50),))


def test_a_quotes_mark_hangs_and_source_and_logo_share_its_axis() -> None:
    layout = laid("quote", "portrait")
    quote, source = layout.text("quote"), layout.text("source")
    assert quote is not None and source is not None and layout.logo is not None
    assert quote.block.axis > quote.box.x + 5
    assert source.block.axis == pytest.approx(quote.block.axis)
    assert layout.logo.box.x == pytest.approx(quote.block.axis)


def test_two_halves_are_set_in_one_size() -> None:
    layout = laid("diptych", "portrait", headline=("Slept 18 hours. Woke up cold.",))
    one, two = layout.text("headline"), layout.text("headline2")
    assert one is not None and two is not None and one.block.text == "Slept 18 hours."
    assert one.block.size == two.block.size


def test_a_label_that_says_the_name_spares_the_logo_in_the_feed() -> None:
    mute = Room(shape=replace(BOTTLE, brand=False))
    assert laid("product", "portrait").logo is None
    assert laid("product", "portrait", room=mute).logo is not None


def test_reading_from_the_right_mirrors_the_layout() -> None:
    plain = laid("product", "landscape")
    arabic = arrange(replace(content(), locale="he"), placement("landscape"), load_family("product"), kit(), ROOM)
    assert plain.product is not None and arabic.product is not None
    assert arabic.product.box.centre[0] == pytest.approx(1200 - plain.product.box.centre[0])
    text = arabic.text("headline")
    assert text is not None and text.block.align == "right"
    assert text.box.right == pytest.approx(arabic.grid.live.right, abs=0.15 * text.block.size)


def test_changed_sides_keep_text_flush_where_its_language_begins() -> None:
    layout = laid("product", "landscape", room=replace(ROOM, turned=True))
    text = layout.text("headline")
    assert layout.product is not None and text is not None
    assert layout.product.box.right < text.box.x
    assert text.block.align == "left"


def test_the_scenes_own_product_box_is_laid_around() -> None:
    fixed = Box(430, 480, 280, 700)
    layout = laid("product", "portrait", room=replace(ROOM, fixed=fixed))
    assert layout.product is not None and layout.product.box == fixed
    assert all(t.box.gap(fixed) >= 2 * layout.grid.unit - 0.5 for t in layout.texts)


@pytest.mark.parametrize(("share", "may"), [(1.0, True), (0.95, False), (0.90, True), (0.86, False), (0.6, False), (0.45, True)])
def test_a_product_is_cut_clearly_and_never_through_its_words(share: float, may: bool) -> None:
    assert may_show(BOTTLE, share) is may


def test_every_cropped_product_shows_what_it_may() -> None:
    for family in family_names():
        for shape, ((_, height), *_rest) in SHAPES.items():
            spot = laid(family, shape).product
            if spot is not None and spot.box.bottom > height + 1:
                assert may_show(BOTTLE, (height - spot.box.y) / spot.height), (family, shape)


def test_the_logo_can_move_to_a_free_corner() -> None:
    layout = laid("minimal", "landscape")
    places = list(corners(layout))
    assert len(places) > 1
    others = [b for n, b in layout.boxes() if n != "logo"]
    assert all(p.box.gap(b) > 0 for p in places for b in others)


def test_a_lying_product_takes_the_layout_that_is_meant_for_it() -> None:
    lying = Room(shape=replace(BOTTLE, aspect=1.9))
    stands, lies = (laid("scene", "300x250", room=room).product for room in (ROOM, lying))
    assert stands is not None and lies is not None
    assert lies.box.w > 0.6 * 300 > stands.box.w


def test_one_word_stands_on_one_line_where_two_are_wanted() -> None:
    assert [t.block.lines for t in laid("scene", "story", headline=("Endlich.",)).texts if t.role == "headline"] == [("Endlich.",)]


def test_a_quieter_room_sets_a_smaller_headline() -> None:
    loud, quiet = (laid("minimal", "portrait", room=replace(ROOM, loud=x)).text("headline") for x in (1.0, 0.66))
    assert loud is not None and quiet is not None
    assert quiet.block.size < loud.block.size


def test_a_summary_is_in_fractions_of_the_canvas() -> None:
    boxes = summary(laid("product", "portrait"))
    assert set(boxes) >= {"headline", "product"}
    assert all(-1 <= v <= 2 for box in boxes.values() for v in box)


# ----------------------------------------------------------------------------------------------------- geometry


@given(value=st.floats(0, 200), u=st.sampled_from([2, 4, 6, 12]))
def test_gaps_are_steps_of_the_unit(value: float, u: int) -> None:
    assert snap(value, u) / u in (1, 2, 3, 4, 6, 8, 12, 16)


boxes = st.builds(Box, st.floats(0, 500), st.floats(0, 500), st.floats(1, 400), st.floats(1, 400))


@given(a=boxes, b=boxes)
def test_boxes_overlap_or_have_a_gap_but_never_both(a: Box, b: Box) -> None:
    assert a.overlaps(b) == b.overlaps(a)
    assert not (a.overlaps(b) and a.gap(b) > 0)
    assert a.gap(b) == pytest.approx(b.gap(a))


@given(a=boxes)
def test_a_mirror_of_a_mirror_is_the_box(a: Box) -> None:
    live = Box(50, 60, 800, 700)
    assert mirrored(mirrored(a, live), live).x == pytest.approx(a.x)


def test_a_remapped_box_keeps_touching_the_canvas() -> None:
    canvas = Box(0, 0, 100, 100)
    moved = remap(Box(0, 20, 100, 30), Box(10, 10, 80, 80), Box(20, 20, 60, 60), canvas)
    assert (moved.x, moved.right) == (0, 100)
    assert moved.y == pytest.approx(27.5)


def test_near_misses_are_found_between_one_pixel_and_two_units() -> None:
    named = [("a", Box(10, 0, 50, 5)), ("b", Box(10.6, 20, 70, 5)), ("c", Box(15, 40, 90, 5))]
    assert {(a, b) for a, b, side, _ in near_misses(named, 12) if side == "left"} == {("a", "c"), ("b", "c")}


@pytest.mark.parametrize("name", ["728x90", "320x50"])
@pytest.mark.parametrize("family", ["editorial", "closeup"])
def test_a_strip_that_shows_a_label_shows_all_of_it(name: str, family: str) -> None:
    layout = arrange(content(), placement(name), load_family(family), kit(), ROOM)
    assert layout.product is not None and layout.product.box.h > layout.grid.canvas.h
    first, last = (layout.product.box.y + share * layout.product.box.h for share in BOTTLE.words or (0, 0))
    assert first >= 0 and last <= layout.grid.canvas.h


@pytest.mark.parametrize("family", ["diptych", "editorial", "minimal", "number", "product", "scene", "type"])
@pytest.mark.parametrize("name", ["728x90", "320x50", "970x250", "300x250", "300x600"])
def test_an_idea_keeps_its_own_layout_in_every_banner(name: str, family: str) -> None:
    layout = arrange(content(), placement(name), load_family(family), kit(), ROOM)
    assert layout.lent == ""
    assert layout.product is not None


def test_banners_of_different_ideas_put_the_product_elsewhere() -> None:
    made = {f: arrange(content(), placement("728x90"), load_family(f), kit(), ROOM) for f in ("number", "product", "scene", "type")}
    places = [(round(p.product.box.x / 20), round(p.product.box.h / 20)) for p in made.values() if p.product]
    assert len(set(places)) == 4
