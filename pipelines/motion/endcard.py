"""The end lockups: logo, one line, the product standing with them, in the arrangement that suits the concept.

A lockup is laid out and coloured by the same rules as a still. It stands in the concept's own scene where that is calm
enough under every word, else on the plain ground of its mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

import yaml

from brand_kits.colour import hex_to_oklab
from factory.records import CopyDeck, Placement
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.content import Content, set_right
from pipelines.compose.contrast import quiet
from pipelines.compose.family import Arrangement, Column, Family, LayoutError, parse_family
from pipelines.compose.flat import Flat
from pipelines.compose.geometry import Box
from pipelines.compose.lockup import SLOTS, is_lockup
from pipelines.motion.poster import lightness

LOGO_EDGES, LOGO_SPREAD = 0.02, 0.05
"""What a logo may stand on at most: share of edge pixels, spread of lightness."""
BROAD, LONG = 0.6, 1.2
"""Width over height from which a product is about as broad as high, and much broader."""
LIT = 0.9
AROUND = 0.35
"""How far around the lockup's texts the ground must be calm, in em."""
GAP = 0.03
"""Least distance between words and product, in widths of the canvas."""
SCALES = (1.0, 0.92, 0.84)
"""Sizes of the product that are tried, in those that the lockup wants."""
CALLS = {"draw": "cta", "phrase": "phrase"}
"""What a call to action is, by who draws the button."""
STAND = "stand"
"""The lockup of every family that no other one names."""
SIGNS = ("date", *SLOTS)
"""What an offer's lock-up says."""


@lru_cache(maxsize=1)
def lockups() -> Mapping[str, Mapping[str, Any]]:
    """Every lockup's data by name."""
    data: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        (files("pipelines.motion") / "endcard.yaml").read_text(encoding="utf-8")
    )
    return data


def lockup_for(family: str) -> str:
    """The name of the lockup that a layout family's films end on."""
    return next((name for name, row in lockups().items() if family in row["families"]), STAND)


@lru_cache(maxsize=32)
def end_family(name: str = STAND, terms: bool = False, aspect: float = 0.5) -> Family:
    """How a lockup stands on each class of canvas; with room for `terms` where a film must show them, and for a
    product of an `aspect` (width over height)."""
    row = lockups()[name]
    wanted = {"layouts": True, "broad": aspect > BROAD, "long": aspect > LONG, "terms": terms}
    layouts: dict[str, Any] = {}
    for source in (lockups()[STAND], row):
        for kind, there in wanted.items():
            layouts |= source.get(kind, {}) if there else {}
    lead = row.get("lead", "headline")
    return parse_family({"name": f"end {name}", "title": row["title"], "lead": lead, "layouts": layouts})


def end_card(
    composer: Composer, placement: Placement, deck: CopyDeck, still: Composition, line: str
) -> Composition | None:
    """The lockup on its ground, with type; None where not even a plain ground can hold it. `line` is what it says.
    Terms that the still shows stay."""
    content = _content(placement, deck, still, line)
    place = replace(placement, logo="required")
    aspect = round(composer.product.aspect, 3) if composer.product is not None else 0.5
    plain = [Flat(ground) for ground in grounds(composer)]
    for name in dict.fromkeys((lockup_for(composer.concept.family), STAND)):
        family = _spoken(end_family(name, bool(content.options("legal")), aspect), content)
        for scale, scene in product(SCALES, (None, *plain)):
            card = _tried(composer.anew(_sized(family, scale), scene), content, place)
            if card is not None and calm(card) and (scene is not None or _bright(card, grounds(composer)[0])):
                return card
    return None


def _sized(family: Family, scale: float) -> Family:
    """The family with its product smaller, or larger, by a factor."""

    def sized(plan: Arrangement) -> Arrangement:
        stand = plan.product
        if stand is None or scale == 1:
            return plan
        least, wanted, most = (scale * h for h in stand.height)
        return replace(plan, product=replace(stand, height=(least, wanted, most)))

    return replace(family, layouts={name: sized(plan) for name, plan in family.layouts.items()})


def _bright(card: Composition, colour: str) -> bool:
    """Whether a scene is lit about as well as the colour of its ground: a sign-off stands in no dusk."""
    return lightness(card.backdrop.picture(card.behind)) >= LIT * float(hex_to_oklab(colour)[0])


def _spoken(family: Family, content: Content) -> Family:
    """The family without columns that have nothing to say here, which would ask for room."""

    def kept(plan: Arrangement) -> Arrangement:
        return replace(plan, columns=tuple(c for c in plan.columns if _says(c, content)))

    return replace(family, layouts={name: kept(plan) for name, plan in family.layouts.items()})


def _says(column: Column, content: Content) -> bool:
    if is_lockup(column):
        return content.price is not None
    return any(content.options(slot.role) for slot in column.slots)


def grounds(composer: Composer) -> list[str]:
    """Plain colours that the lockup may stand on: the concept's own first, none that its product would melt into."""
    kit = composer.kit
    own = kit.product_pictures.get(composer.concept.picture)
    avoided = {kit.palette.colours[name].hex for name in (own.avoid_grounds if own else ())}
    tones = composer.tones
    floor = getattr(composer, "floor", "")
    roles = (floor, tones.roles["ground"], tones.roles["surface"], tones.light, tones.dark)
    kept = dict.fromkeys(colour for colour in roles if colour)
    return [c for c in kept if c not in avoided] or list(kept)


def _tried(composer: Composer, content: Content, placement: Placement) -> Composition | None:
    try:
        return composer.compose_content(content, placement)
    except LayoutError:
        return None


def calm(card: Composition) -> bool:
    """Whether the whole lockup is there, reads, and nothing of it lies on scenery."""
    layout = card.layout
    if layout.logo is None or "logo" not in card.measured or card.unread or card.veils or layout.dropped:
        return False
    ground = card.backdrop.picture(card.behind)
    for text in layout.texts:
        if layout.product is not None and text.box.gap(layout.product.box) < GAP * layout.grid.canvas.w:
            return False
        reach = AROUND * text.block.size
        if not quiet(ground, _grown(text.box, reach)).holds(big=text.slot.style == "headline"):
            return False
    box = layout.logo.box
    sign = quiet(ground, (box.x, box.y, box.w, box.h))
    return sign.edges < LOGO_EDGES and sign.sd < LOGO_SPREAD


def _grown(box: Box, by: float) -> tuple[float, float, float, float]:
    grown = box.grown(by)
    return grown.x, grown.y, grown.w, grown.h


def _content(placement: Placement, deck: CopyDeck, still: Composition, line: str) -> Content:
    """The lockup's words by role. A call is there only where no platform draws a button: as the kit's button where one
    may be drawn, else as a line of type, never as a thing that looks like a button and cannot be pressed."""
    said = still.content
    texts: dict[str, tuple[str, ...]] = {"headline": (line,), **{role: said.options(role) for role in SIGNS}}
    role = CALLS.get(placement.cta, "")
    if role:
        texts[role] = tuple(set_right(t.text, deck.locale) for t in deck.options("art_cta"))
    if still.layout.text("legal") is not None:
        texts["legal"] = said.options("legal")
    kept = {name: options for name, options in texts.items() if options}
    return Content(locale=deck.locale, texts=kept, price=said.price, was=said.was)
