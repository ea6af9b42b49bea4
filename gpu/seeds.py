"""Seeds: every random number of a model comes from a name, never from a clock or a shared generator."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def derive(seed: int, *names: str) -> int:
    """A seed of 63 bits for a purpose: the same seed and names give the same number, on any machine."""
    text = "\x1f".join([str(seed), *names]).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1


def generator(seed: int) -> torch.Generator:
    """A generator on the CPU, whatever the model runs on, so that noise does not depend on the card."""
    import torch

    return torch.Generator(device="cpu").manual_seed(seed)
