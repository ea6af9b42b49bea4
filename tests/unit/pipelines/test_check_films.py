"""The check of what a film does to the eye and the ear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from checkcase import flat, subject, verdicts

from pipelines.check import motion
from pipelines.check.subject import Film, Subject

GOOD = {
    "flashes_per_second": 0, "jumps_per_second": 1, "dead_seconds": 0.6, "blank_frames": 0, "first_move": 2,
    "first_lightness": 0.6, "still_tail": 0.8, "loudness": -14.2, "true_peak": -1.4,
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
        ("jumps_per_second", 3, "motion.jump", "warn"), ("dead_seconds", 1.4, "motion.dead", "warn"),
        ("dead_seconds", 3.0, "motion.dead", "fail"), ("blank_frames", 1, "motion.blank", "fail"),
        ("first_move", 8, "motion.start", "warn"), ("first_lightness", 0.05, "motion.first", "fail"),
        ("first_lightness", 0.99, "motion.first", "fail"), ("still_tail", 0.5, "motion.end", "warn"),
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
