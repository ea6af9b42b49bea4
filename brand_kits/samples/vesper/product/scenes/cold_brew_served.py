"""A tumbler just poured, large in front, the closed bottle behind it: `python cold_brew_served.py LABEL.png OUT.png
[pixels] [samples]`."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from cold_brew_bottle import build
from cold_brew_poured import tumbler
from mathutils import Matrix
from poses import BELOW, FAR, HEIGHT, SERVED_BOTTLE, SERVED_TUMBLER, SERVED_TURN
from studio import LAMPS, RIMS, light_and_shoot


def main() -> None:
    """Render bottle and tumbler."""
    label, out = Path(sys.argv[1]), Path(sys.argv[2])
    pixels, samples = (int(a) for a in (sys.argv[3:5] or ("1780", "64")))
    for thing in build(label):
        turn = Matrix.Rotation(math.radians(SERVED_TURN), 4, "Z")
        thing.matrix_world = Matrix.Translation((*SERVED_BOTTLE, 0)) @ turn
    for thing in tumbler():
        thing.location = (*SERVED_TUMBLER, 0)
    name = "cold-brew-served"
    light_and_shoot(
        out.resolve(), HEIGHT, 0.95, pixels, samples, BELOW[name], glassy=True, far=FAR[name], lamps=(*LAMPS, *RIMS)
    )


if __name__ == "__main__":
    main()
