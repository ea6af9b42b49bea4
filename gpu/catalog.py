"""The models that the factory knows: what they are, who may use them for what, and what they need.

A row says what a model *is*; `rows` adds what this machine can do with it. Revisions are None until an operator has
downloaded and checked a folder: a name without a pinned folder is refused by `weights.find`. Licences were read at
the sources named in docs/models.md; the licence file of the exact revision always has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from gpu.device import Device, here

Ability = Literal["text", "image", "inpaint", "reference", "depth", "video", "classes"]
Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSpec:
    """One model.

    `repo` is its name on the Hugging Face hub, `folder` a folder inside this package. `commercial` says whether
    its output may be used in ads: `yes`, `terms` (with use restrictions) or `no`. `memory` is GiB on a card in
    bfloat16, measured or published; `sizes` (width, height) px that it was trained at; `multiple` what they divide by.
    """

    name: str
    title: str
    kind: Literal["wash", "image", "video"]
    licence: str
    commercial: Literal["yes", "terms", "no"]
    memory: float
    steps: int
    guidance: float
    sizes: tuple[Size, ...]
    multiple: int
    abilities: tuple[Ability, ...]
    pipeline: str
    repo: str | None = None
    folder: str | None = None
    revision: str | None = None
    processor: bool = False
    note: str = ""

    @property
    def path(self) -> Path | None:
        """The folder of weights that ships inside the package, or None."""
        return None if self.folder is None else Path(str(files("gpu").joinpath(self.folder)))


SQUARES: tuple[Size, ...] = ((1024, 1024), (896, 1152), (1152, 896), (768, 1344), (1344, 768))

MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="washes", title="Washes, our own small model", kind="wash", licence="Apache-2.0", commercial="yes",
        memory=0.1, steps=20, guidance=1.4, sizes=((48, 48), (36, 60), (60, 36)), multiple=12,
        abilities=("classes", "image", "inpaint"), pipeline="WashPipeline", folder="own/washes", processor=True,
        note="abstract grounds as palette weights; runs on any processor",
    ),
    ModelSpec(
        name="flux2-klein-4b", title="FLUX.2 klein 4B", kind="image", licence="Apache-2.0", commercial="yes",
        memory=16, steps=4, guidance=1.0, sizes=SQUARES, multiple=16,
        abilities=("text", "image", "reference"), pipeline="Flux2KleinPipeline",
        repo="black-forest-labs/FLUX.2-klein-4B", note="only the 4B: the 9B and dev weights are non-commercial",
    ),
    ModelSpec(
        name="z-image-turbo", title="Z-Image Turbo", kind="image", licence="Apache-2.0", commercial="yes",
        memory=21.7, steps=9, guidance=0.0, sizes=SQUARES, multiple=16, abilities=("text", "image", "inpaint"),
        pipeline="ZImagePipeline", repo="Tongyi-MAI/Z-Image-Turbo", note="13.3 GiB with fp8 weights",
    ),
    ModelSpec(
        name="flux1-schnell", title="FLUX.1 schnell", kind="image", licence="Apache-2.0", commercial="yes",
        memory=33.9, steps=4, guidance=0.0, sizes=SQUARES, multiple=16, abilities=("text", "image", "inpaint"),
        pipeline="FluxPipeline", repo="black-forest-labs/FLUX.1-schnell",
    ),
    ModelSpec(
        name="sdxl", title="Stable Diffusion XL", kind="image", licence="CreativeML OpenRAIL++-M",
        commercial="terms", memory=11, steps=30, guidance=6.0, sizes=SQUARES, multiple=8,
        abilities=("text", "image", "inpaint", "depth"), pipeline="StableDiffusionXLPipeline",
        repo="stabilityai/stable-diffusion-xl-base-1.0", note="use restrictions of the licence's attachment A",
    ),
    ModelSpec(
        name="qwen-image", title="Qwen-Image", kind="image", licence="Apache-2.0", commercial="yes", memory=60,
        steps=50, guidance=4.0, sizes=((1328, 1328), (1104, 1472), (928, 1664), (1664, 928)), multiple=16,
        abilities=("text", "image", "inpaint"), pipeline="QwenImagePipeline", repo="Qwen/Qwen-Image",
        note="not Qwen-Image-2.1, whose licence is for research only",
    ),
    ModelSpec(
        name="wan2.2-ti2v-5b", title="Wan 2.2 TI2V 5B", kind="video", licence="Apache-2.0", commercial="yes",
        memory=20.6, steps=40, guidance=5.0, sizes=((1280, 704), (704, 1280)), multiple=32,
        abilities=("text", "image", "video"), pipeline="WanPipeline", repo="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        note="known, not wired: video comes from light that travels over a set",
    ),
)


def find(name: str) -> ModelSpec | None:
    """The row with this name or hub id, or None."""
    return next((spec for spec in MODELS if name in (spec.name, spec.repo)), None)


def rows(device: Device | None = None) -> list[dict[str, Any]]:
    """The table for people and programs: facts of each model, whether it runs here, and why not."""
    machine = device or here()
    return [_row(spec, machine) for spec in MODELS]


def _row(spec: ModelSpec, machine: Device) -> dict[str, Any]:
    why = obstacles(spec, machine)
    return {
        "name": spec.name, "title": spec.title, "kind": spec.kind, "source": spec.repo or "in the package",
        "revision": spec.revision, "licence": spec.licence, "commercial": spec.commercial,
        "memory_gib": spec.memory, "steps": spec.steps, "sizes": [f"{w}x{h}" for w, h in spec.sizes],
        "abilities": list(spec.abilities), "runs_here": not why, "why_not": "; ".join(why), "note": spec.note,
    }  # fmt: skip


def obstacles(spec: ModelSpec, machine: Device) -> list[str]:
    """What stands between this machine and a model; empty when it runs as it is."""
    found = []
    if spec.kind == "video":
        found.append("no stage uses a video model yet")
    if machine.kind == "cpu" and not spec.processor:
        found.append("needs a CUDA card, this machine has none")
    if spec.memory > machine.memory:
        found.append(f"needs {spec.memory:g} GiB, here are {machine.memory:g}")
    if spec.path is None:
        found.append("weights are not in the package: download a folder of them and name it by --image-model DIR")
    elif not (spec.path / "model_index.json").is_file():
        found.append("its weights are missing from this installation")
    return found
