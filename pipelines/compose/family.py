"""Layout families as data: `families/<name>.yaml` read into records, every fault named.

A family is an idea of how things stand together; it holds one layout per class of canvas (V, Q, Q1 for square, W, B,
T, S, or one canvas like `970x250`). All boxes are fractions of the canvas for left-to-right reading.

    columns   text set one line under the other: a box, where it starts (`top`, `bottom`, `middle`), how it is aligned
              (`start`, `end`, `centre`), and its slots: a role, or a role with `style`, `size` (least, wanted, most,
              times the style's wanted size), `lines`, `share` (of the box' height), `weight`, `face`, `poster`
    product   `x` and `foot` of its contact point, `height` [least, wanted, most] of the canvas; `crop: true` where it
              may run out of the canvas below, `crop: label` where it is so near that its label fills the height
              and its middle stands at `foot`
    logo      a point and which corner of the logo stands there, `kind: mark` for the sign alone, `unless_label: true`
              where a label that says the name spares it; `button` likewise, `fill: true` for full width
    device    the box of a device; `over: [role]` where a device stands in place of a text
    window    a picture in the page instead of behind it; `split` x or y: two lights meet at that fraction
    lying     a layout in place of this one where the product is a lying one
    ghost     where the brand's mark is printed huge and quiet on an else empty ground
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml

from factory.errors import FactoryError

Fractions = tuple[float, float, float, float]
Start = Literal["top", "bottom", "middle"]
Align = Literal["start", "end", "centre"]


class LayoutError(FactoryError):
    """A family cannot hold what it is given, or its file is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """Where a text of some role is set, and how. `size` are factors of the style's wanted size, or None for its row."""

    role: str
    style: str
    size: tuple[float, float, float] | None = None
    lines: tuple[int, int] = (1, 3)
    share: float | None = None
    weight: int = 400
    face: Literal["display", "text"] = "text"
    poster: bool = False
    colour: Literal["ink", "accent", "muted"] = "ink"


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Slots that stand one under the other in a box."""

    box: Fractions
    start: Start
    align: Align
    slots: tuple[Slot, ...]
    sit: bool = False
    """The last baseline stands on the box' lower edge, not its descenders."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stand:
    """Where the product stands: contact point and heights as fractions of the canvas."""

    x: float
    foot: float
    height: tuple[float, float, float]
    crop: bool | Literal["label"] = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Corner:
    """A point, and which corner of a thing stands on it: `top-start`, `bottom-end`, `middle-centre`, ..."""

    x: float
    y: float
    anchor: str
    fill: bool = False
    unless_label: bool = False
    kind: Literal["logo", "mark"] = "logo"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """A family's layout for one class."""

    columns: tuple[Column, ...]
    product: Stand | None = None
    logo: Corner | None = None
    button: Corner | None = None
    device: Fractions | None = None
    over: tuple[str, ...] = ()
    window: Fractions | None = None
    ghost: Fractions | None = None
    split: tuple[str, float] | None = None
    lying: Arrangement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Family:
    """A layout idea and its layouts by class. `drops` names what goes first when room is short."""

    name: str
    title: str
    needs: tuple[str, ...]
    grounds: tuple[str, ...]
    drops: tuple[str, ...]
    lead: str
    hang: bool
    layouts: Mapping[str, Arrangement]

    def at(self, keys: Sequence[str]) -> tuple[Arrangement, ...]:
        """The family's layouts for any of `keys`, in their order: the first is meant, the others may stand in."""
        return tuple(self.layouts[k] for k in keys if k in self.layouts)


def turned(plan: Arrangement, live: tuple[float, float]) -> Arrangement:
    """The arrangement with its sides changed: what stood left of the live box' middle stands right. Text stays flush
    on the side where its language begins. `live` is the box' left edge and width, fractions of the canvas."""
    x0, width = live

    def box(b: Fractions | None) -> Fractions | None:
        return None if b is None else (2 * x0 + width - b[0] - b[2], b[1], b[2], b[3])

    def corner(c: Corner | None) -> Corner | None:
        if c is None:
            return None
        down, across = c.anchor.split("-")
        other = {"start": "end", "end": "start"}.get(across, across)
        return replace(c, x=2 * x0 + width - c.x, anchor=f"{down}-{other}")

    columns = tuple(replace(c, box=cast(Fractions, box(c.box))) for c in plan.columns)
    product = replace(plan.product, x=2 * x0 + width - plan.product.x) if plan.product else None
    return replace(
        plan, columns=columns, product=product, logo=corner(plan.logo), button=corner(plan.button), device=box(plan.device),
    )


