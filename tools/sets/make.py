"""Render a world's passes: `python make.py water --out WORK [--draft] [--only key_0 fill]`.

Runs in Blender's own Python (`pip install "bpy<5" "numpy<2"`); `pack.py` makes the set.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from passes import Quality, render_all
from stage import open_stage

DRAFT = Quality(light_px=400, mask_px=800, samples=8, mask_samples=4)


def main() -> None:
    """Build one world and render what is not rendered yet."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("world")
    ask.add_argument("--out", type=Path, required=True, help="folder for the passes")
    ask.add_argument("--draft", action="store_true", help="400 px and 8 samples")
    ask.add_argument("--samples", type=int, default=Quality().samples)
    ask.add_argument("--only", nargs="*", help="names of passes: key_0 fill masks seen")
    want = ask.parse_args()
    world = importlib.import_module(f"worlds.{want.world}")
    stage = open_stage(world.INFO)
    world.build(stage)
    quality = DRAFT if want.draft else Quality(samples=want.samples)
    render_all(stage, want.out / want.world, quality, want.only)


if __name__ == "__main__":
    main()
