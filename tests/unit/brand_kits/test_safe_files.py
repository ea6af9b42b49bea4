from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from brand_kits.errors import KitError
from brand_kits.safe import font, raster, svg
from brand_kits.safe.files import Blob, inside, read_blob

FONTS = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper" / "fonts"


def code(call: object, *args: object) -> str:
    with pytest.raises(KitError) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value.code


# ------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "C:\\x",
        "a\\b",
        "",
        " ",
        "file://x",
        "a\x00b",
        "http://example.com/x",
        "..",
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    assert code(inside, tmp_path, name) == "file.outside"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_no_name_at_all_leads_out_of_the_folder(name: str) -> None:
    root = Path("/nowhere/kit")
    try:
        path = inside(root, name)
    except KitError:
        return
    assert path.resolve().is_relative_to(root)


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(tmp_path: Path) -> None:
    (tmp_path / "kit").mkdir()
    (tmp_path / "secret").write_text("s", encoding="utf-8")
    (tmp_path / "kit" / "real").write_text("r", encoding="utf-8")
    (tmp_path / "kit" / "out").symlink_to(tmp_path / "secret")
    (tmp_path / "kit" / "in").symlink_to(tmp_path / "kit" / "real")
    (tmp_path / "kit" / "round").symlink_to(tmp_path / "kit" / "round")
    assert code(inside, tmp_path / "kit", "out") == "file.outside"
    assert inside(tmp_path / "kit", "in").read_text(encoding="utf-8") == "r"
    with pytest.raises(KitError):
        read_blob(inside(tmp_path / "kit", "round"), limit=10)


def test_folders_missing_files_and_big_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 11)
    assert code(lambda: read_blob(tmp_path, limit=10)) == "file.kind"
    assert code(lambda: read_blob(tmp_path / "gone", limit=10)) == "file.missing"
    assert code(lambda: read_blob(tmp_path / "big", limit=10)) == "file.size"
    assert read_blob(tmp_path / "big", limit=11).data == b"x" * 11


# ----------------------------------------------------------------------------------------------------- pictures


