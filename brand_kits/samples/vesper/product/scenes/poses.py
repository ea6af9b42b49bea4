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
SERVED_BOTTLE, SERVED_TUMBLER, SERVED_TURN = (0.30, 0.30), (-0.30, -0.32), 12.0
"""Of the served picture: x and y of each foot, and degrees the label is turned to the right."""
BELOW = {"cold-brew-lying": 0.12, "cold-brew-poured": 0.11, "cold-brew-served": 0.11}
"""Share of the frame that each render keeps under the contact point."""
FAR = {"cold-brew-poured": 3.0, "cold-brew-served": 3.0}
"""How many times farther the camera stands, with a lens as much longer: the ground is seen as in the sets, and we see
into a mouth that would else be nearly at the height of the eye."""
