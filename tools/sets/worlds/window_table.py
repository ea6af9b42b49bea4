"""A wooden table before plaster: a linen runner, a vessel with dried stems, a window's light."""

from __future__ import annotations

import math
import random

import bpy
from gobos import panes, quads, screen
from mathutils import Vector
from matter import Matter, matter, weave
from shapes import box, fractal, lathe, leaf, sheet, thicken, tube
from stage import KeyInfo, SetInfo, Stage

INFO = SetInfo(
    name="window_table",
    world="window and table",
    title="Window light on plaster and a wooden table",
    mood=("homely", "warm", "slow", "natural"),
    parts={
        "wall": "ground", "table": "muted", "linen": "surface", "vessel": "ink", "stems": "accent",
    },
    keys=(
        KeyInfo(name="window", mood=("morning", "clear"), azimuth=-52, elevation=27, angle=2.0),
        KeyInfo(name="blinds", mood=("late afternoon", "cinema"), azimuth=38, elevation=29, angle=1.5),
        KeyInfo(name="north light", mood=("still life", "soft"), azimuth=-72, elevation=34, angle=30),
    ),
    anchor=(0.0, -0.1, 0.005),
    anchor_px=(0.5, 0.755),
    stand=(0.3, -0.3),  # so that a 9:16 crop round the product leaves the vessel out altogether
    room=(3.2, 1.05),
    horizon=(0.0, 2.6, 0.0),
    sky=0.14,
)  # fmt: skip

VESSEL = (-3.15, 1.05, 0.0)


def build(stage: Stage) -> None:
    """Put the matter and the lights in place."""
    _wall(stage)
    _table(stage)
    _runner(stage)
    _vessel(stage)
    _lights(stage)


def _wall(stage: Stage) -> None:
    """Plaster, truly displaced a little for the raking light."""
    plaster = matter(stage, "wall", Matter(
        rough=0.85, specular=0.15, mottle=(0.55, 0.06),
        bumps=((1.3, 0.32, 0.2), (7, 0.2, 0.05), (45, 0.15, 0.015)),
    ))  # fmt: skip
    sheet(stage, "wall", 200, 200, lambda u, v: (
        (u - 0.5) * 26,
        2.62 + 0.03 * fractal(u * 10, v * 10, 1, 4) + 0.012 * fractal(u * 60, v * 30, 3, 2),
        -4 + v * 17,
    ), plaster)  # fmt: skip


def _table(stage: Stage) -> None:
    """Three boards of uneven height with worn edges, and the frame below them."""
    wood = matter(stage, "table", Matter(
        rough=0.55, specular=0.3, mottle=(5, 0.15), stretch=(0.16, 2.2, 2.2),
        bumps=((14, 0.25, 0.02), (70, 0.2, 0.008)),
    ))  # fmt: skip
    for number, (front, back) in enumerate(((-2.3, -0.85), (-0.835, 0.85), (0.865, 2.6))):
        box(
            stage,
            (0.3 * number - 0.2, (front + back) / 2, -0.17),
            (22, back - front, 0.34 + 0.004 * number),
            wood,
            0.05,
        )
    box(stage, (0, -2.02, -0.95), (21, 0.25, 1.1), wood, 0.03)
    box(stage, (0, -1.5, -2.6), (21, 0.25, 2.6), wood, 0.03)


def _runner(stage: Stage) -> None:
    linen = matter(stage, "linen", Matter(
        rough=0.9, specular=0.1, mottle=(3, 0.05), sheen=0.3, bumps=((2, 0.2, 0.05), (150, 0.2, 0.006)),
    ))  # fmt: skip
    weave(linen, 95, 0.22, 0.006)
    thicken(sheet(stage, "runner", 190, 380, _draped, linen), 0.025)