def picture(image: Image.Image, format: str = "PNG", **options: object) -> Blob:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return Blob(digest=str(hash(buffer.getvalue())), data=buffer.getvalue(), name="a.png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_usual_mode_becomes_rgba_of_eight_bits(mode: str) -> None:
    image = (
        Image.new("L", (5, 3), 255).convert(mode)
        if mode != "I;16"
        else Image.fromarray(np.full((3, 5), 65535, np.uint16))
    )
    pixels = raster.decode(picture(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert pixels.shape == (3, 5, 4)
    assert pixels.dtype == np.uint8
    assert pixels.min() >= 250


def test_a_picture_is_turned_upright_and_its_notes_are_dropped() -> None:
    image = Image.new("RGB", (40, 20), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = raster.decode(picture(image, "JPEG", exif=exif, quality=95))
    assert pixels.shape[:2] == (40, 20)
    assert pixels[5, 10, 0] > 200 > pixels[35, 10, 0]


def test_a_profile_is_applied() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    plain, tagged = Image.new("RGBA", (2, 2), (10, 200, 30, 90)), Image.new("RGBA", (2, 2), (10, 200, 30, 90))
    same = raster.decode(picture(tagged, icc_profile=lab.tobytes()))
    broken = raster.decode(picture(plain, icc_profile=b"not a profile"))
    assert np.abs(same.astype(int) - broken.astype(int)).max() <= 1
    assert same[0, 0, 3] == 90


def test_a_picture_is_as_see_through_as_its_pixels() -> None:
    assert raster.facts(picture(Image.new("RGBA", (3, 2), (0, 0, 0, 254)))).transparent
    assert not raster.facts(picture(Image.new("RGBA", (3, 2), (0, 0, 0, 255)))).transparent


def test_pictures_of_other_kinds_and_broken_ones_are_refused() -> None:
    good = picture(Image.new("RGB", (64, 64), (9, 9, 9))).data
    gif = picture(Image.new("P", (4, 4)), "GIF").data
    for data in (gif, good[:60], good[:-30], b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 50):
        assert code(raster.decode, Blob(digest="x", data=data, name="a")) == "picture.broken"


def test_animations_are_refused() -> None:
    frames = [Image.new("RGB", (4, 4), (n, 0, 0)) for n in (0, 200)]
    moving = picture(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    assert code(raster.decode, moving) == "picture.frames"


# -------------------------------------------------------------------------------------------------------- logos


def drawing(body: str, head: str = 'viewBox="0 0 4 4"') -> Blob:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {head}>{body}</svg>'
    return Blob(digest=text, data=text.encode(), name="logo.svg")


def test_a_plain_drawing_gives_its_size_and_colours() -> None:
    found = svg.check(
        drawing('<g fill="#abc"><path d="M0 0H4"/></g><circle r="1" style="fill:#F05A28"/>', 'viewBox="0,0 8 4"')
    )
    assert (found.width, found.height) == (8, 4)
    assert found.colours == ("#AABBCC", "#F05A28")
    assert "<path" in found.text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>alert(1)</script>", "svg.script"),
        ('<path onclick="x()" d="M0 0"/>', "svg.script"),
        ('<path ONLOAD="x()" d="M0 0"/>', "svg.script"),
        ("<foreignObject><p>x</p></foreignObject>", "svg.foreign"),
        ('<image href="x.png"/>', "svg.image"),
        ('<image href="data:image/png;base64,AAAA"/>', "svg.image"),
        ("<text>Vesper</text>", "svg.text"),
        ("<style>@import url(http://example.com)</style>", "svg.style"),
        ('<use xlink:href="#a"/>', "svg.use"),
        ('<use xlink:href="http://example.com/a.svg#b"/>', "svg.external"),
        ('<linearGradient xlink:href="other.svg#g"/>', "svg.external"),
        ('<rect fill="url(http://example.com/a)"/>', "svg.external"),
        ("<rect style=\"fill: url( '//example.com/a')\"/>", "svg.external"),
        ("<animate/>", "svg.element"),
        ("<filter/>", "svg.element"),
    ],
)
def test_what_runs_fetches_or_depends_is_refused(body: str, expected: str) -> None:
    with pytest.raises(KitError) as caught:
        svg.check(drawing(body))
    assert expected in [f.code for f in caught.value.faults]


@pytest.mark.parametrize(
    "body",
    [
        '<rect fill="url(#g)"/>',
        "<!-- made by hand --><title>Logo</title>",
        '<g><clipPath id="c"><rect/></clipPath></g>',
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.example" pagecolor="#fff"/><path d="M0 0"/>',
    ],
)
def test_lookalikes_pass(body: str) -> None:
    assert svg.check(drawing(body)).width == 4


@pytest.mark.parametrize(
    "head", ["", 'viewBox="0 0 4"', 'viewBox="0 0 0 4"', 'viewBox="0 0 nan 4"', 'width="4" height="4"']
)
def test_a_drawing_without_a_frame_is_refused(head: str) -> None:
    assert code(svg.check, drawing("", head)) == "svg.box"


def test_a_drawing_of_thousands_of_shapes_is_refused() -> None:
    assert code(svg.check, drawing("<path/>" * 4_001)) == "svg.size"
    assert code(svg.check, drawing("<g>" * 40 + "</g>" * 40)) == "svg.size"


def test_every_refused_thing_is_told_at_once() -> None:
    with pytest.raises(KitError) as caught:
        svg.check(drawing("<script/><text>x</text><image/>"))
    assert {f.code for f in caught.value.faults} == {"svg.script", "svg.text", "svg.image"}


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"<svg>", b"\xff\xfe\x00", b"<svg viewBox='0 0 1 1'></svg>"])
def test_what_is_no_svg_is_refused(data: bytes) -> None:
    assert code(svg.check, Blob(digest=repr(data), data=data, name="x")) in ("svg.broken", "svg.root")


# -------------------------------------------------------------------------------------------------------- fonts


def test_a_sound_font_tells_its_family_weight_and_letters() -> None:
    found = font.read_font(FONTS / "Figtree-Bold.ttf")
    assert (found.family, found.weight) == ("Figtree", 700)
    assert {ord(c) for c in "Aéß€×−„“’\u00a0\u202f"} <= found.letters


def test_a_damaged_font_is_refused(tmp_path: Path) -> None:
    whole = (FONTS / "Figtree-Bold.ttf").read_bytes()
    middle = len(whole) // 2
    broken = {
        "short": whole[:5000],
        "noise": whole[:200] + bytes(4000) + whole[4200:],
        "text": b"not a font",
        "none": b"",
        "head": b"\x00\x01\x00\x00" + b"\xff" * 400,
        "swapped": whole[:12] + whole[12:middle][::-1] + whole[middle:],
    }
    for name, data in broken.items():
        assert code(font.check, Blob(digest=name, data=data, name=f"{name}.ttf")) == "font.broken"


def test_the_same_bytes_are_sanitized_once(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = read_blob(FONTS / "Figtree-Bold.ttf", limit=font.MAX_BYTES)
    again = Blob(digest=blob.digest, data=blob.data, name="copy.ttf")
    first = font.check(blob)
    monkeypatch.setattr(font, "_sanitize", None)
    assert font.check(again) is first
