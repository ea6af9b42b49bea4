"""Which palette colour each thing takes, decided on the pixels it will stand on, never on a colour's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from brand_kits.colour import apca, apca_hex, hex_to_srgb, mix
from brand_kits.kit import BrandKit, Logo
from pipelines.compose.block import Block
from pipelines.compose.contrast import Reading, choose, needed, reading, reference_px
from pipelines.compose.draw import Item, PathItem, Pixels, Rect, RoundRect
from pipelines.compose.flow import FIGURES, Placed
from pipelines.compose.logo import load_logo, place_logo
from pipelines.compose.marks import Button, Placard
from pipelines.compose.page import Layout

BIG, GIANT = 36.0, 90.0
"""Reference px from which an accent may carry type, and from which a figure is a shape more than a text."""
SHAPE = 45.0
LEAST_RATIO = 3.0
EVEN, WEAK_WORD = 12.0, 0.8
"""On a ground that varies more than this (Lc), and in headlines, each word must reach that share of what the text needs:
a stone under one word of six hardly shows in the whole."""
LABEL, FILL, SIGN = 70.0, 30.0, 45.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tones:
    """A mode's colours as hex by role, and the kit's lightest and darkest colours for type on pictures."""

    roles: Mapping[str, str]
    light: str
    dark: str
    deep: str = ""
    """The accent's darker twin in the kit, for type where the accent itself is too pale; "" when there is none."""

    def candidates(self, wish: str, big: bool) -> tuple[str, ...]:
        """Colours to try for a text, the kit's preference first."""
        accents = tuple(c for c in (self.roles["accent"], self.deep) if c)
        first = {"accent": accents if big else (), "muted": (self.roles["muted"],)}.get(wish, ())
        return tuple(dict.fromkeys((*first, self.roles["ink"], self.light, self.dark)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """How a thing reads where it stands, and what it needs."""

    reading: Reading
    minimum: float

    @property
    def good(self) -> bool:
        """Whether it can be read."""
        return self.reading.passes(self.minimum)


def tones_of(kit: BrandKit, mode: str) -> Tones:
    """The colours of a mode."""
    roles = kit.palette.hexes(mode)
    by_light = sorted(kit.palette.colours.values(), key=lambda c: (c.oklch[0], c.name))
    accent = kit.palette.colour(mode, "accent").oklch
    deeper = [c for c in by_light if c.oklch[1] > 0.1 and 0.05 < accent[0] - c.oklch[0] < 0.25]
    twins = [c for c in deeper if _near_hue(c.oklch[2], accent[2])]
    return Tones(roles=roles, light=by_light[-1].hex, dark=by_light[0].hex, deep=twins[-1].hex if twins else "")


def _near_hue(a: float, b: float) -> bool:
    return abs((a - b + 180) % 360 - 180) <= 25


def colour_text(text: Placed, pixels: Pixels, tones: Tones, layout: Layout) -> tuple[Placed, Measured]:
    """A text in the first colour that reads where it stands; what is drawn with it follows."""
    pt, phone = layout.grid.pt, layout.grid.klass in ("V", "Q", "W")
    weight = text.block.weight
    big = reference_px(text.block.size, pt, phone) >= BIG and weight >= 600
    minimum = needed(text.role, text.block.size, weight, pt, phone)
    if reference_px(text.block.size, pt, phone) >= GIANT or (not phone and text.role in FIGURES and big):
        minimum = SHAPE
    candidates = tones.candidates(text.slot.colour, big)
    colour, read = choose(candidates, pixels, text.block.plain("#000000"), minimum)
    if colour == tones.roles["accent"] and read.wcag < LEAST_RATIO:  # the second gate that clients ask for
        rest = tuple(c for c in candidates if c != colour)
        colour, read = choose(rest, pixels, text.block.plain("#000000"), minimum)
    block = text.block.plain(colour)
    if read.spread > EVEN or text.slot.style == "headline":
        read = min((read, *_by_word(block, pixels, WEAK_WORD)), key=lambda r: r.p10)
    before = tuple(_inked(item, colour, tones, pixels) for item in text.before)
    return replace(text, block=block, before=before), Measured(reading=read, minimum=minimum)


def _by_word(block: Block, pixels: Pixels, share: float) -> Iterator[Reading]:
    """How each word reads, its contrast counted `1 / share`: a headline is lost when one of its words is."""
    for piece in block.pieces:
        if piece.name == "quote":  # a mark is no word, and its colour is its own
            continue
        alone = replace(block, pieces=(piece,), box=piece.box)
        read = reading(pixels, alone)
        yield replace(read, p10=read.p10 / share)


def _inked(item: Item, colour: str, tones: Tones, pixels: Pixels) -> Item:
    """Rules and stars take the text's colour; the lit part of a rating takes the accent where that shows."""
    if isinstance(item, PathItem) and item.role == "stars-lit":
        accent = tones.roles["accent"]
        b = item.path.computeTightBounds()
        x, y = int(min(max(b.left(), 0), pixels.shape[1] - 1)), int(min(max(b.top(), 0), pixels.shape[0] - 1))
        shows = abs(float(apca(hex_to_srgb(accent), pixels[y, x].astype(float) / 255))) >= SIGN
        return replace(item, colour=accent if shows else colour)
    if isinstance(item, (PathItem, Rect)):
        return replace(item, colour=colour)
    return item


def accented(text: Placed, words: str, pixels: Pixels, tones: Tones, minimum: float) -> Placed:
    """The text with a phrase (and its quotation marks) in the accent, if the accent reads there too."""
    accent = tones.roles["accent"]
    if accent == text.block.colour or not reading(pixels, text.block.plain(accent)).passes(minimum):
        return text
    block = text.block.coloured(accent, name="quote")
    if words:
        block = block.coloured(accent, words=words)
    return replace(text, block=block)


def colour_logo(placard: Placard, kit: BrandKit, ground: str, pixels: Pixels, tones: Tones) -> tuple[Placard, Measured]:
    """The kit's drawing of the logo that may stand on this ground and reads best there; one colour when none does."""
    read: list[tuple[Placard, Reading]] = []
    for logo in _in_order(kit, placard.logo.kind, ground):
        drawing = load_logo(logo.file)
        block = place_logo(drawing, placard.box.x, placard.box.y, placard.box.w / drawing.aspect)
        measured = reading(pixels, block)
        read.append((replace(placard, logo=logo, block=block), measured))
        if measured.passes(SIGN):
            return read[-1][0], Measured(reading=measured, minimum=SIGN)
    drawing = load_logo(placard.logo.file)
    for colour in tones.candidates("ink", True):
        block = place_logo(drawing.recoloured(colour), placard.box.x, placard.box.y, placard.box.h)
        read.append((replace(placard, block=block), reading(pixels, block)))
    best, measured = max(read, key=lambda pair: pair[1].p10)
    return best, Measured(reading=measured, minimum=SIGN)


def _in_order(kit: BrandKit, kind: str, ground: str) -> list[Logo]:
    """Drawings of a kind: those allowed on the ground first, in the kit's order."""
    names = {c.name for c in kit.palette.colours.values() if c.hex.upper() == ground.upper()}
    every = [logo for logo in kit.logos.values() if logo.kind == kind]
    return [x for x in every if names & set(x.grounds)] + [x for x in every if not names & set(x.grounds)]


def colour_button(button: Button, pixels: Pixels, tones: Tones) -> tuple[tuple[Item, ...], Measured]:
    """The one filled thing: the first role that parts from the ground and carries its label."""
    ground = pixels[_inside(button)].reshape(-1, 3).mean(axis=0) / 255
    best: tuple[float, str, str] | None = None
    for fill in dict.fromkeys((tones.roles["accent"], tones.roles["ink"], tones.light, tones.dark)):
        label = max((tones.light, tones.dark), key=lambda c: abs(apca_hex(c, fill)))
        carried = abs(apca_hex(label, fill))
        parted = abs(float(apca(hex_to_srgb(fill), ground)))
        if carried >= LABEL and parted >= FILL:
            best = (carried, fill, label)
            break
        if best is None or min(carried, parted) > best[0]:
            best = (min(carried, parted), fill, label)
    assert best is not None
    lc, fill, label = best
    box = button.box
    pill = RoundRect(box=(box.x, box.y, box.w, box.h), radius=button.radius, colour=fill, role="button")
    read = Reading(p10=lc, spread=0.0, wcag=0.0, sd_l=0.0, edge_share=0.0)
    return (pill, button.block.plain(label)), Measured(reading=read, minimum=LABEL)


def _inside(button: Button) -> tuple[slice, slice]:
    box = button.box
    return slice(max(0, int(box.y)), int(box.bottom)), slice(max(0, int(box.x)), int(box.right))


def frame(layout: Layout, tones: Tones) -> tuple[Item, ...]:
    """The one-pixel frame that parts a banner from its page: the ground drawn a fifth toward the ink."""
    if not layout.border:
        return ()
    w, h = layout.grid.size
    line = mix(tones.roles["ground"], tones.roles["ink"], 0.25)
    return (Rect(box=(0, 0, float(w), float(h)), colour=line, stroke=1.0, role="border"),)


def unread(measured: Mapping[str, Measured]) -> Sequence[str]:
    """Names of what cannot be read."""
    return [name for name, m in measured.items() if not m.good]

