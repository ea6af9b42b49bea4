"""Look at washes as they will be used, and measure what the eye would complain of.

    python -m tools.washes.look --model gpu/own/washes --out out/look

Writes a sheet for each class (eight seeds, three colourings, 540 px each), one wash of each class at 1080 px, and
figures for the model's card: shares of the palette, and *mottle*, the spread of what a low-pass of 1/12 of the side
takes away, beside the teacher's own.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from brand_kits.colour import hex_to_linear, linear_to_srgb
from pipelines.plate.washes import enlarge, make_wash
from tools.washes import teacher

COLOURINGS = (
    ("#F7EDE0", "#C8B6E2", "#F05A28"),
    ("#1C1A3B", "#C8B6E2", "#F05A28"),
    ("#C8B6E2", "#F7EDE0", "#F05A28"),
)
SEEDS = range(8)
MAP = 48


def coloured(weights: np.ndarray, palette: tuple[str, str, str], seed: int = 0) -> np.ndarray:
    """Weights (3, h, w) in a palette, (h, w, 3) uint8, with half a level of noise against bands."""
    linear = np.tensordot(weights.astype(np.float32), np.stack([hex_to_linear(c) for c in palette]), axes=(0, 0))
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, linear.shape)
    return np.clip(linear_to_srgb(np.clip(linear, 0, 1)) * 255 + 0.5 + noise, 0, 255).astype(np.uint8)


def mottle(weights: np.ndarray) -> float:
    """Standard deviation of a map (3, 48, 48) less its own low-pass (sigma 4 px), away from the edges."""
    import cv2

    rest = [layer - cv2.GaussianBlur(layer, (0, 0), MAP / 12) for layer in weights.astype(np.float32)]
    return float(np.std(np.stack(rest)[:, 6:-6, 6:-6]))


def look(name: str, model: str, out: Path) -> dict[str, Any]:
    """Sheet, full-size picture and figures of a class."""
    from PIL import Image

    began = time.perf_counter()
    maps = [make_wash(name, seed, (MAP, MAP), model=model).astype(np.float32) for seed in SEEDS]
    seconds = (time.perf_counter() - began) / len(maps)
    cells = [coloured(enlarge(m, (540, 540)), COLOURINGS[k % 3]) for k, m in enumerate(maps)]
    sheet = np.concatenate([np.concatenate(cells[:4], 1), np.concatenate(cells[4:], 1)])
    Image.fromarray(sheet).save(out / f"{name}.png")
    for k in (0, 1):
        full = coloured(enlarge(maps[k], (1080, 1080)), COLOURINGS[k])
        Image.fromarray(full).save(out / f"{name}-{k}-1080.png")
    taught = enlarge_back(teacher.render(name, 64, (MAP, MAP), np.random.default_rng(5)))
    return {
        "shares": np.stack(maps).mean((0, 2, 3)).round(3).tolist(),
        "shares_taught": taught.mean((0, 2, 3)).round(3).tolist(),
        "mottle": round(float(np.mean([mottle(m) for m in maps])), 4),
        "mottle_taught": round(float(np.mean([mottle(m) for m in taught])), 4),
        "seconds": round(seconds, 2),
    }


def enlarge_back(maps: np.ndarray) -> np.ndarray:
    """The teacher's maps through the same spline as the model's."""
    return np.stack([enlarge(m, (MAP, MAP)) for m in maps])


def main() -> None:
    """Read the command line and look."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="washes")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--classes", nargs="*", default=list(teacher.CLASSES))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    figures = {name: look(name, asked.model, asked.out) for name in asked.classes}
    (asked.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
