"""Look at sets: `python -m tools.look_at_sets SET --kit DIR [--product PNG] [--out FILE]`.

One sheet: each light of the set in each mode of the kit, at three ratios, with the product standing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from pipelines.compose.stage import Stage
from pipelines.light import Pixels
from pipelines.plate import set_scene
from pipelines.plate.setfile import read_set
from pipelines.product.cutout import load_cutout
from pipelines.scene import Cutout, Window

RATIOS = (((540, 960), (0.5, 0.74), 0.36), ((540, 675), (0.5, 0.80), 0.50), ((960, 502), (0.70, 0.88), 0.70))
"""Canvas px, foot and height in fractions of it."""


def main() -> None:
    """Write the sheet."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("set")
    ask.add_argument("--kit", type=Path, required=True)
    ask.add_argument("--product", type=Path)
    ask.add_argument("--out", type=Path, default=Path("preview.jpg"))
    want = ask.parse_args()
    product = load_cutout(want.product) if want.product else None
    write(want.out, [sheet(want.set, palette, product) for palette in palettes(want.kit)])


def palettes(folder: Path) -> list[dict[str, str]]:
    """Role to hex, for each mode of a kit."""
    from brand_kits.load import load_kit

    kit = load_kit(folder)
    return [
        {role: kit.palette.colours[name].hex for role, name in mode.roles.items()}
        for mode in kit.palette.modes.values()
    ]


def sheet(name: str, palette: dict[str, str], product: Cutout | None) -> Pixels:
    """A row a ratio, a column a light."""
    file = read_set(name)
    scene = set_scene(file, palette)
    lines = []
    for size, foot, height in RATIOS:
        window = Window(size=size, foot=(foot[0] * size[0], foot[1] * size[1]), height=height * size[1])
        stages = [Stage(scene, window, product, light=light) for light in range(scene.lights)]
        lines.append(np.hstack([stage.picture(stage.light) for stage in stages]))
    return _stacked(lines)


def _stacked(lines: list[Pixels]) -> Pixels:
    width = max(line.shape[1] for line in lines)
    return np.vstack([np.pad(line, ((0, 0), (0, width - line.shape[1]), (0, 0))) for line in lines])


def write(path: Path, sheets: list[Pixels]) -> None:
    """One picture of all sheets, one under the other."""
    import cv2

    cv2.imwrite(str(path), _stacked(sheets)[..., ::-1])


if __name__ == "__main__":
    main()