ROLES: Mapping[str, Mapping[str, Any]] = {
    "headline": {"style": "headline", "weight": 800, "face": "display", "lines": (1, 4)},
    "headline2": {"style": "headline", "weight": 800, "face": "display", "lines": (1, 3)},
    "quote": {"style": "headline", "weight": 600, "face": "display", "lines": (1, 5)},
    "number": {"style": "headline", "weight": 800, "face": "display", "colour": "accent"},
    "price": {"style": "headline", "weight": 800, "face": "display", "colour": "accent"},
    "lockup": {"style": "headline"}, "lockup-poster": {"style": "headline"},
    "lockup-row": {"style": "headline"}, "lockup-line": {"style": "headline"}, "lockup-code": {"style": "headline"},
    "lockup-broad": {"style": "headline"}, "lockup-short": {"style": "headline"}, "lockup-head": {"style": "headline"},
    "lockup-last": {"style": "headline"},
    "was": {"style": "sub", "weight": 500, "colour": "muted", "lines": (1, 1)},
    "rating": {"style": "headline", "weight": 800, "face": "display"},
    "kicker": {"style": "sub", "weight": 600, "lines": (1, 1)},
    "sub": {"style": "sub", "weight": 500, "lines": (1, 3)},
    "body": {"style": "body", "weight": 500, "lines": (1, 3)},
    "item": {"style": "sub", "weight": 600, "lines": (1, 2)},
    "source": {"style": "body", "weight": 700, "lines": (1, 2)},
    "role": {"style": "body", "weight": 500, "lines": (1, 2)},
    "phrase": {"style": "sub", "weight": 700, "lines": (1, 1)},
    "legal": {"style": "legal", "weight": 500, "lines": (1, 2)},
}
"""What a slot is when a family says no more than its role."""


@lru_cache(maxsize=16)
def clean_family(aside: float = 0.0, idea: str = "", paged: bool = False) -> Family:
    """The layout of a picture without type, its product `aside` of the middle (widths of the canvas): not an idea of its
    own, so it stands beside the families and no motive chooses it. It keeps what another family's `idea` shows without
    words: two grounds that meet, a device's place, and where a device fills the page (`paged`) the picture in it."""
    family = parse_family(yaml.safe_load((files("pipelines.compose") / "clean.yaml").read_text(encoding="utf-8")))
    own = load_family(idea).layouts if idea else {}
    plans = {key: _wordless(plan, own.get(key) or own.get(key[:1]), aside, paged) for key, plan in family.layouts.items()}
    return replace(family, layouts=plans)


def _wordless(plan: Arrangement, idea: Arrangement | None, aside: float, paged: bool) -> Arrangement:
    """A clean layout with what an idea's layout shows without words."""
    if plan.product is None:
        return plan
    x = plan.product.x + aside
    if idea is None:
        return replace(plan, product=replace(plan.product, x=x))
    if paged and idea.window and idea.product:
        middle = idea.window[0] + idea.window[2] / 2
        return replace(plan, product=replace(idea.product, x=middle), window=idea.window, device=idea.device)
    if idea.split and idea.split[0] == "x":
        x = idea.split[1]
    return replace(plan, product=replace(plan.product, x=x), split=idea.split, device=idea.device)


@lru_cache(maxsize=32)
def load_family(name: str) -> Family:
    """The family of a name. Raises LayoutError when there is none or its file is wrong."""
    file = files("pipelines.compose") / "families" / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(family_names())
        raise LayoutError(f"There is no layout family {name!r}", code="family-unknown", help=f"Known: {known}.")
    return parse_family(yaml.safe_load(file.read_text(encoding="utf-8")))


def family_names() -> tuple[str, ...]:
    """Every family that ships, by name."""
    return tuple(sorted(p.name[:-5] for p in (files("pipelines.compose") / "families").iterdir() if p.name.endswith(".yaml")))


