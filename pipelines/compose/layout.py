"""Where everything stands: pure geometry from content, a placement, a family, a kit and the room a picture leaves.

Nothing here looks at pixels. Fields are candidates: what does not fit is dropped in the family's order before type
shrinks, and a shorter text is taken before a smaller one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from brand_kits.kit import BrandKit, Logo
from factory.records import Placement
from pipelines.compose.classes import Grid, grid_of
from pipelines.compose.content import Content, sentences
from pipelines.compose.crop import LYING, Room, Spot, spot_for
from pipelines.compose.devices import Fixture
from pipelines.compose.family import Arrangement, Column, Family, LayoutError, load_family, turned
from pipelines.compose.fixtures import caption_for, fixture_for, replaced
from pipelines.compose.flow import Placed, Setting, set_column
from pipelines.compose.geometry import Box, mirrored
from pipelines.compose.lockup import is_lockup, set_lockup, stands_open
from pipelines.compose.marks import Button, Placard, place_brand, place_button
from pipelines.compose.page import Layout, cleared, stands_clear

STAND_IN = {"320x50": "product", "S": "product", "970x250": "product", "T": "product", "B": "product", "W": "product"}
"""A family without a layout for a class lends this one's."""
GOOD = 6.0
LEGIBLE = 150.0
"""Points of height from which a product's label is read as the brand's name."""
LOSS = {"device": 70.0, "headline": 45.0, "product": 30.0, "item3": 5.0, "role": 9.0, "was": 4.0, "legal": 16.0}
"""What it costs to leave something out; 7 for what is not named."""
SECOND = 12.0
"""What it costs to take a layout that is meant for another shape of the class."""
SHRINKS = (0.0, 0.5, 1.0)
TINY = 60.0
"""Points of height under which a strip has no room for a device and a line."""


OTHER_WORDS = 44.0
"""What it costs to say the next wording instead: more than dropping what may go, as the first one is the idea."""
UNANSWERED = 2.0
"""How much more it costs where another line answers the first wording."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Try:
    """One way to lay out: which headline, what is dropped, how small things may be. `price` is what it costs."""

    content: Content
    dropped: tuple[str, ...]
    shrink: float
    ease: float
    price: float


def arrange(content: Content, placement: Placement, family: Family, kit: BrandKit, room: Room) -> Layout:
    """The best layout of a family for a placement.

    Raises LayoutError when the content lacks what the family needs, or when nothing fits.
    """
    lacking = [n for n in family.needs if not content.has(n)]
    if lacking:
        raise LayoutError(f"Family {family.name!r} needs {lacking[0]}", code="layout-needs", where=placement.id,
                          help="Choose another family or give the text.")
    grid = grid_of(placement)
    best: Layout | None = None
    lent, plans = _plans(family, grid, room)
    if lent is not family and "art_source" in family.needs:
        content = _unsourced(content)
    for n, plan in enumerate(plans):
        found = _best(content, placement, lent, _sided(plan, grid, room), grid, kit, room, n * SECOND)
        best = min((x for x in (best, found) if x is not None), key=lambda x: x.score, default=None)
        if best is not None and best.score <= GOOD + SECOND:
            break
    if best is None:
        lent, best = _in_words(content, placement, grid, kit, room)
    if best is None:
        raise LayoutError(f"Family {family.name!r} cannot hold this text at {placement.id}", code="layout-full",
                          where=content.first("headline"), help="Give a shorter headline or choose another family.")
    return best if best.family == family.name else replace(best, family=family.name, lent=lent.name)


def _in_words(
    content: Content, placement: Placement, grid: Grid, kit: BrandKit, room: Room
) -> tuple[Family, Layout | None]:
    """A strip that cannot hold a product, because no cut of it spares its label, says the line alone."""
    words, content = load_family("type"), replace(content, device="")
    plans = words.at(_keys(grid)) if grid.klass == "S" and content.has("art_headline") else ()
    found = (_best(content, placement, words, plan, grid, kit, room, SECOND) for plan in plans)
    return words, next((x for x in found if x is not None), None)


def _unsourced(content: Content) -> Content:
    """For a layout without room for a source: what somebody else said gives way to the brand's own words."""
    own = content.options("sub") or content.options("body")
    return replace(content, texts={**content.texts, "headline": own, "sub": ()}) if own else content


