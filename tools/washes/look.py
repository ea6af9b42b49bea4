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
from pipelines.plate.washes import enlarge, make_wash, seamless
from tools.washes import teacher, train

COLOURINGS = (
    ("#F7EDE0", "#C8B6E2", "#F05A28"),
    ("#1C1A3B", "#C8B6E2", "#F05A28"),
    ("#C8B6E2", "#F7EDE0", "#F05A28"),
)
SEEDS = range(8)
CELL = 540


def coloured(weights: np.ndarray, palette: tuple[str, str, str], seed: int = 0) -> np.ndarray:
    """Weights (3, h, w) in a palette, (h, w, 3) uint8, with half a level of noise against bands."""
    linear = np.tensordot(weights.astype(np.float32), np.stack([hex_to_linear(c) for c in palette]), axes=(0, 0))
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, linear.shape)
    return np.clip(linear_to_srgb(np.clip(linear, 0, 1)) * 255 + 0.5 + noise, 0, 255).astype(np.uint8)


def mottle(weights: np.ndarray) -> float:
    """Standard deviation of a wash (3, h, w) less its own low-pass (sigma 1/12 of the side), away from the edges."""
    import cv2

    side = weights.shape[-1]
    layers = [np.ascontiguousarray(layer, np.float32) for layer in weights]
    rest = np.stack([layer - cv2.GaussianBlur(layer, (0, 0), side / 12) for layer in layers])
    edge = side // 8
    return float(np.std(rest[:, edge:-edge, edge:-edge]))


def taught(name: str, count: int = 24) -> list[np.ndarray]:
    """Washes of the teacher, carried to size as the model's are."""
    rng = np.random.default_rng(5)
    maps = teacher.render(name, count, train.SHAPES[0], rng)
    return [enlarge(seamless(m, train.PATCH), (CELL, CELL)) for m in maps]


def look(name: str, model: str, out: Path) -> dict[str, Any]:
    """Sheet, full-size pictures and figures of a class."""
    from PIL import Image

    began = time.perf_counter()
    made = [make_wash(name, seed, (CELL, CELL), model=model) for seed in SEEDS]
    seconds = (time.perf_counter() - began) / len(made)
    cells = [coloured(wash, COLOURINGS[k % 3]) for k, wash in enumerate(made)]
    sheet = np.concatenate([np.concatenate(cells[:4], 1), np.concatenate(cells[4:], 1)])
    Image.fromarray(sheet).save(out / f"{name}.png")
    for k, size in enumerate([(1080, 1080), (1080, 1920), (1200, 628)]):
        full = coloured(make_wash(name, 20 + k, size, model=model), COLOURINGS[k])
        Image.fromarray(full).save(out / f"{name}-{size[0]}x{size[1]}.png")
    shown = taught(name)
    return {
        "shares": [round(float(v), 3) for v in np.mean([w.astype(np.float32).mean((1, 2)) for w in made], axis=0)],
        "shares_taught": [round(float(v), 3) for v in np.mean([w.mean((1, 2)) for w in shown], axis=0)],
        "mottle": round(float(np.mean([mottle(w) for w in made])), 4),
        "mottle_taught": round(float(np.mean([mottle(w) for w in shown])), 4),
        "seconds": round(seconds, 2),
    }


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
