"""A finished picture from a concept, its words, its scene and its product.

The layout asks, the stage answers with where the product really stands, and colours are chosen on the pixels that
came out. One `Composer` serves all locales of a concept: what they share is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from brand_kits.kit import BrandKit
from factory.records import Brief, Concept, CopyDeck, Placement
from pipelines.compose.backdrop import Backdrop
from pipelines.compose.colouring import (
    Measured,
    Tones,
    accented,
    colour_button,
    colour_logo,
    colour_text,
    frame,
    tones_of,
    unread,
)
from pipelines.compose.content import Content, build, sentences
from pipelines.compose.contrast import quiet, scrim
from pipelines.compose.crop import BROAD, Room, Shape, shape_of
from pipelines.compose.draw import Item, Pixels, Scrim, canvas, draw, to_rgb
from pipelines.compose.dress import bright_light, device_colours, ghost
from pipelines.compose.family import Family, LayoutError, clean_family, load_family
from pipelines.compose.fixtures import wordless_fixture
from pipelines.compose.flat import Flat
from pipelines.compose.flow import Placed
from pipelines.compose.geometry import Box
from pipelines.compose.layout import arrange
from pipelines.compose.page import Layout, corners, summary
from pipelines.compose.stage import Stage
from pipelines.compose.ways import AS_MEANT, OTHER_WAYS, Way
from pipelines.scene import Cutout, Scene, Window

BUSY = 0.10
"""Share of edge pixels from which a place is busy for a headline."""
UNEVEN = 0.09
"""Spread of lightness under a text from which it lies half on something else."""
LOGO_EDGES = 0.02
"""Share of edge pixels that a logo may stand on: a horizon or a stone under it is more."""
LOGO_SPREAD = 0.05
"""Spread of lightness that a logo may stand on."""
PLAIN = 18.0
"""A ground whose contrast varies less (Lc) is plain: if type fails there, the palette is at fault."""
SIDE_BY_SIDE = ("W", "B")
"""Classes in which text stands beside the product."""
STRIPS = ("S",)
"""Classes in which a set, or a lamp's fall of light, is no more than stripes behind the type."""
KEPT = 5
ASIDE = 0.13
"""How far to a side of the middle clean pictures of different ideas stand, in widths: on like grounds they would be one."""
Reopen = Callable[[Mapping[str, str]], Scene]
"""Opens the concept's scene in another palette (role to hex): the other half of a picture in two lights."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Composition:
    """A picture and how it came to be.

    `pixels` (h, w, 3) RGB uint8. `behind` was printed on the ground, `veils` laid over it, then came the product, then
    `items` in order. `measured` tells by name how texts, logo and button read. `product_box` x, y, w, h px, or None.
    """

    pixels: Pixels
    layout: Layout
    stage: Stage | None
    behind: tuple[Item, ...]
    veils: tuple[Scrim, ...]
    items: tuple[Item, ...]
    measured: Mapping[str, Measured]
    product_box: tuple[int, int, int, int] | None
    content: Content
    backdrop: Backdrop

    @property
    def dropped(self) -> tuple[str, ...]:
        """What the family left out."""
        return self.layout.dropped

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of what cannot be read where it stands."""
        return tuple(unread(self.measured))

    def provenance(self) -> dict[str, Any]:
        """The layout as plain data."""
        return {
            "family": self.layout.family, "dropped": list(self.dropped), "boxes": summary(self.layout),
            "veils": len(self.veils), "score": round(self.layout.score, 2),
        }


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Draft:
    """A layout on its picture, before type is drawn."""

    content: Content
    layout: Layout
    backdrop: Backdrop
    behind: tuple[Item, ...]
    front: tuple[Item, ...]
    base: Pixels
    trouble: float


