"""Small things that the staging tests share: a product drawn from numbers, a rendered set made of arithmetic."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import yaml

from pipelines.plate.setfile import SetFile, set_in, toward
from pipelines.product.cutout import Cutout, cutout
from pipelines.scene import Floats, Passes

PALETTE = {"ground": "#F7EDE0", "surface": "#C8B6E2", "accent": "#F05A28", "ink": "#1C1A3B", "muted": "#D9C7B0"}
PITCH = 10.0


def can(height: int = 400, radius: float = 0.2, colour: tuple[int, int, int] = (240, 90, 40)) -> Cutout:
    """A plain can: a cylinder seen from 10 degrees above, lit from the left."""
    width = 2 * math.ceil(radius * height) + 4
    y, x = np.mgrid[0:height, 0:width] + 0.5
    r, squash = radius * height, math.sin(math.radians(PITCH))
    across = np.abs(x - width / 2)
    top, base = r * squash, height - r * squash
    bow = squash * np.sqrt(np.maximum(r * r - across**2, 0))
    inside = (across <= r) & (y >= top - bow) & (y <= base + bow)
    shade = np.clip(1.05 - 0.35 * (x / width), 0, 1)[..., None]
    rgba = np.dstack([np.array(colour) * shade, inside * 255.0]).astype(np.uint8)
    return cutout(rgba, {"pitch": PITCH}, "can")


def floor(size: tuple[int, int], foot: tuple[float, float], height: float, azimuth: float = -60, elevation: float = 40,
          angle: float = 2.0) -> Passes:  # fmt: skip
    """An endless evenly lit floor, seen in parallel from 10 degrees above."""
    width, tall = size
    y, x = np.mgrid[0:tall, 0:width].astype(np.float32) + np.float32(0.5)
    position = np.zeros((tall, width, 3), np.float32)
    position[..., 0] = (x - foot[0]) / height
    position[..., 1] = -(y - foot[1]) / height / math.sin(math.radians(PITCH))
    ones = np.ones((tall, width), np.float32)
    return Passes(
        key=ones * np.float32(0.64), fill=ones * np.float32(0.36), albedo=np.full((tall, width, 3), 0.8, np.float32),
        position=position, light_dir=toward(azimuth, elevation), light_angle=angle, pitch=PITCH, foot=foot,
        height=height, key_colour=(1, 1, 1), fill_colour=(1, 1, 1),
    )  # fmt: skip


SIDE = 256
DISTANCE = 18.0
LENS, SENSOR = 85.0, 36.0


def rendered_set(folder: Path, mirror: bool = False) -> SetFile:
    """A set folder in the rendered format: a floor and a wall 3 units behind the anchor, lit evenly by two keys."""
    tilt = math.radians(PITCH)
    matrix = [
        [1, 0, 0, 0], [0, math.sin(tilt), -math.cos(tilt), -DISTANCE * math.cos(tilt)],
        [0, math.cos(tilt), math.sin(tilt), DISTANCE * math.sin(tilt)], [0, 0, 0, 1],
    ]  # fmt: skip
    shift = [0.04, 0.2]
    span = SENSOR / LENS
    at = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid((at - 0.5 + shift[0]) * span, (0.5 - at + shift[1]) * span)
    axes, eye = np.array(matrix)[:3, :3], np.array(matrix)[:3, 3]
    rays = x[..., None] * axes[:, 0] + y[..., None] * axes[:, 1] - axes[:, 2]
    on_floor, on_wall = -eye[2] / np.minimum(rays[..., 2], -1e-6), (3 - eye[1]) / rays[..., 1]
    depth = np.minimum(on_floor, on_wall)
    wall = on_wall < on_floor
    folder.mkdir(parents=True, exist_ok=True)
    scale = float(depth.min())
    cv2.imwrite(str(folder / "depth.png"), np.round(65535 * scale / depth).astype(np.uint16))
    for name, level in (("key_0", 0.6), ("key_1", 0.5), ("fill", 0.4), ("gloss_key_0", 0.1), ("gloss_fill", 0.1)):
        code = np.full((SIDE, SIDE), round(255 * math.sqrt(level)), np.uint8)
        cv2.imwrite(str(folder / f"{name}.webp"), code, [cv2.IMWRITE_WEBP_QUALITY, 101])
    for part, weight in (("wall", wall), ("floor", ~wall)):
        big = cv2.resize(weight.astype(np.uint8) * 255, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_NEAREST)
        cv2.imwrite(str(folder / f"part_{part}.webp"), big, [cv2.IMWRITE_WEBP_QUALITY, 101])
        seen = (~wall if part == "wall" else np.zeros_like(wall)).astype(np.uint8) * 255
        cv2.imwrite(str(folder / f"seen_{part}.webp"), seen, [cv2.IMWRITE_WEBP_QUALITY, 101])
    anchor = (-shift[0] + 0.5, 0.5 + shift[1])
    row = {
        "name": folder.name, "title": "Test", "mood": ["calm"], "parts": {"wall": "ground", "floor": "surface"},
        "master": [SIDE, SIDE], "masks": [2 * SIDE, 2 * SIDE],
        "camera": {"matrix": matrix, "lens": LENS, "sensor": SENSOR, "shift": shift, "pitch": PITCH},
        "anchor": {"world": [0, 0, 0], "px": list(anchor), "unit": math.cos(tilt) / (DISTANCE * span)},
        "room": {"height": 3.0, "radius": 0.9}, "horizon": 0.6, "quiet": [[0.1, 0.05, 0.8, 0.3]], "mirror": mirror,
        "keys": [
            {"name": "a", "mood": ["morning"], "dir": list(toward(-50, 40)), "angle": 2, "scale": 1, "gloss_scale": 1},
            {"name": "b", "mood": [], "dir": list(toward(40, 30)), "angle": 9, "scale": 1, "gloss_scale": None},
        ],
        "fill": {"scale": 1.0, "gloss_scale": 1.0 if mirror else None}, "depth": {"scale": scale},
    }  # fmt: skip
    (folder / "set.yaml").write_text(yaml.safe_dump(row))
    return set_in(folder)


def oklch(linear: Floats) -> np.ndarray:
    """OKLCH of linear colours (..., 3)."""
    from brand_kits.colour import linear_to_oklab, oklab_to_oklch

    return oklab_to_oklch(linear_to_oklab(linear))
