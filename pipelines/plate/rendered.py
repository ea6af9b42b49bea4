"""Rendered sets: light and matter of one 3D stage, kept in files, cut to any window and worn in any palette."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from factory.errors import StoreError
from pipelines.light import LUMINANCE, tints
from pipelines.plate.camera import Camera, Cut, cut_layer, read_camera, world_points
from pipelines.plate.matter import Wash, role_colour, wash_albedo, wash_light
from pipelines.plate.setfile import FractionBox, SetFile, set_in
from pipelines.scene import Box, Floats, Limits, Passes, Window, mirrored, unflipped

USUAL_HEIGHT = 2.6
"""World units of a product as the sets were built for it."""
SMALLEST = 0.7
"""A product may stand this much smaller before it looks like a toy."""
MASTER_ZOOM = 2.25
"""Pixels for one of the master: light is soft and can be enlarged so far."""
MATTER = 0.6
"""Reflectance of the neutral matter in the scenes."""
LIT = 1.0
"""What the main part's lit places come to; sets are exposed for their brightest tenth, often the floor."""
MOST_GAIN = 1.25
SOME = 24
"""Weight (0..255) from which a pixel belongs to a part that takes no shadow."""
AWAY = 1e3
"""Heights over the stage: a point there is in nobody's shadow and near nobody's foot."""
DARK_FILL = 0.84
"""Bounce in the sets comes from matter of .6; grounds that swallow light give back less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """How a window looks at a set: the cut, the foot and height really given, world units of one such height."""

    cut: Cut
    foot: tuple[float, float]
    height: float
    unit: float


class RenderedScene:
    """A rendered set in a kit's colours. The camera is fixed: foot and height are clamped to what was rendered."""

    camera_fixed = True

    def __init__(self, file: SetFile, palette: Mapping[str, str], wash: Wash | None = None) -> None:
        self.name = file.name
        self.lights = len(file.keys)
        self._file, self._palette, self._wash = file, palette, wash
        data = file.data
        self._camera: Camera = read_camera(data["camera"])
        self._anchor: tuple[float, float] = tuple(data["anchor"]["px"])
        self._pitch = float(data["camera"]["pitch"])
        self._unit = float(data["anchor"]["unit"]) / math.cos(math.radians(self._pitch))
        self._room = float(data["room"]["height"])
        self._usual = min(self._room, USUAL_HEIGHT)
        self._kept: tuple[_Look, Floats, Floats] | None = None
        self._seen: Floats | None = None

    @property
    def _master(self) -> int:
        return int(self._file.data["master"][0])

    def limits(self, size: tuple[int, int], height: float | None = None) -> Limits:
        """Heights between a small product in the whole master and the tallest in the closest cut."""
        near, far = self._sides(size)
        side = near if height is None else min(max(self._side(height, SMALLEST), near), far)
        return Limits(
            min_height=SMALLEST * self._usual * self._unit * near,
            max_height=self._room * self._unit * far,
            foot=self._foot_range(size, side),
        )

    def view(self, window: Window, light: int) -> Passes:
        """The passes of a window under a key light."""
        if window.flip:
            return mirrored(self.view(unflipped(window), light))
        look = self._look(window)
        key, light_name = self._file.keys[light], f"key_{light}"
        albedo, position = self._base(look)
        key_colour, fill_colour = tints(key.mood, role_colour(self._palette, "ground"))
        gain = np.float32(_gain(self._file.folder, light))
        lit = self._light(light_name, float(key.data["scale"]), look.cut) * gain
        if self._wash is not None and self._wash.use == "light":
            lit = lit * wash_light(self._wash, window.size)
        fill = self._file.data["fill"]
        return Passes(
            key=lit,
            fill=self._light("fill", float(fill["scale"]), look.cut) * (gain * self._fill_level()),
            albedo=albedo,
            gloss_key=self._gloss(light_name, key.data.get("gloss_scale"), look.cut),
            gloss_fill=self._gloss("fill", fill.get("gloss_scale"), look.cut),
            position=position,
            light_dir=key.direction,
            light_angle=key.angle,
            pitch=self._pitch,
            foot=look.foot,
            height=look.height,
            key_colour=key_colour,
            fill_colour=fill_colour,
            horizon=self._horizon(look.cut),
            quiet=self._quiet(key.data.get("quiet") or self._file.data.get("quiet", ()), look.cut),
        )

    def _sides(self, size: tuple[int, int]) -> tuple[float, float]:
        """The master's side in px: at least covering the canvas, at most as far as its pixels go."""
        near = float(max(size))
        return near, max(near, self._master * MASTER_ZOOM)

    def _foot_range(self, size: tuple[int, int], side: float) -> tuple[float, float, float, float]:
        (ax, ay), (width, height) = self._anchor, size
        return width - (1 - ax) * side, height - (1 - ay) * side, ax * side, ay * side

    def _side(self, height: float, share: float) -> float:
        """The master's side in px at which a product of `share` of the usual size is `height` px tall."""
        return height / (share * self._usual * self._unit)

    def _wanted_side(self, window: Window) -> float:
        """The usual size where the foot can then stand; else as much closer as brings the foot into reach."""
        (ax, ay), (width, height), (x, y) = self._anchor, window.size, window.foot
        reach = max(x / ax, (width - x) / (1 - ax), y / ay, (height - y) / (1 - ay))
        return min(max(self._side(window.height, 1.0), reach), self._side(window.height, SMALLEST))

    def _look(self, window: Window) -> _Look:
        near, far = self._sides(window.size)
        side = min(max(self._wanted_side(window), near), far)
        tall = min(max(window.height / (self._unit * side), SMALLEST * self._usual), self._room)
        limits = Limits(min_height=0, max_height=math.inf, foot=self._foot_range(window.size, side))
        foot, _ = limits.clamp(window.foot, 0)
        x, y = (a - f / side for a, f in zip(self._anchor, foot, strict=True))
        height = tall * self._unit * side
        return _Look(cut=Cut(x=x, y=y, side=side, size=window.size), foot=foot, height=height, unit=tall)

    def _base(self, look: _Look) -> tuple[Floats, Floats]:
        """What does not depend on the light: albedo and positions, kept for the next light of the same window."""
        if self._kept is None or self._kept[0] != look:
            self._kept = (look, self._albedo(look.cut), self._position(look))
        return self._kept[1], self._kept[2]

    def _albedo(self, cut: Cut) -> Floats:
        parts = self._file.parts
        layers = {part: cut_layer(_grey(self._file.folder, f"part_{part}"), cut, smooth=False) for part in parts}
        albedo = self._coloured(layers)
        if self._wash is not None and self._wash.use == "albedo":
            part = self._washed_part()
            change = wash_albedo(self._wash, self._palette, cut.size) - role_colour(self._palette, parts[part])
            albedo += change * (layers[part].astype(np.float32) / 255)[..., None]
        return albedo

    def _coloured(self, layers: Mapping[str, npt.NDArray[np.uint8]]) -> Floats:
        """Weights of parts (0..255) in the palette, (h, w, 3)."""
        weights = np.stack(list(layers.values()), axis=-1).astype(np.float32)
        colours = np.stack([role_colour(self._palette, self._file.parts[part]) for part in layers])
        return np.asarray(weights @ (colours / np.float32(255)), np.float32)

    def _washed_part(self) -> str:
        return str(self._file.data.get("wash", self._file.main_part))

    def _position(self, look: _Look) -> Floats:
        inverse, scale = _depth(self._file.folder), float(self._file.data["depth"]["scale"])
        points = world_points(inverse, 65535 * scale, self._camera, look.cut)
        anchor = np.array(self._file.data["anchor"]["world"], np.float32)
        position = np.asarray((points - anchor) / np.float32(look.unit), np.float32)
        for part in self._file.data.get("unshaded", ()):  # on a thing that stands apart a shadow reads as a hole
            position[cut_layer(_grey(self._file.folder, f"part_{part}"), look.cut, smooth=False) > SOME] = (0, 0, AWAY)
        return position

    def _light(self, name: str, scale: float, cut: Cut) -> Floats:
        return np.maximum(cut_layer(_light(self._file.folder, name, scale), cut), 0)

    def _gloss(self, name: str, scale: float | None, cut: Cut) -> Floats | None:
        """Reflected light, (h, w, 3): neutral on dry matter, in the colours of what is seen on the mirror part."""
        if scale is None:
            return None
        shine = self._light(f"gloss_{name}", float(scale), cut)[..., None]
        if not self._file.data.get("mirror"):
            return np.repeat(shine, 3, axis=2)
        return np.asarray(shine * np.maximum(cut_layer(self._mirror(), cut), 0), np.float32)

    def _mirror(self) -> Floats:
        """What the gloss is multiplied by, (n, n, 3) over the master: 1, or the colours that a mirror part shows."""
        if self._seen is None:
            layers = {part: _grey(self._file.folder, f"seen_{part}") for part in self._file.parts}
            share = np.asarray(np.sum(list(layers.values()), axis=0, dtype=np.float32) / np.float32(255), np.float32)
            self._seen = _edged(share, self._coloured(layers) / np.float32(MATTER), share.shape[0] / self._master)
        return self._seen

    def _fill_level(self) -> np.float32:
        ground = float(role_colour(self._palette, "ground") @ LUMINANCE)
        return np.float32(DARK_FILL + (1 - DARK_FILL) * min(1.0, ground / MATTER))

    def _horizon(self, cut: Cut) -> float | None:
        line = self._file.data.get("horizon")
        return None if line is None else (float(line) - cut.y) * cut.side

    def _quiet(self, boxes: Any, cut: Cut) -> tuple[Box, ...]:
        placed = (_on_canvas(box, cut) for box in boxes)
        return tuple(box for box in placed if box[2] > 1 and box[3] > 1)