class Composer:
    """Composes one concept at any placement and locale; pictures of its scene are kept between calls."""

    def __init__(
        self, *, concept: Concept, kit: BrandKit, scene: Scene, product: Cutout | None = None, brief: Brief | None = None,
        reopen: Reopen | None = None,
    ) -> None:
        self.concept, self.kit, self.scene, self.product, self.brief = concept, kit, scene, product, brief
        self.family: Family = load_family(concept.family)
        self.tones: Tones = tones_of(kit, concept.mode)
        self.shape: Shape | None = shape_of(product) if product is not None else None
        self.light = bright_light(scene, concept.light, self.tones)
        self.floor: str = _floor(kit, concept)
        self._reopen = reopen
        self._backdrops: dict[tuple[Any, ...], Backdrop] = {}

    def anew(self, family: Family, scene: Scene | None = None) -> Composer:
        """The same concept laid out by another family, without its device; in another scene where one is given."""
        other = Composer(
            concept=replace(self.concept, device=""), kit=self.kit, scene=scene or self.scene, product=self.product,
            brief=self.brief, reopen=self._reopen,
        )
        other.family = family
        return other

    def compose(self, deck: CopyDeck, placement: Placement, brief: Brief | None = None) -> Composition:
        """The finished picture for a deck's locale. `brief` is the brief localized; raises LayoutError."""
        return self.compose_content(build(deck, self.concept, brief or self.brief), placement)

    def compose_content(self, content: Content, placement: Placement) -> Composition:
        """The finished picture for given words; what cannot be read where it stands is moved or left out before a
        veil is laid under it."""
        draft = self._draft(content, placement, AS_MEANT)
        for other in OTHER_WAYS:
            if not draft.trouble:
                break
            if not self._sensible(other, placement, draft.layout):
                continue
            found = self._tried(content.without(other.without), placement, other)
            if found is not None and found.trouble < draft.trouble:
                draft = found
        return self._finished(draft)

    def _sensible(self, way: Way, placement: Placement, layout: Layout) -> bool:
        """Whether a way may be tried: sides change only where they stand side by side, halves keep their words, a
        small banner may do without its scene, and
        another light comes from the side that the product is lit from. Plain grounds have one light that suits them."""
        if (way.turned and placement.layout_class not in SIDE_BY_SIDE) or (way.without and layout.split):
            return False
        if way.plain and (placement.layout_class != "B" or layout.split or layout.window):
            return False
        return way.light == 0 or (not layout.split and self._agrees(self.light + way.light))

    def _agrees(self, light: int) -> bool:
        if self.scene.name in ("seamless", "flat") or light % self.scene.lights == self.light:
            return False
        window = Window(size=(24, 30), foot=(12.0, 26.0), height=15.0, flip=self.concept.flip)
        side = self.scene.view(window, light % self.scene.lights).light_dir[0]
        return self.product is None or (side < 0) == (self.product.lit_side == "left")

    def _tried(self, content: Content, placement: Placement, way: Way) -> Draft | None:
        try:
            return self._draft(content, placement, way)
        except LayoutError:
            return None

    def _draft(self, content: Content, placement: Placement, way: Way) -> Draft:
        """A layout on its picture, and how hard the picture is on its words."""
        layout, backdrop = self._staged(content, placement, way)
        things = layout.fixture.draw(device_colours(self.kit, self.tones)) if layout.fixture else ()
        printed = layout.fixture is not None and layout.fixture.device.where == "behind"
        behind, front = (things, ()) if printed else ((), things)
        behind = (*ghost(layout, self.kit, self.tones), *behind)
        base = _with(backdrop.picture(behind), front)
        return Draft(
            content=content, layout=layout, backdrop=backdrop, behind=behind, front=front, base=base,
            trouble=self._trouble(layout, base),
        )

    def _trouble(self, layout: Layout, base: Pixels) -> float:
        """2 for each text that cannot be read, 1 for each on a busy or uneven place."""
        reads = [colour_text(text, base, self.tones, layout)[1] for text in layout.texts]
        return sum(2.0 * (not r.good) + (r.reading.edge_share > BUSY or r.reading.sd_l > UNEVEN) for r in reads)

    def _finished(self, draft: Draft) -> Composition:
        layout, base = draft.layout, draft.base
        veils = self._veils(layout, base)
        if veils:
            base = _with(draft.backdrop.picture(draft.behind, veils), draft.front)
        items, measured = self._coloured(layout, base)
        return Composition(
            pixels=_with(base, items), layout=layout, stage=draft.backdrop.stage, behind=draft.behind, veils=veils,
            items=(*draft.front, *items), measured=measured, product_box=draft.backdrop.product_box,
            content=draft.content, backdrop=draft.backdrop,
        )

    def clean(self, placement: Placement, locale: str = "en") -> Composition:
        """The picture without type or logo: the product in its scene, with a device that means something without words."""
        quiet = Content(locale=locale, texts={})
        room = Room(shape=self.shape, limits=self.scene.limits)
        broad = self.shape is not None and self.shape.aspect > BROAD
        aside = 0.0 if broad else (self.concept.seed % 3 - 1) * ASIDE
        family = clean_family(aside, self.concept.family)
        layout = arrange(quiet, replace(placement, cta="platform", logo="none"), family, self.kit, room)
        backdrop = self._backdrop(layout, self.scene)
        fixture = wordless_fixture(self.concept, layout.grid, self.kit, layout.product)
        behind = fixture.draw(device_colours(self.kit, self.tones)) if fixture else ()
        base = backdrop.picture(behind)
        return self._finished(
            Draft(content=quiet, layout=layout, backdrop=backdrop, behind=behind, front=(), base=base, trouble=0.0)
        )

    # ------------------------------------------------------------------------------------------------- staging

    def _staged(self, content: Content, placement: Placement, way: Way) -> tuple[Layout, Backdrop]:
        """A layout and its picture. Where the scene moved the product it is laid out anew around it; where the scene
        cannot serve this shape of canvas, the product stands on the plain ground instead."""
        if way.plain:
            return self._standing(content, placement, way, Flat(self.floor))
        if placement.layout_class in STRIPS or (placement.layout_class == "B" and self.scene.camera_fixed):
            plain = self._standing(content, placement, way, Flat(self.floor))
            return self._pictured(plain, content, placement, way)
        try:
            return self._standing(content, placement, way, self.scene)
        except LayoutError:
            if not self.scene.camera_fixed:
                raise
            return self._standing(content, placement, way, Flat(self.floor))

    def _pictured(
        self, plain: tuple[Layout, Backdrop], content: Content, placement: Placement, way: Way
    ) -> tuple[Layout, Backdrop]:
        """A banner whose layout holds a picture of its own shows the concept's scene there, if the scene can give it."""
        layout = plain[0]
        if layout.window is None or layout.product is None or layout.product.box.within(layout.grid.canvas) is False:
            return plain
        try:
            return self._standing(content, placement, way, self.scene)
        except LayoutError:
            return plain

    def _standing(
        self, content: Content, placement: Placement, way: Way, scene: Scene
    ) -> tuple[Layout, Backdrop]:
        room = Room(shape=self.shape, limits=scene.limits, scale=way.scale, turned=way.turned, loud=way.loud)
        layout = arrange(content, placement, self.family, self.kit, room)
        backdrop = self._backdrop(layout, scene, way.light)
        real = backdrop.product_box
        if layout.product is None or real is None:
            return layout, backdrop
        box = Box(*(float(v) for v in real))
        asked = layout.product.box
        if max(abs(box.x - asked.x), abs(box.y - asked.y), abs(box.h - asked.h)) > 2.0:
            layout = arrange(content, placement, self.family, self.kit, replace(room, fixed=box))
        return layout, backdrop

    def _backdrop(self, layout: Layout, scene: Scene, further: int = 0) -> Backdrop:
        spot = layout.product
        foot = spot and (round(spot.foot[0]), round(spot.foot[1]), round(spot.height))
        key = (scene.name, layout.grid.size, layout.window, layout.split, foot, further)
        if key not in self._backdrops:
            if len(self._backdrops) > KEPT:
                self._backdrops.pop(next(iter(self._backdrops)))
            self._backdrops[key] = Backdrop(
                layout=layout, scene=scene, product=self.product if spot else None, concept=self.concept,
                ground=self.tones.roles["ground"], paper_colour=self.tones.light, light=self._light(layout) + further,
                other=self._other(layout),
            )
        return self._backdrops[key]

    def _light(self, layout: Layout) -> int:
        """The concept's light; over a split, one that flatters the pale half too."""
        pale = next((m.name for m in self.kit.palette.modes.values() if m.kind == "light"), "")
        if layout.split is None or not pale:
            return self.light
        return bright_light(self.scene, self.light, tones_of(self.kit, pale))

    def _other(self, layout: Layout) -> Scene | None:
        """For a split picture: the same scene in the colours of the opposite mode."""
        if layout.split is None or self._reopen is None:
            return None
        if self.concept.other in self.kit.palette.modes:
            return self._reopen(self.kit.palette.hexes(self.concept.other))
        kind = self.kit.palette.modes[self.concept.mode].kind
        wanted = "light" if kind == "dark" else "dark"
        mode = next((m for m in self.kit.palette.modes.values() if m.kind == wanted), None)
        return self._reopen(self.kit.palette.hexes(mode.name)) if mode else None

    # ------------------------------------------------------------------------------------------------- colours

    def _veils(self, layout: Layout, base: Pixels) -> tuple[Scrim, ...]:
        """A veil under each text that the picture makes hard to read; a plain ground never gets one."""
        veils: list[Scrim] = []
        if layout.split or layout.window:
            return ()
        for text in layout.texts:
            done, read = colour_text(text, base, self.tones, layout)
            if read.good or (read.reading.spread < PLAIN and self.scene.name == "seamless"):
                continue
            veil = scrim(base, done.block, done.block.colour, read.minimum)
            if veil is not None:
                veils.append(veil)
                base = _with(base, (veil,))
        return tuple(veils)

    def _coloured(self, layout: Layout, base: Pixels) -> tuple[tuple[Item, ...], dict[str, Measured]]:
        """Everything drawn over the picture, coloured on its pixels."""
        items: list[Item] = []
        measured: dict[str, Measured] = {}
        for i, text in enumerate(layout.texts):
            done, read = colour_text(text, base, self.tones, layout)
            done = self._accented(done, base, read)
            items += [*done.before, done.block]
            measured[text.role if text.role not in measured else f"{text.role}{i}"] = read
        self._brand(layout, base, items, measured)
        return (*items, *frame(layout, self.tones)), measured

    def _accented(self, text: Placed, base: Pixels, read: Measured) -> Placed:
        """A quote ends in the accent, with its marks; other texts stay in one colour."""
        if text.role != "quote":
            return text
        parts = sentences(text.block.text)
        last = parts[-1] if len(parts) > 1 else ""
        return accented(text, last, base, self.tones, read.minimum)

    def _brand(self, layout: Layout, base: Pixels, items: list[Item], measured: dict[str, Measured]) -> None:
        if layout.button is not None:
            drawn, measured["button"] = colour_button(layout.button, base, self.tones)
            items += drawn
        self._sign(layout, base, items, measured)

    def _sign(self, layout: Layout, base: Pixels, items: list[Item], measured: dict[str, Measured]) -> None:
        """The logo in the first corner where it reads on a calm place. Where a placement can do without it and the
        label says the name, no logo beats one on a stone; elsewhere it stands where the family wants it."""
        for placard in corners(layout):
            ground = self._under(layout, placard.box)
            done, read = colour_logo(placard, self.kit, ground, base, self.tones)
            box = placard.box
            place = quiet(base, (box.x, box.y, box.w, box.h))
            if read.good and place.edges < LOGO_EDGES and place.sd < LOGO_SPREAD:
                measured["logo"] = read
                items.append(done.block)
                return
        named = self.product is not None and self.product.brand_on_label and layout.product is not None
        if layout.logo is not None and (layout.border or not named):
            under = self._under(layout, layout.logo.box)
            done, measured["logo"] = colour_logo(layout.logo, self.kit, under, base, self.tones)
            items.append(done.block)


    def _under(self, layout: Layout, box: Box) -> str:
        """The colour of the ground under a thing: the page's, the picture's in it, or that of the half it stands in."""
        if layout.window is not None:
            return self.floor if box.overlaps(layout.window) else self.tones.roles["ground"]
        if layout.split is not None and self.concept.other in self.kit.palette.modes:
            axis, at = layout.split
            past = (box.centre[0] if axis == "x" else box.centre[1]) >= at
            return self.kit.palette.hexes(self.concept.other)["ground"] if past else self.tones.roles["ground"]
        return self.tones.roles["ground"]


def _floor(kit: BrandKit, concept: Concept) -> str:
    """The colour that the product stands on: the concept's ground, which a page round its picture may differ from."""
    own = kit.palette.colours.get(concept.ground)
    return own.hex if own else kit.palette.hexes(concept.mode)["ground"]


def _with(base: Pixels, items: tuple[Item, ...]) -> Pixels:
    """A picture with items drawn on it."""
    if not items:
        return base
    height, width = base.shape[:2]
    sheet = canvas(width, height, base)
    draw(sheet, items)
    return to_rgb(sheet)


def compose(composer: Composer, deck: CopyDeck, placement: Placement) -> Composition:
    """The finished picture of a composer's concept for a deck and a placement."""
    return composer.compose(deck, placement)


def clean(composer: Composer, placement: Placement) -> Pixels:
    """The picture without type or logo."""
    return composer.clean(placement).pixels
