"""Palette roles as matter: albedo of parts, and washes as albedo or light."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipelines.light import hex_to_linear
from pipelines.scene import Floats

Role = str
FALLBACK: Mapping[Role, tuple[Role, ...]] = {
    "surface": ("ground",),
    "muted": ("surface", "ground"),
    "accent": ("surface", "ground"),
    "ink": ("accent", "ground"),
}
"""What a role becomes where a kit's mode leaves it out."""
WASH_LIGHT = (1.0, 0.72, 0.5)
"""Key light under a wash used as light, by its three weights: open, veiled, deep."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Wash:
    """A diffusion wash: `weights` (3, h, w) of base, second and accent, summing to 1, and what it is used as."""

    weights: Floats
    use: Literal["albedo", "light"]


def role_colour(palette: Mapping[Role, str], role: Role) -> Floats:
    """Linear sRGB (3,) of a role. A missing role takes its nearest relative; a palette always has `ground`.

    Roles joined by `+` are mixed evenly; one named twice counts twice.
    """
    if "+" in role:
        return np.asarray(np.mean([role_colour(palette, one) for one in role.split("+")], axis=0), np.float32)
    for name in (role, *FALLBACK.get(role, ("ground",))):
        if name in palette:
            return hex_to_linear(palette[name])
    return hex_to_linear(palette["ground"])


def read_wash(data: bytes, use: Literal["albedo", "light"]) -> Wash:
    """A wash from the bytes of its .npy file (float16, (3, h, w))."""
    weights = np.load(io.BytesIO(data), allow_pickle=False).astype(np.float32)
    total = np.maximum(weights.sum(0, keepdims=True), np.float32(1e-3))
    return Wash(weights=weights / total, use=use)


def wash_albedo(wash: Wash, palette: Mapping[Role, str], size: tuple[int, int]) -> Floats:
    """The wash coloured with ground, surface and accent, (h, w, 3) linear, for a canvas (w, h) px."""
    colours = np.stack([role_colour(palette, role) for role in ("ground", "surface", "accent")])
    weights = covering(wash.weights, size)
    return np.ascontiguousarray(np.tensordot(weights, colours, axes=(0, 0)), np.float32)


def wash_light(wash: Wash, size: tuple[int, int]) -> Floats:
    """The wash as a factor on the key, (h, w), for a canvas (w, h) px."""
    return np.tensordot(np.array(WASH_LIGHT, np.float32), covering(wash.weights, size), axes=(0, 0))


def covering(layers: Floats, size: tuple[int, int]) -> Floats:
    """Layers (n, h, w) scaled to cover a canvas (w, h) px and cut around the middle."""
    import cv2

    width, height = size
    h, w = layers.shape[1:]
    scale = max(width / w, height / h)
    move = np.array(
        [[scale, 0, (width - scale * w) / 2 + scale / 2 - 0.5], [0, scale, (height - scale * h) / 2 + scale / 2 - 0.5]]
    )
    sized = [
        cv2.warpAffine(layer, move, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for layer in layers
    ]
    return np.asarray(np.clip(np.stack(sized), 0, 1), np.float32)
