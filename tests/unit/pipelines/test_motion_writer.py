"""The file: colours that come back, tags that say so, the same bytes every time."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from factory.errors import StageError
from pipelines.motion.measure import Meter, measure, probe
from pipelines.motion.writer import Quality, to_i420, write_film

SIZE = (96, 64)
YELLOW = (230, 181, 56)
SILENT = np.zeros((24000, 2), np.float32)


def flat(rgb: tuple[int, int, int], size: tuple[int, int] = SIZE) -> np.ndarray:
    return np.full((size[1], size[0], 3), rgb, np.uint8)


def film(frames: list[np.ndarray], size: tuple[int, int] = SIZE) -> bytes:
    return write_film((to_i420(f) for f in frames), size, 30, SILENT)


def decoded(data: bytes, size: tuple[int, int] = SIZE) -> np.ndarray:
    """RGB frames as a player shows them that believes the tags."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"
        path.write_bytes(data)
        command = [get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        out = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(out, np.uint8).reshape(-1, size[1], size[0], 3)


@pytest.mark.parametrize("colour", [YELLOW, (240, 90, 40), (28, 26, 59), (207, 192, 233), (255, 255, 255), (0, 0, 0)])
def test_a_colour_comes_back_as_it_went_in(colour: tuple[int, int, int]) -> None:
    shown = decoded(film([flat(colour)] * 3))
    assert np.abs(shown[1].reshape(-1, 3).astype(int) - colour).max() <= 3


def test_planes_are_luma_in_full_and_chroma_in_half_within_their_range() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, 4:] = 255
    plane = to_i420(picture)
    assert plane.shape == (12, 8)
    assert plane[:8, :4].max() == 16
    assert plane[:8, 4:].min() == 235
    assert set(plane[8:].reshape(-1).tolist()) == {128}


def test_blue_lies_in_the_first_chroma_plane_and_red_in_the_second() -> None:
    plane = to_i420(flat((0, 0, 255), (8, 8)))
    blue, red = plane[8:10].reshape(-1), plane[10:].reshape(-1)
    assert blue.min() == 240
    assert red.max() < 128


def test_the_file_says_what_it_is() -> None:
    told = probe(film([flat(YELLOW)] * 3))
    assert told == {
        "codec": "h264", "pixel_format": "yuv420p", "range": "tv", "matrix": "bt709", "primaries": "bt709", "transfer": "bt709",
        "width": 96, "height": 64, "fps": 30.0, "audio": "aac", "sample_rate": 48000, "channels": "stereo",
    }


def test_the_index_comes_before_the_pictures_and_no_date_is_kept() -> None:
    data = film([flat(YELLOW)] * 3)
    assert data.index(b"moov") < data.index(b"mdat")
    movie = data.index(b"mvhd") + 8
    assert data[movie : movie + 8] == bytes(8)


def test_the_same_frames_give_the_same_bytes() -> None:
    ramp = [flat((n * 8, 90, 200 - n * 4)) for n in range(12)]
    assert film(ramp) == film(ramp)


def test_an_encoder_that_cannot_is_an_error_with_its_own_words() -> None:
    with pytest.raises(StageError, match="encoder"):
        write_film([to_i420(flat(YELLOW))], SIZE, 30, SILENT, Quality(preset="no such preset"))


# --------------------------------------------------------------------------------------------------- measuring


def figures(levels: list[int]) -> dict[str, object]:
    meter = Meter(30)
    for level in levels:
        meter.see(np.full((64, 48), level, np.uint8))
    return meter.figures()


def test_a_still_picture_is_dead_and_does_not_flash() -> None:
    told = figures([120] * 90)
    assert told["flashes_per_second"] == 0
    assert told["jumps_per_second"] == 0
    assert float(told["dead_seconds"]) > 1.5  # type: ignore[arg-type]


def test_light_that_goes_up_and_down_five_times_a_second_flashes() -> None:
    told = figures(([16] * 3 + [200] * 3) * 10)
    assert int(told["flashes_per_second"]) >= 4  # type: ignore[call-overload]
    assert int(told["jumps_per_second"]) > 2  # type: ignore[call-overload]


def test_light_that_rises_once_is_no_flash() -> None:
    assert figures(list(range(30, 220)))["flashes_per_second"] == 0


def test_slow_movement_is_not_dead_and_a_short_rest_neither() -> None:
    assert figures([60 + n // 2 for n in range(150)])["dead_seconds"] == 0
    assert figures([60 + n for n in range(60)] + [120] * 12 + [120 - n for n in range(60)])["dead_seconds"] == 0


def test_half_a_second_without_movement_is_told_and_the_read_hold_is_not() -> None:
    moving = [60 + n for n in range(60)]
    assert float(figures(moving + [120] * 24 + moving)["dead_seconds"]) == pytest.approx(0.8, abs=0.05)  # type: ignore[arg-type]
    assert figures(moving + [119] * 36)["dead_seconds"] == 0
    assert float(figures(moving + [119] * 70)["dead_seconds"]) > 1  # type: ignore[arg-type]


def test_a_second_half_that_rests_between_two_cuts_is_told() -> None:
    lively = figures([60 + n for n in range(100)])["second_half"]
    resting = figures([60 + n for n in range(40)] + [100] * 30 + [160] * 29 + [161])["second_half"]
    assert float(lively) > 0.02  # type: ignore[arg-type]
    assert resting == 0


def test_the_same_card_twice_with_another_between_is_not_dead() -> None:
    cards = [80] * 12 + [120] * 12 + [80] * 12 + [120] * 12 + [80 + n for n in range(60)]
    assert figures(cards)["dead_seconds"] == 0


def test_black_and_white_frames_are_counted() -> None:
    assert figures([16, 16, 120, 235])["blank_frames"] == 3


def test_the_rest_at_the_end_is_told_in_seconds() -> None:
    assert figures([60 + n for n in range(60)] + [119] * 30)["still_tail"] == pytest.approx(1.0)


def test_a_finished_file_is_measured_like_its_frames() -> None:
    frames = [flat((40 + 3 * n, 40 + 3 * n, 40 + 3 * n)) for n in range(45)]
    told = measure(film(frames))
    assert told["frames"] == 45
    assert told["flashes_per_second"] == 0
    assert told["primaries"] == "bt709"
