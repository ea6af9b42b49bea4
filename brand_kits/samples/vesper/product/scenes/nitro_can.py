"""The slim 200 ml nitro can: `python nitro_can.py PRINT.png OUT.png [pixels] [samples]`.

Printed aluminium with satin lacquer; a real lid: seam, countersunk panel, tab, rivet.
Runs in Blender's own Python.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy
from studio import add, arc, bezier, clear, light_and_shoot, printed, surface, turned

HEIGHT = 1.22
BODY = 0.250
LID = 0.218
PRINT_FOOT, PRINT_HEAD = 0.028, 1.165


def build(print_: Path) -> None:
    """Model the can."""
    clear()
    metal = surface("aluminium", "#E4E2E0", Roughness=0.22, Metallic=1.0)
    _body(print_, metal)
    _lid(metal)
    _tab(metal)


def _body(art: Path, metal: bpy.types.Material) -> None:
    """Print from the foot's curve to the neck; bare metal below and above."""
    ink = surface(
        "ink", "#1C1A3B", Roughness=0.40, Metallic=0.16, Specular_IOR_Level=0.5, Coat_Weight=0.22, Coat_Roughness=0.30
    )
    printed(ink, art)
    foot = bezier([(0.196, PRINT_FOOT), (0.228, 0.042), (BODY, 0.060), (BODY, 0.125)], 32)
    side = [(BODY, 0.125 + 0.875 * k / 12) for k in range(1, 12)]
    neck = bezier([(BODY, 1.0), (BODY, 1.095), (LID + 0.002, 1.09), (LID + 0.001, PRINT_HEAD)], 40)
    turned("body", [*foot, *side, *neck], ink)
    ring = arc((0.180, 0.012), 0.012, 200, 340, 12)
    turned("foot", [(0.0, 0.05), (0.12, 0.04), *ring, (0.1955, PRINT_FOOT - 0.004), (0.1955, PRINT_FOOT)], metal)


def _lid(metal: bpy.types.Material) -> None:
    seam = [(LID, PRINT_HEAD), (LID, PRINT_HEAD + 0.004), *arc((LID - 0.002, PRINT_HEAD + 0.016), 0.011, -80, 0, 6),
            *arc((LID - 0.003, HEIGHT - 0.013), 0.012, 0, 180, 16)]  # fmt: skip
    wall = [
        (LID - 0.017, HEIGHT - 0.030),
        (LID - 0.026, HEIGHT - 0.062),
        *arc((LID - 0.034, HEIGHT - 0.064), 0.008, 0, -180, 10),
    ]
    panel = [*arc((LID - 0.048, HEIGHT - 0.050), 0.006, 0, 90, 6), (0.12, HEIGHT - 0.043), (0.0, HEIGHT - 0.043)]
    turned("lid", [*seam, *wall, *panel], metal)


def _tab(metal: bpy.types.Material) -> None:
    """An oval pull tab with its finger hole and rivet."""
    z = HEIGHT - 0.036
    curve = bpy.data.curves.new("tab", "CURVE")
    curve.dimensions, curve.fill_mode = "2D", "BOTH"
    curve.extrude, curve.bevel_depth, curve.bevel_resolution = 0.003, 0.004, 4
    _loop(curve, 0.055, 0.105, 0.02)
    _loop(curve, 0.034, 0.036, 0.066)
    curve.materials.append(metal)
    tab = add("tab", curve)
    tab.location = (0, 0, z)
    turned(
        "rivet", [(0.0, z + 0.014), (0.014, z + 0.013), (0.020, z + 0.006), (0.020, z - 0.01)][::-1], metal, steps=48
    )


def _loop(curve: bpy.types.Curve, half_width: float, half_length: float, y: float) -> None:
    line = curve.splines.new("POLY")
    count = 64
    line.points.add(count - 1)
    line.use_cyclic_u = True
    for k, node in enumerate(line.points):
        a = 2 * math.pi * k / count
        node.co = (
            half_width * math.copysign(abs(math.cos(a)) ** 0.8, math.cos(a)),
            y + half_length * math.sin(a),
            0,
            1,
        )


def main() -> None:
    """Render the can."""
    print_, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1600", "96")))
    build(print_)
    light_and_shoot(out.resolve(), HEIGHT, BODY, pixels, samples)


if __name__ == "__main__":
    main()
