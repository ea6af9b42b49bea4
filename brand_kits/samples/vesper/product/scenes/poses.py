"""Where things stand in the scenes of more than one standing bottle: known to the renderer and to the measuring.

Lengths as in `studio`: one unit is 100 mm, x right, y away, z up, the contact point at the origin.
"""

from __future__ import annotations

BODY, HEIGHT = 0.330, 1.64
YAW, ROLL = 27.0, 24.0
"""Of the lying bottle: degrees the cap is turned toward us, and the label up."""
BOTTLE, TUMBLER, CAP = (-0.36, 0.16), (0.40, -0.10), (-0.10, -0.50)
"""Of the poured picture: x and y of each foot."""
GLASS_FOOT, GLASS_RIM, GLASS_HEIGHT = 0.285, 0.345, 0.86
OPEN_HEIGHT, CAP_RADIUS, CAP_HEIGHT = 1.534, 0.168, 0.205
BELOW = {"cold-brew-lying": 0.12, "cold-brew-poured": 0.11}
"""Share of the frame that each render keeps under the contact point."""
