"""Roles for a brand's colours: grounds that type can be read on, and what stands on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from brand_kits.colour import apca_hex, hex_to_oklch, mix, wcag_hex
from brand_kits.parts import LEAST_INK

LIGHT, DARK = 0.8, 0.4
"""OKLab lightness from which a colour is a light ground, and up to which it is a dark one."""
SEEN: Final = 2.5
"""WCAG ratio from which a logo stands out from its ground; drawings are large."""
LOST = 1.6
"""WCAG ratio under which a part of a logo is lost on its ground."""


@dataclass(kw_only=True, slots=True)
class Palette:
    """Colours and modes as a kit says them; `logos` maps a file to the colours that it may stand on."""

    colours: dict[str, dict[str, str]]
    modes: dict[str, dict[str, str]] = field(default_factory=dict)
    logos: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def grounds_of(self, logo: str) -> list[str]:
        """Colours that a logo may stand on."""
        return self.logos.get(logo, [])


def palette_of(given: Mapping[str, str], logos: Mapping[str, Sequence[str]]) -> Palette:
    """Roles for colours. Where there are none the logos' own are taken; black, white and mixtures are added as needed."""
    drawn = dict.fromkeys(c.upper() for colours in logos.values() for c in colours)
    hexes = dict(given) or {f"colour_{n + 1}": c for n, c in enumerate(drawn)}
    made = Palette(colours={})
    light = _extreme(hexes, "white", "#FFFFFF", 1)
    dark = _extreme(hexes, "black", "#141414", -1)
    if abs(apca_hex(hexes[dark], hexes[light])) < LEAST_INK:
        dark = _put(hexes, "black", "#141414")
    accent = max((n for n in hexes if n not in (light, dark)), key=lambda n: hex_to_oklch(hexes[n])[1], default=dark)
    modes = {
        "light": _mode(hexes, "light", light, dark, accent), "dark": _mode(hexes, "dark", dark, light, accent),
        "bold": _bold(hexes, accent, light, dark),
    }  # fmt: skip
    grounds = list(dict.fromkeys(m[r] for m in modes.values() if m for r in ("ground", "surface")))
    made.logos = {file: [g for g in grounds if _stands(colours, hexes[g])] for file, colours in logos.items()}
    fits = {g for found in made.logos.values() for g in found}
    for name, mode in modes.items():
        if mode and mode["ground"] in fits:
            made.modes[name] = mode
        elif mode:
            made.notes.append(f"No logo stands out on {mode['ground']} ({hexes[mode['ground']]}): a mode {name} was left out. "
                              "Add a logo in other colours and the mode.")
    if not made.modes:
        made.modes = {"light": modes["light"] or {}}
        made.logos = {file: [light] for file in logos}
    made.colours = {n: {"hex": c, **({"title": TITLES[n]} if n in TITLES else {})} for n, c in hexes.items()}
    return made


TITLES: Final[Mapping[str, str]] = {
    "white": "White, chosen", "black": "Black, chosen", "light_surface": "Chosen: the light ground with some accent",
    "dark_surface": "Chosen: the dark ground, lighter", "bold_surface": "Chosen: the accent, deeper",
}  # fmt: skip


def _extreme(hexes: dict[str, str], name: str, code: str, sign: int) -> str:
    """The lightest or darkest colour, where it is light or dark enough to be a ground; else one is added."""
    best = max(hexes, key=lambda n: (sign * hex_to_oklch(hexes[n])[0], n), default="")
    lightness = hex_to_oklch(hexes[best])[0] if best else 0.5
    enough = lightness >= LIGHT if sign > 0 else lightness <= DARK
    return best if best and enough else _put(hexes, name, code)


def _put(hexes: dict[str, str], name: str, code: str) -> str:
    hexes.setdefault(name, code)
    return name


def _mode(hexes: dict[str, str], kind: str, ground: str, ink: str, accent: str) -> dict[str, str]:
    share = 0.1 if kind == "light" else 0.14
    surface = _put(hexes, f"{kind}_surface", mix(hexes[ground], hexes[accent if kind == "light" else ink], share).upper())
    muted = _muted(hexes, ground, ink, accent)
    return {"kind": kind, "ground": ground, "surface": surface, "accent": accent, "ink": ink, "muted": muted}


def _muted(hexes: Mapping[str, str], ground: str, ink: str, accent: str) -> str:
    """A quieter colour for type that can still be read; the ink where there is none."""
    able = [n for n in hexes if n not in (ground, ink, accent) and not n.endswith("_surface")
            and abs(apca_hex(hexes[n], hexes[ground])) >= LEAST_INK + 5 and hex_to_oklch(hexes[n])[1] < 0.12]
    return min(able, key=lambda n: abs(apca_hex(hexes[n], hexes[ground])), default=ink)


def _bold(hexes: dict[str, str], accent: str, light: str, dark: str) -> dict[str, Any] | None:
    """The accent as a ground, where type can be read on it."""
    ink = max((light, dark), key=lambda n: abs(apca_hex(hexes[n], hexes[accent])))
    if accent in (light, dark) or abs(apca_hex(hexes[ink], hexes[accent])) < LEAST_INK:
        return None
    other = dark if ink == light else light
    surface = _put(hexes, "bold_surface", mix(hexes[accent], hexes[dark], 0.15).upper())
    return {"kind": "bold", "ground": accent, "surface": surface, "accent": other, "ink": ink, "muted": ink}


def _stands(colours: Sequence[str], ground: str) -> bool:
    """Whether a drawing stands out from a ground: one of its colours well, and none is lost."""
    ratios = [wcag_hex(c, ground) for c in colours]
    return not ratios or (max(ratios) >= SEEN and min(ratios) >= LOST)
