"""Storyboards, easings, moving type: the parts of a film before it is made."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typecase import DISPLAY

from pipelines.compose.block import place
from pipelines.compose.draw import Shown
from pipelines.compose.fit import fit
from pipelines.compose.prices import number
from pipelines.motion.easing import CURVES, easing
from pipelines.motion.storyboard import Facts, choose, reading_seconds, resolve, storyboards
from pipelines.motion.words import Cue, Group, counted, figure_of, grouped, halves, shown

PARTS = {"product", "phrases", "figure", "device", "printed", "split"}


@pytest.mark.parametrize("name", [*sorted(CURVES), "linear", "brand"])
def test_every_curve_goes_from_nothing_to_all_and_never_back(name: str) -> None:
    curve = easing(name, (0.22, 0.8, 0.24, 1.0))
    values = [curve(n / 50) for n in range(51)]
    assert (values[0], values[-1]) == (0, 1)
    assert all(a <= b + 1e-9 for a, b in pairwise(values))


def test_a_curve_outside_its_time_stands() -> None:
    assert easing("enter")(-3) == 0
    assert easing("enter")(7) == 1


def test_the_easing_of_the_web_is_met() -> None:
    assert easing("drift")(0.5) == pytest.approx(0.5, abs=1e-4)
    assert easing("enter")(0.25) > 0.8


# ---------------------------------------------------------------------------------------------------- boards


def test_there_are_at_least_three_storyboards_and_each_is_whole() -> None:
    boards = storyboards()
    assert len(boards) >= 3
    for board in boards:
        assert board.seconds == 6.0
        assert board.shots[0].at == 0.0
        assert board.needs <= PARTS
        assert board.shots[-1].kind == "end"
        anchors = {"end": board.end}
        assert all(0 <= resolve(beat.at, anchors) <= board.seconds for beat in board.marks)
        assert 3 <= len(board.marks) <= 5
        assert any(m.what == "light" and m.at == 0.0 and m.seconds >= board.end for m in board.moves)


@given(
    family=st.sampled_from(["type", "product", "offer", "number", "proof", "quote", "list", "new"]),
    has=st.frozensets(st.sampled_from(sorted(PARTS))), seed=st.integers(0, 10**9),
)
def test_some_storyboard_suits_whatever_there_is(family: str, has: frozenset[str], seed: int) -> None:
    board = choose(Facts(family=family, has=has), seed)
    assert board.needs <= has
    assert not board.families or family in board.families


def test_what_there_is_decides() -> None:
    have = frozenset({"product", "phrases"})
    assert choose(Facts(family="product", motive="wit", has=have), 0).name == "two_beats"
    assert choose(Facts(family="product", motive="wit", has=have - {"phrases"}), 0).name == "passing_light"
    assert choose(Facts(family="diptych", has=have | {"split"}), 0).name == "split_opens"


def test_a_time_is_a_number_or_an_anchor_with_seconds_on_it() -> None:
    anchors = {"end": 4.0}
    assert resolve(1.5, anchors) == 1.5
    assert resolve("end", anchors) == 4.0
    assert resolve("end+0.3", anchors) == pytest.approx(4.3)
    assert resolve("end-0.5", anchors) == pytest.approx(3.5)
    with pytest.raises(KeyError):
        resolve("middle", anchors)


@given(st.text("abc ", min_size=1, max_size=80))
def test_more_text_never_needs_less_time(text: str) -> None:
    assert reading_seconds(text + " more") >= reading_seconds(text) >= 1.0


# ------------------------------------------------------------------------------------------------------ type


def group(text: str = "Two lines here, no more", lines: int = 2) -> Group:
    fitted = fit(text, DISPLAY, 600, 400, 2.88, size=(30, 60, 60), lines=(lines, lines))
    assert fitted is not None
    return Group(role="headline", items=(place(fitted, DISPLAY, 40, 60, role="headline"),))


def test_nothing_is_seen_before_its_time_and_all_of_it_after() -> None:
    cue = Cue(enter=1.0, seconds=0.5, stagger=0.1)
    assert shown(group(), cue, 0.9)[0] == ()
    assert shown(group(), cue, 1.7)[0] == group().items or shown(group(), cue, 1.7)[1] == ("still",)


def test_a_line_rises_inside_its_own_edge_and_later_lines_later() -> None:
    items, _ = shown(group(), Cue(enter=0.0, seconds=0.5, stagger=0.1), 0.12)
    assert all(isinstance(i, Shown) and i.clip is not None for i in items)
    first, second = (i for i in items if isinstance(i, Shown))
    assert first.offset[1] < second.offset[1]
    assert 0 < second.opacity <= first.opacity <= 1


def test_equal_moments_have_equal_keys_and_others_not() -> None:
    cue = Cue(enter=0.0, seconds=0.5)
    assert shown(group(), cue, 0.2)[1] == shown(group(), cue, 0.2)[1]
    assert shown(group(), cue, 0.2)[1] != shown(group(), cue, 0.3)[1]


def test_what_leaves_fades_and_is_gone() -> None:
    cue = Cue(leave=2.0)
    fading, _ = shown(group(), cue, 2.1)
    assert all(isinstance(i, Shown) and 0 < i.opacity < 1 for i in fading)
    assert shown(group(), cue, 2.5)[0] == ()


def test_a_stills_items_are_grouped_with_what_is_drawn_before_them() -> None:
    one, two = group(lines=1).items[0], group("Other", 1).items[0]
    rule = Shown(item=None)
    device, groups = grouped((rule, one, rule, two, rule), 1)
    assert device == (rule,)
    assert [len(g.items) for g in groups] == [1, 2, 1]
    assert groups[-1].role == "frame"


# --------------------------------------------------------------------------------------------------- figures


def test_a_counting_figure_keeps_its_right_edge_and_its_unit() -> None:
    block = number("18", "h", DISPLAY, 200, 50, 60)
    figure = figure_of(block)
    assert figure is not None
    early = counted(block, figure, 0.3, DISPLAY)
    right = max(p.box[0] + p.box[2] for p in early.pieces if p.name != "unit")
    wanted = max(p.box[0] + p.box[2] for p in block.pieces if p.name == "figure")
    assert right == pytest.approx(wanted, abs=0.6)
    assert [p.box for p in early.pieces if p.name == "unit"] == [p.box for p in block.pieces if p.name == "unit"]
    assert early.baseline == block.baseline


def test_a_figure_ends_as_it_is_written() -> None:
    for text in ("18", "4.7", "4,6", "180"):
        block = number(text, "", DISPLAY, 100, 0, 0)
        figure = figure_of(block)
        assert figure is not None
        assert figure.at(1.0) == text
        assert len(figure.at(0.1).split(figure.comma)) == len(text.split(figure.comma))
        assert figure.at(0.0) != "0"


def test_words_are_no_figure() -> None:
    assert figure_of(number("many", "", DISPLAY, 100, 0, 0)) is None


# --------------------------------------------------------------------------------------------------- phrases


def test_a_headline_of_two_thoughts_parts_after_the_first_stop_that_ends_a_line() -> None:
    parts = halves(group("Like revenge, but breakfast.", 2))
    assert parts is not None
    words = [" ".join(p.text for p in part.block.pieces) for part in parts if part.block is not None]
    assert words == ["Like revenge,", "but breakfast."]


def test_a_headline_of_one_thought_stays_whole() -> None:
    assert halves(group("Made overnight, slowly", 1)) is None
    assert halves(group("Nothing stops this at all", 2)) is None
    assert halves(Group(role="frame", items=())) is None
