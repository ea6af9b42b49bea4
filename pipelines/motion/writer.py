"""Frames and sound into one MP4: H.264 and AAC, BT.709 and told so, the same bytes on every run.

Frames go to the encoder as planar YUV that we make ourselves: the encoder's own conversion would be BT.601, and
nobody would be told.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from factory.errors import StageError

Pixels = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]

KR, KB = 0.2126, 0.0722
"""Luma shares of red and blue, ITU-R BT.709-6."""
LUMA = np.array([[KR, 1 - KR - KB, KB]]) * 219 / 255
CHROMA = np.array([
    [-KR / (2 - 2 * KB), -(1 - KR - KB) / (2 - 2 * KB), 0.5],
    [0.5, -(1 - KR - KB) / (2 - 2 * KR), -KB / (2 - 2 * KR)],
]) * 224 / 255
"""Blue and red difference over their ranges; 16..240 on 128."""
TAGS = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How hard the encoder tries. One thread: more would change the bytes with the machine."""

    preset: str = "veryfast"
    crf: int = 19
    audio_kbit: int = 160
    sample_rate: int = 48000


def to_i420(rgb: Pixels) -> Pixels:
    """An RGB picture (h, w, 3), both sides even, as planar 4:2:0 bytes (h * 3 / 2, w) in BT.709, range 16..235."""
    import cv2

    height, width = rgb.shape[:2]
    plane = np.empty((height * 3 // 2, width), np.uint8)
    plane[:height] = cv2.transform(rgb, np.hstack([LUMA, [[16.0]]]))
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, np.hstack([CHROMA, [[128.0], [128.0]]]))
    flat = plane[height:].reshape(-1)
    flat[: flat.size // 2] = chroma[..., 0].reshape(-1)
    flat[flat.size // 2 :] = chroma[..., 1].reshape(-1)
    return plane


def write_film(
    frames: Iterable[Pixels], size: tuple[int, int], fps: int, sound: Samples, quality: Quality | None = None
) -> bytes:
    """An MP4 of I420 `frames` (see `to_i420`) of a `size` (w, h) with stereo `sound` (n, 2) in -1..1.

    Raises StageError when the encoder gives up, with its own last words.
    """
    quality = quality or Quality()
    with tempfile.TemporaryDirectory(prefix="film-") as folder:
        audio, out = Path(folder) / "sound.f32", Path(folder) / "film.mp4"
        audio.write_bytes(np.ascontiguousarray(sound, "<f4").tobytes())
        with (Path(folder) / "log").open("w+b") as log:
            process = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
                _command(size, fps, audio, out, quality), stdin=subprocess.PIPE, stdout=log, stderr=log
            )
            assert process.stdin is not None
            _feed(process.stdin, frames)
            if process.wait() != 0:
                raise StageError(f"The encoder failed: {_last_words(log)}", code="motion-encoder", where="film")
        return out.read_bytes()


def _feed(pipe: IO[bytes], frames: Iterable[Pixels]) -> None:
    """Hand all frames over; an encoder that has gone is asked for its last words afterwards."""
    with suppress(BrokenPipeError):
        for frame in frames:
            pipe.write(frame.data)
    with suppress(BrokenPipeError):
        pipe.close()


def _last_words(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no word of why"


def _command(size: tuple[int, int], fps: int, audio: Path, out: Path, quality: Quality) -> list[str]:
    from imageio_ffmpeg import get_ffmpeg_exe

    rate = str(quality.sample_rate)
    return [
        get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", str(fps), *TAGS, "-i", "pipe:0",
        "-f", "f32le", "-ar", rate, "-ac", "2", "-i", str(audio),
        "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", quality.preset, "-crf", str(quality.crf),
        "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", str(2 * fps), "-threads", "1", *TAGS,
        "-fps_mode", "cfr", "-c:a", "aac", "-b:a", f"{quality.audio_kbit}k", "-ar", rate,
        *EXACT, "-movflags", "+faststart", str(out),
    ]
