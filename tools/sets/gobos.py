"""Off-stage things that shape a key's light: slots, windows, blinds, bars, fronds, leaves.

All are drawn in a plane that faces the sun, `distance` away from the point `aim` on the
stage. The further away, the softer their shadow: blur = distance x angular size.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mathutils import Vector
from shapes import mesh
from stage import Stage

Quad = tuple[float, float, float, float]  # left, right, bottom, top in the gobo's plane
FAR = 30.0


@dataclass(slots=True, frozen=True)
class Screen:
    """The plane of a gobo: its centre, its right and up, and the way to the sun."""

    centre: Vector
    right: Vector
    up: Vector
    sun: Vector

    def point(self, a: float, b: float, ahead: float = 0.0) -> Vector:
        """World point of plane coordinates, moved `ahead` toward the sun."""
        return self.centre + self.right * a + self.up * b + self.sun * ahead


def screen(stage: Stage, key: int, aim: Sequence[float], distance: float, roll: float = 0.0) -> Screen:
    """A plane that faces the key's sun, turned by `roll` degrees."""
    sun = stage.info.keys[key].direction
    right = Vector((-sun.y, sun.x, 0)).normalized()
    up = right.cross(-sun).normalized()
    up = up if up.z > 0 else -up
    c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    return Screen(Vector(aim) + sun * distance, right * c + up * s, up * c - right * s, sun)


def polygons(stage: Stage, key: int, shapes: Iterable[Sequence[Vector]]) -> None:
    """Hang flat polygons in a key's way, as one object."""
    points: list[Vector] = []
    faces = []
    for shape in shapes:
        faces.append(tuple(range(len(points), len(points) + len(shape))))
        points += shape
    stage.gobo(mesh(stage, "gobo", points, faces, None, smooth=False), key)


def quads(stage: Stage, key: int, plane: Screen, pieces: Iterable[Quad], slant: float = 0.0) -> None:
    """Hang rectangles in a key's way; `slant` leans their upright edges to the right."""
    polygons(stage, key, [
        [plane.point(a + slant * b, b) for a, b in ((left, low), (right, low), (right, high), (left, high))]
        for left, right, low, high in pieces
    ])  # fmt: skip


def opening(half_width: float, low: float, high: float, left: float = 0.0) -> list[Quad]:
    """All dark but one rectangle."""
    a, b = left - half_width, left + half_width
    return [(-FAR, a, -FAR, FAR), (b, FAR, -FAR, FAR), (a, b, -FAR, low), (a, b, high, FAR)]


def panes(columns: int, rows: int, pane: tuple[float, float], bar: float) -> list[Quad]:
    """A window: all dark but columns x rows panes, parted by bars; centred at 0, 0."""
    wide = columns * pane[0] + (columns + 1) * bar
    high = rows * pane[1] + (rows + 1) * bar
    pieces = opening(wide / 2, -high / 2, high / 2)
    for i in range(columns + 1):
        a = -wide / 2 + i * (pane[0] + bar)
        pieces.append((a, a + bar, -high / 2, high / 2))
    for j in range(rows + 1):
        b = -high / 2 + j * (pane[1] + bar)
        pieces.append((-wide / 2, wide / 2, b, b + bar))
    return pieces


def frond(plane: Screen, base: tuple[float, float], angle: float, length: float, seed: int) -> list[list[Vector]]:
    """A palm leaf: bent rib with pointed leaflets on both sides, ragged in depth."""
    rand = random.Random(seed)
    shapes = []
    for k in range(22):
        t = 0.08 + 0.92 * k / 22
        bend = angle + 0.35 * t
        at = (base[0] + math.cos(bend) * length * t, base[1] + math.sin(bend) * length * t)
        for side in (-1, 1):
            long = length * 0.42 * math.sin(math.pi * min(1, t * 0.85 + 0.12)) + 0.15
            way = bend + side * (0.95 - 0.5 * t) + rand.uniform(-0.06, 0.06)
            shapes.append(_blade(plane, at, way, long, 0.075, rand.uniform(-0.6, 0.6)))
    return shapes


def _blade(plane: Screen, at: tuple[float, float], way: float, length: float, width: float, ahead: float) -> list[Vector]:
    """A pointed leaflet of four corners."""
    c, s = math.cos(way), math.sin(way)
    middle = (at[0] + c * length * 0.45, at[1] + s * length * 0.45)
    corners = (
        at,
        (middle[0] - s * width, middle[1] + c * width),
        (at[0] + c * length, at[1] + s * length),
        (middle[0] + s * width, middle[1] - c * width),
    )
    return [plane.point(a, b, ahead) for a, b in corners]


def branch(
    plane: Screen,
    base: tuple[float, float],
    angle: float,
    length: float,
    leaf_size: float,
    seed: int,
    leaves: int = 18,
    depth: float = 1.0,
) -> list[list[Vector]]:
    """A twig with oval leaves on both sides, at uneven depth (so unevenly sharp)."""
    rand = random.Random(seed)
    shapes = []
    for k in range(leaves):
        t = 0.1 + 0.9 * k / leaves
        bend = angle + 0.35 * math.sin(2.2 * t + seed)
        at = (base[0] + math.cos(bend) * length * t, base[1] + math.sin(bend) * length * t)
        way = bend + (1 if k % 2 else -1) * rand.uniform(0.5, 1.1)
        size = leaf_size * rand.uniform(0.7, 1.2) * (1.1 - 0.4 * t)
        shapes.append(_oval(plane, at, way, size, rand.uniform(-depth, depth)))
    return shapes


def _oval(plane: Screen, at: tuple[float, float], way: float, length: float, ahead: float) -> list[Vector]:
    """A leaf outline of 14 corners, widest below its middle, pointed at the tip."""
    c, s = math.cos(way), math.sin(way)
    outline = []
    for side in (1, -1):
        for k in range(7):
            t = (k if side > 0 else 7 - k) / 7
            w = side * 0.26 * length * math.sin(math.pi * t**0.8)
            outline.append((at[0] + c * t * length - s * w, at[1] + s * t * length + c * w))
    return [plane.point(a, b, ahead) for a, b in outline]
