"""`set.yaml`: what a set is, its parts, its lights. One file a set, whether it was rendered or is drawn by formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from factory.errors import StoreError
from pipelines.scene import Vector

SETS = Path(__file__).parent / "sets"
FractionBox = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key light: unit vector toward it, angular size in degrees, and whatever else its kind of set reads."""

    name: str
    mood: tuple[str, ...]
    direction: Vector
    angle: float
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetFile:
    """A set's line of data. `parts` maps each part to a palette role; `data` is the whole file."""

    name: str
    kind: Literal["rendered", "procedural"]
    title: str
    mood: tuple[str, ...]
    parts: Mapping[str, str]
    keys: tuple[Key, ...]
    folder: Path
    data: Mapping[str, Any]

    @property
    def main_part(self) -> str:
        """The big calm part: the first that wears the ground role."""
        return next((part for part, role in self.parts.items() if role == "ground"), next(iter(self.parts)))


def read_set(name: str) -> SetFile:
    """The shipped set of that name. Raises StoreError when there is none."""
    folder = SETS / name
    path = folder / "set.yaml"
    if "/" in name or "\\" in name or name.startswith(".") or not path.is_file():
        raise StoreError(
            f"There is no set {name!r}", code="set-missing", where=f"sets/{name}",
            help=f"Known sets: {', '.join(set_names())}.",
        )  # fmt: skip
    return set_in(folder)


@lru_cache(maxsize=32)
def set_in(folder: Path) -> SetFile:
    """The set that lies in a folder."""
    import yaml

    data = yaml.safe_load((folder / "set.yaml").read_text(encoding="utf-8"))
    return SetFile(
        name=folder.name,
        kind=data.get("kind", "rendered"),
        title=data["title"],
        mood=tuple(data["mood"]),
        parts=dict(data["parts"]),
        keys=tuple(_key(row) for row in data["keys"]),
        folder=folder,
        data=data,
    )


def set_names() -> tuple[str, ...]:
    """All sets there are, in order of name."""
    return tuple(sorted(path.parent.name for path in SETS.glob("*/set.yaml")))


def _key(row: Mapping[str, Any]) -> Key:
    given = row.get("dir")
    direction = (given[0], given[1], given[2]) if given else toward(row["azimuth"], row["elevation"])
    return Key(name=row["name"], mood=tuple(row["mood"]), direction=direction, angle=float(row["angle"]), data=row)


def toward(azimuth: float, elevation: float) -> Vector:
    """Unit vector toward a light: azimuth 0 is from the camera, positive from the right; degrees."""
    a, e = math.radians(azimuth), math.radians(elevation)
    return math.sin(a) * math.cos(e), -math.cos(a) * math.cos(e), math.sin(e)
