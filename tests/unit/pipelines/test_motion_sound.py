"""Sound of films: as loud as it should be, the same every time, quiet at its seams."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from factory.errors import StageError
from pipelines.motion.loudness import RATE, loudness, mastered, true_peak
from pipelines.motion.master import coded, master
from pipelines.motion.sound import MARKS, Mark, score
from pipelines.motion.writer import Quality


def tone(hertz: float, level: float, seconds: float = 3.0) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_a_full_scale_sine_of_997_hertz_on_one_side_is_minus_3_01_lufs() -> None:
    sound = tone(997, 1.0)
    sound[:, 1] = 0
    assert loudness(sound) == pytest.approx(-3.01, abs=0.05)


def test_loudness_agrees_with_the_reference_meter() -> None:
    sound = score(5.0, (Mark(kind="hit", at=0.0), Mark(kind="reveal", at=1.0)), seed=4)
    command = [get_ffmpeg_exe(), "-nostats", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "-", "-af", "ebur128=peak=true",
               "-f", "null", "-"]
    told = subprocess.run(command, input=sound.astype("<f4").tobytes(), capture_output=True, check=True).stderr.decode()
    summary = told[told.rindex("Summary") :]
    found = [float(x) for x in re.findall(r"(?:I|Peak):\s+(-?[\d.]+)", summary)]
    assert loudness(sound) == pytest.approx(found[0], abs=0.15)
    assert true_peak(sound) == pytest.approx(found[1], abs=0.3)


def test_half_the_level_is_six_decibels_less() -> None:
    assert loudness(tone(440, 0.5)) - loudness(tone(440, 0.25)) == pytest.approx(6.02, abs=0.02)


def test_silence_is_very_quiet() -> None:
    assert loudness(np.zeros((RATE, 2), np.float32)) < -100
    assert true_peak(np.zeros((RATE, 2), np.float32)) < -100


def test_a_peak_between_samples_is_found() -> None:
    t = np.arange(RATE)
    wave = np.sin(2 * np.pi * t / 4 + np.pi / 4).astype(np.float32)
    assert np.abs(wave).max() < 0.71
    assert true_peak(np.stack([wave, wave], axis=1)) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_mastered_score_is_at_its_level_and_under_its_ceiling(seed: int) -> None:
    marks = tuple(Mark(kind=kind, at=0.6 * n) for n, kind in enumerate(sorted(MARKS)))
    out = mastered(score(6.0, marks, bpm=72, seed=seed))
    assert loudness(out) == pytest.approx(-14, abs=0.8)
    assert true_peak(out) <= -1.0


def test_a_score_is_the_same_for_its_seed_and_another_for_another() -> None:
    one, again, other = (score(2.0, (Mark(kind="hit", at=0.0),), seed=s) for s in (3, 3, 4))
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


def test_a_score_begins_and_ends_at_nothing_and_says_something_between() -> None:
    sound = score(3.0, (), seed=1)
    assert sound.shape == (3 * RATE, 2)
    assert np.abs(sound[[0, -1]]).max() < 1e-3
    assert np.abs(sound[RATE : 2 * RATE]).max() > 0.02


@pytest.mark.parametrize("kind", sorted(MARKS))
def test_a_mark_is_heard_at_its_moment(kind: str) -> None:
    with_it = score(3.0, (Mark(kind=kind, at=1.0),), seed=2)
    bare = score(3.0, (), seed=2)
    before, after = slice(0, RATE), slice(RATE, RATE + RATE // 2)
    assert np.array_equal(with_it[before], bare[before])
    assert np.abs(with_it[after] - bare[after]).max() > 0.05


def test_a_mark_at_the_very_end_is_cut_and_not_wrapped() -> None:
    late = score(2.0, (Mark(kind="logo", at=1.9),), seed=2)
    assert np.array_equal(late[:RATE], score(2.0, (), seed=2)[:RATE])


def test_an_encoder_that_overshoots_is_given_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.motion.master.coded", lambda sound, _: sound * np.float32(1.25))
    made = master(score(1.0, (Mark(kind="hit", at=0.0),), seed=1))
    assert made.peak <= -1.0
    assert true_peak(made.sound) < -2.0


def test_what_is_told_of_a_master_is_what_is_heard() -> None:
    made = master(score(1.0, (Mark(kind="hit", at=0.0),), seed=1))
    assert true_peak(coded(made.sound, Quality())) == pytest.approx(made.peak)
    assert made.peak <= -1.0


def test_an_encoder_of_sound_that_cannot_says_why() -> None:
    with pytest.raises(StageError, match="encoder"):
        coded(tone(300, 0.2, 0.2), Quality(audio_kbit=-1))
