"""Pictures: colours chosen on pixels, products untouched, the same bytes for the same words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from composing import changed, concept, content, kit, placement, product

from factory.records import Brief, CopyDeck, Money, Text
from pipelines.compose.backdrop import Backdrop
from pipelines.compose.colouring import tones_of
from pipelines.compose.compose import Composer, Composition, clean, compose
from pipelines.compose.content import Content, build, sentences
from pipelines.compose.draw import PathItem, Rect
from pipelines.compose.dress import bright_light, device_colours
from pipelines.compose.flat import Flat
from pipelines.compose.printing import print_on
from pipelines.light import hex_to_linear
from pipelines.scene import Window

SMALL = 0.5


def composer(family: str, mode: str = "light", device: str = "", scene: Any = None, **data: Any) -> Composer:
    ground = kit().palette.hexes(mode)["ground"]
    return Composer(
        concept=concept(family, device, mode, **data), kit=kit(), scene=scene or Flat(ground), product=product(),
        reopen=lambda palette: Flat(palette["ground"]),
    )


def made(family: str, shape: str = "portrait", mode: str = "light", words: Content | None = None, **kw: Any) -> Composition:
    said = words or content(device=kw.get("device", ""), data={k: v for k, v in kw.items() if k not in ("device", "scene")})
    return composer(family, mode, **kw).compose_content(said, placement(shape, SMALL))


@pytest.mark.parametrize("mode", ["light", "dark", "ember"])
@pytest.mark.parametrize("family", ["product", "type", "quote", "list"])
def test_everything_said_can_be_read_on_each_ground(family: str, mode: str) -> None:
    composition = made(family, mode=mode)
    assert composition.unread == ()
    assert composition.veils == ()


def test_the_picture_has_the_placements_size() -> None:
    for shape in ("story", "landscape"):
        composition = made("product", shape)
        w, h = placement(shape, SMALL).canvas
        assert composition.pixels.shape == (h, w, 3) and composition.pixels.dtype == np.uint8


def test_the_same_words_give_the_same_bytes_from_a_fresh_composer() -> None:
    assert not changed(made("product", device="disc").pixels, made("product", device="disc").pixels).any()


def test_the_order_of_locales_does_not_matter() -> None:
    one, other = composer("product"), composer("product")
    place = placement("portrait", SMALL)
    first = one.compose_content(content("en"), place).pixels
    other.compose_content(content("de"), place)
    assert not changed(first, other.compose_content(content("en"), place).pixels).any()


@pytest.mark.parametrize(("family", "device"), [("product", "rays"), ("product", "disc"), ("offer", ""), ("diptych", ""), ("editorial", "")])
def test_the_product_is_never_altered(family: str, device: str) -> None:
    composition = made(family, device=device, value="18")
    pixels = composition.pixels
    if composition.layout.window:
        x, y = composition.backdrop.offset
        w, h = composition.backdrop.stage.size
        pixels = pixels[y : y + h, x : x + w]
    assert composition.stage is not None
    figures = composition.stage.fidelity(pixels)
    assert figures is not None
    assert figures.delta_e < 0.6
    assert figures.shape_overlap > 0.98


def test_a_device_behind_the_product_takes_its_shadow() -> None:
    composition = made("product", device="rays", value="18")
    plain = made("product")
    box = composition.product_box
    assert box is not None
    x, y, w, h = box
    beside = (slice(y + h - 12, y + h - 4), slice(x + w + 4, x + w + 20))
    away = (slice(y, y + 8), slice(x + w + 60, x + w + 76))
    assert changed(composition.pixels, plain.pixels)[:, : x - 10].any()
    assert composition.pixels[beside].mean() < composition.pixels[away].mean()


def test_printing_keeps_light_and_shadow() -> None:
    albedo = np.full((10, 20, 3), hex_to_linear("#F7EDE0"), np.float32)
    ground = np.full((10, 20, 3), (247, 237, 224), np.uint8)
    ground[:, 10:] = (160, 152, 143)
    out = print_on(ground, albedo, [Rect(box=(0, 0, 20, 5), colour="#F05A28")])
    assert tuple(out[2, 2]) == pytest.approx((240, 90, 40), abs=2)
    assert out[2, 15, 0] < 175
    assert not changed(out[6:], ground[6:]).any()


def test_printing_nothing_gives_the_ground_back() -> None:
    ground = np.zeros((4, 4, 3), np.uint8)
    assert print_on(ground, np.ones((4, 4, 3), np.float32), []) is ground


class Striped(Flat):
    """A plain ground with a black and white pattern over its upper part: no place for type."""

    name = "striped"

    def view(self, window: Window, light: int) -> Any:
        passes = super().view(window, light)
        albedo = passes.albedo.copy()
        h, w = albedo.shape[:2]
        stripes = ((np.arange(w) // 6) % 2).astype(np.float32)
        albedo[: round(0.5 * h)] = 0.03 + 0.85 * stripes[None, :, None]
        return replace(passes, albedo=albedo)


def test_a_busy_picture_costs_the_sub_line_first() -> None:
    composition = made("product", "landscape", scene=Striped("#F7EDE0"))
    assert composition.layout.text("sub") is None


def test_a_veil_never_covers_the_product() -> None:
    dim = made("product", "portrait", scene=Half("#F7EDE0"))
    assert dim.stage is not None
    figures = dim.stage.fidelity(dim.pixels)
    assert figures is not None and figures.delta_e < 0.6


class Half(Flat):
    """A ground of middle lightness, on which no type reads well."""

    name = "half"

    def view(self, window: Window, light: int) -> Any:
        passes = super().view(window, light)
        return replace(passes, albedo=np.full_like(passes.albedo, 0.30))


def test_two_lights_meet_at_the_seam() -> None:
    composition = made("diptych", mode="dark", words=content(headline=("Slept 18 hours. Woke up cold.",)))
    h, w = composition.pixels.shape[:2]
    above, below = composition.pixels[h // 3, -w // 16], composition.pixels[-h // 16, w // 16]
    assert int(below.mean()) - int(above.mean()) > 100


def test_a_picture_in_a_page_leaves_the_page_alone() -> None:
    composition = made("editorial", scene=Half("#F7EDE0"))
    assert composition.layout.window is not None
    assert abs(int(composition.pixels[-20, 20].mean()) - 236) < 8


def test_a_page_takes_the_kits_paper_where_the_picture_would_melt_into_it() -> None:
    maker = composer("editorial", mode="bold")
    maker.concept = replace(maker.concept, other="bold")
    composition = maker.compose_content(content(), placement("portrait", SMALL))
    saffron, cream = hex_rgb("#F7BB45"), hex_rgb("#F7EDE0")
    page = composition.pixels[-20, 20].astype(int)
    assert np.abs(page - cream).max() < 8 < np.abs(page - saffron).max()


def test_a_product_rises_out_of_its_picture_into_the_page() -> None:
    composition = made("type", mode="bold", words=content(headline=("Slow.",), sub=()))
    window, box = composition.layout.window, composition.product_box
    assert window is not None and box is not None
    assert box[1] < window.y - 4
    head = composition.pixels[box[1] + 4 : round(window.y), box[0] + box[2] // 2].astype(int)
    page = composition.pixels[box[1] + 4, 4].astype(int)
    assert (np.abs(head - page).max(axis=-1) > 40).all()


def hex_rgb(code: str) -> np.ndarray:
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)])


def test_a_clean_picture_has_product_but_no_type_or_logo() -> None:
    maker = composer("product")
    bare = maker.clean(placement("portrait", SMALL)).pixels
    full = maker.compose_content(content(), placement("portrait", SMALL))
    assert bare.shape == full.pixels.shape
    assert changed(bare, full.pixels)[: bare.shape[0] // 4].any()
    assert bare[: bare.shape[0] // 4].std(axis=(0, 1)).max() < 6


@pytest.mark.parametrize(("device", "drawn"), [("rays", True), ("ruler", True), ("disc", False)])
def test_a_clean_picture_carries_a_device_that_needs_no_words(device: str, drawn: bool) -> None:
    bare, clean = (composer("product", device=d, value="18").clean(placement("portrait", SMALL)).pixels for d in ("", device))
    assert changed(bare, clean).any() == drawn


def test_strips_stand_on_the_plain_ground_whatever_the_set() -> None:
    composition = made("product", "728x90", scene=Striped("#F7EDE0"), words=content())
    assert composition.stage is not None and composition.stage.scene.name == "flat"


def test_the_frame_of_a_banner_is_one_pixel() -> None:
    composition = composer("product").compose_content(content(), placement("300x250"))
    frame = composition.items[-1]
    assert isinstance(frame, Rect) and frame.role == "border" and frame.stroke == 1
    assert changed(composition.pixels[:1], composition.pixels[1:2]).any()


def test_items_drawn_over_the_bare_picture_give_the_picture() -> None:
    from pipelines.compose.draw import canvas, draw, to_rgb

    composition = made("number", device="ruler", value="18")
    base = composition.backdrop.picture(composition.behind, composition.veils)
    sheet = canvas(base.shape[1], base.shape[0], base)
    draw(sheet, composition.items)
    assert not changed(to_rgb(sheet), composition.pixels).any()


def test_a_pool_of_light_gives_way_on_pale_grounds() -> None:
    class Lamps(Flat):
        name = "seamless"
        lights = 2

        def view(self, window: Window, light: int) -> Any:
            passes = super().view(window, light)
            return replace(passes, key=passes.key * (0.2 if light == 1 else 1.0))

    pale, night = tones_of(kit(), "light"), tones_of(kit(), "dark")
    assert bright_light(Lamps("#F7EDE0"), 1, pale) == 0
    assert bright_light(Lamps("#1C1A3B"), 1, night) == 1


def test_provenance_is_plain_and_names_the_layout() -> None:
    told = made("product").provenance()
    assert told["family"] == "product" and "headline" in told["boxes"]
    assert told["veils"] == 0


def test_device_colours_come_from_the_kit() -> None:
    known = {c.hex for c in kit().palette.colours.values()}
    colours = device_colours(kit(), tones_of(kit(), "dark"))
    assert {colours[r] for r in ("fill", "night", "dawn", "day", "disc")} <= known


def test_a_disc_lies_behind_the_product() -> None:
    composition = made("product", device="disc")
    assert composition.behind
    assert all(isinstance(i, PathItem) and i.role == "device" for i in composition.behind)


# ------------------------------------------------------------------------------------------------------- content


def deck(**fields: str) -> CopyDeck:
    texts = tuple(Text(field=f"art_{k}", text=v, source="brief") for k, v in fields.items())
    return CopyDeck(concept="c", locale="fr", texts=texts)


def test_content_takes_the_typography_of_its_language() -> None:
    made_of = build(deck(headline="C'est prêt !"), concept("type"))
    assert made_of.first("headline") == "C’est prêt\u202f!"


def test_a_deck_names_the_price_that_is_drawn(sample_brief: Brief) -> None:
    offer = sample_brief.offer
    assert offer is not None
    dear = build(deck(headline="x", price="3,90 €"), concept("offer"), sample_brief)
    cheap = build(deck(headline="x", price="9,90 €", was="11,70 €"), concept("offer"), sample_brief)
    assert dear.price == sample_brief.product.price and dear.was is None
    assert cheap.price == offer.price and cheap.was == offer.was


@pytest.fixture
def sample_brief() -> Brief:
    from datetime import date
    from decimal import Decimal

    from factory.records import Offer, Product, Tribe

    def euro(amount: str) -> Money:
        return Money(amount=Decimal(amount), currency="EUR")

    return Brief(
        version=1, name="n", brand="b", objective="sales", message="m", locales=("fr",), placements=(), kinds=("image",),
        concepts=1, variants=1, cta="shop_now", url="https://x.example",
        product=Product(name="p", category="c", facts=(), pictures=(), price=euro("3.90")),
        tribes=(Tribe(id="t", name="t", values=(), passions=(), story=""),),
        offer=Offer(text="o", terms="t", price=euro("9.90"), was=euro("11.70"), end=date(2026, 12, 31)),
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It slept on it.", 1), ("Slept 18 hours. Woke up cold.", 2), ("Sofort fertig. Nach 18 Stunden.", 2),
        ("Ready? Now. Go.", 3),
    ],
)
def test_sentences_are_found(text: str, parts: int) -> None:
    found = sentences(text)
    assert len(found) == parts
    assert " ".join(found) == text


def test_a_long_unit_that_the_headline_says_is_not_said_twice() -> None:
    words = content(number=("2",), unit=("ingredients",), headline=("Two ingredients. One is water.",))
    assert words.unit == ""
    assert content(unit=("h",)).unit == "h"


def test_compose_and_clean_are_also_plain_functions() -> None:
    maker, place = composer("type"), placement("square", SMALL)
    words = deck(headline="Un café fait la nuit.")
    assert compose(maker, words, place).content.locale == "fr"
    assert isinstance(clean(maker, place), np.ndarray)
    assert isinstance(maker.compose(words, place).backdrop, Backdrop)
