"""A sentence a few words at a time, each as large as its card lets it be, on flat colours of the kit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from brand_kits.colour import apca_hex, hex_to_oklab, hex_to_oklch
from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, place
from pipelines.compose.classes import Grid
from pipelines.compose.faces import face_of
from pipelines.compose.fit import Fitted, fit
from pipelines.compose.geometry import Box

MOST_CARDS = 5
NEAR = 0.20
"""Neighbouring grounds may differ by this much in OKLab lightness: more would flash."""
READ = 60.0
SPREAD = 2.6
"""The largest card's type over the smallest one's."""
FILLED = 0.72
"""Share of the field's height that words may fill."""
SHORT = 2
"""Words of so few letters do not stand alone."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Card:
    """A flat ground with a few words."""

    ground: str
    block: Block


def chunks(text: str, most: int = MOST_CARDS) -> tuple[str, ...]:
    """A sentence in at most `most` pieces: words, joined where they are short.

    Pieces never cross a stop; a short word that ends a phrase goes with the word before it, another with the one
    after; then the neighbours that are shortest together are joined until there are few enough.
    """
    parts = text.split(" ")
    while (pair := _little(parts)) is not None or (pair := _longest(parts, most)) is not None:
        parts[pair : pair + 2] = [f"{parts[pair]} {parts[pair + 1]}"]
    return tuple(parts)


def _little(parts: Sequence[str]) -> int | None:
    """The first of two neighbours of which one is too short to stand alone, or None."""
    for i, part in enumerate(parts):
        if sum(c.isalnum() for c in part) > SHORT:
            continue
        at = i - 1 if _ends(part) else i
        if 0 <= at < len(parts) - 1 and not _ends(parts[at]):
            return at
    return None


def _longest(parts: Sequence[str], most: int) -> int | None:
    """Where there are too many pieces: the first of the two that are shortest together; None where all is well."""
    if len(parts) <= most:
        return None
    pairs = range(len(parts) - 1)
    inside = [i for i in pairs if not _ends(parts[i])]
    return min(inside or pairs, key=lambda i: (len(parts[i]) + len(parts[i + 1]), i))


def _ends(word: str) -> bool:
    return bool(re.search(r"[.,:;!?…][\"”»“’]?$", word))


def cards(
    text: str, kit: BrandKit, ground: str, grid: Grid, field: Box, locale: str, tones: Sequence[str]
) -> tuple[Card, ...] | None:
    """The cards of a headline; None when a piece cannot be set large enough, or when it has only one.

    `ground` is the colour of the picture they lead to; `tones` are colours that type may take; words stand in `field`.
    """
    pieces = chunks(text)
    if len(pieces) < 2:
        return None
    most = min(grid.sizes["headline"][2] * 4.2, 0.62 * field.h)
    sizes = [_fitted(piece, kit, grid, field, locale, most) for piece in pieces]
    least = min((f.size for f in sizes if f), default=0.0)
    fitted = [_fitted(piece, kit, grid, field, locale, min(most, SPREAD * least)) for piece in pieces]
    grounds = _grounds(kit, ground, len(pieces), tones)
    made = [_card(f, colour, kit, field, tones) for f, colour in zip(fitted, grounds, strict=True) if f]
    return tuple(made) if len(made) == len(pieces) else None


def _grounds(kit: BrandKit, last: str, count: int, tones: Sequence[str]) -> list[str]:
    """Colours for the cards, ending beside `last`: each near its neighbour in lightness and unlike it in hue."""
    usable = [c.hex for c in kit.palette.colours.values() if max(abs(apca_hex(t, c.hex)) for t in tones) >= READ]
    chain = [last]
    while len(chain) <= count:
        near = [c for c in usable if c != chain[-1] and _step(c, chain[-1]) <= NEAR] or [chain[-1]]
        fresh = [c for c in near if c not in chain[-2:]] or near
        chain.append(max(fresh, key=lambda c: (c not in chain, round(_apart(c, chain[-1]), 4), c)))
    return chain[count:0:-1]


def _step(a: str, b: str) -> float:
    return float(abs(hex_to_oklab(a)[0] - hex_to_oklab(b)[0]))


def _apart(a: str, b: str) -> float:
    (_, a1, b1), (_, a2, b2) = hex_to_oklab(a), hex_to_oklab(b)
    return math.hypot(a1 - a2, b1 - b2) + 0.2 * float(hex_to_oklch(a)[1])


def _fitted(text: str, kit: BrandKit, grid: Grid, box: Box, locale: str, most: float) -> Fitted | None:
    """The words as large as they may be, a line for each where that lets them grow."""
    face = face_of(kit, "display", 800)
    wanted = grid.sizes["headline"][1]
    tries = [
        fit(
            text, face, box.w, FILLED * box.h, grid.pt, size=(min(wanted, most), most, most), lines=(k, k), locale=locale,
            poster=True,
        )
        for k in range(1, min(len(text.split()), 3) + 1)
    ]
    return max((f for f in tries if f), key=lambda f: f.size, default=None)


def _card(fitted: Fitted, ground: str, kit: BrandKit, box: Box, tones: Sequence[str]) -> Card:
    """Words centred in height, flush left."""
    colour = max(tones, key=lambda t: abs(apca_hex(t, ground)))
    block = place(fitted, face_of(kit, "display", 800), box.x, 0.0, colour=colour, role="card")
    rise = box.y + (box.h - block.box[3]) / 2 - block.box[1]
    return Card(ground=ground, block=block.moved(0.0, round(rise)))
