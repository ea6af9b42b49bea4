"""What each class of canvas asks of type, logo and button: rows of `classes.yaml`, in pixels of a given placement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from factory.records import Placement
from pipelines.compose.geometry import Box, remap, unit

Sizes = tuple[float, float, float]
"""Least, wanted and most, in px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A placement's canvas as layout sees it. `design` is the live box that families are drawn for, `live` the one
    this placement leaves; both px. `pt` is px per point; `sizes` maps a style to px sizes."""

    size: tuple[int, int]
    klass: str
    pt: float
    unit: int
    design: Box
    live: Box
    sizes: Mapping[str, Sizes]
    logo_area: float
    logo_width: float
    logo_height: float
    button_height: float
    button_padding: float

    @property
    def canvas(self) -> Box:
        """The whole canvas."""
        return Box(0, 0, float(self.size[0]), float(self.size[1]))

    def box(self, fractions: tuple[float, float, float, float]) -> Box:
        """A family's box (fractions of the canvas) carried into this placement's live area."""
        return remap(self.canvas.scaled(fractions), self.design, self.live, self.canvas)

    def keys(self) -> tuple[str, ...]:
        """Names under which a family may hold a layout for this canvas, the most particular first."""
        width, height = self.size
        square = ("Q1",) if self.klass == "Q" and abs(width / height - 1) < 0.05 else ()
        return (f"{width}x{height}", *square, self.klass)


STYLES = ("headline", "sub", "body", "label", "legal")


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = (files("pipelines.compose") / "classes.yaml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)
    return table


def grid_of(placement: Placement) -> Grid:
    """The grid of a placement: class rows scaled to the width it is shown at, live box cut by its safe zone."""
    width, height = placement.canvas
    table = _table()
    row = table.get(f"{width}x{height}") or table[placement.layout_class]
    canvas = Box(0, 0, float(width), float(height))
    safe = placement.safe
    free = canvas.scaled((safe.left, safe.top, 1 - safe.left - safe.right, 1 - safe.top - safe.bottom))
    design = canvas.scaled(row["live"])
    pt = width / placement.shown_pt
    return Grid(
        size=(width, height), klass=placement.layout_class, pt=pt, unit=unit((width, height)), design=design,
        live=design.cut(free), sizes={s: _sizes(row[s], pt) for s in STYLES}, logo_area=row["logo"]["area"],
        logo_width=row["logo"]["width"], logo_height=row["logo"]["height"] * pt,
        button_height=row["button"]["height"], button_padding=row["button"]["padding"],
    )


def _sizes(points: list[float], pt: float) -> Sizes:
    least, wanted, most = (float(p) * pt for p in points)
    return least, wanted, most
