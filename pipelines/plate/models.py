"""The models that make plates, bound to what a plate job asks of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from factory.records import PlateJob
from gpu import seeds, weights
from gpu.errors import WeightsError

WashMaker = Callable[[str, int, str], npt.NDArray[np.float16]]
Painter = Callable[[PlateJob, npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]
WASH_STEPS = {"draft": 12, "standard": 20, "fine": 32}


def describe(image_model: str | None) -> dict[str, str]:
    """Digests of the models that plates rest on: `washes`, and `image` where a person named a model.

    Raises gpu.errors.WeightsError for a model that will not be opened, before anything is made.
    """
    found = {"washes": weights.digest(weights.find("washes").path)}
    if image_model:
        folder = weights.find(image_model)
        if folder.pipeline == "WashPipeline":
            raise WeightsError(
                "This model draws washes, not pictures; it is used for them anyway", code="model_kind",
                where="--image-model", help="Name a folder of a text-to-image model, or leave the option out.",
            )  # fmt: skip
        found["image"] = f"{folder.pipeline}:{weights.digest(folder.path)}"
    return found


def wash_maker() -> WashMaker:
    """Draws a wash by (class, seed, tier)."""
    from pipelines.plate.washes import make_wash

    return lambda name, seed, tier: make_wash(name, seed, steps=WASH_STEPS[tier])


def painter(image_model: str) -> Painter | None:
    """Paints a plate job over the picture of its set; None where no model was named."""
    if not image_model:
        return None

    def paint_over(job: PlateJob, picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        from pipelines.plate.paint import paint
        from pipelines.plate.prompt import scene_prompt
        from pipelines.plate.setfile import read_set

        file = read_set(job.set)
        prompt = scene_prompt(file.title, file.keys[job.light].mood, job.palette, job.prompt)
        size = (picture.shape[1], picture.shape[0])
        return paint(image_model, prompt, picture, size, seeds.derive(job.seed, "paint", job.id), palette=job.palette)

    return paint_over
