"""The sound as it will be heard: mastered, sent through the film's own encoder, and turned down until that is clean.

An encoder of sound overshoots: what had its peak at -1.5 dB comes back louder at a sharp start.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from factory.errors import StageError
from pipelines.motion.loudness import RATE, Samples, loudness, mastered, true_peak
from pipelines.motion.writer import EXACT, Quality

CEILING, PEAK = -1.5, -1.0
"""Where the limiter begins, and the highest true peak that a film may have when it is played (dBTP)."""
ROUNDS = 5
MARGIN = 0.2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Master:
    """Samples (n, 2) for the encoder; `loudness` LUFS and `peak` dBTP as they are heard from the file."""

    sound: Samples
    loudness: float
    peak: float


def master(sound: Samples, quality: Quality | None = None) -> Master:
    """A score at -14 LUFS whose peaks stay under -1 dBTP when the film is played."""
    ceiling = CEILING
    for _ in range(ROUNDS):
        out = mastered(sound, ceiling=ceiling)
        heard = coded(out, quality or Quality())
        peak = true_peak(heard)
        if peak <= PEAK:
            break
        ceiling -= peak - PEAK + MARGIN
    return Master(sound=out, loudness=float(loudness(heard)), peak=float(peak))


def coded(sound: Samples, quality: Quality) -> Samples:
    """Samples as they come back from the film's encoder of sound. StageError when it fails."""
    from imageio_ffmpeg import get_ffmpeg_exe

    tool = [get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
    plain = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]
    with tempfile.TemporaryDirectory(prefix="sound-") as folder:
        raw, packed, back = (Path(folder) / name for name in ("sound.f32", "sound.m4a", "heard.f32"))
        raw.write_bytes(np.ascontiguousarray(sound, "<f4").tobytes())
        for step in (
            [*tool, *plain, "-i", str(raw), "-c:a", "aac", "-b:a", f"{quality.audio_kbit}k", *EXACT, str(packed)],
            [*tool, "-i", str(packed), *plain, str(back)],
        ):
            run = subprocess.run(step, capture_output=True, check=False)  # noqa: S603 - our own arguments, no shell
            if run.returncode != 0:
                words = run.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word of why"]
                raise StageError(f"The encoder failed: {words[-1]}", code="motion-encoder", where="sound")
        return np.frombuffer(back.read_bytes(), "<f4").reshape(-1, 2).astype(np.float32)
