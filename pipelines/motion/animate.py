"""The door: a composition becomes a film."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.draw import Pixels
from pipelines.motion.director import Film, direct
from pipelines.motion.loudness import RATE
from pipelines.motion.master import Master, master
from pipelines.motion.measure import Meter
from pipelines.motion.sound import score
from pipelines.motion.storyboard import Storyboard
from pipelines.motion.timeline import timeline
from pipelines.motion.writer import Quality, to_i420, write_film

FPS = 30
WRITTEN: Mapping[str, Any] = {
    "codec": "h264", "pixel_format": "yuv420p", "primaries": "bt709", "transfer": "bt709", "matrix": "bt709",
    "range": "tv", "audio": "aac", "sample_rate": RATE,
}
"""How every film is written; `measure.probe` reads the same back from a file."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class VideoResult:
    """A finished video file and what was measured of it. `poster` is its first frame, as feeds show it,
    RGB (h, w, 3) uint8."""

    data: bytes
    width: int
    height: int
    seconds: float
    poster: Pixels
    storyboard: str
    figures: Mapping[str, Any]
    texts: tuple[str, ...] = ()
    """Every text that is drawn somewhere in the film."""


def animate(
    composition: Composition, composer: Composer, placement: Placement, deck: CopyDeck, kit: BrandKit, *, seed: int = 0,
    storyboard: Storyboard | None = None, quality: Quality | None = None,
) -> VideoResult:
    """The film of a composition as an MP4: H.264 in BT.709 and AAC, the same bytes for the same input.

    Raises StageError when no storyboard suits or the encoder fails.
    """
    film = direct(composition, composer, placement, deck, kit, seed, storyboard)
    heard = master(score(film.seconds, film.marks, bpm=film.bpm, seed=seed), quality)
    meter = Meter(FPS)
    clip = timeline(film, heard.sound)
    reel = _Reel(clip, film, meter)
    data = write_film(reel.frames(), placement.canvas, FPS, heard.sound, quality)
    figures = {**meter.figures(), **_told(film, heard), "bytes": len(data)}
    w, h = placement.canvas
    assert reel.poster is not None
    return VideoResult(
        data=data, width=w, height=h, seconds=film.seconds, poster=reel.poster, storyboard=film.storyboard, figures=figures,
        texts=film.texts,
    )


def _told(film: Film, heard: Master) -> dict[str, Any]:
    """What the film is made of, and what its file is written as."""
    return {
        "storyboard": film.storyboard, "shots": [type(s).__name__.lower() for _, s in film.shots],
        "end_card": round(film.end, 3), **film.first,
        "loudness": round(heard.loudness, 2), "true_peak": round(heard.peak, 2),
        **WRITTEN,
    }


class _Reel:
    """Frames in the encoder's own form; a frame that is the very array before it is converted once."""

    def __init__(self, clip: Any, film: Film, meter: Meter) -> None:
        self._clip, self._film, self._meter = clip, film, meter
        self.poster: Pixels | None = None

    def frames(self) -> Iterator[Pixels]:
        """All frames of the film."""
        last: Pixels | None = None
        plane: Pixels | None = None
        for n in range(round(self._film.seconds * FPS)):
            rgb = np.asarray(self._clip.get_frame(n / FPS), np.uint8)
            if plane is None or rgb is not last:
                plane, last = to_i420(rgb), rgb
            if self.poster is None:
                self.poster = rgb.copy()
            self._meter.see(plane[: rgb.shape[0]])
            yield plane
