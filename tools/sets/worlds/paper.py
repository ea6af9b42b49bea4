"""Torn paper hills, a cut sun and a paper floor, as a model maker lights them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import bpy
from matter import Matter, matter
from shapes import fractal, lathe, mesh, rounded, sheet, smooth_noise, thicken
from stage import KeyInfo, SetInfo, Stage

INFO = SetInfo(
    name="paper",
    world="torn paper",
    title="Torn paper hills and a cut sun",
    mood=("playful", "graphic", "handmade", "warm"),
    parts={
        "sky": "ground", "sun": "accent", "far": "surface", "middle": "muted",
        "near": "ink", "floor": "ground", "torn": "ground",
    },
    keys=(
        KeyInfo(name="workshop lamp", mood=("clear", "day"), azimuth=-48, elevation=36, angle=3.2),
        KeyInfo(name="low sun", mood=("evening", "long shadows"), azimuth=62, elevation=25, angle=1.4),
        KeyInfo(name="light box", mood=("glow", "night", "tender"), azimuth=-18, elevation=58, angle=32),
    ),
    anchor=(0.0, 0.0, 0.0),
    anchor_px=(0.5, 0.76),
    stand=(0.22, 0.0),  # so that a 9:16 crop round the product keeps the whole sun
    room=(3.2, 1.3),
    horizon=(0.0, 2.1, 0.62),
    sky=0.2,
)  # fmt: skip

Edge = Callable[[float], float]


def build(stage: Stage) -> None:
    """Put the matter and the lights in place."""
    papers = {part: _paper(stage, part) for part in ("sky", "sun", "far", "middle", "near", "floor")}
    torn = matter(stage, "torn", Matter(
        rough=0.95, specular=0.05, mottle=(30, 0.05), bumps=((40, 0.6, 0.02), (150, 0.5, 0.008)),
    ))  # fmt: skip
    sheet(stage, "sky", 120, 120, lambda u, v: (
        (u - 0.5) * 26, 5.3 + 0.05 * smooth_noise(u * 5, v * 5, 1), -2 + v * 18,
    ), papers["sky"])  # fmt: skip
    _sun(stage, papers["sun"])
    _strip(stage, papers["far"], torn, depth=4.0, ridge=_ridge(1, 2.15, 0.60, 0.33, 0.16), seed=1)
    _strip(stage, papers["middle"], torn, depth=3.1, ridge=_ridge(2, 1.35, 0.50, 0.42, 0.12), seed=2)
    _strip(stage, papers["near"], torn, depth=2.2, ridge=_ridge(5, 0.72, 0.36, 0.50, 0.05), seed=5)
    _cloud(stage, papers["middle"], at=(2.55, 2.92, 4.35), width=1.5, seed=3)
    _floor(stage, papers, torn)
    _lights(stage)


def _paper(stage: Stage, part: str) -> bpy.types.Material:
    return matter(stage, part, Matter(
        rough=0.9, specular=0.12, mottle=(9, 0.04),
        bumps=((1.1, 0.2, 0.06), (28, 0.2, 0.012), (130, 0.22, 0.005)),
    ))  # fmt: skip


def _sun(stage: Stage, paper: bpy.types.Material) -> None:
    """A thick disc that stands free of the sky, so its shadow falls away from it."""
    profile = [(0, 0.05), (1.12, 0.05), (1.15, 0.03), (1.15, 0.0), (0, 0)]
    lathe(stage, profile, paper, (1.5, 4.75, 3.05), steps=200).rotation_euler = (math.pi / 2, 0, 0)


def _ridge(seed: int, base: float, swing: float, pace: float, slope: float) -> Edge:
    """A skyline that climbs to the right."""

    def height(x: float) -> float:
        wave = 0.35 * math.sin(x * pace * 1.4 + seed)
        return base + slope * x + swing * (fractal(x * pace + seed * 9.1, seed, 0, 4, 1.1) + wave)

    return height


def _strip(stage: Stage, paper: bpy.types.Material, torn: bpy.types.Material, depth: float, ridge: Edge, seed: int) -> None:
    """A coloured sheet in front of its own torn core, which shows .05 to .12 above it."""

    def core(x: float) -> float:
        return 0.05 + 0.075 * abs(fractal(x * 1.7, seed, 6))

    _upright(stage, torn, depth, ridge, ragged=0.055, seed=seed)
    _upright(stage, paper, depth - 0.035, lambda x: ridge(x) - core(x), ragged=0.035, seed=seed)


def _upright(stage: Stage, paper: bpy.types.Material, depth: float, ridge: Edge, ragged: float, seed: int) -> None:
    """A standing sheet, slightly warped, with a ragged upper edge."""
    low, wide = -1.5, 19.0

    def place(u: float, v: float) -> tuple[float, float, float]:
        x = (u - 0.5) * wide
        rag = 0.6 * fractal(x * 3.2, seed, 1, 5, 0.8) + 0.5 * fractal(x * 14, seed, 4, 4, 0.7)
        z = low + (ridge(x) + ragged * rag - low) * v
        warp = 0.10 * smooth_noise(x * 0.35, z * 0.4, seed * 3) + 0.03 * smooth_noise(x * 1.3, z * 1.5, seed)
        curl = 0.09 * max(0.0, smooth_noise(x * 0.6, seed, 8)) * v**8
        return (x, depth + warp - curl, z)

    thicken(sheet(stage, "strip", 1700, 30, place, paper), 0.03)


def _cloud(stage: Stage, paper: bpy.types.Material, at: tuple[float, float, float], width: float, seed: int) -> None:
    """A cut (not torn) cloud of seven bows on a straight foot."""
    rand = random.Random(seed)
    x0, z0, depth = at
    bows = [
        (x0 + width * (k / 6 - 0.5), z0 + 0.04 * rand.random(), width * 0.2 * (1 - abs(k / 6 - 0.5) * 1.3) + 0.05)
        for k in range(7)
    ]
    count = 160
    xs = [x0 - width * 0.62 + 1.24 * width * k / count for k in range(count + 1)]
    tops = [
        max([math.sqrt(max(0.0, r * r - (x - a) ** 2)) + b for a, b, r in bows if abs(x - a) < r], default=z0 - 0.02) for x in xs
    ]
    points = [(x, depth, z) for x, z in zip(xs, tops, strict=True)] + [(x, depth, z0 - 0.05) for x in xs]
    n = count + 1
    made = mesh(stage, "cloud", points, [(k, k + 1, n + k + 1, n + k) for k in range(count)], paper, smooth=False)
    rounded(thicken(made, 0.05), 0.012, segments=2)


def _floor(stage: Stage, papers: dict[str, bpy.types.Material], torn: bpy.types.Material) -> None:
    """Sheets that nearly touch (a gap would read as a black line), each torn in front."""
    rows = (
        (0.0, -3.7, papers["floor"], 1, 0.75), (-0.031, -3.9, torn, 1, 0.80),
        (-0.063, -4.9, papers["far"], 3, 0.85), (-0.094, -5.12, torn, 3, 0.90),
        (-0.126, -15.0, papers["middle"], 7, 0.20),
    )  # fmt: skip
    for height, front, paper, seed, rag in rows:
        thicken(sheet(stage, "floor", 900, 70, _lying(height, front, seed, rag), paper), 0.03)


def _lying(height: float, front: float, seed: int, rag: float) -> Callable[[float, float], tuple[float, float, float]]:
    def place(u: float, v: float) -> tuple[float, float, float]:
        x = (u - 0.5) * 17
        y0 = front + rag * (fractal(x * 0.35, seed, 1, 2) + 0.25 * fractal(x * 1.6, seed, 7, 5))
        y = y0 + (2.35 - y0) * v
        flat = 1 - math.exp(-(x * x + y * y) * 0.25)
        lift = 0.010 * math.exp(-v * 26) * (0.5 + 0.5 * smooth_noise(x * 0.8, seed, 0))
        return (x, y, height + 0.03 * smooth_noise(x * 0.5, y * 0.5, 1) * flat + lift)

    return place


def _lights(stage: Stage) -> None:
    stage.sun(0, 3.2)
    stage.area(0, (-6, -5, 6), (0, 2, 2), (2, 2), 200)
    stage.sun(1, 3.4)
    stage.area(1, (6, -6, 4), (0, 2, 2), (2, 2), 150)
    _light_box(stage)
    stage.area(None, (-3, -9, 8), (0, 2, 1), (8, 8), 480)
    stage.area(None, (6, -3, 7), (0, 2, 1), (5, 5), 120)


def _light_box(stage: Stage) -> None:
    """Lamps hidden between the sheets light each one's back, a large soft one the floor."""
    stage.area(2, (-3.2, -6.5, 9), (0, 1.0, 0.8), (6, 6), 1600)
    for y, z, watts in ((4.40, 0.2, 330), (3.55, 0.0, 90), (2.65, -0.3, 45)):
        stage.area(2, (0, y, z), (0, y + 0.62, z + 1.6), (17, 0.25), watts)
