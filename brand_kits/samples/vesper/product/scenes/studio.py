"""A product studio: one unit is 100 mm, foot at the origin, front toward -y.

Camera and perspective are those of the sets (85 mm, 10 degrees above the foot), one tall
softbox at the left, a weaker strip at the right, no floor, so no bounce at the foot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector

Profile = Sequence[tuple[float, float]]  # (radius, height), foot to top
DEPRESSION_DEG, TILT_DEG, LENS_MM, SENSOR_MM = 10.0, 8.0, 85.0, 36.0
SET_DISTANCE, SET_PRODUCT = 18.4, 2.6  # the sets' camera distance to a product this tall
STEPS = 360
Lamp = tuple[tuple[float, float, float], float, tuple[float, float], float]  # place, aim, size, watts; in product heights
LAMPS: Sequence[Lamp] = (
    ((-1.75, -1.05, 0.62), 0.45, (0.60, 2.2), 50),
    ((1.6, -0.45, 0.60), 0.45, (0.26, 2.0), 16),
    ((0.15, -1.7, 2.3), 0.5, (1.6, 0.9), 14),
    ((-0.5, 1.7, 1.6), 0.9, (1.8, 0.5), 16),
)
"""One tall softbox at the left, a weaker strip at the right, one above, one behind."""
RIMS: Sequence[Lamp] = (((1.25, 1.25, 0.45), 0.2, (0.3, 1.6), 36), ((-1.2, 1.3, 0.45), 0.2, (0.3, 1.6), 28))
"""Two strips behind: an edge of light round dark things on dark grounds."""
LOW: Sequence[Lamp] = (((-0.55, -0.75, 1.9), 0.1, (2.6, 1.3), 62), ((0.2, 1.9, 0.9), 0.2, (2.4, 0.5), 12))
"""For a thing that lies: one wide softbox over its whole length, so that its curves show one highlight and not four."""


def linear(code: str) -> tuple[float, float, float, float]:
    """Linear RGBA of a colour such as `#F05A28`."""
    values = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in values)
    return (r, g, b, 1.0)


def clear() -> None:
    """Start with an empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def add(name: str, data: bpy.types.ID) -> bpy.types.Object:
    """Link an object made of `data`."""
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def bezier(points: Sequence[tuple[float, float]], count: int = 48) -> list[tuple[float, float]]:
    """Points of a cubic curve from four control points."""
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = (np.array(p) for p in points)
    curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    return [(float(x), float(y)) for x, y in curve]


def arc(
    centre: tuple[float, float], radius: float, start: float, end: float, count: int = 10
) -> list[tuple[float, float]]:
    """Points of an arc, angles in degrees; a rounded edge of a profile."""
    angles = np.radians(np.linspace(start, end, count))
    return [(centre[0] + radius * float(np.cos(a)), centre[1] + radius * float(np.sin(a))) for a in angles]


