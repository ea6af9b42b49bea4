"""Train the wash model: a small conditional UNet that learns to take noise off palette weights.

    nice -n 15 python -m tools.washes.train --out out/washes --steps 6000

Rectified flow: a noisy picture is x_s = (1 - s) x + s e, with s between 0 and 1. The net says what the clean x is (a
smooth field is far easier to say than the noise in it) and the error is weighed as an error of velocity. Pictures
without a scale below a few pixels are settled at high noise, so s is drawn mostly from there. Each step draws its data
from (seed, step) alone: a training that stops and goes on sees what an unbroken one sees.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DModel
from diffusers.training_utils import EMAModel

from tools.washes import teacher

PATCH = 3
SHAPES = ((48, 48), (36, 60), (60, 36))
"""Width and height of the pictures trained on; each a multiple of 4 patches."""
MEAN, SCALE = 1 / 3, 3.0
"""What the net sees is (weight - MEAN) x SCALE: spread of about .7."""
NULL = len(teacher.CLASSES)
"""Class number that stands for "any class", for guidance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """What a training does."""

    steps: int
    batch: int = 40
    rate: float = 4e-4
    warmup: int = 150
    seed: int = 11
    drop: float = 0.1
    ema: float = 0.999
    lean: float = 0.9
    spread: float = 1.2


def net() -> UNet2DModel:
    """The untrained net, about 9 million numbers."""
    channels = 3 * PATCH * PATCH
    return UNet2DModel(
        sample_size=(16, 16),
        in_channels=channels,
        out_channels=channels,
        block_out_channels=(80, 144, 208),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=16,
        attention_head_dim=16,
        num_class_embeds=NULL + 1,
    )


def data(recipe: Recipe, step: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Clean pictures in patches, their classes, noise levels and noise, for one step."""
    rng = np.random.default_rng([recipe.seed, step])
    weights, labels = teacher.batch(recipe.batch, SHAPES[step % len(SHAPES)], rng)
    labels = np.where(rng.random(recipe.batch) < recipe.drop, NULL, labels)
    level = 1 / (1 + np.exp(-rng.normal(recipe.lean, recipe.spread, recipe.batch)))
    clean = torch.nn.functional.pixel_unshuffle(torch.from_numpy((weights - MEAN) * SCALE), PATCH)
    noise = torch.from_numpy(rng.standard_normal(tuple(clean.shape), dtype=np.float32))
    return clean, torch.from_numpy(labels), torch.from_numpy(level.astype(np.float32)), noise


def loss(model: UNet2DModel, recipe: Recipe, step: int) -> torch.Tensor:
    """Mean error of velocity, its weight held back where hardly any noise is left."""
    clean, labels, level, noise = data(recipe, step)
    s = level[:, None, None, None]
    seen = ((1 - s) * clean + s * noise).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        said = model(seen, level * 1000, class_labels=labels).sample
    weight = 1 / (s.square() + 0.02)
    return ((said.float() - clean).square() * weight).mean()


def rate(recipe: Recipe, step: int) -> float:
    """Share of the learning rate: a short rise, then half a cosine down to 3 %."""
    if step < recipe.warmup:
        return (step + 1) / recipe.warmup
    done = (step - recipe.warmup) / max(1, recipe.steps - recipe.warmup)
    return 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


@dataclass(kw_only=True, slots=True)
class Run:
    """A training on its way."""

    model: UNet2DModel
    optimiser: torch.optim.Optimizer
    ema: EMAModel
    step: int = 0
    seconds: float = 0.0


def start(recipe: Recipe) -> Run:
    """A fresh training."""
    torch.manual_seed(recipe.seed)
    model = net().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.01)
    ema = EMAModel(model.parameters(), decay=recipe.ema, use_ema_warmup=True, inv_gamma=1.0, power=0.75)
    return Run(model=model, optimiser=optimiser, ema=ema)


def save(run: Run, recipe: Recipe, out: Path) -> None:
    """Write the state whole, then put it in the old one's place; the smoothed net beside it, as fp16."""
    out.mkdir(parents=True, exist_ok=True)
    state: dict[str, Any] = {
        "model": run.model.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "ema": run.ema.state_dict(),
        "step": run.step,
        "seconds": run.seconds,
    }
    torch.save(state, out / "state.part")
    (out / "state.part").replace(out / "state.pt")
    smooth = net()
    run.ema.copy_to(smooth.parameters())
    smooth.half().save_pretrained(out / "unet", safe_serialization=True)
    facts = asdict(recipe) | {"done": run.step, "samples": run.step * recipe.batch, "seconds": round(run.seconds)}
    (out / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def resume(run: Run, out: Path) -> None:
    """Go on from a saved state, when there is one."""
    if not (out / "state.pt").is_file():
        return
    state = torch.load(out / "state.pt", weights_only=True)
    run.model.load_state_dict(state["model"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.ema.load_state_dict(state["ema"])
    run.step, run.seconds = state["step"], state["seconds"]


def train(recipe: Recipe, out: Path, every: int) -> None:
    """Train to the recipe's last step, saving every `every` steps."""
    run = start(recipe)
    resume(run, out)
    began, recent = time.monotonic() - run.seconds, []
    while run.step < recipe.steps:
        for group in run.optimiser.param_groups:
            group["lr"] = recipe.rate * rate(recipe, run.step)
        error = loss(run.model, recipe, run.step)
        run.optimiser.zero_grad()
        error.backward()
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        run.optimiser.step()
        run.ema.step(run.model.parameters())
        run.step, run.seconds = run.step + 1, time.monotonic() - began
        recent = [*recent[-99:], error.item()]
        if run.step % 50 == 0:
            print(f"{run.step} loss {np.mean(recent):.4f} {run.seconds:.0f} s", flush=True)
        if run.step % every == 0 or run.step == recipe.steps:
            save(run, recipe, out)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the state and the weights")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--every", type=int, default=250, help="steps between saves")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    train(Recipe(steps=asked.steps), asked.out, asked.every)


if __name__ == "__main__":
    main()