def _draped(u: float, v: float) -> tuple[float, float, float]:
    """A runner that lies on the boards with pressed folds and bends over the front edge."""
    x, along = 0.95 + 2.6 * u + 0.10 * (v - 0.5), v * 6.9
    edge, radius = 4.5, 0.16
    ripple = max(0.0, 0.07 * fractal(x * 0.9, along * 0.55, 5))
    folds = 0.10 * math.exp(-(((u - 0.30 - 0.05 * v) / 0.035) ** 2)) + 0.07 * math.exp(-(((u - 0.72 + 0.09 * v) / 0.03) ** 2))
    rise = ripple + folds * (0.5 + 0.5 * math.sin(along * 0.8 + 1))
    over = along - edge + 0.02
    if over <= 0:
        return (x, 2.32 - along, 0.03 + rise)
    bend = min(over / radius, math.pi / 2)
    hang = min(1.0, over / 0.4)
    y = -2.18 - radius * math.sin(bend) - rise * 0.6 - hang * 0.09 * (1 + math.sin(u * 15 + 1))
    z = 0.03 - radius * (1 - math.cos(bend)) - max(0.0, over - radius * math.pi / 2) + rise * (1 - hang) * 0.5
    sway = 0.02 * math.sin(along * 3) * (u - 0.5) * hang
    return (x + sway, y, z)


def _vessel(stage: Stage) -> None:
    clay = matter(stage, "vessel", Matter(
        rough=0.5, specular=0.35, mottle=(2, 0.08), bumps=((5, 0.12, 0.03), (90, 0.12, 0.006)),
    ))  # fmt: skip
    profile = [
        (0, 0.02), (0.42, 0.0), (0.52, 0.06), (0.66, 0.45), (0.68, 0.85), (0.55, 1.22), (0.27, 1.46),
        (0.21, 1.62), (0.25, 1.76), (0.21, 1.77), (0.16, 1.62), (0.18, 1.4),
    ]  # fmt: skip
    lathe(stage, profile, clay, VESSEL, steps=160, subdivide=2)
    dry = matter(stage, "stems", Matter(rough=0.8, specular=0.2))
    rand = random.Random(11)
    for number in range(6):
        _stem(stage, dry, rand, lean=-0.55 + 0.27 * number)


def _stem(stage: Stage, dry: bpy.types.Material, rand: random.Random, lean: float) -> None:
    """One dried stem with leaves on its upper half."""
    x, y, _ = VESSEL
    back, high = rand.uniform(-0.2, 0.4), rand.uniform(1.5, 2.5)
    path = [(x, y, 1.35), (x + lean * 0.15, y + back * 0.2, 2.0), (x + lean * 0.6, y + back * 0.5, 1.8 + high * 0.6),
            (x + lean * 1.25, y + back, 1.75 + high)]  # fmt: skip
    tube(stage, path, 0.016, dry)
    for k in range(13):
        t = (0.40 + 0.60 * k / 12) * 3
        low = min(2, int(t))
        spot = Vector(path[low]).lerp(Vector(path[low + 1]), t - low)
        turn = (rand.uniform(-0.8, 0.8), rand.uniform(-1.1, -0.2), rand.uniform(0, 6.3))
        leaf(stage, spot, rand.uniform(0.24, 0.40), 0.065, dry, turn, 0.3)


def _lights(stage: Stage) -> None:
    stage.sun(0, 5)
    quads(stage, 0, screen(stage, 0, (0.35, 1.3, 1.15), 8), panes(2, 3, (1.85, 1.6), 0.16))
    stage.sun(1, 5)
    quads(stage, 1, screen(stage, 1, (-1.2, 1.2, 0.85), 6), panes(1, 14, (9.6, 0.31), 0.12))
    stage.area(2, (-10.5, -3.4, 7.4), (0.5, 1.6, 0.8), (6, 6), 1600)
    stage.area(None, (-9, -6, 5), (0, 1, 1), (6, 6), 500)
    stage.area(None, (6, -3, 6), (0, 1, 1), (4, 4), 130)