def _best(
    content: Content, placement: Placement, family: Family, plan: Arrangement, grid: Grid, kit: BrandKit, room: Room,
    price: float,
) -> Layout | None:
    """The best way to use one arrangement."""
    best: Layout | None = None
    for attempt in sorted(_tries(content, family, plan, placement, room), key=lambda t: t.price):
        if best is not None and best.score - price <= max(attempt.price, GOOD):
            break
        found = _lay(attempt, placement, family, plan, grid, kit, room)
        if found is not None and (best is None or found.score + price < best.score):
            best = replace(found, score=found.score + price)
    return best


def _sided(plan: Arrangement, grid: Grid, room: Room) -> Arrangement:
    return turned(plan, (grid.design.x / grid.canvas.w, grid.design.w / grid.canvas.w)) if room.turned else plan


def _keys(grid: Grid) -> tuple[str, ...]:
    """Names of a canvas' layouts, closest first; two strips take only their own."""
    keys = tuple(grid.keys())
    return keys[:1] if keys[0] in ("320x50", "970x250") else keys


def _plans(family: Family, grid: Grid, room: Room) -> tuple[Family, tuple[Arrangement, ...]]:
    """The family's layouts for a canvas, or those of the family which lends one. 320x50 and 970x250 are shapes of
    their own."""
    keys = _keys(grid)
    lies = room.shape is not None and room.shape.aspect > LYING
    own = tuple(plan.lying if lies and plan.lying else plan for plan in family.at(keys))
    if own:
        return family, own
    lender = load_family(next((STAND_IN[k] for k in keys if k in STAND_IN), "product"))
    plans = lender.at(keys)
    if not plans:
        raise LayoutError(f"No layout for {keys[0]}", code="layout-class", help=f"Add {keys[-1]} to families/{family.name}.yaml.")
    return lender, plans


# --------------------------------------------------------------------------------------------------- what to try


def _tries(
    content: Content, family: Family, plan: Arrangement, placement: Placement, room: Room
) -> Iterator[_Try]:
    """Every way worth trying; the price grows with each thing given up, the device last of all."""
    yield from _ways(content, family, plan, placement, room, 0.0)
    if content.device and plan.device:
        yield from _ways(replace(content, device=""), family, plan, placement, room, LOSS["device"])


def _ways(
    content: Content, family: Family, plan: Arrangement, placement: Placement, room: Room, extra: float
) -> Iterator[_Try]:
    spoken = "quote" if any(s.role == "quote" for c in plan.columns for s in c.slots) else "headline"
    options = content.options(spoken) or ("",)
    drops = [d for d in family.drops if _droppable(d, content, plan, placement, room)]
    other = OTHER_WORDS * (UNANSWERED if _answered(plan) else 1.0)
    shrinks = SHRINKS if plan.product and room.shape and room.fixed is None else (0.0,)
    for ease in (0.0, 1.0):
        for i, text in enumerate(options[:4]):
            said = content.saying(spoken, text) if text else content
            for n in range(len(drops) + 1):
                gone = tuple(drops[:n])
                for shrink in shrinks:
                    price = extra + other * i + sum(LOSS.get(d, 7.0) for d in gone) + 9.0 * shrink + 8.0 * ease
                    yield _Try(content=_halved(said.without(gone), plan), dropped=gone, shrink=shrink, ease=ease, price=price)


def _droppable(what: str, content: Content, plan: Arrangement, placement: Placement, room: Room) -> bool:
    if what == "logo":
        return plan.logo is not None and placement.logo != "required"
    if what == "product":
        return plan.product is not None and room.shape is not None and room.fixed is None
    if what == "was":
        return content.was is not None
    if what == "sub" and plan.split:  # it may be the other half's line
        return False
    if what == "item3":
        return len(content.options("item")) > 2
    set_here = any(slot.role == what for column in plan.columns for slot in column.slots)
    return set_here and bool(content.options(what))


def _answered(plan: Arrangement) -> bool:
    """Whether a second line answers the headline."""
    return any(s.role == "headline2" for c in plan.columns for s in c.slots)


