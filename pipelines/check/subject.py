"""What a check looks at: one finished creative as plain values and arrays, whoever made it.

Boxes are (x, y, w, h) px of the finished asset; pictures are (h, w, 3) uint8 sRGB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from brand_kits.kit import BrandKit
from factory.records import Brief, Kind, Placement, Text, Tribe

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
Place = Literal["layout", "device"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ink:
    """Shapes of one colour: coverage (h, w) 0..255 whose top left pixel stands at (x, y) of the picture."""

    colour: str
    x: int
    y: int
    coverage: Pixels


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Part:
    """A text on the picture. `size` is px of its em, `cost` how clumsily its lines break (20 is well, 45 the limit).

    `place` tells whether the layout set it, where nothing may touch it, or a device drew it as part of a picture.
    """

    role: str
    text: str
    box: Box
    lines: tuple[str, ...]
    line_boxes: tuple[Box, ...]
    size: float
    weight: int
    inks: tuple[Ink, ...]
    cost: float = 0.0
    place: Place = "layout"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sign:
    """The logo on the picture: which drawing of the kit's, its box, and its shapes by colour."""

    name: str
    box: Box
    inks: tuple[Ink, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """A drawn call to action: the pill's box and colour; its label is a part of role `cta`."""

    box: Box
    colour: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Standing:
    """The product on the picture. `box` may reach beyond the canvas; `words` is what of the label must be readable.

    `shape_overlap`, `delta_e`, `share`, `scale`: see `Fidelity` of staging; measured on the finished file.
    `cover` (h, w) True where the product's own pixels are seen; `brand` when the label says the brand's name.
    """

    name: str
    box: Box
    words: Box | None
    shape_overlap: float
    delta_e: float
    share: float
    scale: float
    cover: Mask
    brand: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Film:
    """What was measured of a video while it was made, and frames decoded from the file (first, middle, last)."""

    width: int
    height: int
    seconds: float
    figures: Mapping[str, Any] = field(default_factory=dict)
    frames: tuple[Pixels, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Subject:
    """One finished creative.

    `data` is the finished file. `pixels` is what it decodes to; for a video the still that it is built on. `intended`
    is what was meant to be encoded, `ground` the same without its type and logo. `expected` names what the concept wants
    to show (`product`); `duties` are wordings of which one must be told. `copy` maps a field to its text, drawn on the
    picture or shown beside it.
    """

    kind: Kind
    data: bytes
    type: str
    pixels: Pixels
    intended: Pixels
    ground: Pixels
    placement: Placement
    locale: str
    kit: BrandKit
    brief: Brief
    tribe: Tribe | None = None
    parts: tuple[Part, ...] = ()
    sign: Sign | None = None
    button: Button | None = None
    product: Standing | None = None
    expected: frozenset[str] = frozenset()
    duties: tuple[str, ...] = ()
    copy: Mapping[str, Text] = field(default_factory=dict)
    film: Film | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px of the picture."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def pt(self) -> float:
        """Pixels of the picture for a point of the screen that shows it."""
        return self.placement.canvas[0] / self.placement.shown_pt

    @property
    def phone(self) -> bool:
        """Whether it is shown on a phone, which is held nearer to the eye than its points suggest."""
        return self.placement.layout_class in ("V", "Q", "W")
