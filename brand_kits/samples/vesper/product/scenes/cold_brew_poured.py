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
from poses import BELOW, BOTTLE, CAP, GLASS_FOOT, GLASS_HEIGHT, GLASS_RIM, HEIGHT, TUMBLER
from studio import arc, clear, light_and_shoot, linear, surface, turned

WALL, BASE, FILL = 0.020, 0.10, 0.64
"""The tumbler's wall and foot, and how high the coffee stands."""
CAP_BASE = 1.434 + TOP
LIP = 1.575 + TOP


def mouth() -> list[tuple[float, float]]:
    """What the cap hid: two turns of thread, a rounded lip, and the dark inside."""
    r, low = NECK - 0.006, 1.470 + TOP
    turns = [(r + 0.009 * max(0.0, math.sin(k / 40 * 4 * math.pi)) ** 2, low + 0.08 * k / 40) for k in range(41)]
    lip = [*arc((r - 0.016, LIP - 0.016), 0.016, 0, 180, 14)]
    return [(r, 1.455 + TOP), *turns, *lip, (r - 0.034, LIP - 0.10), (r - 0.034, 1.20), (0.0, 1.20)]


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
    """Nearly black in the middle; where it is thin, at its sides, its foot and its meniscus, light comes through."""
    body = surface("coffee", "#2A1006", Roughness=0.10, IOR=1.33, Specular_IOR_Level=0.12)
    _thin(body)
    gap = 0.0015
    foot = [(0.0, BASE + gap), (_inside(BASE) - 0.052, BASE + gap), (_inside(BASE) - 0.014, BASE + 0.013)]
    side = [(_inside(z) - gap, z) for z in (BASE + 0.046, 0.2, 0.3, 0.4, 0.5, FILL - 0.01)]
    edge = [(_inside(FILL) - gap, FILL + 0.010), (_inside(FILL) - 0.012, FILL + 0.002)]
    liquid = turned("coffee", [*foot, *side, *edge, (_inside(FILL) - 0.04, FILL), (0.0, FILL)], body)
    ring = surface("meniscus", "#6E3A16", Roughness=0.25)
    bead = arc((_inside(FILL) - 0.011, FILL + 0.003), 0.0065, 0, 360, 12)
    return [liquid, turned("meniscus", bead, ring)]


def _thin(made: bpy.types.Material) -> None:
    """Amber toward the sides, where little coffee is in the way of the light.

    By the normal's x: the view through the glass bends, so that facing tells little.
    """
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    shape, split = tree.nodes.new("ShaderNodeNewGeometry"), tree.nodes.new("ShaderNodeSeparateXYZ")
    size, ramp = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeValToRGB")
    size.operation = "ABSOLUTE"
    first, last = ramp.color_ramp.elements
    first.position, first.color = 0.25, linear("#3A1405")
    last.position, last.color = 1.0, linear("#C2661C")
    middle = ramp.color_ramp.elements.new(0.80)
    middle.color = linear("#6E2A0A")
    tree.links.new(shape.outputs["Normal"], split.inputs[0])
    tree.links.new(split.outputs["X"], size.inputs[0])
    tree.links.new(size.outputs[0], ramp.inputs[0])
    tree.links.new(ramp.outputs[0], shader.inputs["Base Color"])


def main() -> None:
    """Render bottle, cap and tumbler."""
    label, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1780", "128")))
    clear()
    for thing in (glass(mouth()), labelled(label)):
        thing.matrix_world = Matrix.Translation((*BOTTLE, 0)) @ Matrix.Rotation(math.radians(-7), 4, "Z")
    for thing in tumbler():
        thing.location = (*TUMBLER, 0)
    ring, cap = capped()
    cap.location = (*CAP, -CAP_BASE - 0.041)
    ring.matrix_world = Matrix.Translation((*BOTTLE, 0))
    light_and_shoot(out.resolve(), HEIGHT, 0.95, pixels, samples, below=BELOW["cold-brew-poured"], glassy=True)


if __name__ == "__main__":
    main()
