"""Sound from arithmetic: a quiet bed in a key, and marks where the picture speaks. Brand-neutral, seeded, stereo.

Nothing is said by sound alone: the film is complete without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.motion.loudness import RATE, Samples

Mono = npt.NDArray[np.float64]

ROOTS = (50, 52, 53, 55, 57)
"""MIDI notes that a bed may stand on: D to A below middle C."""
CHORDS = ((0, 7, 12, 16, 19), (0, 7, 14, 16, 23), (0, 9, 12, 16, 21), (0, 7, 12, 14, 19))
"""Semitones over the root: open major sounds with an added second, sixth or seventh."""
SCALE = (12, 14, 16, 19, 21, 24, 26, 28)
BED, PLUCK = 0.20, 0.16


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A sound at a moment: its kind (a key of `MARKS`) and seconds from the start."""

    kind: str
    at: float


def score(seconds: float, marks: Sequence[Mark], *, bpm: float = 100.0, seed: int = 0) -> Samples:
    """Bed and marks as stereo samples (n, 2), not yet mastered."""
    count = round(seconds * RATE)
    random = np.random.default_rng(seed)
    root = ROOTS[int(random.integers(len(ROOTS)))]
    out = np.zeros((count, 2))
    _bed(out, root, bpm, random)
    for mark in marks:
        sound = MARKS[mark.kind](root, random)
        _lay(out, sound, mark.at)
    return np.asarray(_ended(out), np.float32)


def _bed(out: npt.NDArray[np.float64], root: int, bpm: float, random: np.random.Generator) -> None:
    """Two chords that swell into each other, and plucks on the beat that leave holes."""
    seconds = len(out) / RATE
    first, second = (CHORDS[int(i)] for i in random.permutation(len(CHORDS))[:2])
    half = seconds * 0.66
    _lay(out, _stereo(_pad(root, first, half + 0.5), 0.0), 0.0)
    _lay(out, _stereo(_pad(root + 5, second, seconds - half + 0.4), 0.0), half - 0.35)
    beat = 60 / bpm
    for step in range(int(seconds / beat * 2)):
        if random.random() < (0.62 if step % 2 == 0 else 0.3):
            note = root + SCALE[int(random.integers(len(SCALE)))]
            level = PLUCK * (1.0 if step % 4 == 0 else 0.7)
            _lay(out, _stereo(level * _pluck(note, 1.1), float(random.uniform(-0.5, 0.5))), step * beat / 2)


def _pad(root: int, chord: Sequence[int], seconds: float) -> Mono:
    """Slow voices, each a pair a hair apart, with a soft attack."""
    t = _clock(seconds)
    voices = np.zeros_like(t)
    for n, step in enumerate(chord):
        f = _hertz(root + step)
        wave = np.sin(math.tau * f * t) + np.sin(math.tau * f * 1.0017 * t + n)
        voices += wave / (1 + 0.6 * n) * (1 + 0.12 * np.sin(math.tau * (0.21 + 0.05 * n) * t))
    swell = np.minimum(1, t / 0.35) * np.minimum(1, np.maximum(0, seconds - t) / 0.6)
    return np.asarray(BED * voices * swell / len(chord))


def _pluck(note: float, seconds: float) -> Mono:
    """A struck bar: a tone, its fourth and tenth partials dying sooner."""
    t = _clock(seconds)
    f = _hertz(note)
    tone = np.sin(math.tau * f * t) * np.exp(-3.2 * t) + 0.25 * np.sin(math.tau * 3.93 * f * t) * np.exp(-9 * t)
    click = 0.08 * np.sin(math.tau * 9.2 * f * t) * np.exp(-40 * t)
    return np.asarray((tone + click) * np.minimum(1, t / 0.004) * _tail(t, seconds))


