"""Cut-outs: what is measured from alpha, what a person may say, what is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from staging import can

from pipelines.product.cutout import ProductError, load_cutout


def save(folder: Path, rgba: np.ndarray, data: dict[str, object] | None = None, name: str = "p.png") -> Path:
    path = folder / name
    cv2.imwrite(str(path), rgba[..., [2, 1, 0, 3]] if rgba.shape[2] == 4 else rgba)
    if data is not None:
        path.with_suffix(".yaml").write_text(yaml.safe_dump(data))
    return path


def framed(margin: int = 30) -> np.ndarray:
    return np.pad(can(400, 0.2).rgba, ((margin, margin), (margin, margin), (0, 0)))


def test_a_picture_is_trimmed_to_its_product(tmp_path: Path) -> None:
    product = load_cutout(save(tmp_path, framed()))
    assert product.size == (160, 400)


@pytest.mark.parametrize("radius", [0.12, 0.2, 0.35])
def test_radii_are_measured_from_alpha(radius: float, tmp_path: Path) -> None:
    product = load_cutout(save(tmp_path, can(600, radius).rgba))
    assert product.foot_radius == pytest.approx(radius, rel=0.04)
    assert product.profile[32] == pytest.approx(radius, rel=0.02)
    assert product.profile[-1] == pytest.approx(radius, rel=0.05)
    assert product.stature == pytest.approx((1 - 2 * radius * 0.1736) / 0.9848, rel=0.02)


def test_boxes_of_the_file_become_boxes_of_the_trimmed_picture(tmp_path: Path) -> None:
    data = {"label_box": [0.25, 0.25, 0.5, 0.5], "safe_crop_bottom": 0.8, "height_mm": 120}
    rgba = framed(40)
    height, width = rgba.shape[:2]
    product = load_cutout(save(tmp_path, rgba, data))
    assert product.label_box is not None
    x, y, w, h = product.label_box
    assert x * product.size[0] + 42 == pytest.approx(0.25 * width, abs=1)
    assert y * product.size[1] + 40 == pytest.approx(0.25 * height, abs=1)
    assert (w * product.size[0], h * product.size[1]) == pytest.approx((0.5 * width, 0.5 * height), abs=1)
    assert product.safe_crop_bottom == pytest.approx((0.8 * height - 40) / 400, abs=0.01)
    assert product.height_mm == 120


def test_the_lit_side_is_measured_where_nobody_says(tmp_path: Path) -> None:
    rgba = framed()
    assert load_cutout(save(tmp_path, rgba)).lit_side == "left"
    assert load_cutout(save(tmp_path, rgba[:, ::-1], name="q.png")).lit_side == "right"
    assert load_cutout(save(tmp_path, rgba, {"lit_side": "front"}, "r.png")).lit_side == "front"


def test_a_picture_without_alpha_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ProductError) as error:
        load_cutout(save(tmp_path, np.full((300, 200, 3), 200, np.uint8)))
    assert error.value.fault.code == "product-no-alpha"
    assert "Cut the product out" in str(error.value)


def test_a_picture_whose_alpha_is_solid_everywhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProductError, match="no transparent background"):
        load_cutout(save(tmp_path, np.full((300, 200, 4), 255, np.uint8)))


def test_a_tiny_or_broken_picture_is_refused(tmp_path: Path) -> None:
    tiny = np.zeros((300, 200, 4), np.uint8)
    tiny[10:20, 10:20] = 255
    with pytest.raises(ProductError, match="10x10 px"):
        load_cutout(save(tmp_path, tiny))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"not a picture")
    with pytest.raises(ProductError, match="cannot be read"):
        load_cutout(broken)
