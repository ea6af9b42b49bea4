"""What a film does to the eye, as figures: flashes, jumps, stillness, its first frame, its seam."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float32]

GRID = 64
"""Longer side of the small pictures that flashes and jumps are looked for in."""
FLASH, FLASH_DARK, FLASH_AREA = 0.10, 0.80, 0.25
"""A flash: relative luminance up and down by a tenth, the darker under .8, on a quarter of the picture (WCAG 2.2,
general flash)."""
JUMP = 0.25
DEAD = 0.0015
"""A stretch is dead when no frame of it differs from its first by more than this share of full range, in the mean."""
HOLD = 1.25
"""Seconds at the end that may hold still, to be read."""
STRETCH = 0.5
"""Shortest stretch in seconds that is looked at."""
BLACK, WHITE = 0.02, 0.985
VIDEO = re.compile(
    r"Video: (?P<codec>\w+).*?, (?P<pixels>yuv\w+)\((?P<tags>[^)]*)\), (?P<width>\d+)x(?P<height>\d+).*?, (?P<fps>[\d.]+) fps"
)
AUDIO = re.compile(r"Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<channels>\w+)")


def measure(data: bytes, fps: int = 30) -> dict[str, Any]:
    """Figures of a finished file: its frames decoded and looked at, and what it says of itself (see `probe`)."""
    meter = Meter(fps)
    told = probe(data)
    for luma in _lumas(data, told["width"], told["height"]):
        meter.see(luma)
    return {**meter.figures(), **told}


def _lumas(data: bytes, width: int, height: int) -> Iterator[Plane]:
    """The luma planes of a film's frames, as coded."""
    with _on_disk(data) as path:
        command = [_ffmpeg(), "-loglevel", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
        size = width * height
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own arguments, no shell
            assert process.stdout is not None
            while len(block := process.stdout.read(size * 3 // 2)) == size * 3 // 2:
                yield np.frombuffer(block[:size], np.uint8).reshape(height, width)


def probe(data: bytes) -> dict[str, Any]:
    """What an MP4 says of itself, by the decoder's own account; {} for what it cannot read."""
    with _on_disk(data) as path:
        run = subprocess.run([_ffmpeg(), "-hide_banner", "-i", path], capture_output=True, check=False)  # noqa: S603
    text = run.stderr.decode("utf-8", "replace")
    video, audio = VIDEO.search(text), AUDIO.search(text)
    if video is None:
        return {}
    tags = video["tags"].split(", ")
    colour = tags[1].split("/") if len(tags) > 1 else []
    told: dict[str, Any] = {
        "codec": video["codec"], "pixel_format": video["pixels"], "range": tags[0], "width": int(video["width"]),
        "height": int(video["height"]), "fps": float(video["fps"]),
    }
    told |= dict(zip(("matrix", "primaries", "transfer"), colour * (3 if len(colour) == 1 else 1), strict=False))
    if audio is not None:
        told |= {"audio": audio["codec"], "sample_rate": int(audio["rate"]), "channels": audio["channels"]}
    return told


@contextmanager
def _on_disk(data: bytes) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="film-") as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        yield str(path)


def _ffmpeg() -> str:
    from imageio_ffmpeg import get_ffmpeg_exe

    return str(get_ffmpeg_exe())


class Meter:
    """Looks at luma planes (h, w) uint8, range 16..235, one by one."""

    def __init__(self, fps: int) -> None:
        self.fps = fps
        self._small: list[Light] = []
        self._moved: list[float] = []
        self._quarters: list[Plane] = []
        self._last: Plane | None = None

    def see(self, luma: Plane) -> None:
        """Take the next frame."""
        import cv2

        half = cv2.resize(luma, (luma.shape[1] // 4, luma.shape[0] // 4), interpolation=cv2.INTER_AREA)
        if self._last is not None:
            self._moved.append(float(cv2.absdiff(half, self._last).mean()) / 219)
        self._last = np.asarray(half, np.uint8)
        self._quarters.append(np.asarray(cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8))
        scale = GRID / max(luma.shape)
        size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
        small = cv2.resize(half, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        self._small.append(np.clip((small - 16) / 219, 0, 1))

    def figures(self) -> dict[str, Any]:
        """Everything measured, as plain data."""
        linear = [s**2.4 for s in self._small]
        lightness = [np.cbrt(x) for x in linear]
        means = [float(x.mean()) for x in lightness]
        return {
            "fps": self.fps, "frames": len(self._small), "seconds": round(len(self._small) / self.fps, 3),
            "flashes_per_second": _most(_flashes(linear), self.fps),
            "jumps_per_second": _most(_jumps(lightness), self.fps),
            "dead_seconds": round(_dead(self._quarters, self.fps, min(_tail(self._moved), round(HOLD * self.fps))), 3),
            "second_half": round(_lively(self._quarters, self.fps, _tail(self._moved)), 5),
            "first_move": next((n + 1 for n, m in enumerate(self._moved) if m > 2e-5), len(self._small)),
            "first_lightness": round(means[0], 3) if means else 0.0,
            "blank_frames": sum(m < BLACK or m > WHITE for m in means),
            "still_tail": round(_tail(self._moved) / self.fps, 3),
            "seam": round(float(np.abs(lightness[0] - lightness[-1]).mean()), 4) if lightness else 0.0,
        }


def _flashes(linear: Sequence[Light]) -> list[int]:
    """Frames at which a quarter of the picture turns back by a tenth or more: each pair of turns is one flash."""
    if not linear:
        return []
    peak = trough = linear[0].copy()
    way = np.zeros(linear[0].shape, np.int8)
    turns: list[int] = []
    for n, now in enumerate(linear):
        peak, trough = np.maximum(peak, now), np.minimum(trough, now)
        down = (peak - now >= FLASH) & (now < FLASH_DARK) & (way >= 0)
        up = (now - trough >= FLASH) & (trough < FLASH_DARK) & (way <= 0)
        turned = down | up
        way = np.where(down, -1, np.where(up, 1, way)).astype(np.int8)
        peak, trough = np.where(turned, now, peak), np.where(turned, now, trough)
        if turned.mean() > FLASH_AREA:
            turns.append(n)
    return turns[1::2]


def _jumps(lightness: Sequence[Light]) -> list[int]:
    """Frames that differ from the one before by more than .25 OKLab lightness on a quarter of the picture."""
    return [n + 1 for n, (a, b) in enumerate(pairwise(lightness)) if float((np.abs(b - a) > JUMP).mean()) > FLASH_AREA]


def _most(events: Sequence[int], fps: int) -> int:
    """The most events in any second."""
    return max((sum(e <= x < e + fps for x in events) for e in events), default=0)


def _dead(frames: Sequence[Plane], fps: int, tail: int) -> float:
    """The longest stretch without movement before the frames at the end that hold still, in seconds; 0 when it is under
    half a second."""
    import cv2

    longest = start = 0
    for n in range(1, len(frames) - tail):
        if float(cv2.absdiff(frames[start], frames[n]).mean()) > DEAD * 219:
            start = n
        longest = max(longest, n - start)
    return longest / fps if longest >= STRETCH * fps else 0.0


def _lively(frames: Sequence[Plane], fps: int, tail: int) -> float:
    """How much the picture changes within a half second in the film's second half, until it holds still: the lower
    quartile of mean differences (share of full range), so that a cut does not stand for movement."""
    import cv2

    step, last = max(1, fps // 2), len(frames) - tail
    looks = range(len(frames) // 2, last - step, max(1, step // 3))
    moved = [float(cv2.absdiff(frames[n], frames[n + step]).mean()) / 219 for n in looks]
    return float(np.percentile(moved, 25)) if moved else 0.0


def _tail(moved: Sequence[float]) -> int:
    """How many frames at the end do not move."""
    still = 0
    for m in reversed(moved):
        if m > 2e-5:
            break
        still += 1
    return still
