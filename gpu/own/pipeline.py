"""The diffusion pipeline of washes: noise in, palette weights out.

Import it only where torch and diffusers are wanted: both load with it. A folder of it is made by `save_pretrained` and
opened by `WashPipeline.from_pretrained`, like any other of diffusers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.utils import BaseOutput
from torch import Tensor
from torch.nn import functional

from gpu.errors import ModelError


@dataclass
class WashOutput(BaseOutput):  # type: ignore[misc]  # diffusers carries no types
    """Palette weights (n, 3, h, w), float32: base, second, accent; each point sums to 1."""

    weights: Tensor


class WashPipeline(DiffusionPipeline):  # type: ignore[misc]  # diffusers carries no types
    """Draws abstract grounds as weights of three palette colours, by class.

    The net sees (weight - mean) x scale in patches of `patch` x `patch` pixels and says the clean picture; the
    scheduler walks the straight path of rectified flow from noise to it. Class number `len(classes)` stands for any.
    """

    def __init__(
        self,
        unet: UNet2DModel,
        scheduler: FlowMatchEulerDiscreteScheduler,
        classes: list[str] = [],  # noqa: B006 (diffusers reads the types of arguments; never changed)
        patch: int = 3,
        mean: float = 1 / 3,
        scale: float = 3.0,
    ) -> None:
        super().__init__()
        self.register_modules(unet=unet, scheduler=scheduler)
        self.register_to_config(classes=list(classes), patch=patch, mean=mean, scale=scale)

    @property
    def multiple(self) -> int:
        """What width and height of a map must divide by."""
        levels: int = len(self.unet.config.block_out_channels)
        return int(self.config.patch) << (levels - 1)

    @torch.no_grad()
    def __call__(
        self,
        name: str,
        size: tuple[int, int] = (48, 48),
        generator: torch.Generator | None = None,
        steps: int = 20,
        guidance: float = 1.4,
        image: Tensor | None = None,
        strength: float = 0.6,
        mask: Tensor | None = None,
        count: int = 1,
    ) -> WashOutput:
        """Draw `count` washes of a class on maps of `size` (width, height).

        With `image` (weights, (3, h, w) or (n, 3, h, w), of that size) the walk starts from it, `strength` of the way
        back to noise; with `mask` too ((h, w), 1 where new) the rest of `image` stays. `guidance` 1 is plain.
        Raises ModelError for an unknown class or a size that does not divide.
        """
        self._allow(name, size, image, mask)
        self.scheduler.set_timesteps(steps)
        shape = (count, 3, size[1], size[0])
        noise = self._patched(torch.randn(shape, generator=generator)).to(self.device)
        known = None if image is None else self._seen(image.expand(shape)).to(self.device)
        new = None if mask is None else self._mask(mask, shape).to(self.device)
        start = 0 if known is None or new is not None else min(steps - 1, round(steps * (1 - strength)))
        return WashOutput(weights=self._weights(self._walk(name, noise, known, new, start, guidance)))

    def _allow(self, name: str, size: tuple[int, int], image: Tensor | None, mask: Tensor | None) -> None:
        if name not in self.config.classes:
            known = ", ".join(self.config.classes)
            raise ModelError(f"No wash is called '{name}'", code="unknown_wash", help=f"There are: {known}.")
        if size[0] % self.multiple or size[1] % self.multiple:
            fact = f"A map of {size[0]}x{size[1]} cannot be drawn"
            raise ModelError(fact, code="wash_size", help=f"Width and height must be multiples of {self.multiple}.")
        if mask is not None and image is None:
            raise ModelError("A mask without an image", code="wash_mask", help="Give the image whose rest is to stay.")
        if image is not None and tuple(image.shape[-3:]) != (3, size[1], size[0]):
            fact = f"The image to start from is {tuple(image.shape)}"
            raise ModelError(fact, code="wash_image", help=f"It must be (3, {size[1]}, {size[0]}).")

    def _walk(
        self, name: str, noise: Tensor, known: Tensor | None, new: Tensor | None, start: int, guidance: float
    ) -> Tensor:
        """From noise, or from `known` with noise of the start level, to a clean picture in patches."""
        sigmas, times = self.scheduler.sigmas, self.scheduler.timesteps
        sample = noise if known is None else (1 - sigmas[start]) * known + sigmas[start] * noise
        self.scheduler.set_begin_index(start)
        for step in self.progress_bar(range(start, len(times))):
            clean = self._clean(name, sample, times[step], guidance)
            velocity = (sample - clean) / sigmas[step]
            sample = self.scheduler.step(velocity, times[step], sample, return_dict=False)[0]
            if known is not None and new is not None:
                kept = (1 - sigmas[step + 1]) * known + sigmas[step + 1] * noise
                sample = new * sample + (1 - new) * kept
        return sample

    def _clean(self, name: str, sample: Tensor, time: Tensor, guidance: float) -> Tensor:
        """What the net takes for the clean picture, pushed away from what it would say of any class."""
        label = self.config.classes.index(name)
        labels = [label] if guidance == 1 else [label, len(self.config.classes)]
        numbers = torch.tensor(labels, device=sample.device).repeat_interleave(len(sample))
        said = self.unet(sample.repeat(len(labels), 1, 1, 1), time, class_labels=numbers, return_dict=False)[0]
        if guidance == 1:
            return torch.as_tensor(said)
        asked, any_class = said.chunk(2)
        return torch.as_tensor(any_class + guidance * (asked - any_class))

    def _patched(self, maps: Tensor) -> Tensor:
        return functional.pixel_unshuffle(maps, self.config.patch)

    def _seen(self, weights: Tensor) -> Tensor:
        return self._patched((weights.float() - self.config.mean) * self.config.scale)

    def _mask(self, mask: Tensor, shape: Sequence[int]) -> Tensor:
        return self._patched(mask.float().expand(shape))

    def _weights(self, sample: Tensor) -> Tensor:
        """Patches back to weights: none below 0, each point's sum 1."""
        maps = functional.pixel_shuffle(sample, self.config.patch).float().cpu() / self.config.scale + self.config.mean
        positive: Tensor = maps.clamp(min=0)
        return positive / positive.sum(1, keepdim=True).clamp(min=1e-4)


def assemble(unet: UNet2DModel, classes: list[str], patch: int, mean: float, scale: float) -> Any:
    """A pipeline around a trained net. The walk spends its steps at high noise, where smooth pictures are settled."""
    scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=3.0)
    return WashPipeline(unet=unet.eval(), scheduler=scheduler, classes=classes, patch=patch, mean=mean, scale=scale)


def open_washes(folder: str) -> WashPipeline:
    """The pipeline of a folder, in float32, ready to draw. Raises ModelError when the folder is of another kind."""
    from diffusers.utils import logging

    logging.disable_progress_bar()
    pipeline = DiffusionPipeline.load_config(folder, local_files_only=True)
    if pipeline["_class_name"] != WashPipeline.__name__:
        fact = f"The folder holds a {pipeline['_class_name']}, not a {WashPipeline.__name__}"
        raise ModelError(fact, code="wash_folder", where=folder, help="Name a folder of washes.")
    opened: WashPipeline = WashPipeline.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, local_files_only=True
    )
    opened.set_progress_bar_config(disable=True)
    return opened
