"""Shapes that the worlds are built of: sheets, bevelled boxes, lathed forms, stones, leaves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import bpy
import numpy as np
from mathutils import Vector, noise
from stage import Stage

Point = tuple[float, float, float]


def fractal(x: float, y: float, z: float, octaves: int = 3, gain: float = 1.0) -> float:
    """Fractal noise about 0, within some +-1."""
    return noise.fractal(Vector((x, y, z)), gain, 2, octaves)


def smooth_noise(x: float, y: float, z: float) -> float:
    """One octave of noise within +-1."""
    return noise.noise(Vector((x, y, z)))


def mesh(
    stage: Stage,
    name: str,
    points: Sequence[Sequence[float]],
    faces: Sequence[Sequence[int]],
    material: bpy.types.Material | None,
    smooth: bool = True,
) -> bpy.types.Object:
    """An object from points and faces."""
    data = bpy.data.meshes.new(name)
    data.from_pydata(points, [], faces)
    data.update()
    if material:
        data.materials.append(material)
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    return stage.add(name, data)


def sheet(
    stage: Stage,
    name: str,
    columns: int,
    rows: int,
    place: Callable[[float, float], Point],
    material: bpy.types.Material,
) -> bpy.types.Object:
    """A grid bent by `place(u, v) -> (x, y, z)`, u and v in 0..1, with UVs."""
    us, vs = np.linspace(0, 1, columns), np.linspace(0, 1, rows)
    points = [place(float(u), float(v)) for v in vs for u in us]
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    faces = np.stack([corner, corner + 1, corner + columns + 1, corner + columns], 1)
    made = mesh(stage, name, points, faces.tolist(), material)
    layer = made.data.uv_layers.new()
    index = np.empty(len(made.data.loops), np.int64)
    made.data.loops.foreach_get("vertex_index", index)
    uv = np.stack([(index % columns) / (columns - 1), (index // columns) / (rows - 1)], 1)
    layer.uv.foreach_set("vector", uv.astype(np.float32).ravel())
    return made


def thicken(thing: bpy.types.Object, thickness: float) -> bpy.types.Object:
    """Give a sheet a body."""
    solid = thing.modifiers.new("body", "SOLIDIFY")
    solid.thickness, solid.offset = thickness, 1
    return thing


def box(
    stage: Stage,
    place: Point,
    size: Point,
    material: bpy.types.Material,
    bevel: float = 0.04,
    turn: Point = (0, 0, 0),
) -> bpy.types.Object:
    """A box with rounded edges; `turn` is an euler rotation in radians."""
    half = [s / 2 for s in size]
    points = [(a * half[0], b * half[1], c * half[2]) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = mesh(stage, "box", points, faces, material, smooth=False)
    made.location, made.rotation_euler = place, turn
    return rounded(made, bevel)


def rounded(thing: bpy.types.Object, width: float, segments: int = 4) -> bpy.types.Object:
    """Bevel the hard edges, shade the rest smooth."""
    bevel = thing.modifiers.new("bevel", "BEVEL")
    bevel.width, bevel.segments, bevel.limit_method = width, segments, "ANGLE"
    bpy.context.view_layer.objects.active = thing
    thing.select_set(True)
    bpy.ops.object.shade_auto_smooth()
    thing.select_set(False)
    return thing


def lathe(
    stage: Stage,
    profile: Sequence[tuple[float, float]],
    material: bpy.types.Material,
    place: Point = (0, 0, 0),
    steps: int = 128,
    subdivide: int = 1,
) -> bpy.types.Object:
    """A turned form from (radius, height) pairs, foot to top."""
    turns = [2 * math.pi * k / steps for k in range(steps)]
    points = [(r * math.cos(a), r * math.sin(a), z) for a in turns for r, z in profile]
    n = len(profile)
    faces = []
    for k in range(steps):
        for j in range(n - 1):
            a, b = k * n + j, (k + 1) % steps * n + j
            faces.append((a, b, b + 1, a + 1))
    made = mesh(stage, "lathe", points, faces, material)
    made.location = place
    if subdivide:
        smoother = made.modifiers.new("smooth", "SUBSURF")
        smoother.levels = smoother.render_levels = subdivide
    return made


def stone(
    place: Point,
    size: Point,
    material: bpy.types.Material,
    seed: int,
    rough: float = 0.2,
    turn: float = 0.0,
    flat: float = 0.0,
    detail: int = 6,
) -> bpy.types.Object:
    """A ball worn by two fractal noises; `flat` presses its top and foot into a slab."""
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=detail, radius=1)
    made = bpy.context.object
    made.data.materials.append(material)
    for vertex in made.data.vertices:
        vertex.co = _worn(vertex.co, size, seed, rough, flat)
    made.location, made.rotation_euler = place, (0, 0, turn)
    bpy.ops.object.shade_smooth()
    return made


def _worn(at: Vector, size: Point, seed: int, rough: float, flat: float) -> Vector:
    shift = Vector((seed * 7.3, seed * 3.1, seed))
    broad = noise.fractal(at * 0.9 + shift, 1, 2, 3)
    fine = noise.fractal(at * 4 + shift, 0.8, 2, 4)
    p = at * (1 + rough * (broad + 0.08 * fine))
    if flat:
        p.z = 0.5 * (max(-flat, min(p.z, flat)) + math.tanh(p.z / flat) * flat)
    return Vector((p.x * size[0], p.y * size[1], p.z * size[2]))


def leaf(
    stage: Stage,
    place: Point | Vector,
    length: float,
    width: float,
    material: bpy.types.Material,
    turn: Point,
    curl: float = 0.25,
) -> bpy.types.Object:
    """A curled leaf with a folded midrib."""
    rows, half = 14, 3
    points = []
    for i in range(rows + 1):
        t = i / rows
        w = width * max(0.0, math.sin(math.pi * min(1.0, t**0.8))) ** 0.9 * (1 - 0.25 * t)
        rise = curl * length * (0.5 * t * t - 0.3 * t)
        points += [(t * length, s * w, rise + abs(s) * w * 0.35) for s in (j / half for j in range(-half, half + 1))]
    across = 2 * half + 1
    faces = [(a, a + 1, a + across + 1, a + across) for i in range(rows) for a in range(i * across, i * across + across - 1)]
    made = mesh(stage, "leaf", points, faces, material)
    made.location, made.rotation_euler = place, turn
    return made


def tube(stage: Stage, points: Sequence[Point], radius: float, material: bpy.types.Material) -> bpy.types.Object:
    """A round stem along a smooth curve through (near) the points."""
    curve = bpy.data.curves.new("stem", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 3
    line = curve.splines.new("NURBS")
    line.points.add(len(points) - 1)
    line.use_endpoint_u, line.order_u = True, 3
    for node, at in zip(line.points, points, strict=True):
        node.co = (*at, 1)
    curve.materials.append(material)
    return stage.add("stem", curve)