def _halved(content: Content, plan: Arrangement) -> Content:
    """For a layout in two halves: the first sentence to one, the rest, or else the last word of the sub line, to the other."""
    if not _answered(plan):
        return content
    parts = sentences(content.first("headline"))
    if len(parts) < 2:
        answer = sentences(content.first("sub"))[-1:]
        return content.without(("sub",)).saying("headline2", answer[0]) if answer else content
    middle = math.ceil(len(parts) / 2)
    return content.saying("headline", " ".join(parts[:middle])).saying("headline2", " ".join(parts[middle:]))


# ------------------------------------------------------------------------------------------------- laying it out


def _lay(
    attempt: _Try, placement: Placement, family: Family, plan: Arrangement, grid: Grid, kit: BrandKit, room: Room
) -> Layout | None:
    content = attempt.content
    button = _button(plan, placement, content, kit, grid)
    if placement.cta == "draw" and plan.button and content.options("cta") and button is None:
        return None
    spot = _spot(plan, grid, room, attempt, content.rtl)
    if plan.product and room.shape and spot is None and "product" not in attempt.dropped:
        return None
    logo = None if "logo" in attempt.dropped else _logo(plan, placement, kit, grid, room, spot, content.rtl)
    fixture = fixture_for(plan, grid, content, kit, spot)
    layout = Layout(
        grid=grid, family=family.name, texts=(), product=spot, logo=logo, button=button,
        fixture=fixture,
        window=_window(plan, grid, content.rtl), ghost=grid.canvas.scaled(plan.ghost) if plan.ghost else None,
        split=_split(plan, grid), border=placement.border,
        rtl=content.rtl, dropped=attempt.dropped,
    )
    texts = _set_all(plan, layout, Setting(grid=grid, kit=kit, content=content, ease=attempt.ease, loud=room.loud), family.hang)
    if texts is None:
        return None
    done = _told(_row_aligned(_on_axis(replace(layout, texts=texts), family.hang)))
    return replace(done, score=attempt.price + _unease(texts)) if stands_clear(done) else None


def _button(plan: Arrangement, placement: Placement, content: Content, kit: BrandKit, grid: Grid) -> Button | None:
    if placement.cta != "draw" or plan.button is None:
        return None
    for text in content.options("cta"):
        button = place_button(plan.button, text, kit, grid, content.locale, content.rtl)
        if button is not None:
            return button
    return None


def _spot(plan: Arrangement, grid: Grid, room: Room, attempt: _Try, rtl: bool) -> Spot | None:
    if plan.product is None or "product" in attempt.dropped:
        return None
    x = grid.canvas.w * plan.product.x
    window = _window(plan, grid, rtl)
    return spot_for(plan.product, grid.canvas, room, attempt.shrink, grid.canvas.w - x if rtl else x, window)


def _window(plan: Arrangement, grid: Grid, rtl: bool) -> Box | None:
    """The part of the canvas that shows the scene, on whole pixels; None for all of it."""
    if plan.window is None:
        return None
    box = grid.canvas.scaled(plan.window)
    x = grid.canvas.w - box.right if rtl else box.x
    left, top, right, bottom = round(x), round(box.y), round(x + box.w), round(box.bottom)
    return Box(left, top, right - left, bottom - top)


def _logo(
    plan: Arrangement, placement: Placement, kit: BrandKit, grid: Grid, room: Room, spot: Spot | None, rtl: bool
) -> Placard | None:
    """The logo, unless the placement wants none or the label beside it says the name already."""
    if plan.logo is None or placement.logo == "none":
        return None
    speaks = room.shape is not None and room.shape.brand and spot is not None and spot.height >= LEGIBLE * grid.pt
    if plan.logo.unless_label and speaks and placement.logo != "required":
        return None
    logos = _drawings(kit, plan.logo.kind)
    return place_brand(plan.logo, logos, grid, rtl) if logos else None


def _drawings(kit: BrandKit, kind: str) -> tuple[Logo, ...]:
    full = tuple(logo for logo in kit.logos.values() if logo.kind == kind)
    return full or tuple(kit.logos.values())


def _split(plan: Arrangement, grid: Grid) -> tuple[str, float] | None:
    if plan.split is None:
        return None
    axis, at = plan.split
    return axis, round(at * (grid.canvas.w if axis == "x" else grid.canvas.h))


