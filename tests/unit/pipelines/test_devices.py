"""Devices draw what is counted: as many as the figure says, no more, and nothing that cannot be taken in."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from composing import ROOM, SHAPES, content, kit, placement
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_kits.colour import delta_e_ok, hex_to_oklab, hex_to_oklch
from pipelines.compose.crop import Spot
from pipelines.compose.cups import cup, filling, poured
from pipelines.compose.devices import Data, data_for, device_names, load_device
from pipelines.compose.devices.count import cells
from pipelines.compose.devices.disc import SEEN, circle, tone
from pipelines.compose.devices.fill_letters import grid_for, room, spelled
from pipelines.compose.family import LayoutError, load_family
from pipelines.compose.geometry import Box
from pipelines.compose.layout import arrange

CANVAS = Box(0, 0, 1080, 1350)
LIVE = Box(76, 95, 928, 950)
SPOT = Spot(foot=(760.0, 1150.0), height=600.0, box=Box(640, 570, 240, 600))
COLOURS = dict.fromkeys(("ink", "accent", "disc", "quiet", "fill", "night", "dawn", "day", "surface", "ground", "letter", "liquid"), "#112233")


def data(value: int = 18, spot: Spot | None = SPOT, **words: str) -> Data:
    return data_for(content(data={"value": str(value), **words}), kit(), CANVAS, 2.88, spot)


def drawn(name: str, told: Data, box: Box = LIVE, progress: float = 1.0) -> tuple:
    return load_device(name).draw(told, box, COLOURS, progress)


def test_there_are_at_least_four_devices_and_a_stranger_is_named() -> None:
    assert len(device_names()) >= 4
    with pytest.raises(LayoutError, match="no device 'confetti'"):
        load_device("confetti")


@settings(max_examples=25, deadline=None)
@given(n=st.integers(3, 40))
def test_as_many_letters_as_the_figure(n: int) -> None:
    items = drawn("fill_letters", data(n, None, word="Slow", letter="o"))
    assert sum(i.role == "device" for i in items) == len("Slow") - 1 + n
    assert sum(i.role == "device-fill" for i in items) == n


@settings(max_examples=25, deadline=None)
@given(n=st.integers(3, 40), word=st.sampled_from(["Slow", "snooze", "dodo", "Morgen", "Langsam"]))
def test_letters_stay_in_their_box_and_never_touch(n: int, word: str) -> None:
    told = data(n, None, word=word, letter="o" if "o" in word else "a")
    letters = [i.path.computeTightBounds() for i in drawn("fill_letters", told) if i.role == "device"]
    boxes = [Box(b.left(), b.top(), b.width(), b.height()) for b in letters]
    assert all(b.within(LIVE, slack=8) for b in boxes)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.cut(b).area > 4)


def test_the_caption_finds_room_beside_or_below_the_word() -> None:
    told = data(18, None, word="Slow", letter="o")
    free = room(told, LIVE)
    letters = [i.path.computeTightBounds() for i in drawn("fill_letters", told) if i.role == "device"]
    assert free.h > 0
    assert not any(free.overlaps(Box(b.left(), b.top(), b.width(), b.height()).grown(-2)) for b in letters)


def test_letters_fill_from_nearly_empty_to_full() -> None:
    items = drawn("fill_letters", data(10, None, word="Slow", letter="o"))
    fills = [i.path.computeTightBounds().height() for i in items if i.role == "device-fill"]
    assert fills == sorted(fills)
    assert 0.05 * fills[-1] < fills[0] < 0.3 * fills[-1]


def test_a_letter_without_a_counter_fills_its_body() -> None:
    import skia

    body = skia.Path()
    body.addRect(skia.Rect.MakeXYWH(0, 0, 10, 40))
    assert filling(body, 0.25).computeTightBounds().height() == pytest.approx(10)


@pytest.mark.parametrize(
    ("word", "letter", "signs"), [("snooze", "o", "snooooze"), ("Slow", "", "Sloooow"), ("Oh", "o", "Ooooh")]
)
def test_a_run_of_the_letter_is_replaced_by_the_count(word: str, letter: str, signs: str) -> None:
    made, first = spelled(word, letter, 4)
    assert "".join(made) == signs
    assert made[first].lower() == (letter or "o")


def test_words_of_one_row_are_laid_in_one_grid() -> None:
    grid = grid_for(data(18, None, word="Slow", letter="o"), LIVE)
    assert grid.count == 18 and grid.columns * grid.rows >= 20


def ticks(box: Box = LIVE, figure: int = 18, progress: float = 1.0) -> list[tuple]:
    return [i.box for i in drawn("ruler", data(figure), box, progress) if type(i).__name__ == "Rect"]


def test_beside_a_product_a_ruler_has_a_space_an_hour_and_the_product_ends_the_last() -> None:
    made = ticks()
    assert len(made) == 18
    step = (SPOT.box.x - LIVE.x) / 18
    assert made[0][0] == pytest.approx(LIVE.x, abs=1)
    assert made[-1][0] + step == pytest.approx(SPOT.box.x, abs=2)
    assert all(t[1] + t[3] == pytest.approx(SPOT.foot[1], abs=1) for t in made)


@pytest.mark.parametrize("figure", [6, 7, 18, 24, 48])
def test_in_a_flat_box_the_ruler_is_a_band_from_edge_to_edge_with_a_space_for_each(figure: int) -> None:
    band = Box(80, 400, 900, 120)
    made = ticks(band, figure)
    assert len(made) - 1 == figure
    assert made[0][0] == band.x and made[-1][0] + made[-1][2] == pytest.approx(band.right, abs=1)
    assert made[0][3] == made[-1][3] == max(t[3] for t in made)


def test_a_band_of_eighteen_hours_is_told_in_three_times_six() -> None:
    made = ticks(Box(80, 400, 900, 120))
    least = min(t[3] for t in made)
    assert [i for i, t in enumerate(made) if t[3] > least] == [0, 6, 12, 18]


def test_a_ruler_that_is_being_drawn_grows_to_its_last_tick() -> None:
    band = Box(80, 400, 900, 120)
    assert [len(ticks(band, progress=p)) for p in (0.0, 0.5, 1.0)] == [0, 10, 19]


def test_a_rulers_words_stand_at_its_ends_and_are_kept_free() -> None:
    told = data(18, start="lights out, 4 pm", end="up at 10 am")
    device = load_device("ruler")
    words = [i for i in drawn("ruler", told) if type(i).__name__ == "Block"]
    assert [w.text for w in words] == ["lights out, 4\u00a0pm", "up at 10\u00a0am"]
    kept = device.keep(told, LIVE)
    assert all(any(Box(*w.box).within(k) for k in kept) for w in words)


def test_hours_go_from_night_to_day_and_end_in_the_mark() -> None:
    colours = {**COLOURS, "night": "#1C1A3B", "dawn": "#F05A28", "day": "#F7EDE0"}
    items = load_device("hours").draw(data(18, None), LIVE, colours)
    light = [hex_to_oklch(i.colour)[0] for i in items[:-1]]
    assert len(items) == 18
    assert light == sorted(light)
    assert items[-1].role == "device-mark"


@settings(max_examples=25, deadline=None)
@given(n=st.integers(6, 30))
def test_marks_are_counted_out_and_none_hides_behind_the_product(n: int) -> None:
    spots, cell = cells(data(n), Box(30, 380, 1020, 930))
    assert len(spots) == n
    half = 0.33 * cell
    assert not any(SPOT.box.overlaps(Box(x - half, y - half, 2 * half, 2 * half)) for x, y in spots)


def test_a_figure_nobody_can_count_becomes_a_pattern() -> None:
    assert len(cells(data(180), Box(30, 380, 1020, 930))[0]) != 180


def test_rays_are_as_many_as_the_figure() -> None:
    rays = drawn("rays", data(18))[-1]
    assert rays.path.countVerbs() == 18 * 4


def test_rays_end_at_a_floor_on_which_the_product_stands() -> None:
    colours = {**COLOURS, "ground": "#F7EDE0", "quiet": "#F7CA77"}
    floor, rays = load_device("rays").draw(data(18), LIVE, colours)
    assert SPOT.box.y < floor.box[1] < SPOT.foot[1] < floor.box[1] + floor.box[3]
    assert 0.04 <= delta_e_ok(hex_to_oklab(floor.colour), hex_to_oklab("#F7EDE0")) <= 0.08
    below = [y for _, points in rays.path for x, y in points if 0 <= x <= CANVAS.w and y > floor.box[1] + 1]
    assert not below


def test_rays_go_all_round_a_product_that_the_canvas_cuts() -> None:
    cut = Spot(foot=(760.0, 1500.0), height=900.0, box=Box(640, 600, 240, 900))
    (rays,) = drawn("rays", data(18, cut))
    assert rays.path.getBounds().bottom() > CANVAS.bottom


def test_the_disc_keeps_away_from_words() -> None:
    words = Box(76, 500, 470, 300)
    free = circle(data(), LIVE)
    told = replace(data(), texts=(words,))
    cx, cy, radius = circle(told, LIVE)
    x, y = min(max(cx, words.x), words.right), min(max(cy, words.y), words.bottom)
    assert radius < free[2]
    assert math.hypot(x - cx, y - cy) >= radius


@pytest.mark.parametrize(
    ("name", "figure", "suits"), [("ruler", 18, True), ("ruler", 2, False), ("ruler", 180, False), ("rays", 3, False)]
)
def test_devices_refuse_figures_that_an_eye_cannot_take_in(name: str, figure: int, suits: bool) -> None:
    assert load_device(name).suits(data(figure)) is suits


def test_a_word_device_needs_its_word() -> None:
    assert not load_device("fill_letters").suits(data(18))
    assert load_device("fill_letters").suits(data(18, word="Slow"))


@pytest.mark.parametrize("name", ["fill_letters", "ruler", "hours", "count", "rays", "disc"])
def test_devices_grow_with_progress_and_repeat_exactly(name: str) -> None:
    told = data(18, word="Slow", letter="o")
    whole, half = drawn(name, told), drawn(name, told, progress=0.5)
    assert len(half) <= len(whole)
    assert [getattr(i, "colour", "") for i in whole] == [getattr(i, "colour", "") for i in drawn(name, told)]


@settings(max_examples=25, deadline=None)
@given(n=st.integers(6, 40), word=st.sampled_from(["Slow", "snooze", "dodo", "Morgen"]))
def test_the_end_of_the_word_is_never_torn(n: int, word: str) -> None:
    grid = grid_for(data(n, None, word=word, letter="o"), LIVE)
    tail = range(grid.first + grid.run, len(grid.signs))
    assert set(tail) <= set(grid.row(grid.rows - 1))


def test_a_round_letter_becomes_a_cup_with_a_level_that_rises() -> None:
    letter, inside = cup(kit_letter("o"))
    levels = [poured(inside, share / 10).computeTightBounds().height() for share in range(1, 11)]
    assert levels == sorted(levels) and levels[-1] == pytest.approx(inside.computeTightBounds().height())
    b, i = letter.computeTightBounds(), inside.computeTightBounds()
    assert i.centerX() == pytest.approx(b.centerX(), abs=0.5)
    assert i.width() / i.height() == pytest.approx(b.width() / b.height(), rel=0.1)


def kit_letter(sign: str):  # type: ignore[no-untyped-def]
    return data(18, None, word="Slow").face.run(sign, 100.0).path


def test_a_strip_so_low_that_no_line_fits_shows_the_word_alone() -> None:
    strip = data_for(content(data={"value": "18", "word": "snooze", "letter": "o"}), kit(), Box(0, 0, 320, 50), 1.0, None)
    assert room(strip, Box(8, 3, 128, 44)).h == 0


@settings(max_examples=15, deadline=None)
@given(n=st.integers(6, 30), word=st.sampled_from(["Slow", "snooze", "dodo", "Morgen"]))
def test_rows_of_a_word_are_all_as_far_apart(n: int, word: str) -> None:
    lines = grid_for(data(n, None, word=word, letter="o"), LIVE).baselines
    steps = [b - a for a, b in pairwise(lines)]
    assert all(step == pytest.approx(steps[0]) for step in steps)


@pytest.mark.parametrize("word", ["snooze", "dodo", "Morgen"])
def test_a_tall_picture_gives_the_word_half_its_live_height(word: str) -> None:
    canvas = Box(0, 0, 1080, 1920)
    told = data_for(content(data={"value": "18", "word": word, "letter": "o"}), kit(), canvas, 2.88, None)
    layout = load_family("type").layouts["V"]
    assert layout.device is not None
    kept = load_device("fill_letters").keep(told, canvas.scaled(layout.device))
    assert max(k.bottom for k in kept) - min(k.y for k in kept) >= 0.5 * 0.5 * canvas.h


@pytest.mark.parametrize("shape", ["story", "portrait", "square", "landscape", "300x250", "300x600", "970x250"])
@pytest.mark.parametrize(("start", "end"), [("lights out, 4 pm", "up at 10 am"), ("Licht aus, 16 Uhr", "raus um 10 Uhr")])
def test_the_hours_of_a_number_are_said_and_never_run_into_the_product(shape: str, start: str, end: str) -> None:
    said = content(device="ruler", data={"value": "18", "start": start, "end": end})
    layout = arrange(said, placement(shape), load_family("number"), kit(), ROOM)
    assert layout.fixture is not None and layout.product is not None
    words = layout.fixture.keep()[1:]
    assert len(words) == 2
    beside = [w for w in words if w.y < layout.product.foot[1]]
    assert not any(w.overlaps(layout.product.box) for w in beside)


@pytest.mark.parametrize("mode", ["light", "dark", "bold", "lilac", "ember", "dusk", "noon"])
def test_a_disc_is_seen_on_the_ground_of_every_mode(mode: str) -> None:
    from pipelines.compose.colouring import tones_of
    from pipelines.compose.dress import device_colours

    colours = device_colours(kit(), tones_of(kit(), mode))
    assert math.dist(hex_to_oklab(tone(colours)), hex_to_oklab(colours["ground"])) >= SEEN


@pytest.mark.parametrize("shape", [s for s in SHAPES if s != "320x50"])
@pytest.mark.parametrize(
    ("word", "said"),
    [("snooze", "We hit snooze for 18 hours."), ("dodo", "Un gros dodo de 18 heures."), ("Morgen", "Gähnt seit 18 Stunden.")],
)
def test_a_counted_word_and_its_caption_find_room_in_every_shape(shape: str, word: str, said: str) -> None:
    words = content(device="fill_letters", data={"value": "18", "word": word, "letter": "o"}, headline=(said,))
    layout = arrange(words, placement(shape), load_family("type"), kit(), ROOM)
    caption = layout.text("caption")
    assert layout.fixture is not None and caption is not None
    assert not any(caption.box.overlaps(row) for row in layout.fixture.keep())


@pytest.mark.parametrize("progress", [0.2, 0.5, 0.8])
def test_a_growing_disc_is_whole_and_keeps_its_middle(progress: float) -> None:
    cx, cy, radius = circle(data(), LIVE)
    (moon,) = drawn("disc", data(), progress=progress)
    bounds = moon.path.getBounds()
    assert (bounds.centerX(), bounds.centerY()) == pytest.approx((cx, cy), abs=0.5)
    assert bounds.width() == pytest.approx(2 * progress * radius, rel=0.01)
