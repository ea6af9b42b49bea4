"""What a text-to-image model is told: the scene, its light, the kit's colours in words, the concept's idea as data.

A brief's words are never passed on as they stand: they are cut to plain words, so that nothing in them can act as
weights, brackets or orders, and the model is told what to leave out (type, logos, products: those are put in later).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from brand_kits.colour import hex_to_oklch

NEGATIVE = "text, letters, words, typography, logo, watermark, label, bottle, product, packaging, people, hands, frame"
IDEA_WORDS = 14
"""An idea is a sentence; older text encoders read 77 tokens in all, and the scene matters more."""
NOT_A_WORD = re.compile(r"[^\w'’-]+")
GREY_CHROMA = 0.03
HUES: tuple[tuple[float, str], ...] = (
    (18, "rose"), (34, "red"), (62, "orange"), (84, "amber"), (112, "yellow"), (128, "olive green"), (158, "green"),
    (190, "teal"), (222, "turquoise"), (256, "blue"), (284, "indigo"), (312, "violet"), (342, "magenta"), (361, "rose"),
)  # fmt: skip
"""Upper end of each hue in OKLCH degrees, and its name."""
GREYS: tuple[tuple[float, str], ...] = (
    (0.25, "black"), (0.5, "charcoal"), (0.75, "grey"), (0.9, "pale grey"), (1.1, "white"),
)  # fmt: skip
TONES: tuple[tuple[float, str], ...] = ((0.35, "deep"), (0.55, "dark"), (0.75, ""), (0.88, "soft"), (1.1, "pale"))


def scene_prompt(scene: str, mood: Sequence[str], palette: Mapping[str, str], idea: str = "") -> str:
    """A prompt of one paragraph. `palette` maps roles to hex; `idea` is a person's text, used as plain words only."""
    colours = _listed(colour_words(palette[r]) for r in ("ground", "surface", "accent") if r in palette)
    parts = [
        f"Editorial photograph of an empty set: {plain_words(scene)}",
        f"{', '.join(plain_words(m, 3) for m in mood)} light" if mood else "",
        f"colours of {colours}" if colours else "",
        f"in the spirit of: {plain_words(idea)}" if plain_words(idea) else "",
        "clear ground in front, calm space above, fine texture, no text",
    ]
    return ". ".join(p for p in parts if p) + "."


def plain_words(text: str, most: int = IDEA_WORDS) -> str:
    """The first words of a text, without any punctuation but apostrophes and hyphens inside words."""
    words = [w.strip("-'’_") for w in NOT_A_WORD.split(text)]
    return " ".join([w for w in words if w][:most])


def colour_words(code: str) -> str:
    """A hex colour in one to three words: `#F05A28` is "orange", `#1C1A3B` "deep indigo"."""
    lightness, chroma, hue = hex_to_oklch(code)
    if chroma < GREY_CHROMA:
        warm = chroma > 0.012 and lightness > 0.9 and 40 < hue < 120
        return "warm white" if warm else _below(GREYS, lightness)
    return f"{_below(TONES, lightness)} {_below(HUES, hue % 360)}".strip()


def _below(table: Sequence[tuple[float, str]], value: float) -> str:
    return next(word for end, word in table if value < end)


def _listed(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:-1]) + (" and " if unique[1:] else "") + unique[-1] if unique else ""
