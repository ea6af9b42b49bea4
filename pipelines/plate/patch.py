"""A window hung so that its light falls inside the frame: on the wall beside the product, whole enough to be read.

A set says `fit` where it would else give a window's `box`. The box is found for the light as the set gives it, so
that the patch wanders when the hours turn that light.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.plate.room import Room
from pipelines.plate.setfile import Key, toward
from pipelines.scene import Window

FOOT = 0.26
"""The light reaches so far on both sides of the product's foot, in its heights."""
FLOOR = -0.30
"""Where on the window's own upright its light ends on the floor, before the foot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """What the frame shows of the wall, in heights of the product from its foot: left, right, top; how far behind."""

    left: float
    right: float
    top: float
    behind: float


def hung(key: Key, room: Room, window: Window) -> Key:
    """The key with every window that has to fit the frame hung for it."""
    gobos = key.data.get("gobos", ())
    if not any("fit" in gobo for gobo in gobos):
        return key
    wall = seen_wall(room, window)
    placed = [{**gobo, **_fitted(key, gobo["fit"], wall)} if "fit" in gobo else gobo for gobo in gobos]
    return replace(key, data={**key.data, "gobos": placed})


def seen_wall(room: Room, window: Window) -> Wall:
    """The part of the wall that a window shows."""
    far, focal = room.distance + room.wall, window.height * room.distance
    slope = (window.foot[1] - room.eye * window.height) / focal
    left, right = (far * (x - window.foot[0]) / focal for x in (0.0, float(window.size[0])))
    return Wall(left=left, right=right, top=max(0.2, room.eye + slope * far), behind=room.wall)


def patch_top(wall: Wall, fit: Mapping[str, Any]) -> float:
    """How high on the wall the patch ends at its middle: under the words, which stand high in a frame."""
    return min(float(fit["most"]), float(fit["share"]) * wall.top)


def _fitted(key: Key, fit: Mapping[str, Any], wall: Wall) -> dict[str, Any]:
    """Box and bars of the window."""
    azimuth, elevation = (math.radians(float(key.data[name])) for name in ("azimuth", "elevation"))
    lx, ly, lz = toward(math.degrees(azimuth), math.degrees(elevation))
    level = math.hypot(lx, ly)

    def looks(x: float, z: float) -> tuple[float, float]:
        y = wall.behind
        return (-ly * x + lx * y) / level, (-lx * x - ly * y) * lz / level + level * z

    top = patch_top(wall, fit)
    left, right = _span(wall, fit, foot=-wall.behind * lx / max(-ly, 0.2), most=float(fit["aspect"]) * top)
    u0, u1 = min(looks(left, 0)[0], -FOOT), max(looks(right, 0)[0], FOOT)
    v1 = looks((left + right) / 2, top)[1]
    return {"box": [u0, u1, FLOOR, v1], "bar": float(fit["bar"]) * (v1 - FLOOR)}


def _span(wall: Wall, fit: Mapping[str, Any], foot: float, most: float) -> tuple[float, float]:
    """Left and right end of the patch on the wall: inside the frame, round where the foot's own ray arrives."""
    inset = float(fit["inset"]) * (wall.right - wall.left)
    low, high = wall.left + inset, wall.right - inset
    wide = min(high - low, most)
    left = min(max(0.6 * foot - wide / 2, low), high - wide)
    return left, left + wide
