"""Finished type beside its golden pictures, compared as an eye would: blurred a little, in OKLab.

`python tests/golden/test_type_pictures.py` paints them anew; look at every one before committing it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from brand_kits.colour import linear_to_oklab, srgb_to_linear
from pipelines.compose.block import label, number, place, price
from pipelines.compose.draw import Item, Rect, RoundRect, canvas, draw, to_rgb
from pipelines.compose.fit import fit
from pipelines.compose.logo import load_logo, place_logo
from pipelines.compose.typeset import Face

HERE = Path(__file__).parent / "type"
VESPER = Path(__file__).parents[2] / "brand_kits" / "samples" / "vesper"
DISPLAY = Face(VESPER / "fonts" / "FrauncesSoft-ExtraBold.ttf")
TEXT = Face(VESPER / "fonts" / "Figtree-Medium.ttf")
BOLD = Face(VESPER / "fonts" / "Figtree-Bold.ttf")
INK, CREAM, ORANGE = "#1C1A3B", "#F7EDE0", "#F05A28"
WORST, MEAN = 0.06, 0.004
"""Largest difference of a pixel of the blurred pictures and of all of them, in OKLab units."""

Picture = NDArray[np.uint8]


def painted(width: int, height: int, ground: str, items: list[Item]) -> Picture:
    pixels = canvas(width, height)
    draw(pixels, [Rect(box=(0, 0, width, height), colour=ground), *items])
    return to_rgb(pixels)


def french_headline() -> Picture:
    fitted = fit("«\u202fRéveillé hier, prêt ce matin.\u202f»", DISPLAY, 300, 170, 1.0, size=(20, 40, 60), locale="fr")
    assert fitted is not None
    block = place(fitted, DISPLAY, 14, 18, colour=INK).coloured(ORANGE, name="quote")
    return painted(330, 190, CREAM, [block])


def german_price() -> Picture:
    return painted(230, 120, CREAM, [price(Decimal("3.90"), "EUR", "de-DE", DISPLAY, 110, 12, 16, ORANGE)])


def number_and_unit() -> Picture:
    return painted(220, 120, ORANGE, [number("18", "h", DISPLAY, 120, 12, 16, CREAM)])


def banner_button() -> Picture:
    box = (10.0, 8.0, 110.0, 36.0)
    pill = RoundRect(box=box, radius=18, colour=CREAM)
    return painted(130, 52, ORANGE, [pill, label("Try Vesper", BOLD, 15, box, INK)])


def small_text() -> Picture:
    fitted = fit("Cold brew. 180\u00a0mg caffeine, no sugar.", TEXT, 150, 60, 1.0, size=(12, 14, 14), lines=(1, 3))
    assert fitted is not None
    return painted(170, 60, CREAM, [place(fitted, TEXT, 10, 10, colour=INK)])


def small_logo() -> Picture:
    return painted(110, 40, CREAM, [place_logo(load_logo(VESPER / "logo" / "logo.svg"), 10, 8, 24)])


PICTURES: dict[str, Callable[[], Picture]] = {
    paint.__name__: paint
    for paint in (french_headline, german_price, number_and_unit, banner_button, small_text, small_logo)
}


def seen(rgb: Picture) -> NDArray[np.float64]:
    """OKLab of a picture that was blurred as an eye at arm's length would."""
    import cv2

    return linear_to_oklab(cv2.GaussianBlur(srgb_to_linear(rgb / 255).astype(np.float32), (0, 0), 0.8))


@pytest.mark.parametrize("name", PICTURES)
def test_type_looks_as_it_did(name: str) -> None:
    golden = np.asarray(Image.open(HERE / f"{name}.png", formats=("PNG",)).convert("RGB"))
    now = PICTURES[name]()
    assert now.shape == golden.shape
    apart = np.linalg.norm(seen(now) - seen(golden), axis=-1)
    assert apart.max() <= WORST, f"{name}: {apart.max():.3f} at {np.unravel_index(apart.argmax(), apart.shape)}"
    assert apart.mean() <= MEAN


def test_the_comparison_would_see_a_line_that_moved_by_two_pixels() -> None:
    moved = np.roll(small_text(), 2, axis=0)
    assert np.linalg.norm(seen(moved) - seen(small_text()), axis=-1).max() > WORST


if __name__ == "__main__":
    for name, paint in PICTURES.items():
        Image.fromarray(paint()).save(HERE / f"{name}.png", optimize=True)
