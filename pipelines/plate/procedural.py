"""Sets by formula: a room, lamps and things that stand in their light, evaluated at the pixels of any window."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipelines.light import FILL_SHARE, tints
from pipelines.plate import gobo, texture
from pipelines.plate.matter import Wash, role_colour, wash_albedo, wash_light
from pipelines.plate.patch import hung
from pipelines.plate.room import Room, Rows, corner_row, facing, position, read_room, rows
from pipelines.plate.setfile import Key, SetFile
from pipelines.scene import Box, Floats, Limits, Passes, Vector, Window, mirrored, unflipped

FREE = 3.0
"""A foot may stand this many canvas heights off the canvas: a formula has no edge."""


class ProceduralScene:
    """A set by formula in a kit's colours. Any foot and height can be had.

    `exposed` are the keys that the picture was exposed for, where its lights have been turned since: a camera does not
    open up because the sun walks on.
    """

    camera_fixed = False

    def __init__(
        self, file: SetFile, palette: Mapping[str, str], wash: Wash | None = None, exposed: Sequence[Key] | None = None
    ) -> None:
        self.name = file.name
        self.lights = len(file.keys)
        self._file, self._palette, self._wash = file, palette, wash
        self._exposed: Sequence[Key] = exposed or file.keys
        self._room: Room = read_room(file.data["room"])
        self._look: Mapping[str, Any] = file.data.get("look", {})

    def turned(self, degrees: float) -> ProceduralScene:
        """The same set with its lights turned about the upright, as hours turn the sun; positive is to the right."""
        keys = tuple(replace(key, direction=around(key.direction, degrees)) for key in self._file.keys)
        return ProceduralScene(replace(self._file, keys=keys), self._palette, self._wash, self._exposed)

    def limits(self, size: tuple[int, int], height: float | None = None) -> Limits:  # noqa: ARG002
        """Nearly everything; `height` changes nothing here."""
        width, tall = size
        box = (-width, -FREE * tall, 2 * width, FREE * tall)
        return Limits(min_height=0.02 * tall, max_height=FREE * tall, foot=box)

    def view(self, window: Window, light: int) -> Passes:
        """The passes of a window under a key light."""
        if window.flip:
            return mirrored(self.view(unflipped(window), light))
        key = self._file.keys[light]
        column = rows(self._room, window)
        place = position(self._room, window, column)
        lit = self._key(key, self._reference(self._exposed[light]), column, place, window)
        key_colour, fill_colour = tints(key.mood, role_colour(self._palette, "ground"))
        return Passes(
            key=lit,
            fill=self._fill(column, place, lit, window),
            albedo=self._albedo(column, window),
            position=place,
            light_dir=key.direction,
            light_angle=key.angle,
            pitch=self._room.pitch,
            foot=window.foot,
            height=window.height,
            key_colour=key_colour,
            fill_colour=fill_colour,
            horizon=corner_row(self._room, window),
            quiet=self._quiet(key, window),
        )

    def _key(self, key: Key, reference: float, column: Rows, place: Floats, window: Window) -> Floats:
        even = np.float32(self._look.get("even", 0.0))
        face = facing(column, key.direction) / np.float32(reference)
        level = (even + (1 - even) * face) * (face > 0) * np.float32(1 - self._fill_share)
        light = level[:, None] * gobo.lamp(place, key)
        light *= gobo.transmission(place, hung(key, self._room, window))
        if self._look.get("relief"):
            light *= 1 + texture.relief(place, column, key.direction, self._look["relief"])
        if self._wash is not None and self._wash.use == "light":
            light *= wash_light(self._wash, window.size)
        return np.ascontiguousarray(light, np.float32)

    @property
    def _fill_share(self) -> float:
        return float(self._look.get("fill", FILL_SHARE))

    def _reference(self, key: Key) -> float:
        """The cosine on the set's main part: that part, lit, is the palette's own colour."""
        _, y, z = key.direction
        return max(0.2, -y if self._file.main_part == "wall" else z)

    def _fill(self, column: Rows, place: Floats, key: Floats, window: Window) -> Floats:
        dark, reach = self._look.get("corner", (0.35, 0.16))
        shade = 1 - np.float32(dark) * np.exp(-column.corner / np.float32(reach))
        shade *= 1 - np.float32(self._look.get("face", 0.25)) * column.face
        fill = np.repeat((np.float32(self._fill_share) * shade)[:, None], window.size[0], axis=1)
        if bounce := self._look.get("bounce"):
            fill *= 1 + np.float32(bounce) * gobo.bounced(key, window)
        if grain := self._look.get("grain"):
            fill *= 1 + np.float32(grain) * texture.mottle(place, column)
        return fill

    def _albedo(self, column: Rows, window: Window) -> Floats:
        weights = {"wall": column.wall, "floor": column.floor, "face": column.face}
        weights["sweep"] = column.wall + column.floor + column.face
        parts = self._file.parts
        line = sum(
            weights[part][:, None] * role_colour(self._palette, role)[None] for part, role in parts.items()
        )
        albedo = np.repeat(np.asarray(line, np.float32)[:, None], window.size[0], axis=1)
        washed = self._file.data.get("wash", self._file.main_part)
        if self._wash is not None and self._wash.use == "albedo":
            share = weights[washed][:, None, None]
            albedo += (wash_albedo(self._wash, self._palette, window.size) - albedo) * share
        return albedo

    def _quiet(self, key: Key, window: Window) -> tuple[Box, ...]:
        """Calm boxes: given in heights of the product around its foot, cut to the canvas."""
        width, height = window.size
        boxes = key.data.get("quiet", self._file.data.get("quiet"))
        if not boxes:
            return ((0.0, 0.0, float(width), float(height)),)
        placed = (_on_canvas(box, window) for box in boxes)
        return tuple(box for box in placed if box[2] > 0 and box[3] > 0)


def around(direction: Vector, degrees: float) -> Vector:
    """A direction turned about the upright: seen from the camera, light moves to the right for positive degrees."""
    x, y, z = direction
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * c - y * s, x * s + y * c, z


def _on_canvas(box: tuple[float, float, float, float], window: Window) -> Box:
    """x0, x1, z0, z1 in product heights from the foot, as x, y, w, h px inside the canvas; infinite is None."""
    width, height = window.size
    x, y = window.foot
    left, right, low, high = box
    x0, x1 = max(0.0, x + left * window.height), min(float(width), x + right * window.height)
    y0, y1 = max(0.0, y - high * window.height), min(float(height), y - low * window.height)
    return x0, y0, x1 - x0, y1 - y0
