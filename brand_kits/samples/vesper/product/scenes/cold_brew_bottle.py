"""The 330 ml cold-brew bottle: `python cold_brew_bottle.py LABEL.png OUT.png [pixels] [samples] [turn]`.

`turn` degrees turn the label away from us, for the bottles that stand behind a leading one.

Coated glass in persimmon, darker at the foot; a ribbed midnight cap over a brushed ring;
a paper label right round. Runs in Blender's own Python.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import bpy
from poses import BODY, HEIGHT
from studio import Profile, arc, bezier, clear, fading, grained, light_and_shoot, printed, surface, turned

NECK = 0.142
LABEL_FOOT, LABEL_HEAD = 0.19, 0.89
RIBS = 72
TOP = HEIGHT - 1.681  # heights of the neck and cap were drawn for a bottle this tall


def build(label: Path) -> list[bpy.types.Object]:
    """Model the bottle, foot at the origin."""
    clear()
    return [glass(), labelled(label), *capped()]


def glass(finish: Profile = ()) -> bpy.types.Object:
    """The coated body; `finish` is what follows the bead: a mouth, where no cap hides it."""
    coat = surface("coat", "#F05A28", Roughness=0.36, Specular_IOR_Level=0.45, Coat_Weight=0.25, Coat_Roughness=0.16)
    fading(coat, [(0.0, "#B23409"), (0.22, "#E64E1C"), (0.50, "#F05A28")], HEIGHT)
    foot = [
        (0.0, 0.035),
        (0.24, 0.030),
        *arc((0.272, 0.028), 0.028, 200, 270, 6),
        *arc((BODY - 0.040, 0.040), 0.040, 270, 360),
    ]
    shoulder = bezier([(BODY, 0.965), (BODY, 1.235), (NECK + 0.004, 1.10), (NECK, 1.285)], 90)
    neck = [(NECK, 1.31), (NECK, 1.390 + TOP)]
    bead = [*arc((NECK, 1.410 + TOP), 0.016, -90, 90, 14), (NECK - 0.004, 1.432 + TOP), (NECK - 0.004, 1.50 + TOP)]
    return turned("glass", [*foot, (BODY, 0.1), (BODY, 0.4), (BODY, 0.7), *shoulder, *neck, *bead, *finish], coat)


def labelled(art: Path) -> bpy.types.Object:
    """The paper label, right round."""
    paper = surface("paper", "#F7EDE0", Roughness=0.62, Specular_IOR_Level=0.3)
    grained(printed(paper, art), 260, 0.10, 0.002)
    r = BODY + 0.0012
    profile = [
        (r - 0.002, LABEL_FOOT),
        (r, LABEL_FOOT),
        (r, (LABEL_FOOT + LABEL_HEAD) / 2),
        (r, LABEL_HEAD),
        (r - 0.002, LABEL_HEAD),
    ]
    return turned("label", profile, paper)


def capped() -> list[bpy.types.Object]:
    """The ring and the ribbed cap."""
    rubber = surface("cap", "#1C1A3B", Roughness=0.42, Specular_IOR_Level=0.5)
    metal = surface("ring", "#D9A26B", Roughness=0.24, Metallic=1.0)
    r, base = 0.168, 1.434 + TOP
    ring = [(r - 0.03, base), *arc((r - 0.007, base + 0.007), 0.007, -90, 0, 5),
            *arc((r - 0.007, base + 0.029), 0.007, 0, 90, 5), (r - 0.03, base + 0.036)]  # fmt: skip
    band = turned("ring", ring, metal)
    side = [(r, base + 0.062 + 0.132 * k / 24) for k in range(25)]
    head = [*arc((r - 0.030, base + 0.214), 0.030, 0, 90, 14), (0.08, base + 0.2455), (0.0, base + 0.2465)]
    skirt = [(r - 0.03, base + 0.041), *arc((r - 0.010, base + 0.051), 0.010, -90, 0, 6)]
    return [band, turned("cap", [*skirt, *side, *head], rubber, _ribs, steps=RIBS * 12)]


def _ribs(angle: float, radius: float, z: float) -> float:
    """Fine upright grips on the cap's side, running out softly above and below."""
    inside = min(1.0, max(0.0, (z - TOP - 1.500) / 0.02)) * min(1.0, max(0.0, (TOP + 1.626 - z) / 0.02))
    return -0.0050 * inside * (0.5 - 0.5 * math.cos(angle * RIBS)) ** 2 * (radius > 0.14)


def main() -> None:
    """Render the bottle."""
    label, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1780", "96")))
    for thing in build(label):
        thing.rotation_euler[2] = math.radians(float(sys.argv[5]) if len(sys.argv) > 5 else 0.0)
    light_and_shoot(out.resolve(), HEIGHT, BODY, pixels, samples)


if __name__ == "__main__":
    main()
