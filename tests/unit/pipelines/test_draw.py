"""Painting, written as letters: K black, W white, R red, G green, B blue, `.` anything between."""

from __future__ import annotations

import numpy as np
import pytest
from typecase import TEXT, black, flat, letters, picture

from pipelines.compose.block import label, set_line
from pipelines.compose.draw import Image, PathItem, Rect, RoundRect, Scrim, Shown, canvas, draw, to_rgb

RED, GREEN, BLUE, WHITE = "#FF0000", "#00FF00", "#0000FF", "#FFFFFF"


def test_items_are_painted_in_order() -> None:
    pixels = black(6, 4)
    draw(pixels, [Rect(box=(0, 0, 4, 4), colour=RED), Rect(box=(2, 1, 4, 2), colour=BLUE)])
    assert letters(pixels) == picture("""
        RRRRKK
        RRBBBB
        RRBBBB
        RRRRKK
    """)


def test_a_frame_lies_inside_its_box() -> None:
    pixels = black(6, 5)
    draw(pixels, [Rect(box=(0, 0, 6, 5), colour=GREEN, stroke=1)])
    assert letters(pixels) == picture("""
        GGGGGG
        GKKKKG
        GKKKKG
        GKKKKG
        GGGGGG
    """)


def test_round_corners_are_cut() -> None:
    pixels = black(10, 6)
    draw(pixels, [RoundRect(box=(0, 0, 10, 6), radius=3, colour=RED)])
    rows = letters(pixels).splitlines()
    assert rows[0][0] == "K"
    assert rows[0][5] == rows[3][0] == rows[3][9] == "R"


def test_a_path_may_be_filled_or_drawn_as_a_line() -> None:
    import skia

    path = skia.Path()
    path.moveTo(1, 1.5)
    path.lineTo(6, 1.5)
    path.lineTo(6, 3.5)
    line = skia.Path()
    line.moveTo(1, 4.5)
    line.lineTo(6, 4.5)
    pixels = black(7, 5)
    draw(pixels, [PathItem(path=path, colour=RED), PathItem(path=line, colour=BLUE, stroke=1)])
    assert letters(pixels).splitlines()[4] == "KBBBBBK"
    assert "R" in letters(pixels)


def test_a_picture_keeps_its_colours_and_its_alpha() -> None:
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[0, 0] = (255, 0, 0, 255)
    rgba[1, 1] = (0, 0, 255, 255)
    rgba[0, 1] = (0, 255, 0, 0)
    pixels = canvas(4, 3, flat(4, 3, WHITE))
    draw(pixels, [Image(rgba=rgba, x=1, y=1)])
    assert letters(pixels) == picture("""
        WWWW
        WRWW
        WWBW
    """)


def test_all_items_can_be_shifted_and_faded_at_once() -> None:
    pixels = black(5, 2)
    draw(pixels, [Rect(box=(0, 0, 2, 1), colour=WHITE)], offset=(3, 1), opacity=0.5)
    assert letters(pixels).splitlines()[0] == "KKKKK"
    assert to_rgb(pixels)[1, 3].tolist() == pytest.approx([128] * 3, abs=1)


def test_a_shown_item_is_cut_to_its_box_in_canvas_pixels() -> None:
    pixels = black(6, 3)
    draw(pixels, [Shown(item=Rect(box=(0, 0, 6, 3), colour=RED), clip=(2, 1, 3, 1))])
    assert letters(pixels) == picture("""
        KKKKKK
        KKRRRK
        KKKKKK
    """)


def test_a_shown_item_grows_about_its_point() -> None:
    pixels = black(6, 6)
    draw(pixels, [Shown(item=Rect(box=(2, 2, 2, 2), colour=GREEN), scale=2, about=(3, 3))])
    assert letters(pixels) == picture("""
        KKKKKK
        KGGGGK
        KGGGGK
        KGGGGK
        KGGGGK
        KKKKKK
    """)


def test_shown_items_can_be_nested() -> None:
    pixels = black(4, 1)
    inner = Shown(item=Rect(box=(0, 0, 1, 1), colour=WHITE), offset=(1, 0), opacity=0.5)
    draw(pixels, [Shown(item=inner, offset=(2, 0), opacity=0.5)])
    assert to_rgb(pixels)[0, :, 0].tolist() == pytest.approx([0, 0, 0, 64], abs=2)


def test_a_fading_block_does_not_show_where_its_pieces_overlap() -> None:
    from pipelines.compose.prices import struck

    block = struck(set_line("HHH", TEXT, 40, 2, 36, WHITE))
    pixels = black(120, 50)
    draw(pixels, [block], opacity=0.5)
    assert to_rgb(pixels).max() == pytest.approx(128, abs=1)


def test_a_line_of_type_comes_up_out_of_its_clip() -> None:
    block = label("H", TEXT, 12, (0, 0, 16, 16), WHITE)
    whole, half = black(16, 16), black(16, 16)
    draw(whole, [block])
    draw(half, [Shown(item=block, offset=(0, 4), clip=(0, 0, 16, 12))])
    assert 0 < int(half[..., 0].astype(int).sum()) < int(whole[..., 0].astype(int).sum())
    assert half[12:, :, 0].max() == 0


def test_a_letter_is_sharp_where_its_foot_stands() -> None:
    pixels = black(12, 12)
    draw(pixels, [set_line("I", TEXT, 14, 4, 10, WHITE)])
    rows = letters(pixels).splitlines()
    assert rows[10] == "K" * 12
    assert "W" in rows[9]


def test_a_veil_mixes_its_colour_and_touches_nothing_where_it_is_clear() -> None:
    alpha = np.zeros((4, 4), np.float32)
    alpha[:2] = 0.5
    pixels = canvas(4, 4, flat(4, 4, WHITE))
    draw(pixels, [Scrim(alpha=alpha, colour="#000000")])
    assert np.abs(to_rgb(pixels)[:2].astype(int) - 128).max() <= 3
    assert to_rgb(pixels)[2:].min() == 255


def test_pixels_stay_opaque_and_come_back_as_rgb() -> None:
    pixels = canvas(3, 2, flat(3, 2, "#123456"))
    assert to_rgb(pixels).tolist() == flat(3, 2, "#123456").tolist()
    draw(pixels, [Rect(box=(0, 0, 3, 2), colour=RED, opacity=0.3)])
    assert pixels[..., 3].min() == 255


def test_drawing_twice_gives_the_same_bytes() -> None:
    def once() -> bytes:
        pixels = canvas(80, 40, flat(80, 40, "#F7EDE0"))
        alpha = np.linspace(0, 0.5, 80, dtype=np.float32)[None].repeat(40, 0)
        draw(pixels, [Scrim(alpha=alpha, colour="#000000"), set_line("Wave", TEXT, 30, 2, 30, "#1C1A3B")])
        return pixels.tobytes()

    assert once() == once()
