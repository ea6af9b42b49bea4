"""The check of what a film does to the eye and the ear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from checkcase import flat, subject, verdicts

from pipelines.check import motion
from pipelines.check.subject import Film, Subject

GOOD = {
    "flashes_per_second": 0, "jumps_per_second": 1, "dead_seconds": 0.5, "blank_frames": 0, "first_move": 2,
    "first_lightness": 0.6, "still_tail": 1.1, "loudness": -14.2, "true_peak": -1.4, "second_half": 0.006,
    "first_light": 1.0, "first_shown": 1.0, "first_shadow": 0.98,
}
STRIPES = np.tile(np.array([[[20, 20, 40]], [[240, 220, 200]]], np.uint8), (30, 40, 1))


def film(frames: tuple[object, ...] = (STRIPES, STRIPES), **figures: float) -> Subject:
    """A video's subject with some figures of its own."""
    made = Film(width=1080, height=1920, seconds=6.0, figures={**GOOD, **figures}, frames=frames)  # type: ignore[arg-type]
    return replace(subject((), place="meta.reels.vertical"), kind="video", film=made)


def test_a_good_film_passes() -> None:
    assert verdicts(motion.check(film())) == {"pass"}


@pytest.mark.parametrize(
    ("figure", "value", "code", "verdict"),
    [
        ("flashes_per_second", 4, "motion.flash", "fail"), ("flashes_per_second", 3, "motion.flash", "warn"),
        ("jumps_per_second", 3, "motion.jump", "warn"), ("dead_seconds", 0.8, "motion.dead", "warn"),
        ("dead_seconds", 3.0, "motion.dead", "fail"), ("blank_frames", 1, "motion.blank", "fail"),
        ("first_move", 8, "motion.start", "warn"), ("first_lightness", 0.05, "motion.first", "fail"),
        ("first_lightness", 0.99, "motion.first", "fail"), ("still_tail", 0.5, "motion.end", "warn"),
        ("still_tail", 1.6, "motion.end", "warn"), ("still_tail", 2.5, "motion.end", "fail"),
        ("second_half", 0.0015, "motion.second", "warn"), ("second_half", 0.0005, "motion.second", "fail"),
        ("first_light", 0.9, "motion.poster", "warn"), ("first_light", 0.7, "motion.poster", "fail"),
        ("first_shown", 0.7, "motion.poster", "warn"), ("first_shown", 0.2, "motion.poster", "fail"),
        ("first_shadow", 0.5, "motion.afloat", "warn"), ("first_shadow", 0.1, "motion.afloat", "fail"),
        ("loudness", -10.0, "motion.loudness", "fail"), ("true_peak", 0.5, "motion.peak", "fail"),
    ],
)
def test_each_figure_is_judged_by_its_own_mark(figure: str, value: float, code: str, verdict: str) -> None:
    assert [(f.code, f.verdict) for f in motion.check(film(**{figure: value}))] == [(code, verdict)]


def test_figures_that_nobody_measured_are_not_judged() -> None:
    bare = film()
    assert bare.film is not None
    assert verdicts(motion.check(replace(bare, film=replace(bare.film, figures={})))) == {"pass"}


def test_a_film_that_does_not_decode_fails_and_one_with_a_blank_frame_too() -> None:
    assert "fail" in verdicts(motion.check(film(())), "motion.damaged")
    assert "fail" in verdicts(motion.check(film((STRIPES, flat((40, 60))))), "motion.blank")


def test_a_picture_is_no_film() -> None:
    assert motion.check(subject()) == []
