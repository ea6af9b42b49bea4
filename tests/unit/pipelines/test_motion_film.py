"""Films: what is seen when, that the product stays what it is, that the end is the still, the same bytes twice."""

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
from pipelines.compose.flat import Flat
from pipelines.motion.animate import VideoResult, animate
from pipelines.motion.director import Film, direct
from pipelines.motion.lightset import LightSet, Look
from pipelines.motion.measure import probe
from pipelines.motion.shots import Close, Wide
from pipelines.motion.storyboard import Storyboard, storyboards
from pipelines.plate.procedural import ProceduralScene
from pipelines.plate.setfile import read_set
from pipelines.scene import Cutout

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
    ("reveal_by_light", "product", {}), ("reveal_by_light", "diptych", {}), ("reveal_by_light", "editorial", {}),
    ("kinetic_sentence", "product", {"shape": "square"}), ("number_count", "number", {"device": "ruler"}),
    ("letters_fill", "type", {"device": "hours"}), ("arrival", "offer", {"device": "disc"}),
]


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_a_film_moves_at_once_holds_its_end_and_shows_its_first_text(name: str, family: str, more: dict[str, Any]) -> None:
    made, _ = film(name, family, **more)
    first = at(made, 0.0)
    assert differ(first, at(made, 0.1)) > 0.01
    assert made.end == END
    assert np.array_equal(at(made, 5.2), at(made, 5.97))
    assert made.first["first_text"] == 1.0 or made.first["first_product"] > 0.12


@pytest.mark.parametrize(("name", "family", "more"), CASES)
def test_every_frame_has_the_canvas_size(name: str, family: str, more: dict[str, Any]) -> None:
    made, composition = film(name, family, **more)
    shape = composition.pixels.shape
    assert {at(made, t).shape for t in (0.0, 0.5, 1.0, 2.2, 3.1, 4.1, 5.9)} == {shape}


def test_the_end_is_the_still_but_for_the_lockup() -> None:
    made, composition = film("reveal_by_light", "product")
    changed = (at(made, 5.9) != composition.pixels).any(axis=-1)
    assert 0 < changed.mean() < 0.03
    x, y, w, h = composition.product_box or (0, 0, 0, 0)
    assert not changed[y : y + h, x : x + w].any()


def test_the_end_card_says_what_to_do_and_whose_it_is() -> None:
    made, _ = film("reveal_by_light", "product")
    assert "Shop now" in made.texts
    wide = made.shots[-1][1]
    assert isinstance(wide, Wide)
    late = {g.role for g, cue in wide.groups if cue.enter >= END}
    assert late == {"logo", "phrase"}
    assert all(cue.settled <= END + 0.75 for g, cue in wide.groups if g.role in late)


def test_sub_lines_are_gone_on_the_end_card() -> None:
    maker, composition = still("product", "square")
    assert composition.layout.text("sub") is not None
    made = direct(composition, maker, placement("square", SMALL), deck(), kit(), 1, board("arrival"))
    wide = made.shots[-1][1]
    assert isinstance(wide, Wide)
    assert all(cue.leave < END for g, cue in wide.groups if g.role == "sub")


def test_the_close_shot_is_near_enough_for_a_cut_and_keeps_its_type_still() -> None:
    made, composition = film("reveal_by_light", "product")
    close = next(shot for _, shot in made.shots if isinstance(shot, Close))
    block = close.groups[0][0].block
    assert block is not None
    assert block.text == "Not a minute less."
    x, y, w, h = (round(v) for v in block.box)
    ground = composition.pixels[2, 2].astype(int)
    inked = [np.abs(close.frame(t)[y : y + h, x : x + w].astype(int) - ground).sum(axis=-1) > 150 for t in (3.0, 3.9)]
    assert (inked[0] == inked[1]).mean() > 0.98


def test_a_film_without_a_readable_second_line_stays_wide() -> None:
    maker, composition = still("product")
    long = CopyDeck(concept="c", locale="en", texts=(
        Text(field="art_sub", text="A line so long that nobody could ever read it in the two seconds it has.", source="brief"),))
    made = direct(composition, maker, placement("story", SMALL), long, kit(), 1, board("reveal_by_light"))
    assert not any(isinstance(shot, Close) for _, shot in made.shots)


def test_a_type_poster_ends_on_the_product() -> None:
    made, composition = film("letters_fill", "type", device="hours")
    assert composition.product_box is None
    assert differ(at(made, 3.9), at(made, 5.9)) > 1.0
    assert len(made.shots) == 2
    assert any(m.kind == "land" for m in made.marks)


def test_frames_that_are_equal_are_the_same_array() -> None:
    made, _ = film("reveal_by_light", "product")
    assert at(made, 5.5) is at(made, 5.6)


# ----------------------------------------------------------------------------------------------------- light


def test_light_comes_from_its_own_side_and_ends_at_the_still() -> None:
    _, composition = still("product", lit=True)
    place = LightSet(composition.backdrop, composition.behind, composition.veils)
    dark, half, lit = (place.picture(Look(light=v), ()) for v in (0.0, 0.5, 1.0))
    assert np.array_equal(lit, composition.backdrop.picture(composition.behind, composition.veils))
    assert dark.mean() < half.mean() < lit.mean()
    left_lit = composition.backdrop.stage.passes.light_dir[0] < 0
    gain = half.astype(int).mean(axis=2) - dark.astype(int).mean(axis=2)
    left, right = gain[:, : gain.shape[1] // 4].mean(), gain[:, -gain.shape[1] // 4 :].mean()
    assert (left > right) == left_lit


def test_the_dim_picture_can_be_lifted() -> None:
    _, composition = still("product", lit=True)
    place = LightSet(composition.backdrop, composition.behind, composition.veils)
    low = place.picture(Look(light=0.0), ()).mean()
    place.least = 0.5
    assert place.picture(Look(light=0.0), ()).mean() > low + 3


def test_the_line_between_two_lights_travels_to_its_place() -> None:
    _, composition = still("diptych", "square")
    backdrop: Backdrop = composition.backdrop
    assert backdrop.second is not None
    place = LightSet(backdrop, composition.behind, composition.veils)
    full, none = place.picture(Look(), ()), place.picture(Look(light=0.0), ())
    assert np.array_equal(none, backdrop.stage.picture(backdrop.stage.light))
    some = place.picture(Look(light=0.5), ())
    assert differ(some, full) < differ(none, full)


def test_a_product_on_its_way_stands_higher_and_comes_to_its_place() -> None:
    _, composition = still("product")
    place = LightSet(composition.backdrop, composition.behind, composition.veils)
    gone = place.picture(Look(product=0.0), ())
    there = place.picture(Look(product=0.999, shift=0.0), ())
    x, y, w, h = composition.product_box or (0, 0, 0, 0)
    assert differ(there, place.full()) < 0.5
    assert differ(gone[y : y + h, x : x + w], place.full()[y : y + h, x : x + w]) > 10
    higher = place.picture(Look(product=0.9, shift=20.0), ())
    assert np.array_equal(higher[y + h // 3 - 20, x + w // 2], place.full()[y + h // 3, x + w // 2])


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


def test_the_poster_is_the_end_card(video: VideoResult) -> None:
    assert video.poster.shape == (270, 270, 3)
    assert video.poster.dtype == np.uint8


def test_the_same_input_gives_the_same_bytes(video: VideoResult) -> None:
    assert _small().data == video.data
