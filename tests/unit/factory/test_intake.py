"""Uploads: what is taken, how it is made anew, and what is refused before anything opens it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from factory.errors import InputError
from factory.intake import kit_zip, picture
from factory.kitzip import pack

VESPER = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, kind, **how)  # type: ignore[arg-type]
    return sink.getvalue()


def cutout() -> Image.Image:
    image = Image.new("RGBA", (8, 6), (200, 30, 30, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    return image


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_cut_out_stays_one(kind: str) -> None:
    data, facts = picture(saved(cutout(), kind, lossless=True), "can")
    assert (facts.width, facts.height, facts.transparent) == (8, 6, True)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as made:
        assert (made.mode, made.size, made.getpixel((0, 0))[3], made.getpixel((5, 5))) == ("RGBA", (8, 6), 0, (200, 30, 30, 255))


def test_a_photo_becomes_a_png_without_alpha() -> None:
    data, facts = picture(saved(Image.new("RGB", (9, 4), (10, 20, 30)), "JPEG"))
    assert not facts.transparent
    with Image.open(io.BytesIO(data), formats=("PNG",)) as made:
        assert (made.mode, made.size) == ("RGB", (9, 4))


def test_only_pixels_survive() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"
    given_ = saved(Image.new("RGB", (9, 4), (10, 20, 30)), "JPEG", exif=exif) + b"<script>alert(1)</script>"
    data, facts = picture(given_)
    assert (facts.width, facts.height) == (4, 9)  # turned upright
    with Image.open(io.BytesIO(data), formats=("PNG",)) as made:
        assert made.info == {}
        assert not made.getexif()
    assert b"home" not in data
    assert b"script" not in data


def test_equal_pixels_give_equal_bytes() -> None:
    once = picture(saved(cutout(), "PNG"))[0]
    assert once == picture(saved(cutout(), "WEBP", lossless=True, exact=True))[0] == picture(once)[0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (saved(cutout().convert("P"), "GIF"), "a GIF"), (b"%PDF-1.7", "a PDF"), (b"8BPS\0\1", "a Photoshop file"), (b"II*\0", "a TIFF"),
        (b"\0\0\0\x18ftypheic", "a HEIC picture"), (b"\0\0\0\x18ftypavif", "an AVIF picture"), (b"\0\0\0\x18ftypisom", "a film"),
        (b"PK\x03\x04..", "a zip archive"), (b'\xef\xbb\xbf <SVG onload="x">', "an SVG drawing"), (b"<?xml version='1.0'?><svg/>", "an XML or SVG file"),
        (b"\n<!DOCTYPE html>", "a web page"), (b"MZ\x90", "a program"), (b"#!/bin/sh", "a program"), (b"hello", "no picture that is known here"),
        (b"RIFF....WAVE", "no picture that is known here"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_called_by_its_name(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as caught:
        picture(data, "bottle.png")
    assert str(caught.value) == f"bottle.png is {told} (bottle.png). Save it as PNG, JPEG or WebP."


def bomb(width: int, height: int) -> bytes:
    """A PNG that says to be so large, in some bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(30_000, 30_000), (7_000, 7_000), (20_000, 10), (2**31 - 1, 2**31 - 1)])
def test_a_picture_of_too_many_pixels_is_refused_unopened(size: tuple[int, int]) -> None:
    with pytest.raises(InputError) as caught:
        picture(bomb(*size))
    assert caught.value.fault.code in ("picture.size", "picture.broken")


def test_too_many_bytes_are_refused_unread() -> None:
    with pytest.raises(InputError, match="At most 40 MB"):
        picture(b"\x89PNG\r\n\x1a\n" + bytes(40_000_001))


def test_an_empty_file_and_a_film_in_a_png_are_refused() -> None:
    frames = [Image.new("RGB", (4, 4), (n * 90, 0, 0)) for n in range(2)]
    for data, code in ((b"", "picture.empty"), (saved(frames[0], "PNG", save_all=True, append_images=frames[1:]), "picture.frames")):
        with pytest.raises(InputError) as caught:
            picture(data)
        assert caught.value.fault.code == code


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 200), st.binary(min_size=1, max_size=40))
def test_a_damaged_picture_is_made_anew_or_refused_and_never_crashes(kind: str, at: int, harm: bytes) -> None:
    data = bytearray(saved(Image.new("RGB", (20, 20), (9, 99, 199)), kind))
    data[at : at + len(harm)] = harm
    try:
        made, _ = picture(bytes(data))
    except InputError:
        return
    assert made.startswith(b"\x89PNG")


# ------------------------------------------------------------------------------------------------- kits


def test_an_uploaded_kit_is_the_kit(tmp_path: Path) -> None:
    (tmp_path / "up.zip").write_bytes(pack(VESPER))
    kit = kit_zip(tmp_path / "up.zip", tmp_path / "kit")
    assert (kit.name, kit.root) == ("Vesper", (tmp_path / "kit").resolve())
    assert pack(tmp_path / "kit") == pack(VESPER)


def test_a_folder_zipped_by_a_desktop_is_taken(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "up.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(VESPER.rglob("*")):
            archive.write(path, f"vesper/{path.relative_to(VESPER)}")
        archive.writestr("__MACOSX/vesper/._kit.yaml", b"\0")
    assert kit_zip(tmp_path / "up.zip", tmp_path / "kit").name == "Vesper"
    assert not list((tmp_path / "kit").rglob("*.py"))


def test_all_faults_of_a_kit_are_told_and_nothing_is_left(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "up.zip", "w") as archive:
        archive.writestr("kit.yaml", "name: 3\npalette: red\n")
    with pytest.raises(InputError) as caught:
        kit_zip(tmp_path / "up.zip", tmp_path / "kit")
    assert len(caught.value.faults) > 2
    assert [p.name for p in tmp_path.iterdir()] == ["up.zip"]


def test_an_archive_without_a_kit_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "up.zip", "w") as archive:
        archive.writestr("photo.png", b"1")
    with pytest.raises(InputError, match=r"kit\.yaml"):
        kit_zip(tmp_path / "up.zip", tmp_path / "kit")


def test_a_harmful_archive_leaves_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "up.zip", "w") as archive:
        archive.writestr("kit.yaml", "name: x")
        archive.writestr("../../out.txt", "x")
    with pytest.raises(InputError, match="leads out"):
        kit_zip(tmp_path / "up.zip", tmp_path / "a" / "kit")
    assert not (tmp_path / "out.txt").exists()
    assert not (tmp_path / "a" / "kit").exists()
