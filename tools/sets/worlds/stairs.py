"""A courtyard stair in low sun: rendered walls, a doorway, one painted plane of colour."""

from __future__ import annotations

import math
import random

import bpy
from gobos import FAR, quads, screen
from matter import Matter, matter
from shapes import box, fractal, mesh, rounded, sheet
from stage import KeyInfo, SetInfo, Stage

PLATFORM = 0.66
INFO = SetInfo(
    name="stairs",
    world="courtyard stair",
    title="A courtyard stair in low sun, one painted wall",
    mood=("architectural", "bold", "sunny", "south"),
    parts={"wall": "ground", "stair": "surface", "plane": "accent", "door": "muted", "floor": "ground"},
    keys=(
        KeyInfo(name="slanting sun", mood=("late afternoon", "graphic"), azimuth=-56, elevation=27, angle=1.1),
        KeyInfo(name="high sun", mood=("noon", "hard"), azimuth=27, elevation=41, angle=0.8),
        KeyInfo(name="open shade", mood=("overcast", "quiet"), azimuth=-20, elevation=60, angle=38),
    ),
    anchor=(-0.5, -0.25, PLATFORM),
    anchor_px=(0.44, 0.755),
    stand=(-0.5, -0.5),
    room=(3.1, 1.1),
    horizon=(-0.5, 4.2, 0.0),
    sky=0.2,
)  # fmt: skip

RENDER = ((1.6, 0.28, 0.06), (9, 0.2, 0.03), (60, 0.2, 0.012))
DOOR = (-4.15, -2.65, 3.5)  # left, right, height
BACK = 4.2


def build(stage: Stage) -> None:
    """Put the matter and the lights in place."""
    _walls(stage)
    _floor(stage)
    _stair(stage)
    _lights(stage)


def _walls(stage: Stage) -> None:
    plaster = matter(stage, "wall", Matter(rough=0.9, specular=0.12, mottle=(0.6, 0.06), bumps=RENDER))
    _pierced(stage, plaster)
    door = matter(stage, "door", Matter(rough=0.7, specular=0.2, mottle=(1.2, 0.05), stretch=(3, 1, 0.4),
                                        bumps=((6, 0.15, 0.02), (60, 0.15, 0.008))))  # fmt: skip
    left, right, high = DOOR
    box(stage, ((left + right) / 2, BACK + 0.62, high / 2), (right - left + 0.6, 0.1, high + 0.6), door, 0.01)
    paint = matter(stage, "plane", Matter(rough=0.85, specular=0.15, mottle=(0.9, 0.05), bumps=RENDER))
    box(stage, (4.25, 2.6, 1.9), (6.3, 0.36, 5.2), paint, 0.035)


def _pierced(stage: Stage, plaster: bpy.types.Material) -> None:
    """The back wall as one body with a doorway and its reveals."""
    left, right, high = DOOR
    xs, zs = (-16.0, left, right, 16.0), (-1.0, high, 18.0)
    points = [(x, BACK, z) for z in zs for x in xs]
    faces = [(0, 1, 5, 4), (2, 3, 7, 6), (4, 5, 9, 8), (5, 6, 10, 9), (6, 7, 11, 10)]
    points += [(x, BACK + 0.6, z) for z in zs[:2] for x in xs[1:3]]
    faces += [(1, 12, 14, 5), (5, 14, 15, 6), (6, 15, 13, 2)]
    rounded(mesh(stage, "wall", points, faces, plaster, smooth=False), 0.03)


def _floor(stage: Stage) -> None:
    ground = matter(stage, "floor", Matter(rough=0.8, specular=0.2, mottle=(0.8, 0.06), bumps=RENDER))
    sheet(stage, "floor", 100, 100, lambda u, v: (
        (u - 0.5) * 32, -10 + v * 15.2, 0.016 * fractal(u * 9, v * 9, 5),
    ), ground)  # fmt: skip


def _stair(stage: Stage) -> None:
    """A broad landing, then treads that climb to the right; no two quite alike."""
    stone = matter(stage, "stair", Matter(rough=0.75, specular=0.2, mottle=(2.2, 0.07), bumps=RENDER))
    rand = random.Random(2)
    box(stage, (-0.75, 0.05, PLATFORM / 2), (3.9, 2.9, PLATFORM), stone, 0.035)
    box(stage, (-1.15, -0.35, PLATFORM / 4 - 0.02), (4.7, 3.3, PLATFORM / 2), stone, 0.035)
    left, top = 1.2, PLATFORM
    for number in range(6):
        wide, top = 0.76 + rand.uniform(-0.02, 0.02), top + 0.43 + rand.uniform(-0.015, 0.015)
        turn = math.radians(rand.uniform(-0.4, 0.4))
        place = (left + wide / 2, 0.55 + 0.06 * number, top / 2)
        box(stage, place, (wide - 0.012, 2.5, top), stone, 0.035, (0, 0, turn))
        left += wide


def _lights(stage: Stage) -> None:
    stage.sun(0, 4.2)
    bars = screen(stage, 0, (-0.3, 2.0, 1.9), 9, roll=-32)
    quads(stage, 0, bars, [(-FAR, -3.1, -FAR, FAR), (3.5, 3.95, -FAR, FAR), (4.9, FAR, -FAR, FAR)])
    stage.sun(1, 4.2)
    eave = screen(stage, 1, (-0.5, BACK, 5.4), 7, roll=-14)
    quads(stage, 1, eave, [(-FAR, FAR, 0.0, FAR)])
    stage.area(2, (-4, -6, 12), (0, 1.5, 0.5), (10, 9), 1500)
    stage.area(None, (-6, -6, 8), (0, 1, 1), (8, 8), 520)
    stage.area(None, (6, -4, 5), (0, 1, 1), (4, 4), 150)
