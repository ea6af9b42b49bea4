"""A stage: the scene, its parts, its lights and its camera, as the pass renderer needs them.

World units: the product stands about 2.6 units high. x is right, y goes away from the
camera, z is up. Azimuth 0 is the camera's side, + from the right, - from the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

SENSOR_MM = 36.0
DEPRESSION_DEG = 10.0  # one camera pitch for every set and every product render


@dataclass(kw_only=True, slots=True, frozen=True)
class KeyInfo:
    """What a key light is: a name, mood words, where it comes from, how large it looks."""

    name: str
    mood: tuple[str, ...]
    azimuth: float
    elevation: float
    angle: float
    gloss: bool = False

    @property
    def direction(self) -> Vector:
        """Unit vector from the anchor toward the light."""
        return toward(self.azimuth, self.elevation)


@dataclass(kw_only=True, slots=True, frozen=True)
class SetInfo:
    """The line of data that describes a world; `build` puts the matter to it."""

    name: str
    world: str
    title: str
    mood: tuple[str, ...]
    parts: dict[str, str]
    keys: tuple[KeyInfo, ...]
    anchor: tuple[float, float, float]
    anchor_px: tuple[float, float]
    room: tuple[float, float]
    stand: tuple[float, float] | None = None  # x, y of the product's foot, if not the anchor's
    horizon: tuple[float, float, float] | None = None
    fill_gloss: bool = False
    mirror: str | None = None
    sky: float = 0.15
    distance: float = 18.4
    tilt: float = 8.0
    lens: float = 85.0


@dataclass(slots=True)
class Stage:
    """The open scene of one set, and which lights and blockers belong to which key."""

    info: SetInfo
    keys: dict[int, list[bpy.types.Object]] = field(default_factory=dict)
    fill: list[bpy.types.Object] = field(default_factory=list)
    gobos: list[tuple[bpy.types.Object, int]] = field(default_factory=list)
    materials: list[tuple[bpy.types.Material, str]] = field(default_factory=list)

    @property
    def scene(self) -> bpy.types.Scene:
        """The scene that everything is linked to."""
        return bpy.context.scene

    def add(self, name: str, data: bpy.types.ID) -> bpy.types.Object:
        """Link a new object made of `data`."""
        thing = bpy.data.objects.new(name, data)
        self.scene.collection.objects.link(thing)
        return thing

    def sun(self, key: int, strength: float) -> None:
        """A sun in the direction and with the angular size that the key declares."""
        info = self.info.keys[key]
        lamp = bpy.data.lights.new(f"sun_{key}", "SUN")
        lamp.energy, lamp.angle = strength, math.radians(info.angle)
        thing = self.add(lamp.name, lamp)
        thing.rotation_euler = (-info.direction).to_track_quat("-Z", "Y").to_euler()
        self.keys.setdefault(key, []).append(thing)

    def area(
        self,
        key: int | None,
        place: tuple[float, float, float],
        target: tuple[float, float, float],
        size: tuple[float, float],
        watts: float,
        spread: float = 180.0,
    ) -> None:
        """A rectangular lamp for one key, or for the fill when `key` is None."""
        lamp = bpy.data.lights.new("area", "AREA")
        lamp.shape, lamp.energy, lamp.spread = "RECTANGLE", watts, math.radians(spread)
        lamp.size, lamp.size_y = size
        thing = self.add("area", lamp)
        thing.location = place
        aim = Vector(target) - Vector(place)
        thing.rotation_euler = aim.to_track_quat("-Z", "Y").to_euler()
        (self.fill if key is None else self.keys.setdefault(key, [])).append(thing)

    def gobo(self, thing: bpy.types.Object, key: int) -> None:
        """Make `thing` a blocker of one key's light that no other ray ever sees."""
        thing.visible_camera = thing.visible_diffuse = thing.visible_glossy = False
        self.gobos.append((thing, key))


def toward(azimuth: float, elevation: float) -> Vector:
    """Unit vector toward a light at `azimuth` and `elevation` (degrees)."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return Vector((math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)))


def open_stage(info: SetInfo) -> Stage:
    """An empty scene with the set's camera in place."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    stage = Stage(info)
    _camera(stage)
    return stage


def _camera(stage: Stage) -> None:
    """Sees the anchor 10 degrees from above; lens shift puts it where the set wants it.

    The camera tilts less than it looks down, so upright edges hardly converge.
    """
    info, scene = stage.info, stage.scene
    scene.render.resolution_x = scene.render.resolution_y = 1000
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width, lens.clip_end = info.lens, SENSOR_MM, 200.0
    camera = stage.add("camera", lens)
    scene.camera = camera
    d = math.radians(DEPRESSION_DEG)
    anchor = Vector(info.anchor)
    camera.location = anchor + info.distance * Vector((0, -math.cos(d), math.sin(d)))
    camera.rotation_euler = (math.radians(90 - info.tilt), 0, 0)
    bpy.context.view_layer.update()
    seen = world_to_camera_view(scene, camera, anchor)
    lens.shift_x = seen.x - info.anchor_px[0]
    lens.shift_y = seen.y - (1 - info.anchor_px[1])
    bpy.context.view_layer.update()
