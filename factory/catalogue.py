"""What can be chosen: sets, layout families, devices and washes, read as package data.

Each thing is described by the YAML that lies beside it; no code of `pipelines` is imported. Adding a set, a family or
a device is adding its folder or file: this module lists what it finds, in the order of names.

    pipelines/plate/sets/<name>/set.yaml         name, title, world, mood, ground, keys[{name, mood, azimuth, modes}]
    pipelines/compose/families/<name>.yaml       name, title, motives, needs, grounds, subject, voice, view, device
    pipelines/compose/devices/<name>.yaml        name, title, needs, families, motives, figures [least, most], ground
    pipelines/plate/washes.yaml                  washes[{name, title, mood, uses}]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml


@dataclass(frozen=True, kw_only=True, slots=True)
class LightRow:
    """One key light of a set. Azimuth in degrees, 0 from the camera, positive from the right; `modes` are the kinds
    of ground (light, dark, bold) that it flatters, empty for all."""

    name: str
    mood: tuple[str, ...]
    azimuth: float
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SetRow:
    """A stage that plates can be made of. `ground` says what kind of ground it is to a layout: `set` or `flat`."""

    name: str
    title: str
    kind: str
    world: str
    mood: tuple[str, ...]
    ground: str
    lights: tuple[LightRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FamilyRow:
    """A layout idea: what it needs, which motives it suits, on which grounds it stands (`set`, `flat`, `wash`)."""

    name: str
    title: str
    motives: tuple[str, ...]
    needs: tuple[str, ...]
    grounds: tuple[str, ...]
    subject: str
    voice: str
    view: str
    device: str
    figure: str = "plain"
    """How many grounds it shows: `plain` one, `page` a picture in a page, `split` two that meet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceRow:
    """A picture idea drawn from the brief's data; `figures` is the range of numbers that it can draw, if any."""

    name: str
    title: str
    needs: tuple[str, ...]
    families: tuple[str, ...]
    motives: tuple[str, ...]
    figures: tuple[float, float] | None = None
    ground: str = ""
    """`flat` for what is printed behind the product and wants a plain ground, "" for any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WashRow:
    """A class of diffusion wash that passed a look, and what it may be used as (`albedo`, `light`)."""

    name: str
    title: str
    mood: tuple[str, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Everything a plan may choose from."""

    sets: tuple[SetRow, ...]
    families: tuple[FamilyRow, ...]
    devices: tuple[DeviceRow, ...]
    washes: tuple[WashRow, ...]


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Read every row that the package ships."""
    root = files("pipelines")
    return Catalogue(
        sets=tuple(_set(d) for d in _yamls(root / "plate" / "sets", "set.yaml")),
        families=tuple(_family(d) for d in _yamls(root / "compose" / "families")),
        devices=tuple(_device(d) for d in _yamls(root / "compose" / "devices")),
        washes=tuple(_wash(d) for d in _rows(root / "plate" / "washes.yaml", "washes")),
    )


def _yamls(folder: Traversable, inner: str = "") -> list[Mapping[str, Any]]:
    """The YAML files of a folder (or one named file in each of its folders), by name."""
    if not folder.is_dir():
        return []
    places = sorted(folder.iterdir(), key=lambda p: p.name)
    found = [p / inner for p in places if p.is_dir()] if inner else [p for p in places if p.name.endswith(".yaml")]
    return [yaml.safe_load(p.read_text(encoding="utf-8")) for p in found if p.is_file()]


def _rows(file: Traversable, key: str) -> list[Mapping[str, Any]]:
    return list(yaml.safe_load(file.read_text(encoding="utf-8"))[key] or []) if file.is_file() else []


def _words(data: Mapping[str, Any], key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(str(w) for w in data.get(key, default) or ())


def _set(data: Mapping[str, Any]) -> SetRow:
    lights = tuple(
        LightRow(name=str(k["name"]), mood=_words(k, "mood"), azimuth=float(k.get("azimuth", 0.0)), modes=_words(k, "modes"))
        for k in data["keys"]
    )
    return SetRow(
        name=data["name"], title=str(data.get("title", data["name"])), kind=str(data.get("kind", "rendered")),
        world=str(data.get("world", data["name"])), mood=_words(data, "mood"), ground=str(data.get("ground", "set")),
        lights=lights,
    )


def _family(data: Mapping[str, Any]) -> FamilyRow:
    return FamilyRow(
        name=data["name"], title=str(data.get("title", data["name"])), motives=_words(data, "motives"),
        needs=_words(data, "needs"), grounds=_words(data, "grounds", ("flat",)), subject=str(data.get("subject", "product")),
        voice=str(data.get("voice", "plain")), view=str(data.get("view", "whole")), device=str(data.get("device", "optional")),
        figure=_figure(data.get("layouts") or {}),
    )


def _figure(layouts: Mapping[str, Mapping[str, Any]]) -> str:
    """What most of a family's layouts do with the ground."""
    for key, figure in (("window", "page"), ("split", "split")):
        if 2 * sum(bool(plan.get(key)) for plan in layouts.values()) > len(layouts):
            return figure
    return "plain"


def _device(data: Mapping[str, Any]) -> DeviceRow:
    return DeviceRow(
        name=data["name"], title=str(data.get("title", data["name"])), needs=_words(data, "needs"),
        families=_words(data, "families"), motives=_words(data, "motives"),
        figures=(float(data["figures"][0]), float(data["figures"][1])) if data.get("figures") else None,
        ground=str(data.get("ground", "")),
    )


def _wash(data: Mapping[str, Any]) -> WashRow:
    return WashRow(name=data["name"], title=str(data["title"]), mood=_words(data, "mood"), uses=_words(data, "uses"))
