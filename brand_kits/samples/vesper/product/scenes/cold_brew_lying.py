"""The bottle lying on its side: `python cold_brew_lying.py LABEL.png OUT.png [pixels] [samples]`.

Its cap comes toward us at an angle, its label looks up at us. `pixels` is the bottle's length in the picture.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from cold_brew_bottle import build
from mathutils import Matrix, Vector
from poses import BELOW, BODY, HEIGHT, ROLL, YAW
from studio import LOW, light_and_shoot


def laid() -> Matrix:
    """From standing at the origin to lying with the middle of its length over it."""
    yaw, roll = math.radians(YAW), math.radians(ROLL)
    axis = Vector((math.cos(yaw), -math.sin(yaw), 0))
    level = Vector((-math.sin(yaw), -math.cos(yaw), 0))
    front = level * math.cos(roll) + Vector((0, 0, 1)) * math.sin(roll)
    across = axis.cross(front)
    turn = Matrix((across, -front, axis)).transposed().to_4x4()
    return Matrix.Translation((0, 0, BODY + 0.0012)) @ turn @ Matrix.Translation((0, 0, -HEIGHT / 2))


def main() -> None:
    """Render the bottle lying down."""
    label, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1640", "96")))
    for thing in build(label):
        thing.matrix_world = laid()
    light_and_shoot(out.resolve(), HEIGHT, 1.02, pixels, samples, below=BELOW["cold-brew-lying"], lamps=LOW)


if __name__ == "__main__":
    main()