def turned(
    name: str,
    profile: Profile,
    material: bpy.types.Material,
    carve: Callable[[float, float, float], float] | None = None,
    steps: int = STEPS,
) -> bpy.types.Object:
    """A lathed form with UVs (u round from the back, v up); `carve(angle, r, z)` adds to r."""
    angles = np.linspace(0, 2 * math.pi, steps + 1)  # 0 is the back, pi the front
    points, uvs = [], []
    low, high = min(z for _, z in profile), max(z for _, z in profile)
    for k, a in enumerate(angles):
        for r, z in profile:
            rr = r + (carve(float(a), r, z) if carve else 0.0)
            points.append((-rr * math.sin(a), rr * math.cos(a), z))
            uvs.append((k / steps, (z - low) / (high - low)))
    n = len(profile)
    first = (np.arange(steps)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.stack([first, first + n, first + n + 1, first + 1], 1)
    data = bpy.data.meshes.new(name)
    data.from_pydata(points, [], faces.tolist())
    data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    index = np.empty(len(data.loops), np.int64)
    data.loops.foreach_get("vertex_index", index)
    data.uv_layers.new().uv.foreach_set("vector", np.array(uvs, np.float32)[index].ravel())
    data.materials.append(material)
    data.validate()
    return add(name, data)


def surface(name: str, colour: str, **inputs: float) -> bpy.types.Material:
    """A principled material; inputs by name with underscores for blanks."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = linear(colour)
    for key, value in inputs.items():
        shader.inputs[key.replace("_", " ")].default_value = value
    return made


def printed(made: bpy.types.Material, art: Path) -> bpy.types.Material:
    """Take the colour from a picture, by UV."""
    tree = made.node_tree
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image = bpy.data.images.load(str(art))
    image.interpolation, image.extension = "Cubic", "EXTEND"  # no foot colour bleeding into the head
    tree.links.new(image.outputs[0], tree.nodes["Principled BSDF"].inputs["Base Color"])
    return made


def grained(made: bpy.types.Material, scale: float, strength: float, distance: float) -> bpy.types.Material:
    """Give a surface a fine noise relief."""
    tree = made.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord")
    noise, bump = tree.nodes.new("ShaderNodeTexNoise"), tree.nodes.new("ShaderNodeBump")
    noise.inputs["Scale"].default_value = scale
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = strength, distance
    tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])
    return made


def fading(made: bpy.types.Material, stops: Sequence[tuple[float, str]], height: float) -> bpy.types.Material:
    """Colour the surface by height: stops are (fraction of height, colour)."""
    tree = made.node_tree
    place, split = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeSeparateXYZ")
    scale, ramp = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeValToRGB")
    scale.operation, scale.inputs[1].default_value = "DIVIDE", height
    ramp.color_ramp.interpolation = "EASE"
    for number, (at, colour) in enumerate(stops):
        spot = ramp.color_ramp.elements[number] if number < 2 else ramp.color_ramp.elements.new(at)
        spot.position, spot.color = at, linear(colour)
    tree.links.new(place.outputs["Object"], split.inputs[0])
    tree.links.new(split.outputs["Z"], scale.inputs[0])
    tree.links.new(scale.outputs[0], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], tree.nodes["Principled BSDF"].inputs["Base Color"])
    return made


def softbox(place: tuple[float, float, float], aim: float, size: tuple[float, float], watts: float) -> None:
    """A rectangular lamp that looks at the product's axis at height `aim`; faded at its edges."""
    lamp = bpy.data.lights.new("softbox", "AREA")
    lamp.shape, lamp.energy = "RECTANGLE", watts
    lamp.size, lamp.size_y = size
    thing = add("softbox", lamp)
    thing.location = place
    way = Vector((0, 0, aim)) - Vector(place)
    thing.rotation_euler = way.to_track_quat("-Z", "Y").to_euler()
    _fade(lamp)


def _fade(lamp: bpy.types.AreaLight) -> None:
    """Brightest in the middle, as real diffusion is: highlights get soft flanks."""
    lamp.use_nodes = True
    tree = lamp.node_tree
    place, split = tree.nodes.new("ShaderNodeNewGeometry"), tree.nodes.new("ShaderNodeSeparateXYZ")
    curve = tree.nodes.new("ShaderNodeMath")
    curve.operation = "PINGPONG"
    curve.inputs[1].default_value = 0.5  # parametric 0..1 -> 0 at the edges, .5 in the middle
    ramp = tree.nodes.new("ShaderNodeMapRange")
    ramp.interpolation_type = "SMOOTHSTEP"
    for socket, number in zip((1, 2, 3, 4), (0.0, 0.36, 0.05, 1.35), strict=True):
        ramp.inputs[socket].default_value = number
    tree.links.new(place.outputs["Parametric"], split.inputs[0])
    tree.links.new(split.outputs[0], curve.inputs[0])
    tree.links.new(curve.outputs[0], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], tree.nodes["Emission"].inputs["Strength"])


def light_and_shoot(
    out: Path, height: float, half_width: float, pixels: int, samples: int, below: float = 0.035, glassy: bool = False,
    far: float = 1.0, lamps: Sequence[Lamp] = LAMPS,
) -> None:  # fmt: skip
    """Light the product, look at it as the sets do, render a crop in which `height` is `pixels` tall.

    `below` is the share of the frame kept under the foot; `glassy` lets the ground through clear glass;
    `far` puts the camera so many times farther away, with a lens as much longer.
    """
    h = height
    for (x, y, z), aim, (wide, tall), watts in lamps:
        softbox((x * h, y * h, z * h), aim * h, (wide * h, tall * h), watts * h * h)
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (1.0, 0.985, 0.965, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.30
    _camera(height, far)
    bpy.context.scene.render.film_transparent = True
    bpy.context.scene.cycles.film_transparent_glass = glassy
    _render(out, height, half_width, pixels, samples, below, far)


def _camera(height: float, far: float) -> None:
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width = LENS_MM * far, SENSOR_MM
    camera = add("camera", lens)
    bpy.context.scene.camera = camera
    d, distance = math.radians(DEPRESSION_DEG), SET_DISTANCE * height / SET_PRODUCT * far
    lens.clip_end = 10 * distance
    camera.location = (0, -math.cos(d) * distance, math.sin(d) * distance)
    camera.rotation_euler = (math.radians(90 - TILT_DEG), 0, 0)
    bpy.context.view_layer.update()


def _render(out: Path, height: float, half_width: float, pixels: int, samples: int, below: float, far: float) -> None:
    """Render only the part of the frame where the product is, at full sensor resolution."""
    scene = bpy.context.scene
    render = scene.render
    share = height / (SENSOR_MM / LENS_MM * SET_DISTANCE * height / SET_PRODUCT)
    render.resolution_x = render.resolution_y = round(pixels / share)
    half = half_width * share / height * 1.08
    foot = 0.5 - math.tan(math.radians(DEPRESSION_DEG - TILT_DEG)) * LENS_MM * far / SENSOR_MM
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_max_x = 0.5 - half, 0.5 + half
    render.border_min_y, render.border_max_y = foot - below, foot + share * 1.06
    render.engine = "CYCLES"
    render.threads_mode, render.threads = "FIXED", 2
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.use_denoising = "CPU", samples, True
    cycles.denoiser, cycles.adaptive_threshold = "OPENIMAGEDENOISE", 0.02
    cycles.max_bounces = 14 if cycles.film_transparent_glass else 6
    cycles.caustics_reflective, cycles.seed = False, 3
    cycles.sample_clamp_indirect = 6
    scene.view_settings.view_transform = "Standard"
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.filepath = str(out)
    bpy.ops.render.render(write_still=True)