def parse_family(data: Mapping[str, Any]) -> Family:
    """A family from its file's data."""
    name = str(data.get("name", "?"))
    layouts = {str(k): _arrangement(v, f"{name}.layouts.{k}") for k, v in data["layouts"].items()}
    return Family(
        name=name, title=str(data["title"]), needs=tuple(data.get("needs", ())), grounds=tuple(data.get("grounds", ("flat",))),
        drops=tuple(data.get("drops", ())), lead=str(data["lead"]), hang=bool(data.get("hang", False)), layouts=layouts,
    )


def _arrangement(data: Mapping[str, Any], where: str) -> Arrangement:
    _known(data, ("columns", "product", "logo", "button", "device", "over", "window", "ghost", "split", "lying"), where)
    split = data.get("split")
    return Arrangement(
        columns=tuple(_column(c, f"{where}.columns.{i}") for i, c in enumerate(data.get("columns", ()))),
        product=_stand(data.get("product"), f"{where}.product"), logo=_corner(data.get("logo"), f"{where}.logo"),
        button=_corner(data.get("button"), f"{where}.button"), device=_box(data.get("device"), f"{where}.device"),
        over=tuple(data.get("over", ())), window=_box(data.get("window"), f"{where}.window"),
        ghost=_box(data.get("ghost"), f"{where}.ghost"),
        split=(str(split[0]), float(split[1])) if split else None,
        lying=_arrangement(data["lying"], f"{where}.lying") if "lying" in data else None,
    )


def _column(data: Mapping[str, Any], where: str) -> Column:
    _known(data, ("box", "from", "align", "slots", "sit"), where)
    start, align = data.get("from", "top"), data.get("align", "start")
    if start not in ("top", "bottom", "middle") or align not in ("start", "end", "centre"):
        raise LayoutError(f"A column starts at {start!r} and aligns {align!r}", code="family-column", where=where,
                          help="Use top, bottom or middle; start, end or centre.")
    slots = tuple(_slot(s, f"{where}.slots.{i}") for i, s in enumerate(data["slots"]))
    box = _box(data["box"], where)
    assert box is not None
    return Column(box=box, start=start, align=align, slots=slots, sit=bool(data.get("sit", False)))


def _slot(data: str | Mapping[str, Any], where: str) -> Slot:
    given: dict[str, Any] = {"role": data} if isinstance(data, str) else dict(data)
    _known(given, ("role", "style", "size", "lines", "share", "weight", "face", "poster", "colour"), where)
    if given["role"] not in ROLES:
        known = ", ".join(ROLES)
        raise LayoutError(f"No text has the role {given['role']!r}", code="family-role", where=where, help=f"Known: {known}.")
    merged: dict[str, Any] = {**ROLES[given["role"]], **given}
    for key in ("size", "lines"):
        if merged.get(key) is not None:
            merged[key] = tuple(merged[key])
    return Slot(**merged)


def _stand(data: Mapping[str, Any] | None, where: str) -> Stand | None:
    if data is None:
        return None
    _known(data, ("x", "foot", "height", "crop"), where)
    least, wanted, most = (float(v) for v in data["height"])
    crop = _crop(data.get("crop", False), where)
    return Stand(x=float(data["x"]), foot=float(data["foot"]), height=(least, wanted, most), crop=crop)


def _crop(value: Any, where: str) -> bool | Literal["label"]:
    if value not in (True, False, "label"):
        raise LayoutError(f"A product cannot be cropped {value!r}", code="family-crop", where=where,
                          help="Use true, false or label.")
    return cast('bool | Literal["label"]', value)


def _corner(data: Mapping[str, Any] | None, where: str) -> Corner | None:
    if data is None:
        return None
    _known(data, ("x", "y", "anchor", "fill", "unless_label", "kind"), where)
    return Corner(
        x=float(data["x"]), y=float(data["y"]), anchor=str(data["anchor"]), fill=bool(data.get("fill", False)),
        unless_label=bool(data.get("unless_label", False)), kind=data.get("kind", "logo"),
    )


def _box(data: Sequence[float] | None, where: str) -> Fractions | None:
    if data is None:
        return None
    if len(data) != 4:
        raise LayoutError("A box has four numbers: x, y, w, h", code="family-box", where=where)
    return cast(Fractions, tuple(float(v) for v in data))


def _known(data: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    strange = [k for k in data if k not in keys]
    if strange:
        raise LayoutError(f"Unknown key {strange[0]!r}", code="family-key", where=where, help=f"Known: {', '.join(keys)}.")
