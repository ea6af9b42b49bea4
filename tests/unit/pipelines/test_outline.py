"""The colours along a product's outline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from brand_kits.colour import hex_to_oklab
from pipelines.product.outline import SPANS, outline_colours


def painted(folder: Path, rim: tuple[int, int, int], middle: tuple[int, int, int]) -> Path:
    picture = np.zeros((300, 160, 4), np.uint8)
    picture[10:290, 40:120] = (*rim, 255)
    picture[10:290, 60:100, :3] = middle
    Image.fromarray(picture).save(folder / "product.png")
    return folder / "product.png"


def test_the_rim_counts_and_the_middle_does_not(tmp_path: Path) -> None:
    found = outline_colours(painted(tmp_path, (240, 90, 40), (20, 20, 60)))
    assert len(found) == SPANS
    assert all(np.allclose(span, hex_to_oklab("#F05A28"), atol=0.02) for span in found)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.png").write_text("no picture")
    with pytest.raises(OSError):
        outline_colours(tmp_path / "note.png")
