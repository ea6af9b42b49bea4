"""The film as a moviepy clip: our frames by time, our sound beside them."""

from __future__ import annotations

from typing import Any

from pipelines.compose.draw import Pixels
from pipelines.motion.director import Film
from pipelines.motion.loudness import RATE, Samples


def timeline(film: Film, sound: Samples) -> Any:
    """A moviepy VideoClip of a film with its sound; `get_frame(t)` gives RGB (h, w, 3) uint8."""
    from moviepy import VideoClip
    from moviepy.audio.AudioClip import AudioArrayClip

    def frame(t: float) -> Pixels:
        return film.shot_at(t).frame(t)

    return VideoClip(frame_function=frame, duration=film.seconds).with_audio(AudioArrayClip(sound, fps=RATE))
