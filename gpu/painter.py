"""Opens a diffusers folder for drawing pictures, and calls whatever class it holds in one way."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gpu import seeds, weights
from gpu.device import Device, here, one_thread
from gpu.errors import ModelError

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = npt.NDArray[np.uint8]
MULTIPLE = 16
"""Every latent model of the catalogue takes sides that divide by this (8 for the decoder, 2 for patches)."""
USUAL_SIDE = 1024


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Painter:
    """An opened folder: `from_words` draws from a prompt, `from_picture` over a picture (None: it cannot)."""

    folder: weights.Folder
    from_words: Any
    from_picture: Any | None

    @property
    def side(self) -> int:
        """Pixels of the side of a square that the model was made for."""
        pipe = self.from_words
        core = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
        trained = getattr(getattr(core, "config", None), "sample_size", None)
        latent = getattr(pipe, "default_sample_size", None) or trained
        factor = getattr(pipe, "vae_scale_factor", None)
        return latent * factor if isinstance(latent, int) and isinstance(factor, int) else USUAL_SIDE

    def draw(
        self, prompt: str, negative: str, size: tuple[int, int], seed: int, steps: int | None,
        picture: Pixels | None, strength: float,
    ) -> Pixels:  # fmt: skip
        """A picture (h, w, 3) near `size` (width, height): its shape, at the area that the model was made for.

        With `picture` the model paints over it where it can, `strength` (0 to 1) of the way; else from words alone.
        """
        width, height = fitting(size, self.side)
        over = picture is not None and self.from_picture is not None
        pipe = self.from_picture if over else self.from_words
        usual = (self.folder.spec.steps, self.folder.spec.guidance) if self.folder.spec else (None, None)
        asked: dict[str, Any] = {
            "prompt": prompt, "negative_prompt": negative, "width": width, "height": height,
            "generator": seeds.generator(seed), "output_type": "pil",
            "num_inference_steps": steps or usual[0], "guidance_scale": usual[1],
        }  # fmt: skip
        if over and picture is not None:
            asked |= {"image": _picture(picture, (width, height)), "strength": strength}
            asked["num_inference_steps"] = _enough(asked["num_inference_steps"], strength)
        return _drawn(pipe, asked)


def _enough(steps: int | None, strength: float) -> int | None:
    """Steps so that at least one is left when only `strength` of them are walked."""
    return steps if steps is None else max(steps, int(np.ceil(1 / strength)))


def _drawn(pipe: Any, asked: Mapping[str, Any]) -> Pixels:
    """Call a pipeline with those of the asked arguments that its class takes. Raises ModelError when it fails."""
    takes = inspect.signature(pipe.__call__).parameters
    given = {name: value for name, value in asked.items() if name in takes and value is not None}
    try:
        with one_thread():
            image = pipe(**given).images[0]
    except (RuntimeError, ValueError, TypeError) as error:
        name = type(pipe).__name__
        raise ModelError(
            f"{name} could not draw: {error}", code="model_draw", where=name,
            help="Try another model or size; the folder may be damaged.",
        ) from error  # fmt: skip
    return np.array(image.convert("RGB"), np.uint8)


def _picture(pixels: Pixels, size: tuple[int, int]) -> Image:
    from PIL import Image

    return Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)


def fitting(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height of about side x side pixels in the shape of `size`, each a multiple of 16."""
    scale = side / np.sqrt(size[0] * size[1])
    width, height = (max(MULTIPLE, round(float(v) * scale / MULTIPLE) * MULTIPLE) for v in size)
    return width, height


def open_painter(name: str) -> Painter:
    """Open a folder, or a model of the catalogue that ships one. Raises WeightsError or ModelError."""
    folder = weights.find(name)
    weights.stay_offline()
    from diffusers.utils import logging

    logging.disable_progress_bar()
    from_words = _open(folder, here())
    return Painter(folder=folder, from_words=from_words, from_picture=_over(from_words))


def _open(folder: weights.Folder, device: Device) -> Any:
    """The folder's text-to-image pipeline, on the device, in its precision, with dropout off."""
    import torch
    from diffusers import AutoPipelineForText2Image

    try:
        pipe = AutoPipelineForText2Image.from_pretrained(
            str(folder.path), dtype=getattr(torch, device.precision), use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, TypeError, AttributeError, ImportError) as error:
        raise ModelError(
            f"The folder's {folder.pipeline} cannot be opened as a text-to-image model: {error}", code="model_open",
            where=str(folder.path), help="Give a whole, undamaged folder of a text-to-image pipeline.",
        ) from error  # fmt: skip
    _settle(pipe, folder, device)
    return pipe


def _settle(pipe: Any, folder: weights.Folder, device: Device) -> None:
    import torch

    for part in pipe.components.values():
        if isinstance(part, torch.nn.Module):
            part.eval()
    pipe.set_progress_bar_config(disable=True)
    if device.kind != "cuda":
        return
    if folder.spec is not None and folder.spec.memory > device.memory:
        pipe.enable_model_cpu_offload()
    else:
        pipe.to("cuda")


def _over(from_words: Any) -> Any | None:
    """The same weights as an image-to-image pipeline, or None when the class has none."""
    from diffusers import AutoPipelineForImage2Image

    try:
        pipe = AutoPipelineForImage2Image.from_pipe(from_words)
    except ValueError:
        return None
    pipe.set_progress_bar_config(disable=True)
    return pipe
