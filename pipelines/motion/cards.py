"""A sentence a few words at a time, each as large as its card lets it be, on flat colours of the kit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from brand_kits.colour import apca_hex, hex_to_oklab, hex_to_oklch
from brand_kits.kit import BrandKit
from pipelines.compose.block import Block, place
from pipelines.compose.classes import Grid
from pipelines.compose.faces import face_of
from pipelines.compose.fit import fit
from pipelines.compose.geometry import Box

MOST_CARDS = 5
NEAR = 0.20
"""Neighbouring grounds may differ by this much in OKLab lightness: more would flash."""
READ = 60.0
LEAST_APART = 0.08


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Card:
    """A flat ground with a few words."""

    ground: str
    block: Block


def chunks(text: str, most: int = MOST_CARDS) -> tuple[str, ...]:
    """A sentence in at most `most` pieces: words, joined where they are short or must not part.

    Pieces never cross the end of a sentence; the two neighbours that are shortest together are joined first.
    """
    parts = text.split(" ")
    while len(parts) > most or any(len(p) <= 3 and not _ends(p) for p in parts[:-1]):
        pairs = [i for i in range(len(parts) - 1) if not _ends(parts[i])]
        short = [i for i in pairs if len(parts[i]) <= 3]
        if not (short or pairs):
            break
        pool = short if len(parts) <= most else pairs
        at = min(pool, key=lambda i: (len(parts[i]) + len(parts[i + 1]), i))
        parts[at : at + 2] = [f"{parts[at]} {parts[at + 1]}"]
    return tuple(parts)


def _ends(word: str) -> bool:
    return bool(re.search(r"[.!?…][\"”»“’]?$", word))


def cards(
    text: str, kit: BrandKit, ground: str, grid: Grid, locale: str, tones: Sequence[str]
) -> tuple[Card, ...] | None:
    """The cards of a headline; None when a piece cannot be set large enough, or when it has only one.

    `ground` is the colour of the picture they lead to; `tones` are colours that type may take.
    """
    pieces = chunks(text)
    if len(pieces) < 2:
        return None
    grounds = _grounds(kit, ground, len(pieces), tones)
    made = [_card(piece, colour, kit, grid, locale, tones) for piece, colour in zip(pieces, grounds, strict=True)]
    return tuple(c for c in made if c) if all(made) else None


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
    return float((a1 - a2) ** 2 + (b1 - b2) ** 2) ** 0.5 + 0.2 * float(hex_to_oklch(a)[1])


def _card(text: str, ground: str, kit: BrandKit, grid: Grid, locale: str, tones: Sequence[str]) -> Card | None:
    face = face_of(kit, "display", 800)
    box = _field(grid)
    _, wanted, most = grid.sizes["headline"]
    fitted = fit(
        text, face, box.w, box.h, grid.pt, size=(wanted, 2.2 * wanted, max(4.2 * most, 3 * wanted)), lines=(1, 3),
        locale=locale, poster=True,
    )
    if fitted is None:
        return None
    colour = max(tones, key=lambda t: abs(apca_hex(t, ground)))
    block = place(fitted, face, box.x, 0.0, colour=colour, role="card")
    rise = box.y + (box.h - block.box[3]) / 2 - block.box[1]
    return Card(ground=ground, block=block.moved(0.0, round(rise)))


def _field(grid: Grid) -> Box:
    """Where the words of a card stand: the live box, made as high as it is wide where it is much higher."""
    live = grid.live
    return Box(live.x, live.y, live.w, live.h)
