"""Films: what is seen when, that the product stays what it is, how it begins and ends, the same bytes twice."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from composing import concept, content, kit, placement
from staging import can

from factory.records import CopyDeck, Text
from pipelines.compose.backdrop import Backdrop
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.content import Content
from pipelines.compose.contrast import quiet
from pipelines.compose.crop import Shape
from pipelines.compose.draw import Rect
from pipelines.compose.flat import Flat
from pipelines.compose.geometry import Box
from pipelines.compose.seat import put
from pipelines.compose.stage import Stage
from pipelines.motion.animate import VideoResult, animate
from pipelines.motion.closeup import _shows, _View, _whole
from pipelines.motion.director import Film, direct
from pipelines.motion.endcard import GAP, LOGO_EDGES, SIGNS, STAND, end_family, grounds, lockup_for, lockups
from pipelines.motion.lightset import LightSet, Look, hours
from pipelines.motion.measure import probe
from pipelines.motion.poster import seen_first
from pipelines.motion.shots import Close, End, Wide
from pipelines.motion.storyboard import Storyboard, storyboards
from pipelines.plate.procedural import ProceduralScene
from pipelines.plate.setfile import read_set
from pipelines.scene import Cutout, Window

SMALL = 0.5
END = 4.0


@lru_cache(maxsize=1)
def product() -> Cutout:
    """A can with pixels enough to be looked at closely."""
    return replace(can(1200), label_box=(0.2, 0.4, 0.6, 0.2), brand_on_label=True, safe_crop_bottom=0.64)


def deck(locale: str = "en") -> CopyDeck:
    said = {"art_cta": "Shop now", "art_sub": "Not a minute less.", "art_headline": "It slept on it."}
    return CopyDeck(concept="c", locale=locale, texts=tuple(Text(field=f, text=t, source="brief") for f, t in said.items()))


@lru_cache(maxsize=16)
def still(
    family: str, shape: str = "story", mode: str = "light", device: str = "", lit: bool = False
) -> tuple[Composer, Composition]:
    palette = kit().palette.hexes(mode)
    data: dict[str, Any] = {"value": "18"} if device else {}
    scene: Any = ProceduralScene(read_set("window_wall"), palette) if lit else Flat(palette["ground"])
    maker = Composer(
        concept=concept(family, device, mode, **data), kit=kit(), scene=scene, product=product(),
        reopen=lambda other: Flat(other["ground"]),
    )
    words: Content = content(device=device, data=data)
    return maker, maker.compose_content(words, placement(shape, SMALL))


def board(name: str) -> Storyboard:
    return next(b for b in storyboards() if b.name == name)


def film(name: str, family: str, shape: str = "story", **more: Any) -> tuple[Film, Composition]:
    maker, composition = still(family, shape, **more)
    return direct(composition, maker, placement(shape, SMALL), deck(), kit(), 1, board(name)), composition


def at(made: Film, t: float) -> np.ndarray:
    return made.shot_at(t).frame(t)


def differ(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


CASES = [
    ("passing_light", "product", {}), ("split_opens", "diptych", {}), ("passing_light", "editorial", {}),
    ("two_beats", "product", {"shape": "square"}), ("number_count", "number", {"device": "ruler"}),
    ("letters_fill", "type", {"device": "hours"}), ("offer", "offer", {}),
    ("passing_light", "scene", {"lit": True}),
]


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_a_film_begins_with_the_finished_still_moves_at_once_and_holds_its_end(
    name: str, family: str, more: dict[str, Any]
) -> None:
    made, composition = film(name, family, **more)
    assert np.array_equal(at(made, 0.0), composition.pixels)
    assert made.first["first_light"] == 1.0
    assert made.first["first_shown"] == 1.0
    assert made.first.get("first_shadow", 1.0) > 0.9
    assert differ(at(made, 0.0), at(made, 0.2)) > 0.005
    assert made.end == END
    assert np.array_equal(at(made, 4.95), at(made, 5.97))


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_no_half_second_before_the_lockup_is_like_the_one_before(name: str, family: str, more: dict[str, Any]) -> None:
    made, _ = film(name, family, **more)
    moments = [n / 4 for n in range(1, 16)]
    frames = [at(made, t).astype(int) for t in moments]
    changes = [float(np.abs(b - a).mean()) / 255 for a, b in zip(frames, frames[2:], strict=False)]
    assert min(changes) > 0.0004


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_every_frame_has_the_canvas_size(name: str, family: str, more: dict[str, Any]) -> None:
    made, composition = film(name, family, **more)
    shape = composition.pixels.shape
    assert {at(made, t).shape for t in (0.0, 0.5, 1.0, 2.2, 3.1, 4.1, 5.9)} == {shape}


def lockup(made: Film) -> End:
    shot = made.shots[-1][1]
    assert isinstance(shot, End)
    return shot


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_every_film_ends_on_the_lockup_that_suits_its_concept(name: str, family: str, more: dict[str, Any]) -> None:
    made, _ = film(name, family, **more)
    card = lockup(made).card
    assert card.layout.family == f"end {lockup_for(family)}"
    assert card.layout.logo is not None
    assert card.product_box is not None
    assert card.product_box[3] > 0.2 * card.backdrop.size[1]
    assert "logo" in {g.role for g, _ in lockup(made).groups}
    assert all(cue.settled <= END + 0.75 for _, cue in lockup(made).groups)


def test_a_films_end_is_the_concepts_own() -> None:
    ends = {family: lockup_for(family) for family in ("type", "diptych", "product", "offer", "number")}
    assert len(set(ends.values())) == 5
    assert ends["number"] == lockup_for("a family nobody knows") == STAND
    named = [family for row in lockups().values() for family in row["families"]]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", sorted(lockups()))
@pytest.mark.parametrize("aspect", [0.35, 0.8, 2.0])
@pytest.mark.parametrize("terms", [False, True])
def test_a_lockup_has_a_layout_for_each_class(name: str, aspect: float, terms: bool) -> None:
    family = end_family(name, terms, aspect)
    assert {"V", "Q", "W", "B", "T"} <= set(family.layouts)
    assert all(plan.logo is not None and plan.product is not None for plan in family.layouts.values())
    assert "price" not in name or family.lead == "price"


def test_an_offers_end_gives_quantity_price_and_code_from_its_first_moment_with_its_terms() -> None:
    made, composition = film("offer", "offer")
    shot = lockup(made)
    there = {g.role for g, cue in shot.groups if cue.enter < 0}
    told = {t.role for t in composition.layout.texts} & set(SIGNS)
    assert "price" in told
    assert told <= there
    assert ("legal" in there) == (composition.layout.text("legal") is not None)


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_nothing_of_the_lockup_lies_on_scenery_or_touches_the_product(name: str, family: str, more: dict[str, Any]) -> None:
    made, _ = film(name, family, **more)
    card = lockup(made).card
    ground = card.backdrop.picture(card.behind)
    assert card.layout.product is not None
    for text in card.layout.texts:
        assert quiet(ground, text.block.box).holds(big=text.slot.style == "headline"), text.role
        assert text.box.gap(card.layout.product.box) >= GAP * card.backdrop.size[0]
    box = card.layout.logo.box if card.layout.logo else None
    assert box is not None
    assert quiet(ground, (box.x, box.y, box.w, box.h)).edges < LOGO_EDGES
    assert not card.unread


def test_where_the_platform_draws_the_button_the_film_says_no_call() -> None:
    made, _ = film("passing_light", "product")
    assert lockup(made).card.layout.text("phrase") is None
    assert lockup(made).card.layout.button is None
    assert "Shop now" not in made.texts


def test_where_no_button_may_be_drawn_the_call_is_plain_words() -> None:
    maker, composition = still("product", "square")
    place = replace(placement("square", SMALL), cta="phrase")
    made = direct(composition, maker, place, deck(), kit(), 1, board("passing_light"))
    group = next(g for g, _ in lockup(made).groups if g.role == "phrase")
    assert group.block is not None
    assert group.items == (group.block,)
    assert group.block.text == "Shop now"
    assert "Shop now" in made.texts


def test_where_nobody_else_draws_one_the_lockup_has_the_kits_button() -> None:
    maker, composition = still("product", "square")
    place = replace(placement("square", SMALL), cta="draw")
    made = direct(composition, maker, place, deck(), kit(), 1, board("passing_light"))
    card = lockup(made).card
    assert card.layout.button is not None
    assert card.layout.text("phrase") is None


def test_a_busy_scene_gives_way_to_plain_ground() -> None:
    class Stripes(Flat):
        name = "stripes"

        def view(self, window: Any, light: int) -> Any:
            passes = super().view(window, light)
            bars = (np.arange(window.size[0]) // 6 % 2).astype(np.float32)[None, :, None]
            return replace(passes, albedo=passes.albedo * (0.25 + 0.75 * bars))

    maker, composition = still("product")
    busy = Composer(concept=maker.concept, kit=kit(), scene=Stripes("#F7EDE0"), product=product())
    made = direct(composition, busy, placement("story", SMALL), deck(), kit(), 1, board("passing_light"))
    stage = lockup(made).card.stage
    assert stage is not None
    assert stage.scene.name == "flat"


def test_the_lockup_never_stands_on_a_ground_that_its_product_melts_into() -> None:
    maker, _ = still("product")
    named = next(iter(kit().product_pictures))
    picture = kit().product_pictures[named]
    other = Composer(
        concept=replace(maker.concept, picture=named, mode=maker.concept.mode), kit=kit(), scene=maker.scene, product=product()
    )
    avoided = {kit().palette.colours[c].hex for c in picture.avoid_grounds}
    assert avoided
    assert not avoided & set(grounds(other))


def test_the_close_shot_is_near_enough_for_a_cut_says_the_sub_and_keeps_its_type_still() -> None:
    made, composition = film("passing_light", "product")
    close = next(shot for _, shot in made.shots if isinstance(shot, Close))
    block = close.groups[0][0].block
    assert block is not None
    assert block.text == "Not a minute less."
    x, y, w, h = (round(v) for v in block.box)
    ground = composition.pixels[2, 2].astype(int)
    inked = [np.abs(close.frame(t)[y : y + h, x : x + w].astype(int) - ground).sum(axis=-1) > 150 for t in (3.0, 3.9)]
    assert (inked[0] == inked[1]).mean() > 0.97


def test_a_foot_stands_on_safe_ground_or_is_clearly_out_of_the_close_picture() -> None:
    shape = Shape(aspect=0.4, sink=0.0, native=900.0, words=(0.4, 0.6), keep=0.64, brand=True)
    _, composition = still("product")
    grid = composition.layout.grid
    high, ground = float(grid.canvas.h), 0.84 * grid.canvas.h
    tops = {"safe": ground - 400, "edge": high - 401, "deep": high - 0.8 * 400}
    shown = {name: _shows(shape, Box(100.0, top, 160.0, 400.0), grid, ground) for name, top in tops.items()}
    assert shown == {"safe": True, "edge": False, "deep": True}


def test_a_close_shot_has_no_scraps_of_a_device() -> None:
    _, composition = still("product", "square")
    h, w = composition.backdrop.stage.ground(0).shape[:2]
    size = composition.backdrop.size
    small, every = Rect(box=(0.0, 0.9 * h, 0.4 * w, 9.0), colour="#000000"), Rect(box=(0.0, 0.0, 1.0 * w, 1.0 * h), colour="#000000")
    near = _View(corner=(0.2 * w, 0.2 * h), scale=2.0, product=Box(0, 0, 9, 9))
    far = _View(corner=(-1.0, -1.0), scale=0.9, product=Box(0, 0, 9, 9))

    def drawn(item: Rect, view: _View) -> bool:
        return _whole(LightSet(composition.backdrop, (item,), ()), view, size)

    assert (drawn(small, near), drawn(small, far), drawn(every, near)) == (False, True, True)


def test_a_sub_line_that_the_close_shot_says_waits_for_it() -> None:
    maker, _ = still("product", "story")
    place = placement("story", SMALL)
    composition = maker.compose_content(content().saying("sub", "Not a minute less."), place)
    assert composition.layout.text("sub") is not None
    made = direct(composition, maker, place, deck(), kit(), 1, board("passing_light"))
    wide, close = made.shots[0][1], made.shots[1][1]
    assert isinstance(wide, Wide)
    assert isinstance(close, Close)
    assert [g.block.text for g, _ in close.groups if g.block is not None] == ["Not a minute less."]
    assert all(g.role != "sub" for g, _ in wide.groups)
    assert np.array_equal(at(made, 0.0), composition.pixels)


def test_another_facts_words_are_never_said_near_the_product() -> None:
    maker, composition = still("product")
    foreign = CopyDeck(concept="c", locale="en", texts=(
        Text(field="art_headline", text="It slept on it.", source="brief"),
        Text(field="art_sub", text="A cap that closes.", source="grammar", facts=("cap",)),
        Text(field="art_item", text="No sugar", source="brief", facts=("sugar",)),
    ))
    made = direct(composition, maker, placement("story", SMALL), foreign, kit(), 1, board("passing_light"))
    close = next(shot for _, shot in made.shots if isinstance(shot, Close))
    assert close.groups == ()
    assert not {"A cap that closes.", "No sugar"} & set(made.texts)


def test_words_too_long_to_be_read_leave_the_close_shot_silent() -> None:
    maker, composition = still("product")
    long = CopyDeck(concept="c", locale="en", texts=(
        Text(field="art_sub", text="A line so long that nobody could ever read it in the two seconds that it has.", source="brief"),))
    made = direct(composition, maker, placement("story", SMALL), long, kit(), 1, board("passing_light"))
    assert all(shot.groups == () for _, shot in made.shots if isinstance(shot, Close))


def test_a_type_poster_ends_on_the_product() -> None:
    made, _ = film("letters_fill", "type", device="hours")
    assert differ(at(made, 3.9), at(made, 5.9)) > 1.0


def test_the_figure_counts_to_its_value_and_the_poster_shows_it_whole() -> None:
    made, _ = film("number_count", "number", device="ruler")
    wide = made.shots[0][1]
    assert isinstance(wide, Wide)
    assert wide.change is not None
    number = next(g for g, _ in wide.groups if g.role == "number")
    written = [wide.change(number, t)[1] for t in (0.1, 0.6, 1.2, 1.8)]
    assert written == sorted(written, key=int)
    assert len(set(written)) == 4
    assert wide.change(number, 2.2)[1] is None


def test_frames_that_are_equal_are_the_same_array() -> None:
    made, _ = film("passing_light", "product")
    assert at(made, 5.5) is at(made, 5.6)


# ----------------------------------------------------------------------------------------------------- light


def test_a_lamp_of_a_formula_set_goes_on_and_the_product_stays_the_same() -> None:
    _, composition = still("product", lit=True)
    place = LightSet(composition.backdrop, composition.behind, composition.veils)
    first, later, last = (place.picture(Look(hour=v), ()) for v in (0.0, 0.5, 1.0))
    assert np.array_equal(first, composition.backdrop.picture(composition.behind, composition.veils))
    assert differ(first, last) > differ(first, later) > 0.2
    assert abs(float(last.mean()) - float(first.mean())) < 16
    x, y, w, h = composition.product_box or (0, 0, 0, 0)
    core = np.s_[y + h // 3 : y + 2 * h // 3, x + w // 3 : x + 2 * w // 3]
    assert np.array_equal(first[core], last[core])


def test_the_line_between_two_lights_comes_to_its_place() -> None:
    _, composition = still("diptych", "square")
    backdrop: Backdrop = composition.backdrop
    assert backdrop.second is not None
    place = LightSet(backdrop, composition.behind, composition.veils, apart=100.0)
    full, begun = place.picture(Look(), ()), place.picture(Look(split=0.0), ())
    some = place.picture(Look(split=0.5), ())
    assert 0 < differ(some, full) < differ(begun, full)
    assert differ(place.picture(Look(split=0.9999), ()), full) < 0.5


def test_a_rendered_sets_next_light_comes_in_and_none_that_would_change_the_picture() -> None:
    class Lamps(Flat):
        lights = 3

        def view(self, window: Any, light: int) -> Any:
            passes = super().view(window, light)
            return replace(passes, key=passes.key * (1.0, 0.2, 0.97)[light])

        turned = None

    stage = Stage(_Rendered(Lamps("#CFC0E9")), Window(size=(60, 60), foot=(30.0, 50.0), height=30.0), None, light=0)
    makers = hours(stage)
    assert len(makers) == 2
    assert differ(makers[0](), makers[1]()) > 0
    dark = Stage(_Rendered(Lamps("#CFC0E9")), Window(size=(60, 60), foot=(30.0, 50.0), height=30.0), None, light=1)
    assert len(hours(dark)) == 1


class _Rendered:
    """A scene whose lights cannot be turned."""

    camera_fixed = True
    name = "rendered"

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self.lights = scene.lights

    def view(self, window: Window, light: int) -> Any:
        return self._scene.view(window, light)

    def limits(self, size: tuple[int, int], height: float | None = None) -> Any:
        return self._scene.limits(size, height)


# ---------------------------------------------------------------------------------------------------- poster


def test_a_dim_an_empty_and_a_floating_first_frame_are_told() -> None:
    _, composition = still("product", lit=True)
    pixels = composition.pixels
    assert seen_first((pixels * 0.6).astype(np.uint8), composition)["first_light"] < 0.9
    bare = composition.backdrop.stage.picture(composition.backdrop.stage.light, product=False)
    told = seen_first(bare, composition)
    assert told["first_shown"] < 0.5
    lifted = bare.copy()
    layer = composition.backdrop.layer()
    assert layer is not None
    put(lifted, replace(layer, y=layer.y - 40))
    assert seen_first(lifted, composition)["first_shadow"] < 0.4
    assert seen_first(pixels, composition)["first_shadow"] > 0.95


# ---------------------------------------------------------------------------------------------------- the file


@pytest.fixture(scope="module")
def video() -> VideoResult:
    return _small()


def _small() -> VideoResult:
    place = placement("square", 0.25)
    palette = kit().palette.hexes("light")
    maker = Composer(concept=concept("product"), kit=kit(), scene=Flat(palette["ground"]), product=product())
    return animate(maker.compose_content(content(), place), maker, place, deck(), kit(), seed=5)


def test_a_video_is_what_it_says(video: VideoResult) -> None:
    told = probe(video.data)
    assert (told["width"], told["height"]) == (video.width, video.height) == (270, 270)
    for name in ("codec", "pixel_format", "primaries", "transfer", "matrix", "range", "audio", "sample_rate", "fps"):
        assert told[name] == video.figures[name], name
    assert video.seconds == 6.0
    assert video.figures["frames"] == 180


def test_a_video_is_kind_to_eyes_and_ears(video: VideoResult) -> None:
    figures = video.figures
    assert figures["flashes_per_second"] <= 3
    assert figures["jumps_per_second"] <= 2
    assert figures["blank_frames"] == 0
    assert figures["first_move"] <= 3
    assert figures["still_tail"] >= 0.8
    assert figures["loudness"] == pytest.approx(-14, abs=0.8)
    assert figures["true_peak"] <= -1.0


def test_the_poster_is_the_finished_still(video: VideoResult) -> None:
    place = placement("square", 0.25)
    maker = Composer(
        concept=concept("product"), kit=kit(), scene=Flat(kit().palette.hexes("light")["ground"]), product=product()
    )
    assert np.array_equal(video.poster, maker.compose_content(content(), place).pixels)


def test_the_same_input_gives_the_same_bytes(video: VideoResult) -> None:
    assert _small().data == video.data