def _hit(_root: int, random: np.random.Generator) -> Samples:
    """A soft thump with air: the film has begun."""
    t = _clock(0.7)
    body = np.sin(math.tau * (46 * t + 34 * (1 - np.exp(-18 * t)) / 18)) * np.exp(-6.5 * t)
    air = _air(random, len(t), 0.25) * np.exp(-16 * t)
    return _stereo((0.5 * body + 0.16 * air) * np.minimum(1, t / 0.003), 0.0)


def _reveal(root: int, random: np.random.Generator) -> Samples:
    """Three struck notes that climb, with a breath before them."""
    out = np.zeros((round(1.7 * RATE), 2))
    rise = _clock(0.4)
    _lay(out, _stereo(0.10 * _air(random, len(rise), 0.12) * (rise / 0.4) ** 2, 0.0), 0.0)
    for n, step in enumerate((12, 19, 24)):
        _lay(out, _stereo(0.26 * _pluck(root + step, 1.1), (-0.3, 0.0, 0.3)[n]), 0.34 + 0.07 * n)
    return np.asarray(out, np.float32)


def _tick(root: int, _random: np.random.Generator) -> Samples:
    t = _clock(0.09)
    return _stereo(0.16 * np.sin(math.tau * _hertz(root + 36) * t) * np.exp(-55 * t) * np.minimum(1, t / 0.001), 0.0)


def _word(root: int, random: np.random.Generator) -> Samples:
    """A short low note under a word that appears."""
    return _stereo(0.34 * _pluck(root + (0, 7, 12)[int(random.integers(3))], 0.6), 0.0)


def _land(_root: int, random: np.random.Generator) -> Samples:
    """A thing set down on a table."""
    t = _clock(0.35)
    body = np.sin(math.tau * 92 * t) * np.exp(-24 * t) + 0.4 * _air(random, len(t), 0.3) * np.exp(-60 * t)
    return _stereo(0.42 * body * np.minimum(1, t / 0.002), 0.0)


def _logo(root: int, _random: np.random.Generator) -> Samples:
    """The sign-off: an open fifth and the octave, ringing .9 s."""
    out = np.zeros((round(1.5 * RATE), 2))
    for n, step in enumerate((12, 19, 28)):
        _lay(out, _stereo(0.34 * _pluck(root + step, 1.4), (-0.35, 0.35, 0.0)[n]), 0.09 * n)
    return np.asarray(out, np.float32)


MARKS: Mapping[str, Callable[[int, np.random.Generator], Samples]] = {
    "hit": _hit, "reveal": _reveal, "tick": _tick, "word": _word, "land": _land, "logo": _logo,
}


def _air(random: np.random.Generator, count: int, share: float) -> Mono:
    """Noise with its highs taken off: a running mean as wide as `share` asks."""
    width = max(2, round(12 * share * 4))
    noise = random.standard_normal(count + width)
    return np.convolve(noise, np.ones(width) / math.sqrt(width), mode="valid")[:count]


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _clock(seconds: float) -> Mono:
    return np.arange(round(seconds * RATE)) / RATE


def _tail(t: Mono, seconds: float) -> Mono:
    return np.asarray(np.clip((seconds - t) / 0.05, 0, 1))


def _stereo(mono: Mono, pan: float) -> Samples:
    """Equal power between the sides; `pan` -1 left to 1 right."""
    angle = (pan + 1) * math.pi / 4
    return np.asarray(np.stack([mono * math.cos(angle), mono * math.sin(angle)], axis=1) * math.sqrt(2), np.float32)


def _lay(out: npt.NDArray[np.float64], sound: Samples | npt.NDArray[np.float64], at: float) -> None:
    """Add a sound from a moment on; what runs past the end is left off."""
    start = max(0, round(at * RATE))
    room = min(len(sound), len(out) - start)
    if room > 0:
        out[start : start + room] += sound[:room]


def _ended(out: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The last 10 ms and the first 3 go to nothing, so that a loop does not click."""
    fade, rise = round(0.010 * RATE), round(0.003 * RATE)
    out[-fade:] *= np.linspace(1, 0, fade)[:, None]
    out[:rise] *= np.linspace(0, 1, rise)[:, None]
    return out
