"""Put a trained net into the package: the folder that `gpu.own.pipeline` opens.

    python -m tools.washes.export --run out/washes --to gpu/own/washes
"""

from __future__ import annotations

import argparse
from pathlib import Path

from diffusers import UNet2DModel

from gpu.own.pipeline import assemble
from tools.washes import teacher, train


def export(run: Path, to: Path) -> None:
    """Write the smoothed net of a training as a pipeline, in half precision; the training's facts beside it."""
    net = UNet2DModel.from_pretrained(run / "unet").half()
    pipeline = assemble(net, list(teacher.CLASSES), patch=train.PATCH, mean=train.MEAN, scale=train.SCALE)
    net.register_to_config(_name_or_path="washes")
    pipeline.save_pretrained(str(to), safe_serialization=True)
    for file in to.rglob("*.safetensors"):
        file.chmod(0o644)
    facts = (run / "training.json").read_text(encoding="utf-8")
    (to / "training.json").write_text(facts, encoding="utf-8")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder of a training")
    parser.add_argument("--to", type=Path, required=True, help="folder to write")
    asked = parser.parse_args()
    export(asked.run, asked.to)


if __name__ == "__main__":
    main()