def _edged(share: Floats, colours: Floats, finer: float) -> Floats:
    """Colours (n, n, 3) of a mirror part that covers `share` (n, n) of each pixel, carried a little over its edge, and 1
    beyond: light is stored `finer` times coarser, and what of a mirror's gloss runs over its edge would be a white rim."""
    import cv2

    reach = np.ones((2 * math.ceil(1.6 * finer) + 1,) * 2, np.uint8)
    near = cv2.dilate((share > 0.5).astype(np.uint8), reach).astype(np.float32)
    soft = (0, 0), 0.8 * finer + 0.6
    full = cv2.GaussianBlur(share, *soft)[..., None]
    even = cv2.GaussianBlur(colours, *soft) / np.maximum(full, np.float32(0.05))
    near = cv2.GaussianBlur(near, (0, 0), 0.7)[..., None]
    return np.asarray(1 - near + near * even, np.float32)


def _on_canvas(box: FractionBox, cut: Cut) -> Box:
    """A box in fractions of the master as px of the canvas, cut to it."""
    x, y, w, h = box
    x0, y0 = max(0.0, (x - cut.x) * cut.side), max(0.0, (y - cut.y) * cut.side)
    x1 = min(float(cut.size[0]), (x + w - cut.x) * cut.side)
    y1 = min(float(cut.size[1]), (y + h - cut.y) * cut.side)
    return x0, y0, x1 - x0, y1 - y0


