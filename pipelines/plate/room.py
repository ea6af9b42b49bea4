"""The stage of sets by formula: a table or floor, a wall behind it, seen by a level camera with shifted lens.

Nothing in it changes from left to right, so its geometry is a column: one value a row of pixels. Lengths are heights
of the product's picture; the product stands at the origin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.scene import Floats, Vector, Window

FINE = 4
"""Samples a row: edges of parts and light come out antialiased."""
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Shape of the room. `distance` of the camera, `pitch` degrees at the product's foot, `wall` how far behind the
    product the wall (or the sweep's curve) begins, `sweep` radius of the curve (0: a corner), `front` how far before
    the product the table ends (None: it goes on), `bevel` radius of that edge."""

    distance: float = 5.0
    pitch: float = 10.0
    wall: float = 0.62
    sweep: float = 0.0
    front: float | None = None
    bevel: float = 0.012

    @property
    def eye(self) -> float:
        """Height of the camera over the floor."""
        return self.distance * math.tan(math.radians(self.pitch))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Rows:
    """Geometry of each row of a window, (h,): distance along the lens, world y and z, the normal's y and z.

    `wall`, `floor` and `face` (the table's front) are weights that sum to 1. `corner` is the distance to the corner
    of wall and floor along the surface.
    """

    far: Floats
    y: Floats
    z: Floats
    ny: Floats
    nz: Floats
    wall: Floats
    floor: Floats
    face: Floats
    corner: Floats


def read_room(data: Mapping[str, Any]) -> Room:
    """A room from the `room` entry of a set.yaml."""
    return Room(**data)


def rows(room: Room, window: Window) -> Rows:
    """The column of geometry under a window."""
    height = window.size[1]
    lines = (np.arange(height * FINE) + 0.5) / FINE
    focal = window.height * room.distance
    slope = -(lines - window.foot[1]) / focal - room.eye / room.distance
    far, y, z, part = _hits(room, slope)
    ny, nz = _normals(room, y, z, part)
    sharp = slice(FINE // 2, None, FINE)
    return Rows(
        far=far[sharp].astype(np.float32), y=y[sharp].astype(np.float32), z=z[sharp].astype(np.float32),
        ny=_averaged(ny), nz=_averaged(nz),
        wall=_averaged(part == WALL), floor=_averaged(part == FLOOR), face=_averaged(part == FACE),
        corner=_averaged(np.where(part == FLOOR, room.wall + room.sweep - y, np.maximum(z, 0))),
    )  # fmt: skip


FLOOR, WALL, FACE = 0, 1, 2


def _averaged(fine: npt.NDArray[Any]) -> Floats:
    return np.asarray(fine.reshape(-1, FINE).mean(1), np.float32)


def _hits(room: Room, slope: Doubles) -> tuple[Doubles, Doubles, Doubles, npt.NDArray[np.int8]]:
    """Where the ray of each fine row meets the room: distance along the lens, y, z, part."""
    eye, back = room.eye, room.distance
    down = np.minimum(slope, -1e-9)
    far = -eye / down
    part = np.zeros(len(slope), np.int8)
    beyond = far - back > room.wall
    far = np.where(beyond, back + room.wall + room.sweep, far)
    part[beyond] = WALL
    if room.sweep:
        far = np.where(beyond, _curve(room, slope), far)
    if room.front is not None:
        nearer = far - back < -room.front
        far = np.where(nearer, back - room.front, far)
        part[nearer] = FACE
    return far, far - back, np.where(part == FLOOR, 0.0, eye + slope * far), part


def _curve(room: Room, slope: Doubles) -> Doubles:
    """Distance to the sweep: the quarter circle between floor and wall, or the wall above it."""
    radius, flat = room.sweep, room.distance + room.wall
    a = 1 + slope**2
    b = -flat + slope * (room.eye - radius)
    c = flat**2 + (room.eye - radius) ** 2 - radius**2
    on_curve = (-b + np.sqrt(np.maximum(b * b - a * c, 0))) / a
    straight = flat + radius
    return np.where(room.eye + slope * straight > radius, straight, on_curve)


def _normals(room: Room, y: Doubles, z: Doubles, part: npt.NDArray[np.int8]) -> tuple[Doubles, Doubles]:
    """Unit normals; the curve and the bevel turn from floor to wall and from floor to face."""
    ny = np.where(part == FLOOR, 0.0, -1.0)
    if room.sweep:
        bent = (part == WALL) & (z < room.sweep)
        ny[bent] = -np.clip((y[bent] - room.wall) / room.sweep, 0, 1)
    if room.front is not None and room.bevel:
        turn = np.clip(1 + z / room.bevel, 0, 1) * math.pi / 4
        ny = np.where((part == FACE) & (z > -room.bevel), -np.cos(turn), ny)
        near = np.clip(1 - (y + room.front) / room.bevel, 0, 1) * math.pi / 4
        ny = np.where((part == FLOOR) & (near > 0), -np.sin(near), ny)
    return ny, np.sqrt(np.maximum(1 - ny**2, 0))


def position(room: Room, window: Window, column: Rows) -> Floats:
    """World point of each pixel, (h, w, 3)."""
    width, height = window.size
    across = ((np.arange(width) + 0.5 - window.foot[0]) / (window.height * room.distance)).astype(np.float32)
    out = np.empty((height, width, 3), np.float32)
    np.multiply(column.far[:, None], across[None], out=out[..., 0])
    out[..., 1] = column.y[:, None]
    out[..., 2] = column.z[:, None]
    return out


def facing(column: Rows, light: Vector) -> Floats:
    """Cosine between surface and light for each row, (h,), 0 where it turns away."""
    return np.maximum(column.ny * np.float32(light[1]) + column.nz * np.float32(light[2]), 0)


def corner_row(room: Room, window: Window) -> float | None:
    """Row where floor and wall meet, or None for a sweep."""
    if room.sweep:
        return None
    slope = -room.eye / (room.distance + room.wall)
    return window.foot[1] - (slope + room.eye / room.distance) * window.height * room.distance
