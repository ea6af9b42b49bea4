"""Devices: picture ideas drawn from a brief's data. One `<name>.py` with its `<name>.yaml` each.

A module of this package has `draw(data, box, colours, progress=1.0) -> items`; a smaller `progress` (0..1) shows it
being made. It may have `room(data, box) -> Box`, the part of its box that it leaves free for a caption, and
`keep(data, box)`, the boxes that nothing else may touch. In the row, `figures` is the range of figures that it can
show, and `where` says how it stands: `behind` the product, printed on the ground; `front`, over everything but type;
`over`, in place of a headline. `wordless` says that it means something without a word beside it: pictures without type
carry it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal

import yaml

from brand_kits.kit import BrandKit
from pipelines.compose.content import Content, set_right
from pipelines.compose.crop import Spot
from pipelines.compose.faces import face_of
from pipelines.compose.family import LayoutError
from pipelines.compose.geometry import Box
from pipelines.compose.logo import Logo, load_logo
from pipelines.compose.typeset import Face

Where = Literal["behind", "front", "over"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """What a device draws from: the brief's figures and words, the kit's face and mark, and where the product is.

    `value` is the figure (0 for none); `product` the product's box px; `canvas` the picture; `pt` px per point;
    `texts` the boxes of the words that will stand around it.
    """

    value: float
    unit: str
    symbol: str
    word: str
    letter: str
    start: str
    end: str
    locale: str
    face: Face
    text_face: Face
    mark: Logo | None
    canvas: Box
    pt: float
    product: Box | None = None
    foot: tuple[float, float] | None = None
    texts: tuple[Box, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A row of the table."""

    name: str
    where: Where
    needs: tuple[str, ...]
    families: tuple[str, ...]
    figures: tuple[float, float]
    module: Any
    wordless: bool = False

    def suits(self, data: Data) -> bool:
        """Whether the data holds what the device draws, in a range that an eye can take in."""
        low, high = self.figures
        word = "art_word" not in self.needs or bool(data.word)
        return word and ("art_number" not in self.needs or low <= data.value <= high)

    def draw(self, data: Data, box: Box, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
        """The device's items in a box (px); `colours` maps palette roles to hex."""
        return tuple(self.module.draw(data, box, colours, progress))

    def room(self, data: Data, box: Box) -> Box | None:
        """What the device leaves free of its box, or None when it says nothing of it."""
        ask = getattr(self.module, "room", None)
        return ask(data, box) if ask else None


    def keep(self, data: Data, box: Box) -> tuple[Box, ...]:
        """What of the device nothing else may stand on."""
        ask = getattr(self.module, "keep", None)
        return tuple(ask(data, box)) if ask else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixture:
    """A device in its place on a layout."""

    device: Device
    data: Data
    box: Box

    def keep(self) -> tuple[Box, ...]:
        """What of it nothing else may stand on."""
        return self.device.keep(self.data, self.box)

    def draw(self, colours: Mapping[str, str], progress: float = 1.0) -> tuple[Any, ...]:
        """Its items."""
        return self.device.draw(self.data, self.box, colours, progress)


def data_for(content: Content, kit: BrandKit, canvas: Box, pt: float, spot: Spot | None) -> Data:
    """What a device draws from: the content's figures and words, the kit's face and mark, the product's place."""
    said = content.data
    marks = [logo for logo in kit.logos.values() if logo.kind == "mark"]
    return Data(
        value=_figure(str(said.get("value") or content.first("number") or "0")),
        unit=str(said.get("unit", content.first("unit"))), symbol=str(said.get("symbol", "")),
        word=str(said.get("word", content.first("word"))), letter=str(said.get("letter", "")),
        start=set_right(str(said.get("start", "")), content.locale), end=set_right(str(said.get("end", "")), content.locale),
        locale=content.locale, face=face_of(kit, "display", 800), text_face=face_of(kit, "text", 600),
        mark=load_logo(marks[0].file) if marks else None, canvas=canvas, pt=pt,
        product=spot.box if spot else None, foot=spot.foot if spot else None,
    )


def _figure(text: str) -> float:
    digits = "".join(c for c in text.replace(",", ".") if c.isdigit() or c == ".")
    try:
        return float(digits)
    except ValueError:
        return 0.0


@lru_cache(maxsize=16)
def load_device(name: str) -> Device:
    """The device of a name. Raises LayoutError when there is none."""
    row = files("pipelines.compose") / "devices" / f"{name}.yaml"
    if not row.is_file():
        raise LayoutError(f"There is no device {name!r}", code="device-unknown", help=f"Known: {', '.join(device_names())}.")
    data = yaml.safe_load(row.read_text(encoding="utf-8"))
    low, high = data.get("figures", (0, 1e9))
    return Device(
        name=name, where=data.get("where", "behind"), needs=tuple(data.get("needs", ())),
        families=tuple(data.get("families", ())), figures=(float(low), float(high)),
        module=import_module(f"pipelines.compose.devices.{name}"), wordless=bool(data.get("wordless", False)),
    )


def device_names() -> tuple[str, ...]:
    """Every device that ships, by name."""
    return tuple(sorted(p.name[:-5] for p in (files("pipelines.compose") / "devices").iterdir() if p.name.endswith(".yaml")))