def _read(path: Path, flags: int) -> npt.NDArray[Any]:
    import cv2

    picture = cv2.imread(str(path), flags)
    if picture is None:
        raise StoreError(
            f"A file of the set {path.parent.name!r} is missing or damaged", code="set-file",
            where=f"sets/{path.parent.name}/{path.name}", help="Install the product again.",
        )  # fmt: skip
    return np.asarray(picture)


@lru_cache(maxsize=12)
def _grey(folder: Path, name: str) -> npt.NDArray[np.uint8]:
    """Weights as stored, uint8."""
    return _read(folder / f"{name}.webp", 0)


@lru_cache(maxsize=10)
def _light(folder: Path, name: str, scale: float) -> Floats:
    """A light layer, linear: it is stored as the square root."""
    code = _read(folder / f"{name}.webp", 0).astype(np.float32)
    return np.asarray(code * code * np.float32(scale / 255**2), np.float32)


@lru_cache(maxsize=4)
def _depth(folder: Path) -> Floats:
    """Codes of inverse depth, float32."""
    return _read(folder / "depth.png", -1).astype(np.float32)


@lru_cache(maxsize=64)
def _gain(folder: Path, light: int) -> float:
    """Factor that brings the main part, where this key lights it, to `LIT`, so that it wears the palette's colour."""
    import cv2

    file = set_in(folder)
    key = _light(folder, f"key_{light}", float(file.keys[light].data["scale"]))
    fill = _light(folder, "fill", float(file.data["fill"]["scale"]))
    main = cv2.resize(_grey(folder, f"part_{file.main_part}"), key.shape[::-1], interpolation=cv2.INTER_AREA) > 250
    if not main.any():
        return 1.0
    lit = key[main] > 0.5 * np.percentile(key[main], 95)
    return float(np.clip(LIT / np.median((key + fill)[main][lit]), 1.0, MOST_GAIN))
