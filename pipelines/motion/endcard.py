"""The end lockup, one for all films: logo, one line, the call to action, the product standing with them.

It is laid out and coloured by the same rules as a still. It stands in the concept's own scene where that is calm
enough under every word, else on the plain ground of its mode.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

import yaml

from brand_kits.colour import hex_to_oklab
from brand_kits.kit import BrandKit
from factory.records import CopyDeck, Placement
from pipelines.compose.compose import Composer, Composition
from pipelines.compose.content import Content, set_right
from pipelines.compose.contrast import quiet
from pipelines.compose.draw import Rect
from pipelines.compose.faces import face_of
from pipelines.compose.family import Arrangement, Family, LayoutError, parse_family
from pipelines.compose.flat import Flat
from pipelines.compose.geometry import Box
from pipelines.compose.setting import Piece
from pipelines.compose.typeset import Face, GlyphError
from pipelines.motion.poster import lightness
from pipelines.motion.words import Group

LOGO_EDGES, LOGO_SPREAD = 0.02, 0.05
"""What a logo may stand on at most: share of edge pixels, spread of lightness."""
ARROWS = ("\u2192", "\u203a")
ARROWS_RTL = ("\u2190", "\u2039")
"""What points on after a call to action, the first that the kit's text face can draw."""
ROW = 3.6
"""Units from the rule down to the call's capitals."""
BROAD, LONG = 0.75, 1.2
"""Width over height from which a product is about as broad as high, and much broader."""
LIT = 0.9
AROUND = 0.35
"""How far around the lockup's texts the ground must be calm, in em."""


@lru_cache(maxsize=8)
def end_family(terms: bool = False, aspect: float = 0.5) -> Family:
    """How the lockup stands on each class of canvas; with room for `terms` where a film must show them, and for a
    product of an `aspect` (width over height)."""
    data = yaml.safe_load((files("pipelines.motion") / "endcard.yaml").read_text(encoding="utf-8"))
    special = {name: data.pop(name) for name in ("broad", "terms", "long", "long_terms")}
    wanted = {
        "broad": aspect > BROAD, "terms": terms, "long": aspect > LONG, "long_terms": terms and aspect > LONG,
    }
    layouts = dict(data["layouts"])
    for name, there in wanted.items():
        layouts |= special[name] if there else {}
    return parse_family({**data, "layouts": layouts})


def end_card(
    composer: Composer, placement: Placement, deck: CopyDeck, kit: BrandKit, still: Composition, line: str
) -> Composition | None:
    """The lockup on its ground, with type; None where not even a plain ground can hold it. `line` is what it says.
    Terms that the still shows stay."""
    content = _content(placement, deck, kit, still, line)
    place = replace(placement, logo="required")
    aspect = round(composer.product.aspect, 3) if composer.product is not None else 0.5
    family = _spoken(end_family(bool(content.options("legal")), aspect), content)
    plain = [Flat(ground) for ground in grounds(composer)]
    for scene in (None, *plain):
        card = _tried(composer.anew(family, scene), content, place)
        if card is not None and calm(card) and (scene is not None or _bright(card, grounds(composer)[0])):
            return card
    return None


def _bright(card: Composition, colour: str) -> bool:
    """Whether a scene is lit about as well as the colour of its ground: a sign-off stands in no dusk."""
    return lightness(card.backdrop.picture(card.behind)) >= LIT * float(hex_to_oklab(colour)[0])


def _spoken(family: Family, content: Content) -> Family:
    """The family without columns that have nothing to say here, which would ask for room."""

    def kept(plan: Arrangement) -> Arrangement:
        return replace(plan, columns=tuple(c for c in plan.columns if any(content.options(s.role) for s in c.slots)))

    return replace(family, layouts={name: kept(plan) for name, plan in family.layouts.items()})


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
    if (row := call_row(card)) is not None and not quiet(ground, row).holds(big=False):
        return False
    for text in layout.texts:
        reach = AROUND * text.block.size
        if not quiet(ground, _grown(text.box, reach)).holds(big=text.slot.style == "headline"):
            return False
    box = layout.logo.box
    sign = quiet(ground, (box.x, box.y, box.w, box.h))
    return sign.edges < LOGO_EDGES and sign.sd < LOGO_SPREAD


def call_row(card: Composition) -> tuple[float, float, float, float] | None:
    """The row that the call to action stands in (x, y, w, h px): from its rule down to its baseline, as wide as there
    is room beside the product. None where a button is drawn instead."""
    layout = card.layout
    call = layout.text("phrase")
    if call is None:
        return None
    live, u, block = layout.grid.live, layout.grid.unit, call.block
    line = layout.text("headline")
    top = max(block.cap_top - ROW * u, line.box.bottom + u if line is not None else 0.0)
    left, right = live.x, live.right
    if layout.product is not None and layout.product.box.y < block.baseline:
        product = layout.product.box
        left, right = (left, min(right, product.x - 2 * u)) if not layout.rtl else (max(left, product.right + 2 * u), right)
    return left, top, right - left, block.baseline - top


def call_group(card: Composition, group: Group) -> Group:
    """The call to action as an element: a rule over the row, the words at its head, the arrow at its end."""
    row, block = call_row(card), group.block
    if row is None or block is None:
        return group
    x, y, w, _ = row
    colour = block.colour
    end = x if card.layout.rtl else x + w
    pieces = tuple(_at_end(p, end, card.layout.rtl) if p.text in (*ARROWS, *ARROWS_RTL) else p for p in block.pieces)
    rule = Rect(box=(x, round(y), w, max(2.0, round(card.layout.grid.unit / 4))), colour=colour, role="rule")
    return Group(role=group.role, items=(rule, replace(block, pieces=pieces)))


def _at_end(piece: Piece, end: float, rtl: bool) -> Piece:
    import skia

    x, y, w, h = piece.box
    dx = end - x if rtl else end - x - w
    path = skia.Path()
    path.addPath(piece.path, dx, 0.0)
    return replace(piece, path=path, box=(x + dx, y, w, h))


def _grown(box: Box, by: float) -> tuple[float, float, float, float]:
    grown = box.grown(by)
    return grown.x, grown.y, grown.w, grown.h


def _content(
    placement: Placement, deck: CopyDeck, kit: BrandKit, still: Composition, line: str
) -> Content:
    """The lockup's words by role. A button is only where nobody else draws one: elsewhere the call is a line of type."""
    locale = deck.locale
    texts: dict[str, tuple[str, ...]] = {"headline": (line,)}
    calls = tuple(set_right(t.text, locale) for t in deck.options("art_cta"))
    if placement.cta == "draw":
        texts["cta"] = calls
    elif calls:
        texts["phrase"] = (pointed(calls[0], kit, still.content.rtl),)
    if still.layout.text("legal") is not None:
        texts["legal"] = still.content.options("legal")
    return Content(locale=locale, texts=texts)


def pointed(call: str, kit: BrandKit, rtl: bool = False) -> str:
    """A call to action as a line of type, with the arrow that the kit's face can draw; without one where it has none."""
    face = face_of(kit, "text", 700)
    arrow = next((a for a in (ARROWS_RTL if rtl else ARROWS) if _drawable(face, a)), "")
    return f"{call} {arrow}" if arrow else call


def _drawable(face: Face, sign: str) -> bool:
    try:
        return face.width(sign, 20.0, 0.0, "en") > 0
    except GlyphError:
        return False
