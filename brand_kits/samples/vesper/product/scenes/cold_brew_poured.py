"""The bottle opened, and a tumbler of what was in it: `python cold_brew_poured.py LABEL.png OUT.png [pixels] [samples]`.

The tumbler is clear glass: the ground shows through it. No ice, by the brand's own rule for pictures.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy
from cold_brew_bottle import NECK, TOP, capped, glass, labelled
from mathutils import Matrix
from poses import BELOW, BOTTLE, CAP, FAR, GLASS_FOOT, GLASS_HEIGHT, GLASS_RIM, HEIGHT, TUMBLER
from studio import LAMPS, RIMS, arc, clear, light_and_shoot, linear, surface, turned

WALL, BASE, FILL = 0.020, 0.10, 0.64
"""The tumbler's wall and foot, and how high the coffee stands."""
CAP_BASE = 1.434 + TOP
LIP = 1.575 + TOP
LIP_ROUND = 0.0125


def mouth() -> list[tuple[float, float]]:
    """What the cap hid: two turns of thread and a rounded lip."""
    r, low = NECK - 0.006, 1.470 + TOP
    turns = [(r + 0.009 * max(0.0, math.sin(k / 40 * 4 * math.pi)) ** 2, low + 0.08 * k / 40) for k in range(41)]
    return [(r, 1.455 + TOP), *turns, *arc((r - LIP_ROUND, LIP - LIP_ROUND), LIP_ROUND, 0, 180, 14)]


def bore() -> bpy.types.Object:
    """The inside of the neck: dark, as a full bottle's is."""
    r = NECK - 0.006 - 2 * LIP_ROUND
    dark = surface("bore", "#120604", Roughness=0.5, Specular_IOR_Level=0.2)
    return turned("bore", [(r, LIP - LIP_ROUND), (r - 0.001, LIP - 0.08), (r - 0.002, 1.20), (0.0, 1.20)], dark)


def tumbler() -> list[bpy.types.Object]:
    """A plain thick-footed glass and the coffee in it."""
    clear_glass = surface("clear", "#F2F7F6", Roughness=0.0, IOR=1.45, Transmission_Weight=1.0)
    outer = [(0.0, 0.004), (GLASS_FOOT - 0.05, 0.0), *arc((GLASS_FOOT - 0.035, 0.035), 0.035, -90, -3, 8)]
    rim = arc((GLASS_RIM - WALL / 2, GLASS_HEIGHT - WALL / 2), WALL / 2, 0, 180, 10)
    inner = [(_inside(BASE + 0.045), BASE + 0.045), (_inside(BASE) - 0.012, BASE + 0.012), (_inside(BASE) - 0.05, BASE)]
    shell = [*outer, *rim, *inner, (0.0, BASE)]
    return [turned("tumbler", shell, clear_glass), *_coffee()]


def _inside(z: float) -> float:
    """Inner radius at a height."""
    return GLASS_FOOT + (GLASS_RIM - GLASS_FOOT) * z / GLASS_HEIGHT - WALL


def _coffee() -> list[bpy.types.Object]:
    """Dark in the middle; where it is thin, at its sides and its edge, light comes through.

    It glows a little: light that has come through glass and coffee, which the renderer finds by luck only.
    """
    body = surface("coffee", "#2A1006", Roughness=0.10, IOR=1.33, Specular_IOR_Level=0.12)
    _glow(body, "side", [(0.25, "#361407"), (0.80, "#74300E"), (1.0, "#C96F22")])
    top = surface("top", "#1D0B05", Roughness=0.16, IOR=1.33, Specular_IOR_Level=0.02)
    _glow(top, "radius", [(0.60, "#2C1006"), (0.90, "#4A1F0C"), (1.0, "#A0551C")])
    gap, r = 0.0015, _inside(FILL) - 0.0015
    foot = [(0.0, BASE + gap), (_inside(BASE) - 0.052, BASE + gap), (_inside(BASE) - 0.014, BASE + 0.013)]
    side = [(_inside(z) - gap, z) for z in (BASE + 0.046, 0.2, 0.3, 0.4, 0.5, FILL - 0.01)]
    liquid = turned("coffee", [*foot, *side, (r, FILL + 0.010)], body)
    lid = turned("top", [(r, FILL + 0.010), (r - 0.010, FILL + 0.002), (r - 0.04, FILL), (0.0, FILL)], top)
    ring = surface("meniscus", "#8A4A1C", Roughness=0.2)
    _glow(ring, "radius", [(0.0, "#C98A48"), (1.0, "#D79A55")])
    bead = arc((r - 0.007, FILL + 0.005), 0.0045, 0, 360, 12)
    return [liquid, lid, turned("meniscus", bead, ring)]


def _glow(made: bpy.types.Material, along: str, stops: list[tuple[float, str]]) -> None:
    """Colour and glow toward the `side` (by the normal's x: the view through the glass bends, so that facing tells
    little) or along the `radius`, as a share of the surface's own."""
    tree = made.node_tree
    shader, ramp = tree.nodes["Principled BSDF"], tree.nodes.new("ShaderNodeValToRGB")
    for number, (at, colour) in enumerate(stops):
        spot = ramp.color_ramp.elements[number] if number < 2 else ramp.color_ramp.elements.new(at)
        spot.position, spot.color = at, linear(colour)
    split, size = tree.nodes.new("ShaderNodeSeparateXYZ"), tree.nodes.new("ShaderNodeMath")
    if along == "side":
        shape = tree.nodes.new("ShaderNodeNewGeometry")
        tree.links.new(shape.outputs["Normal"], split.inputs[0])
        size.operation = "ABSOLUTE"
        tree.links.new(split.outputs["X"], size.inputs[0])
    else:
        shape, flat = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeVectorMath")
        reach = tree.nodes.new("ShaderNodeVectorMath")
        flat.operation, reach.operation, size.operation = "MULTIPLY", "LENGTH", "DIVIDE"
        flat.inputs[1].default_value, size.inputs[1].default_value = (1.0, 1.0, 0.0), _inside(FILL)
        tree.links.new(shape.outputs["Object"], flat.inputs[0])
        tree.links.new(flat.outputs[0], reach.inputs[0])
        tree.links.new(reach.outputs["Value"], size.inputs[0])
    tree.links.new(size.outputs[0], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], shader.inputs["Base Color"])
    tree.links.new(ramp.outputs[0], shader.inputs["Emission Color"])
    shader.inputs["Emission Strength"].default_value = 0.6


def main() -> None:
    """Render bottle, cap and tumbler."""
    label, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1780", "128")))
    clear()
    for thing in (glass(mouth()), bore(), labelled(label)):
        thing.matrix_world = Matrix.Translation((*BOTTLE, 0)) @ Matrix.Rotation(math.radians(-7), 4, "Z")
    for thing in tumbler():
        thing.location = (*TUMBLER, 0)
    ring, cap = capped()
    cap.location = (*CAP, -CAP_BASE - 0.041)
    ring.matrix_world = Matrix.Translation((*BOTTLE, 0))
    name = "cold-brew-poured"
    light_and_shoot(
        out.resolve(), HEIGHT, 0.95, pixels, samples, BELOW[name], glassy=True, far=FAR[name], lamps=(*LAMPS, *RIMS)
    )


if __name__ == "__main__":
    main()
