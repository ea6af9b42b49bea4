"""A big cloth hung from a few uneven points, pooling round a folded block of the same linen.

The fall is simulated (half a minute) and kept beside the passes, so later runs skip it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import gettempdir

import bpy
import numpy as np
from gobos import branch, polygons, screen
from matter import Matter, matter
from shapes import fractal, sheet, smooth_noise, thicken
from stage import KeyInfo, SetInfo, Stage

BLOCK_TOP = 0.52
INFO = SetInfo(
    name="cloth",
    world="draped cloth",
    title="A cloth that falls from above, and folded linen to stand on",
    mood=("soft", "sensual", "calm", "studio"),
    parts={"cloth": "ground", "linen": "surface"},
    keys=(
        KeyInfo(name="large window", mood=("soft", "day"), azimuth=-42, elevation=38, angle=18),
        KeyInfo(name="spot", mood=("evening", "drama"), azimuth=50, elevation=34, angle=6),
        KeyInfo(name="leaf shade", mood=("garden", "summer"), azimuth=-34, elevation=44, angle=1.8),
    ),
    anchor=(0.0, -0.4, BLOCK_TOP),
    anchor_px=(0.48, 0.75),
    stand=(0.0, -0.6),
    room=(3.1, 0.95),
    horizon=None,
    sky=0.17,
)  # fmt: skip

COLUMNS, ROWS, WIDTH, LENGTH = 185, 260, 16.5, 21.4
# along the rail, height: few and uneven at the left; many and level at the right, where type will stand
PINS = ((-0.02, 12.4), (0.15, 10.8), (0.34, 9.9), (0.48, 10.6), (0.58, 10.6), (0.68, 10.6), (0.78, 10.6),
        (0.88, 10.6), (1.02, 10.6))  # fmt: skip
LUMPS = (((-3.1, 0.9, 0.0), (1.1, 0.7, 0.55)), ((3.0, 1.2, 0.0), (1.3, 0.8, 0.75)),
         ((-2.6, -1.9, 0.0), (0.9, 0.4, 0.28)), ((2.9, -1.3, 0.0), (0.7, 0.5, 0.3)))  # fmt: skip
FRAMES = 40


def build(stage: Stage) -> None:
    """Put the matter and the lights in place."""
    _cloth(stage)
    _block(stage)
    _lights(stage)


def _cloth(stage: Stage) -> None:
    look = matter(stage, "cloth", Matter(
        rough=0.8, specular=0.15, mottle=(1.2, 0.03), sheen=0.4,
        bumps=((2.2, 0.12, 0.05), (26, 0.1, 0.012), (190, 0.12, 0.004)),
    ))  # fmt: skip
    sheet(stage, "behind", 2, 2, lambda u, v: ((u - 0.5) * 40, 5.5, -1 + v * 20), look)
    sheet(stage, "below", 2, 2, lambda u, v: ((u - 0.5) * 40, -14 + v * 20, -0.03), look)
    made = sheet(stage, "cloth", COLUMNS, ROWS, _hung, look)
    kept = Path(gettempdir()) / f"set_cloth_{COLUMNS}x{ROWS}_b.npy"
    if not kept.exists():
        np.save(kept, _fall(stage, made))
    points = _pressed(np.load(kept))
    made.modifiers.clear()
    made.data.vertices.foreach_set("co", points.astype(np.float32).ravel())
    made.data.update()
    soften = made.modifiers.new("soften", "SMOOTH")
    soften.factor, soften.iterations = 0.5, 4
    finer = made.modifiers.new("finer", "SUBSURF")
    finer.levels, finer.render_levels = 0, 1


def _hung(u: float, v: float) -> tuple[float, float, float]:
    """Before the fall: from the rail straight down in gathers, then forward on the ground."""
    top, along, x = _rail(u), v * LENGTH, (u - 0.5) * WIDTH
    if along < top:
        y = 3.0 + _gathers(x + 0.25 * (top - along)) * 1.15 * (1 - 0.3 * along / top)
        z = top - along + 0.15
    else:
        y = 3.0 - (along - top) * 0.93 + _gathers(x) * 0.55 * math.exp(-(along - top) * 0.8)
        z = 0.12 + 0.62 * abs(fractal(x * 0.6, along * 0.7, 2, 2))
    return (x + 0.14 * smooth_noise(x, along, 9), y, z)


def _gathers(x: float) -> float:
    wide = 0.30 * math.sin(x * 2.6 + 1.3 * math.sin(x * 0.7) + 0.5)
    calm = 0.06 + 0.94 / (1 + math.exp((x + 0.9) * 2.2))
    return calm * (wide + 0.14 * math.sin(x * 6.1 + 2) + 0.07 * math.sin(x * 11 + 1))


def _rail(u: float) -> float:
    """Height of the upper edge: it sags between its pins."""
    for (a, low), (b, high) in pairwise(PINS):
        if u <= b:
            t = (u - a) / (b - a)
            return low + (high - low) * t - 3.6 * t * (1 - t) * (b - a) / 0.3
    return PINS[-1][1]


def _fall(stage: Stage, made: bpy.types.Object) -> np.ndarray:
    """Let the cloth fall; returns its points (N, 3)."""
    bpy.ops.mesh.primitive_plane_add(size=60, location=(0, 0, -0.02))
    _solid(bpy.context.object)
    for place, size in LUMPS:
        bpy.ops.mesh.primitive_uv_sphere_add(segments=32, ring_count=16, location=place)
        bpy.context.object.scale = size
        bpy.ops.object.transform_apply(scale=True)
        _solid(bpy.context.object)
    _fabric(made)
    made.modifiers["fall"].point_cache.frame_end = FRAMES + 2
    for frame in range(1, FRAMES + 1):
        stage.scene.frame_set(frame)
    fallen = bpy.data.meshes.new_from_object(made.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    points = np.empty(len(fallen.vertices) * 3, np.float32)
    fallen.vertices.foreach_get("co", points)
    stage.scene.frame_set(1)
    return points.reshape(-1, 3)


def _solid(thing: bpy.types.Object) -> None:
    thing.modifiers.new("solid", "COLLISION")
    thing.collision.thickness_outer, thing.collision.cloth_friction = 0.04, 18
    thing.hide_render = True


def _fabric(made: bpy.types.Object) -> None:
    """A medium heavy cloth, pinned where the rail holds it."""
    held = made.vertex_groups.new(name="held")
    near = [i for p, _ in PINS for i in range(int(p * COLUMNS) - 3, int(p * COLUMNS) + 4) if 0 <= i < COLUMNS]
    held.add([row * COLUMNS + i for row in range(3) for i in near], 1, "REPLACE")
    fall = made.modifiers.new("fall", "CLOTH")
    values = {
        "quality": 5, "mass": 0.25, "tension_stiffness": 12, "compression_stiffness": 8, "shear_stiffness": 4,
        "bending_stiffness": 0.9, "air_damping": 2, "vertex_group_mass": "held", "shrink_min": -0.06,
    }  # fmt: skip
    for name, value in values.items():
        setattr(fall.settings, name, value)
    fall.collision_settings.distance_min, fall.collision_settings.collision_quality = 0.03, 2
    fall.collision_settings.use_self_collision = False


def _pressed(points: np.ndarray) -> np.ndarray:
    """Press the cloth flat under the block: pressed, never intersecting."""
    x, y, z = points.T
    away = np.maximum(np.abs(x) / 1.8, np.abs(y + 1.05) / 2.0)
    keep = np.clip((away - 0.92) / 0.55, 0, 1)
    keep = keep * keep * (3 - 2 * keep)
    low = np.minimum(z, 0.05)
    z = np.where(y < 2.2, z * keep + low * (1 - keep), z)
    return np.stack([x, y, z], 1)


def _block(stage: Stage) -> None:
    """Linen folded four times: each layer is a loop with a round fold in front."""
    look = matter(stage, "linen", Matter(
        rough=0.85, specular=0.12, mottle=(2.2, 0.05), sheen=0.3,
        bumps=((3, 0.14, 0.04), (34, 0.12, 0.01), (210, 0.14, 0.004)),
    ))  # fmt: skip
    layers, low = 4, 0.03
    step = (BLOCK_TOP - low) / layers
    for number in range(layers):
        thicken(sheet(stage, "fold", 150, 150, _fold(number, low + step * number, step), look), 0.03)


def _fold(number: int, foot: float, height: float) -> Callable[[float, float], tuple[float, float, float]]:
    """One layer: in from the back below, round at the front, back again above."""
    half, depth = 1.62 - 0.035 * number + 0.02 * math.sin(number * 5), 1.02 - 0.03 * number
    turn = math.radians((1.6, -1.1, 0.9, -0.5)[number % 4])
    radius = height / 2 - 0.014

    def place(u: float, v: float) -> tuple[float, float, float]:
        flat, arc = 2 * depth - radius, math.pi * radius
        along = v * (2 * flat + arc)
        x = (2 * u - 1) * half * (1 + 0.008 * smooth_noise(along * 1.5, number, 2))
        if along < flat:
            y, z = depth - along, -radius
        elif along < flat + arc:
            a = (along - flat) / radius
            y, z = depth - flat - radius * math.sin(a), -radius * math.cos(a)
        else:
            y, z = depth - flat + (along - flat - arc), radius
        sag = 0.012 * smooth_noise(x * 1.4, y * 1.1, number * 3) * min(1.0, max(0.0, (-y - 0.55) * 3))
        rim = 0.018 * smooth_noise(x * 1.1, number, 5) * (abs(u - 0.5) * 2) ** 4
        xr, yr = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        return (xr, yr - 0.4, foot + height / 2 + z + sag + rim)

    return place


def _lights(stage: Stage) -> None:
    stage.sun(0, 2.6)
    stage.area(0, (-6, -6, 6), (0, 1, 1), (4, 5), 420)
    stage.sun(1, 3.2)
    stage.area(1, (5, -9, 7), (0, 0, 1), (3, 3), 380)
    stage.sun(2, 4.0)
    shade = screen(stage, 2, (-0.8, 2.4, 3.6), 7)
    twigs = (
        ((-5.4, 2.6), -0.15, 4.6, 3),
        ((-5.2, 5.2), -0.5, 5.0, 8),
        ((-5.6, -0.6), 0.25, 3.6, 14),
        ((5.6, 4.4), 3.6, 3.8, 21),
    )
    for base, angle, length, seed in twigs:
        polygons(stage, 2, branch(shade, base, angle, length, 1.25, seed, leaves=20))
    stage.area(None, (-5, -8, 8), (0, 1, 0), (8, 8), 420)
    stage.area(None, (6, 2, 7), (0, 1, 1), (4, 4), 90)
