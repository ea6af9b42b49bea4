"""Small pictures of a kit's files, drawn by a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from brand_kits.kit import BrandKit
from brand_kits.load import load_kit
from brand_kits.safe import sketch

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"


@pytest.fixture(scope="module")
def kit() -> BrandKit:
    """The sample with one logo, one product and its faces for text."""
    whole = load_kit(SAMPLE)
    return replace(whole, logos={"mark": whole.logos["mark"]}, product_pictures={"nitro-can": whole.product_pictures["nitro-can"]},
                   type={"text": whole.type["text"]})


def opened(path: Path) -> Image.Image:
    with Image.open(path, formats=("WEBP",)) as picture:
        return picture.convert("RGBA")


def test_a_kits_files_become_small_pictures(kit: BrandKit, tmp_path: Path) -> None:
    folder = sketch.sketched(kit, tmp_path / "drawn")
    names = {p.name for p in folder.iterdir()}
    assert names == {"logo-mark.webp", "product-nitro-can.webp", "script-text-latn.webp", *(f"type-text-{w}.webp" for w in (400, 500, 600, 700))}
    logo, product, line = (opened(folder / n) for n in ("logo-mark.webp", "product-nitro-can.webp", "type-text-400.webp"))
    assert logo.width == sketch.WIDTH
    assert logo.getpixel((0, 0))[3] == 0
    assert max(product.size) == sketch.PRODUCT
    assert product.getpixel((0, 0))[3] == 0
    assert line.width == sketch.SHEET
    assert line.getextrema()[0][0] < 60  # ink on the brand's ground
    assert [p for p in tmp_path.iterdir() if p != folder] == []


def test_drawn_once_is_drawn_for_good(kit: BrandKit, tmp_path: Path) -> None:
    (tmp_path / "drawn").mkdir()
    assert list(sketch.sketched(kit, tmp_path / "drawn").iterdir()) == []


def test_what_cannot_be_drawn_leaves_nothing_and_the_rest_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    jobs = [
        {"kind": "drawing", "svg": "no svg", "size": [10, 10], "width": 20, "out": str(tmp_path / "a.webp")},
        {"kind": "picture", "file": str(tmp_path / "bad.png"), "width": 20, "out": str(tmp_path / "b.webp")},
        {"kind": "drawing", "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#ff0000"/></svg>',
         "size": [10, 10], "width": 20, "out": str(tmp_path / "c.webp")},
    ]  # fmt: skip
    done = subprocess.run([sys.executable, "-I", str(Path(sketch.__file__).with_name("pencil.py"))], input=json.dumps(jobs).encode(),
                          capture_output=True, check=False)
    assert done.returncode == 2
    assert {p.name for p in tmp_path.glob("*.webp")} == {"c.webp"}
    assert opened(tmp_path / "c.webp").getpixel((10, 10))[:3] == pytest.approx((255, 0, 0), abs=6)


def test_a_script_is_shown_where_the_face_has_its_letters(kit: BrandKit) -> None:
    assert sketch.drawn(kit.type["text"]) == ("Latn",)
    assert sketch.spoken(kit) == "Steeped cold for 18 hours"
    assert sketch.spoken(replace(kit, claims=())) == "Vesper"
