"""What a concept's colours make of things: a device's inks, the mark on an empty ground, the light that suits a ground."""

from __future__ import annotations

import numpy as np

from brand_kits.colour import apca_hex, hex_to_oklab, hex_to_oklch, mix
from brand_kits.kit import BrandKit
from pipelines.compose.colouring import Tones
from pipelines.compose.draw import Item
from pipelines.compose.logo import load_logo, place_logo
from pipelines.compose.page import Layout
from pipelines.scene import Scene, Window

PALE, DIM = 0.6, 0.86
"""A ground of more OKLab L than this wants a light that keeps the picture's upper part above that share of its level."""
VESSEL = 40.0
"""Lc from which a giant letter shows on its ground."""


def bright_light(scene: Scene, light: int, tones: Tones) -> int:
    """The concept's light, or the first that does not darken a pale plain ground behind the type: a pool of light in
    the dark suits night colours only."""
    light %= scene.lights
    if scene.name != "seamless" or hex_to_oklab(tones.roles["ground"])[0] < PALE:
        return light
    window = Window(size=(48, 60), foot=(24.0, 52.0), height=30.0)

    def level(number: int) -> float:
        passes = scene.view(window, number)
        return float((passes.key + passes.fill)[:30].mean())

    return next((n for n in (light, *range(scene.lights)) if level(n) >= DIM), light)


def device_colours(kit: BrandKit, tones: Tones) -> dict[str, str]:
    """The colours a device may use: the mode's roles, and what they are to a device (disc, quiet print, fill, hours)."""
    ground, surface, ink = (tones.roles[r] for r in ("ground", "surface", "ink"))
    every = sorted(c.hex for c in kit.palette.colours.values())
    fill = max(every, key=lambda c: min(_apart(c, ground), _apart(c, ink)))
    dawn = max(every, key=lambda c: hex_to_oklch(c)[1])
    letter = next((c for c in (tones.roles["accent"], tones.deep) if c and _carries(c, ground)), ink)
    night = surface if hex_to_oklab(ground)[0] < 0.4 else tones.dark
    return {
        **tones.roles, "letter": letter, "liquid": fill if letter == ink else ink, "disc": surface,
        "quiet": mix(ground, surface, 0.7), "fill": fill, "night": night,
        "dawn": dawn, "day": max(every, key=lambda c: min(_apart(c, ground), _apart(c, dawn))),
    }


def _carries(colour: str, ground: str) -> bool:
    """Whether giant letters of a colour stand on a pale ground: they are vessels then, for liquid as dark as the ink."""
    return hex_to_oklab(ground)[0] > PALE and abs(apca_hex(colour, ground)) >= VESSEL


def ghost(layout: Layout, kit: BrandKit, tones: Tones) -> tuple[Item, ...]:
    """The brand's mark, huge and quiet, printed where a tall picture would else be a flat void."""
    mark = next((logo for logo in kit.logos.values() if logo.kind == "mark"), None)
    if layout.ghost is None or mark is None:
        return ()
    drawing = load_logo(mark.file).recoloured(mix(tones.roles["ground"], tones.roles["surface"], 0.6))
    box = layout.ghost
    return (place_logo(drawing, box.centre[0] - box.h * drawing.aspect / 2, box.y, box.h, "ghost"),)


def _apart(a: str, b: str) -> float:
    """How far two colours are apart, lightness before hue."""
    (l1, a1, b1), (l2, a2, b2) = hex_to_oklab(a), hex_to_oklab(b)
    return float(np.hypot(l1 - l2, 0.6 * np.hypot(a1 - a2, b1 - b2)))
