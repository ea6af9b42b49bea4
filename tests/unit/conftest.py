"""Tiny models with random weights, made from a configuration: nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_washes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a WashPipeline with some thousand numbers, of classes `calm` and `wild`."""
    import torch
    from diffusers import UNet2DModel

    from gpu.own.pipeline import assemble

    torch.manual_seed(3)
    net = UNet2DModel(
        sample_size=(16, 16), in_channels=27, out_channels=27, block_out_channels=(16, 32, 32), layers_per_block=1,
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"), norm_num_groups=8, attention_head_dim=8,
        num_class_embeds=3,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("washes")
    assemble(net, ["calm", "wild"], patch=3, mean=1 / 3, scale=3.0).save_pretrained(str(folder))
    return folder
