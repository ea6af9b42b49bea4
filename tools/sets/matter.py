"""Neutral matter: every surface is the same mid grey, with bumps, mottling and gloss.

Colour comes later, by arithmetic; each matter writes its part's weight as a shader AOV,
so the renderer itself gives antialiased weights with exact sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
from stage import Stage

BASE = 0.6  # mean reflectance of all matter: light is stored as L / BASE


@dataclass(kw_only=True, slots=True, frozen=True)
class Matter:
    """How a surface takes light. `bumps` are (scale, strength, distance) of noise octaves."""

    rough: float = 0.75
    specular: float = 0.25
    base: float = BASE
    bumps: tuple[tuple[float, float, float], ...] = ((60.0, 0.15, 0.02),)
    mottle: tuple[float, float] = (0.8, 0.06)
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)
    rough_range: float = 0.12
    sheen: float = 0.0


def aov(part: str) -> str:
    """Name of the weight layer of a part."""
    return f"part_{part}"


def matter(stage: Stage, part: str, look: Matter) -> bpy.types.Material:
    """A material of `look` whose weight counts for `part`."""
    made = bpy.data.materials.new(part)
    made.use_nodes = True
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    shader.inputs["Specular IOR Level"].default_value = look.specular
    shader.inputs["Sheen Weight"].default_value = look.sheen
    vector = _mapping(tree, look.stretch)
    _bumps(tree, vector, look.bumps)
    tone = _noise(tree, vector, look.mottle[0], detail=6)
    spread = look.base * look.mottle[1]
    _range(tree, tone, look.base - spread, look.base + spread, shader.inputs["Base Color"])
    low, high = look.rough - look.rough_range, look.rough + look.rough_range
    _range(tree, tone, low, high, shader.inputs["Roughness"])
    _weight(stage, tree, part)
    stage.materials.append((made, part))
    return made


def weave(made: bpy.types.Material, scale: float, strength: float, distance: float) -> None:
    """Add a woven relief of two crossed waves (in UV) over the other bumps."""
    tree = made.node_tree
    place = tree.nodes.new("ShaderNodeTexCoord")
    both = tree.nodes.new("ShaderNodeMath")
    for socket, axis in enumerate("XY"):
        wave = tree.nodes.new("ShaderNodeTexWave")
        wave.bands_direction = axis
        for name, value in (("Scale", scale), ("Distortion", 1.6), ("Detail", 3), ("Detail Scale", 3)):
            wave.inputs[name].default_value = value
        tree.links.new(place.outputs["UV"], wave.inputs[0])
        tree.links.new(wave.outputs["Fac"], both.inputs[socket])
    _chain_bump(tree, both.outputs[0], strength, distance)


def _mapping(tree: bpy.types.NodeTree, stretch: Sequence[float]) -> bpy.types.NodeSocket:
    place = tree.nodes.new("ShaderNodeTexCoord")
    mapped = tree.nodes.new("ShaderNodeMapping")
    mapped.inputs["Scale"].default_value = stretch
    tree.links.new(place.outputs["Object"], mapped.inputs[0])
    return mapped.outputs[0]


def _noise(tree: bpy.types.NodeTree, vector: bpy.types.NodeSocket, scale: float, detail: float) -> bpy.types.NodeSocket:
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = detail
    tree.links.new(vector, noise.inputs["Vector"])
    return noise.outputs[0]


def _bumps(
    tree: bpy.types.NodeTree,
    vector: bpy.types.NodeSocket,
    bumps: Sequence[tuple[float, float, float]],
) -> None:
    for scale, strength, distance in bumps:
        _chain_bump(tree, _noise(tree, vector, scale, detail=5), strength, distance)


def _chain_bump(tree: bpy.types.NodeTree, height: bpy.types.NodeSocket, strength: float, distance: float) -> None:
    """Lay one more relief over what the shader's normal already has."""
    normal = tree.nodes["Principled BSDF"].inputs["Normal"]
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value = strength
    bump.inputs["Distance"].default_value = distance
    tree.links.new(height, bump.inputs["Height"])
    if normal.links:
        tree.links.new(normal.links[0].from_socket, bump.inputs["Normal"])
    tree.links.new(bump.outputs[0], normal)


def _range(
    tree: bpy.types.NodeTree,
    value: bpy.types.NodeSocket,
    low: float,
    high: float,
    target: bpy.types.NodeSocket,
) -> None:
    """Map the useful middle of a noise (.3 to .7) to low..high."""
    node = tree.nodes.new("ShaderNodeMapRange")
    for socket, number in zip((1, 2, 3, 4), (0.3, 0.7, low, high), strict=True):
        node.inputs[socket].default_value = number
    tree.links.new(value, node.inputs[0])
    tree.links.new(node.outputs[0], target)


def _weight(stage: Stage, tree: bpy.types.NodeTree, part: str) -> None:
    if part not in stage.info.parts:
        raise ValueError(f"matter for an unknown part {part!r}; the set has {list(stage.info.parts)}")
    out = tree.nodes.new("ShaderNodeOutputAOV")
    out.aov_name = aov(part)
    out.inputs["Value"].default_value = 1.0
