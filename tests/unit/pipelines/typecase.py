"""Faces of the sample brand and small helpers for tests of type."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.compose.draw import canvas, to_rgb
from pipelines.compose.typeset import Face

VESPER = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
DISPLAY = Face(VESPER / "fonts" / "FrauncesSoft-ExtraBold.ttf")
TEXT = Face(VESPER / "fonts" / "Figtree-Medium.ttf")
INK, CREAM, ORANGE = "#1C1A3B", "#F7EDE0", "#F05A28"

LETTERS = {"K": (0, 0, 0), "W": (255, 255, 255), "R": (255, 0, 0), "G": (0, 255, 0), "B": (0, 0, 255)}


def flat(width: int, height: int, colour: str) -> NDArray[np.uint8]:
    """An RGB picture of one colour."""
    level = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.full((height, width, 3), level, np.uint8)


def letters(pixels: NDArray[np.uint8]) -> str:
    """BGRA pixels as rows of letters, the nearest of `LETTERS` for each; `.` for what is none of them."""
    rgb = to_rgb(pixels).astype(int)
    rows = ["".join(_letter(pixel) for pixel in row) for row in rgb]
    return "\n".join(rows)


def _letter(pixel: NDArray[np.int_]) -> str:
    name, far = min(((n, int(np.abs(pixel - c).max())) for n, c in LETTERS.items()), key=lambda pair: pair[1])
    return name if far <= 40 else "."


def picture(text: str) -> str:
    """An expected picture written with indentation."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def black(width: int, height: int) -> NDArray[np.uint8]:
    """Black BGRA pixels."""
    return canvas(width, height)
