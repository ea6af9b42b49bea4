"""A whole kit of a few kilobytes, made anew for each test that wants to damage one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#101010" d="M0 0H40V20H0Z"/></svg>'

KIT: dict[str, Any] = {
    "kit": 1,
    "name": "Lamp",
    "version": "2.1",
    "palette": {
        "colours": {"paper": {"hex": "#FFFFFF"}, "ink": {"hex": "#101010"}, "red": {"hex": "#C02010"}},
        "modes": {
            "light": {
                "kind": "light",
                "ground": "paper",
                "surface": "paper",
                "accent": "red",
                "ink": "ink",
                "muted": "ink",
            }
        },
    },
    "type": {
        "display": {"family": "Figtree", "files": {"400": "font.ttf"}},
        "text": {"family": "Figtree", "files": {"400": "font.ttf"}},
    },
    "logos": {"primary": {"kind": "logo", "file": "logo.svg", "grounds": ["paper"]}},
    "voice": {"is": ["calm"], "is_not": ["loud"]},
    "products": {"lamp": {"file": "lamp.png"}},
}


@pytest.fixture
def write_kit(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Write a kit's folder from its data, with a font, a logo and a cut-out beside it."""

    def write(data: dict[str, Any]) -> Path:
        folder = tmp_path / "kit"
        folder.mkdir(exist_ok=True)
        shutil.copy(SAMPLE / "fonts" / "Figtree-Regular.ttf", folder / "font.ttf")
        (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
        Image.new("RGBA", (12, 30), (200, 30, 10, 0)).save(folder / "lamp.png")
        (folder / "kit.yaml").write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def kit_data() -> Iterator[dict[str, Any]]:
    """The data of a small kit that is right in every way, free to be damaged."""
    yield yaml.safe_load(yaml.safe_dump(KIT, sort_keys=False))
