"""Logos from SVG as outlines."""

from __future__ import annotations

from pathlib import Path

import pytest
from typecase import VESPER, black, letters, picture

from pipelines.compose.draw import draw
from pipelines.compose.logo import LogoError, height_for_area, load_logo, place_logo


def write(folder: Path, body: str, box: str = 'viewBox="0 0 8 4"') -> Path:
    path = folder / "logo.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{body}</svg>', encoding="utf-8")
    return path


def drawn(path: Path, width: int = 8, height: int = 4) -> str:
    pixels = black(width, height)
    draw(pixels, [place_logo(load_logo(path), 0, 0, height)])
    return letters(pixels)


def test_paths_and_shapes_keep_their_fills_and_order(tmp_path: Path) -> None:
    body = (
        '<rect width="8" height="4" fill="#FFFFFF"/><path fill="#f00" d="M0 0h4v4h-4z"/>'
        '<rect x="6" y="1" width="2" height="2" fill="#0000FF"/>'
    )
    assert drawn(write(tmp_path, body)) == picture("""
        RRRRWWWW
        RRRRWWBB
        RRRRWWBB
        RRRRWWWW
    """)


def test_a_hole_stays_a_hole_by_the_even_odd_rule(tmp_path: Path) -> None:
    body = '<path fill="#FFFFFF" fill-rule="evenodd" d="M0 0h8v4h-8zM2 1h4v2h-4z"/>'
    assert drawn(write(tmp_path, body)) == picture("""
        WWWWWWWW
        WWKKKKWW
        WWKKKKWW
        WWWWWWWW
    """)


def test_groups_hand_down_their_fill_and_transform(tmp_path: Path) -> None:
    body = '<g fill="#00FF00" transform="translate(4 0)"><g transform="scale(2)"><rect width="1" height="1"/></g></g>'
    assert drawn(write(tmp_path, body)) == picture("""
        KKKKGGKK
        KKKKGGKK
        KKKKKKKK
        KKKKKKKK
    """)


def test_a_view_box_that_starts_elsewhere_is_moved_to_the_corner(tmp_path: Path) -> None:
    body = '<rect x="100" y="50" width="4" height="4" style="fill: #FF0000"/>'
    assert drawn(write(tmp_path, body, 'viewBox="100 50 8 4"')).splitlines()[0] == "RRRRKKKK"


def test_a_logo_in_one_colour_has_no_other(tmp_path: Path) -> None:
    logo = load_logo(VESPER / "logo" / "logo.svg")
    assert len({shape.colour for shape in logo.shapes}) == 2
    assert {shape.colour for shape in logo.recoloured("#FFFFFF").shapes} == {"#FFFFFF"}


def test_the_sample_logo_fills_the_height_it_is_given() -> None:
    logo = load_logo(VESPER / "logo" / "logo.svg")
    block = place_logo(logo, 10, 20, 80)
    x, y, w, h = block.box
    assert x == pytest.approx(10, abs=1)
    assert y == pytest.approx(20, abs=1)
    assert w == pytest.approx(80 * logo.aspect, rel=0.03)
    assert h == pytest.approx(80, rel=0.03)


def test_equal_areas_are_equal_whatever_the_shape() -> None:
    wide, square = load_logo(VESPER / "logo" / "logo.svg"), load_logo(VESPER / "logo" / "mark.svg")
    for logo in (wide, square):
        height = height_for_area(logo, 0.01, 1080, 1350)
        assert height * height * logo.aspect == pytest.approx(0.01 * 1080 * 1350)


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("<text>Vesper</text>", "<text> cannot be drawn"),
        ('<image href="x.png"/>', "<image> cannot be drawn"),
        ('<path fill="url(#g)" d="M0 0h1v1z"/>', "Fill 'url(#g)' is not a plain colour"),
        ("<title>only</title>", "The logo has no filled shape"),
    ],
)
def test_what_would_come_out_wrong_is_refused(tmp_path: Path, body: str, fact: str) -> None:
    with pytest.raises(LogoError) as error:
        load_logo(write(tmp_path, body))
    assert fact in str(error.value)


def test_a_logo_without_a_view_box_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogoError, match="no view box"):
        load_logo(write(tmp_path, '<rect width="1" height="1"/>', ""))
