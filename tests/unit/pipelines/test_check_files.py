"""Checks of the finished file: pictures and videos as bytes."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from checkcase import encoded, flat, placement, subject, verdicts
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from factory.records import VideoRule
from pipelines.check import duration, file
from pipelines.check.subject import Film, Subject
from pipelines.check.tags import read_tags
from pipelines.compose.encode import encode

# ------------------------------------------------------------------------------------------------------- pictures


def test_a_file_that_the_encoder_wrote_passes() -> None:
    for form, kind in (("jpeg", "jpg"), ("png", "png"), ("webp", "webp")):
        tags = read_tags(encode(flat((300, 250)), None, form))  # type: ignore[arg-type]
        assert (tags.kind, tags.width, tags.height, tags.srgb, tags.leaks) == (kind, 300, 250, True, ())
    assert verdicts(file.check(subject(data=encode(subject().pixels, 600_000)))) == {"pass"}


def test_a_file_of_another_size_or_format_fails() -> None:
    small = subject(data=encoded(flat((540, 540))))
    assert "fail" in verdicts(file.check(small), "file.pixels")
    webp = subject(data=encode(flat((1080, 1080)), None, "webp"), type="image/webp")
    assert "fail" in verdicts(file.check(webp), "file.format")
    png = subject(data=encode(subject().pixels, None, "png"), type="image/png")
    assert verdicts(file.check(png)) == {"pass"}


def test_a_file_whose_name_lies_about_its_format_fails() -> None:
    assert "fail" in verdicts(file.check(subject(type="image/png")), "file.format")


def test_a_heavy_file_fails_at_one_byte_over() -> None:
    good = subject()
    size = len(good.data)
    assert verdicts(file.check(replace(good, placement=replace(placement(), max_bytes=size)))) == {"pass"}
    assert verdicts(file.check(replace(good, placement=replace(placement(), max_bytes=size - 1))), "file.bytes") == {"fail"}


def test_camera_data_and_comments_are_leaks() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    assert "fail" in verdicts(file.check(subject(data=encoded(flat((1080, 1080)), exif=exif))), "file.metadata")
    assert "fail" in verdicts(file.check(subject(data=encoded(flat((1080, 1080)), comment=b"made at home"))), "file.metadata")


def test_a_text_chunk_in_a_png_is_a_leak() -> None:
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_text("Software", "a tool")
    data = encoded(flat((1080, 1080)), "PNG", pnginfo=note)
    assert "fail" in verdicts(file.check(subject(data=data, type="image/png")), "file.metadata")


def test_a_file_without_a_profile_warns() -> None:
    found = file.check(subject(data=encoded(subject().pixels, icc_profile=None)))
    assert [(f.code, f.verdict) for f in found] == [("file.profile", "warn")]


def test_a_broken_off_file_fails() -> None:
    whole = subject()
    for data in (whole.data[: len(whole.data) // 2], b"", b"\xff\xd8", whole.data[:300]):
        assert "fail" in verdicts(file.check(replace(whole, data=data)), "file.damaged")


def test_another_picture_than_was_composed_fails() -> None:
    good = subject()
    other = replace(good, intended=np.roll(good.intended, 200, axis=0))
    assert verdicts(file.check(good)) == {"pass"}
    assert "fail" in verdicts(file.check(replace(good, intended=255 - other.intended)), "file.true")


@given(st.binary(max_size=200))
def test_tags_of_any_bytes_are_read_without_harm(data: bytes) -> None:
    for head in (b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x10ftyp"):
        assert read_tags(head + data).kind in ("", "jpg", "png", "webp", "mp4")


# --------------------------------------------------------------------------------------------------------- videos


def box(name: bytes, *parts: bytes) -> bytes:
    """An MP4 box."""
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def mp4(seconds: float = 6.0, codec: bytes = b"avc1", colour: tuple[int, int, int] = (1, 1, 1), made: int = 0,
        index_first: bool = True, rate: int = 48000, size: tuple[int, int] = (1080, 1920)) -> bytes:  # fmt: skip
    """The boxes of a film without its pictures."""
    movie = box(b"mvhd", struct.pack(">IIIII", 0, made, 0, 1000, int(seconds * 1000)), bytes(80))
    colr = box(b"colr", b"nclx", struct.pack(">HHHB", *colour, 0))
    picture = box(codec, bytes(24), struct.pack(">HH", *size), bytes(50), colr)
    sound = box(b"mp4a", bytes(16), struct.pack(">HHHH", 2, 16, 0, 0), struct.pack(">I", rate << 16))
    tracks = [
        box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry)))))
        for entry in (picture, sound)
    ]
    moov, mdat = box(b"moov", movie, *tracks), box(b"mdat", bytes(64))
    return box(b"ftyp", b"isom", bytes(4)) + (moov + mdat if index_first else mdat + moov)


def film(seconds: float = 6.0, data: bytes | None = None, **figures: float) -> Subject:
    """A video's subject."""
    known = Film(width=1080, height=1920, seconds=seconds, figures={"fps": 30, **figures})
    still = subject((), place="meta.reels.vertical")
    return replace(still, kind="video", type="video/mp4", data=data or mp4(seconds), film=known)


def test_a_films_own_boxes_are_read() -> None:
    tags = read_tags(mp4())
    assert (tags.kind, tags.width, tags.height, tags.leaks) == ("mp4", 1080, 1920, ())
    assert tags.film == {
        "seconds": 6.0, "codec": "avc1", "colour": (1, 1, 1, False), "audio": "mp4a", "sample_rate": 48000, "channels": 2,
        "streams": True,
    }


def test_a_film_as_the_placement_plays_it_passes() -> None:
    assert verdicts(duration.check(film())) == {"pass"}
    assert verdicts(file.check(film())) == {"pass"}
    assert duration.check(subject()) == []


@pytest.mark.parametrize("seconds", [0.5, 1200.0])
def test_a_film_that_is_too_short_or_too_long_fails(seconds: float) -> None:
    assert "fail" in verdicts(duration.check(film(seconds)), "duration")


def test_a_placement_without_video_plays_none() -> None:
    still = replace(film(), placement=replace(placement("meta.reels.vertical"), video=None))
    assert "fail" in verdicts(duration.check(still), "duration")


def test_frames_beyond_what_is_played_fail() -> None:
    rule = VideoRule(min_seconds=1, max_seconds=60, max_bytes=None, max_fps=24)
    fast = replace(film(), placement=replace(placement("meta.reels.vertical"), video=rule))
    assert "fail" in verdicts(duration.check(fast), "duration.fps")


@pytest.mark.parametrize(
    ("code", "data", "verdict"),
    [
        ("duration.codec", mp4(codec=b"hvc1"), "fail"), ("duration.colour", mp4(colour=(2, 2, 2)), "warn"),
        ("duration.audio", mp4(rate=44100), "warn"), ("duration.start", mp4(index_first=False), "warn"),
    ],
)
def test_each_fault_of_form_is_named(code: str, data: bytes, verdict: str) -> None:
    assert [(f.code, f.verdict) for f in duration.check(film(data=data))] == [(code, verdict)]


def test_a_film_that_tells_when_it_was_made_leaks() -> None:
    assert "fail" in verdicts(file.check(film(data=mp4(made=3_900_000_000))), "file.metadata")


def test_a_film_of_another_size_fails() -> None:
    assert "fail" in verdicts(file.check(film(data=mp4(size=(720, 1280)))), "file.pixels")
