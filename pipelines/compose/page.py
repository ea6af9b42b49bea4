"""A finished layout: what stands where on a canvas, the room round each thing, and what the eye compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.compose.classes import Grid
from pipelines.compose.crop import Spot
from pipelines.compose.devices import Fixture
from pipelines.compose.family import Column
from pipelines.compose.flow import Placed
from pipelines.compose.geometry import Box
from pipelines.compose.marks import Button, Placard


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A finished layout: every box in px. `dropped` names what the family left out; `score` is 0 for as wished."""

    grid: Grid
    family: str
    texts: tuple[Placed, ...]
    lent: str = ""
    """The family whose layout stands in, where this one has none for the canvas."""
    product: Spot | None = None
    logo: Placard | None = None
    button: Button | None = None
    fixture: Fixture | None = None
    window: Box | None = None
    ghost: Box | None = None
    split: tuple[str, float] | None = None
    border: bool = False
    rtl: bool = False
    dropped: tuple[str, ...] = ()
    score: float = 0.0

    def text(self, role: str) -> Placed | None:
        """The first text of a role."""
        return next((t for t in self.texts if t.role == role), None)

    def boxes(self) -> list[tuple[str, Box]]:
        """Everything that takes up room and must not touch another, by name."""
        found = [(t.role if t.role != "item" else f"item{i}", t.box) for i, t in enumerate(self.texts)]
        if self.product:
            found.append(("product", self.product.box.cut(self.grid.canvas)))
        if self.logo:
            found.append(("logo", self.logo.box))
        if self.button:
            found.append(("button", self.button.box))
        if self.fixture:
            found += [(f"device{i}", b) for i, b in enumerate(self.fixture.keep())]
        return found


# --------------------------------------------------------------------------------------------------------- room


def cleared(box: Box, column: Column, layout: Layout, placed: Sequence[Placed]) -> Box | None:
    """What is left of a column's box beside product, logo, button and the columns before; None for nothing useful."""
    u = layout.grid.unit
    obstacles = [b.grown(_clear(layout) if n == "logo" else 2.0 * u) for n, b in layout.boxes()]
    obstacles += [t.box.grown(2 * u) for t in placed]
    for obstacle in obstacles:
        if box.overlaps(obstacle):
            box = max(_cuts(box, obstacle, column, layout.rtl), key=lambda b: b.area)
        if box.w < 8 * u or box.h < 2 * u:
            return None
    return box


def _cuts(box: Box, obstacle: Box, column: Column, rtl: bool) -> list[Box]:
    """The parts of a box on the free sides of an obstacle that keep the edge the column hangs on."""
    above = Box(box.x, box.y, box.w, max(0.0, obstacle.y - box.y))
    below = Box(box.x, obstacle.bottom, box.w, max(0.0, box.bottom - obstacle.bottom))
    left = Box(box.x, box.y, max(0.0, obstacle.x - box.x), box.h)
    right = Box(obstacle.right, box.y, max(0.0, box.right - obstacle.right), box.h)
    flush = {"start": right if rtl else left, "end": left if rtl else right, "centre": left}[column.align]
    return [flush, *({"top": [above], "bottom": [below], "middle": [above, below]}[column.start])]


def stands_clear(layout: Layout) -> bool:
    """No overlap, air of two units around everything, and all but the product inside the live box."""
    u, live = layout.grid.unit, layout.grid.live
    named = layout.boxes()
    for i, (a, p) in enumerate(named):
        if a != "product" and not a.startswith("device") and not p.within(live, slack=_hang(layout, a)):
            return False
        for b, q in named[i + 1 :]:
            if p.gap(q) < (_clear(layout) if "logo" in (a, b) else _air(a, b, u)) - 0.5:
                return False
    return True


def _clear(layout: Layout) -> float:
    """The space around the logo: the kit's, at least two units."""
    return max(2.0 * layout.grid.unit, layout.logo.clear if layout.logo else 0.0)


def _hang(layout: Layout, name: str) -> float:
    """How far a thing may reach over the live box: half a unit, or as far as a stop hangs from flush-right type."""
    text = layout.text(name)
    hung = 0.15 * text.block.size if text is not None and text.block.align == "right" else 0.0
    return max(2.0, layout.grid.unit / 2, hung)


def _air(a: str, b: str, u: int) -> float:
    """Least distance between two things: lines of one group may stand closer than groups."""
    if a.startswith("device") and (b.startswith("device") or b == "product"):
        return -1.0
    if b.startswith("device") and a == "product":
        return -1.0
    if {a, b} & {"product", "button"} or a.startswith("device") or b.startswith("device"):
        return 2.0 * u
    return 0.5 * u


def corners(layout: Layout) -> Iterator[Placard]:
    """The logo where the family wants it, then in each corner of the live box that is free: the eye picks one."""
    logo, live = layout.logo, layout.grid.live
    if logo is None:
        return
    yield logo
    others = [b for n, b in layout.boxes() if n != "logo"]
    for y in (live.bottom - logo.box.h, live.y):
        for x in (live.x, live.right - logo.box.w):
            dx, dy = x - logo.box.x, y - logo.box.y
            box = logo.box.moved(dx, dy)
            if all(box.gap(b) >= _clear(layout) for b in others):
                yield replace(logo, box=box, block=logo.block.moved(dx, dy))


def summary(layout: Layout) -> Mapping[str, tuple[float, float, float, float]]:
    """Boxes as fractions of the canvas, for provenance and for comparing layouts."""
    w, h = layout.grid.size
    return {n: (round(b.x / w, 4), round(b.y / h, 4), round(b.w / w, 4), round(b.h / h, 4)) for n, b in layout.boxes()}


def edges(layout: Layout) -> list[tuple[str, Box]]:
    """Boxes whose edges the eye compares: flush sides of text count by their axis, ragged sides do not."""
    found = []
    for name, box in layout.boxes():
        text = next((t for t in layout.texts if t.role == name), None)
        found.append((name, Box(text.block.axis, box.y, 0.0, box.h) if text else box))
    return found