def _set_all(plan: Arrangement, layout: Layout, setting: Setting, hang: bool) -> tuple[Placed, ...] | None:
    """All columns, then once more with a common size where texts answer each other."""
    texts = _columns(plan, layout, setting, hang)
    if texts is None:
        return None
    caps: dict[str, float] = {}
    for roles in (("headline", "headline2"), ("item",), ("source", "role")):
        sizes = [t.block.size for t in texts if t.role in roles]
        if len(sizes) > 1 and max(sizes) > min(sizes) + 0.01:
            caps |= dict.fromkeys(roles, min(sizes))
    return _columns(plan, layout, replace(setting, caps=caps), hang) if caps else texts


def _columns(plan: Arrangement, layout: Layout, setting: Setting, hang: bool) -> tuple[Placed, ...] | None:
    done: list[Placed] = []
    axis: float | None = None
    caption = caption_for(layout.fixture, setting)
    if layout.fixture and not caption and _silent(layout.fixture, setting):
        return None
    for column in (*plan.columns, *caption):
        kept = tuple(s for s in column.slots if not (layout.fixture and s.role in replaced(plan, layout.fixture)))
        if not kept:
            continue
        given = setting.grid.box(column.box) if column in plan.columns else setting.grid.canvas.scaled(column.box)
        given = mirrored(given, setting.grid.live) if setting.content.rtl and column in plan.columns else given
        box = given if stands_open(column) else cleared(given, column, layout, done)
        placed = _set(replace(column, slots=kept), box, setting, axis) if box else None
        if placed is None:
            return None
        if hang and placed and axis is None and placed[0].role == "quote":
            axis = placed[0].block.axis
        done += placed
    return tuple(done)


def _set(column: Column, box: Box, setting: Setting, axis: float | None) -> tuple[Placed, ...] | None:
    return set_lockup(column, box, setting) if is_lockup(column) else set_column(column, box, setting, axis)


def _silent(fixture: Fixture, setting: Setting) -> bool:
    """Whether a device takes a headline's place and leaves no room to say it; the smallest strip may show it alone."""
    tiny = setting.grid.size[1] / setting.grid.pt < TINY
    return fixture.device.where == "over" and bool(setting.content.first("headline")) and not tiny


# ------------------------------------------------------------------------------------------------------ checking


def _told(layout: Layout) -> Layout:
    """The layout with its device told where the words stand."""
    if layout.fixture is None:
        return layout
    data = replace(layout.fixture.data, texts=tuple(t.box for t in layout.texts))
    return replace(layout, fixture=replace(layout.fixture, data=data))


def _on_axis(layout: Layout, hang: bool) -> Layout:
    """Where a hung mark has moved the axis of the text, a logo on the same edge moves with it."""
    quote = layout.text("quote")
    if not hang or quote is None or layout.logo is None or layout.rtl or abs(layout.logo.box.x - layout.grid.live.x) > 1:
        return layout
    dx = quote.block.axis - layout.logo.box.x
    logo = replace(layout.logo, box=layout.logo.box.moved(dx, 0), block=layout.logo.block.moved(dx, 0))
    return replace(layout, logo=logo)


def _row_aligned(layout: Layout) -> Layout:
    """Text that stands in one row with the logo is centred on it by its capitals' height."""
    logo = layout.logo
    if logo is None:
        return layout
    texts = list(layout.texts)
    for i, text in enumerate(texts):
        alone = text.block.align == "right" and i + 1 == len(texts)
        if alone and text.box.bottom > logo.box.y and text.box.y < logo.box.bottom:
            rise = text.block.size * 0.7
            dy = logo.box.centre[1] + rise / 2 - text.block.baseline
            if dy < 0:
                texts[i] = replace(text, block=text.block.moved(0, dy))
    return replace(layout, texts=tuple(texts))


def _unease(texts: Sequence[Placed]) -> float:
    """What is wrong with the setting: clumsy breaks, and sizes under what the family wants."""
    cost = 0.0
    for text in texts:
        if text.slot.style != "headline":
            cost += min(max(0.0, text.cost) / 10, 4.0)
            continue
        cost += max(0.0, text.cost) / 3 + (12.0 if text.cost > 45 else 0.0)
        if text.wanted > 0 and text.block.size < text.wanted:
            cost += 25.0 * math.log2(text.wanted / text.block.size)
    return cost
