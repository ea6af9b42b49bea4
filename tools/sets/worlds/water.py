"""Stones in still water before a plaster wall: a slab to stand on, boulders at one side."""

from __future__ import annotations

import math

from gobos import FAR, frond, polygons, quads, screen
from matter import Matter, matter
from shapes import fractal, sheet, stone
from stage import KeyInfo, SetInfo, Stage

INFO = SetInfo(
    name="water",
    world="stones and water",
    title="A flat stone in still water",
    mood=("calm", "cool", "clean", "outdoors"),
    parts={
        "wall": "ground", "water": "surface", "boulder": "muted",
        "slab": "ground", "pebble": "accent",
    },
    keys=(
        KeyInfo(name="late slot", mood=("evening", "quiet"), azimuth=-64, elevation=22, angle=2.4, gloss=True),
        KeyInfo(name="palm shade", mood=("summer", "noon"), azimuth=56, elevation=26, angle=1.6, gloss=True),
        KeyInfo(name="soft sky", mood=("morning", "airy"), azimuth=-24, elevation=52, angle=34, gloss=True),
    ),
    anchor=(0.0, 0.0, 0.47),
    anchor_px=(0.46, 0.76),
    stand=(0.0, -0.2),  # the slab's top falls off behind
    room=(3.1, 0.95),
    horizon=(0.0, 9.0, 0.0),
    fill_gloss=True,
    mirror="water",
    sky=0.12,
)  # fmt: skip

# place, size, seed, roughness, turn
BOULDERS = (
    ((-2.95, 1.5, 0.28), (1.2, 0.95, 1.0), 7, 0.28, 0.5),
    ((-4.25, 2.9, 0.5), (1.5, 1.15, 2.0), 9, 0.30, 1.2),
    ((-2.6, 3.6, 0.2), (0.95, 0.8, 0.75), 31, 0.25, 2.2),
    ((4.9, 5.4, 0.05), (1.25, 0.9, 0.62), 11, 0.26, 0.3),
    ((6.3, 6.6, 0.3), (1.3, 1.0, 1.5), 14, 0.30, 2.0),
)
PEBBLES = (
    ((2.0, -0.5, 0.0), (0.44, 0.36, 0.24), 21, 0.2, 0.7),
    ((2.62, -0.05, 0.02), (0.27, 0.23, 0.15), 22, 0.2, 0.2),
    ((-1.95, -0.85, 0.0), (0.4, 0.33, 0.2), 23, 0.2, 1.9),
)
SLAB = ((0.0, 0.0, 0.12), (1.75, 1.25, 0.55), 3, 0.16, 0.2)


def build(stage: Stage) -> None:
    """Put the matter and the lights in place."""
    _wall(stage)
    _stones(stage)
    _water(stage)
    _lights(stage)


def _wall(stage: Stage) -> None:
    plaster = matter(stage, "wall", Matter(
        rough=0.9, specular=0.1, mottle=(0.35, 0.08),
        bumps=((1.5, 0.3, 0.15), (30, 0.12, 0.02)),
    ))  # fmt: skip
    sheet(stage, "wall", 60, 60, lambda u, v: (
        (u - 0.5) * 44, 9 + 0.22 * fractal(u * 6, v * 6, 4), -1 + v * 20,
    ), plaster)  # fmt: skip


def _stones(stage: Stage) -> None:
    looks = {
        "boulder": Matter(rough=0.5, specular=0.45, mottle=(3.2, 0.2),
                          bumps=((3, 0.35, 0.12), (14, 0.3, 0.04), (70, 0.22, 0.012))),
        "slab": Matter(rough=0.55, specular=0.4, mottle=(4, 0.13), stretch=(1, 1, 3),
                       bumps=((2.5, 0.35, 0.08), (18, 0.3, 0.03), (90, 0.2, 0.01))),
        "pebble": Matter(rough=0.5, specular=0.35, mottle=(5, 0.16),
                         bumps=((5, 0.3, 0.05), (30, 0.25, 0.015))),
    }  # fmt: skip
    made = {part: matter(stage, part, look) for part, look in looks.items()}
    place, size, seed, rough, turn = SLAB
    stone(place, size, made["slab"], seed, rough, turn, flat=0.62)
    for part, rows in (("boulder", BOULDERS), ("pebble", PEBBLES)):
        for place, size, seed, rough, turn in rows:
            stone(place, size, made[part], seed, rough, turn)


def _water(stage: Stage) -> None:
    """Really displaced: rings round every stone on a small slow swell."""
    water = matter(stage, "water", Matter(
        rough=0.035, rough_range=0.01, specular=0.6, base=0.35, mottle=(0.5, 0.1),
        bumps=((0.9, 0.05, 0.05),),
    ))  # fmt: skip
    rings = [(*p[:2], max(s[:2]) * 0.95) for p, s, *_ in (SLAB, *BOULDERS[:2], *PEBBLES[:3])]

    def height(x: float, y: float) -> float:
        z = 0.012 * fractal(x * 0.8, y * 1.4, 3)
        for cx, cy, radius in rings:
            d = math.hypot(x - cx, (y - cy) * 1.15) - radius * 0.85
            if d > -0.3:
                z += 0.010 * math.sin(d * 11 - 1) * math.exp(-max(0.0, d) * 1.25)
        return z

    def place(u: float, v: float) -> tuple[float, float, float]:
        x, y = (u - 0.5) * 20, -6 + v * 15.5
        return (x, y, height(x, y))

    sheet(stage, "water", 460, 400, place, water)


def _lights(stage: Stage) -> None:
    _late_slot(stage)
    _palm_shade(stage)
    stage.area(2, (-6, -7, 13), (0.5, 5, 1.5), (9, 7), 1500)
    stage.area(2, (-7.5, 5.5, 9.5), (0.5, 9, 3), (4, 4), 220)
    stage.area(None, (0, -2, 11), (0, 3, 0), (10, 8), 420)
    stage.area(None, (-1, 5, 1.0), (-0.5, 9, 3.2), (3, 1), 60)


def _late_slot(stage: Stage) -> None:
    """One opening lights the wall, another the slab: at this angle no single one does both."""
    stage.sun(0, 4.2)
    stage.area(0, (-9, 5, 3), (0, 1, 0.5), (2, 5), 160)
    slot = screen(stage, 0, (0.0, 9.0, 3.0), 9)
    dark = [(-FAR, -1.75, -FAR, FAR), (1.15, 5.6, -FAR, FAR), (10.6, FAR, -FAR, FAR)]
    quads(stage, 0, slot, dark, slant=0.16)


def _palm_shade(stage: Stage) -> None:
    """Fronds from the upper left; the right half of the wall stays free for type."""
    stage.sun(1, 4.0)
    stage.area(1, (7, -3, 5), (0, 1, 1), (4, 4), 200)
    shade = screen(stage, 1, (0.0, 9.0, 4.0), 6.0)
    leaves = ((-2.9, 5.9, -1.5, 6.4), (-3.4, 3.2, -1.0, 4.8), (-3.5, 7.2, -0.85, 5.0))
    for number, (a, b, angle, length) in enumerate(leaves):
        polygons(stage, 1, frond(shade, (a, b), angle, length, seed=12 + number))
