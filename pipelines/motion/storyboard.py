"""Storyboards: what is seen when, as data. One YAML file each in `storyboards/`; here they are read and chosen.

    shots   in order: `wide` (the still's own picture), `close` (the product near, with the thought's second words or
            silent), `end` (the end lockup). A shot that a concept cannot have is left out and the one before stays on.
    moves   what changes in the wide shot. `what`: light (how far it goes on), device, figure (how much is counted),
            split (the line between two lights comes to its place), phrases (what a headline says after its first
            stop), headline, rest (all other texts). `at` and `for` in seconds; `at` may be an anchor (`end`) plus
            seconds.
    marks   sounds, at seconds or anchors; `every` seconds again `until` another time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from factory.errors import StageError

Time = float | str
ShotKind = Literal["wide", "close", "end"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A change of one thing from `start` to `end` (0..1 for light, device and entrances)."""

    what: str
    at: Time = 0.0
    seconds: float = 0.5
    start: float = 0.0
    end: float = 1.0
    ease: str = "enter"
    stagger: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotPlan:
    """A shot that begins at a time."""

    kind: ShotKind
    at: Time


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """A sound at a time; with `every` again and again until another."""

    sound: str
    at: Time
    every: float = 0.0
    until: Time = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Storyboard:
    """A way to tell a concept in `seconds`. `end` is when the end card begins, for one of 1.6 s."""

    name: str
    title: str
    seconds: float
    end: float
    shots: tuple[ShotPlan, ...]
    moves: tuple[Move, ...]
    marks: tuple[Beat, ...]
    families: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    motives: frozenset[str] = frozenset()
    rank: int = 0

    def move(self, what: str) -> tuple[Move, ...]:
        """The moves of one thing, in order."""
        return tuple(m for m in self.moves if m.what == what)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a storyboard is chosen by: the layout family, the device drawn, and what there is to show.

    `has` holds some of: product, figure (a number that can be counted up), phrases (a headline that says two things on
    lines of their own), device (one is drawn over the picture), printed (one lies on the ground), split (two lights
    meet).
    """

    family: str
    device: str = ""
    motive: str = ""
    has: frozenset[str] = field(default_factory=frozenset)


def resolve(time: Time, anchors: Mapping[str, float]) -> float:
    """Seconds of a time: a number, an anchor, or an anchor plus or minus seconds. Raises KeyError for no such anchor."""
    if not isinstance(time, str):
        return float(time)
    for sign in "+-":
        name, found, rest = time.partition(sign)
        if found and name:
            return anchors[name.strip()] + float(sign + rest)
    return anchors[time.strip()]


@lru_cache(maxsize=1)
def storyboards() -> tuple[Storyboard, ...]:
    """Every storyboard that ships, by name."""
    folder = files("pipelines.motion") / "storyboards"
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".yaml")), key=lambda p: p.name)
    return tuple(read(yaml.safe_load(p.read_text(encoding="utf-8"))) for p in paths)


def read(data: Mapping[str, Any]) -> Storyboard:
    """A storyboard from its data. Raises KeyError or TypeError for a file that is wrong."""
    return Storyboard(
        name=data["name"], title=data["title"], seconds=float(data["seconds"]), end=float(data["end"]),
        shots=tuple(ShotPlan(kind=s["kind"], at=s["at"]) for s in data["shots"]),
        moves=tuple(_move(m) for m in data.get("moves", ())),
        marks=tuple(_beat(m) for m in data.get("marks", ())),
        families=frozenset(data.get("families", ())), devices=frozenset(data.get("devices", ())),
        needs=frozenset(data.get("needs", ())), motives=frozenset(data.get("motives", ())), rank=int(data.get("rank", 0)),
    )


def _beat(data: Mapping[str, Any]) -> Beat:
    return Beat(sound=data["sound"], at=data["at"], every=float(data.get("every", 0.0)), until=data.get("until", 0.0))


def _move(data: Mapping[str, Any]) -> Move:
    names = {"for": "seconds", "from": "start", "to": "end"}
    return Move(**{names.get(key, key): value for key, value in data.items()})


def choose(facts: Facts, seed: int) -> Storyboard:
    """The storyboard that suits best; where several suit alike, the seed decides.

    Raises StageError when none suits, which a storyboard without needs prevents.
    """
    fitting = [s for s in storyboards() if _suits(s, facts)]
    if not fitting:
        raise StageError("No storyboard suits", code="motion-storyboard", where=facts.family)
    worth = {s.name: 2 * s.rank + (facts.motive in s.motives) for s in fitting}
    equal = [s for s in fitting if worth[s.name] == max(worth.values())]
    return equal[seed % len(equal)]


def _suits(board: Storyboard, facts: Facts) -> bool:
    family = not board.families or facts.family in board.families
    device = not board.devices or facts.device in board.devices
    return family and device and board.needs <= facts.has


def reading_seconds(text: str, cps: float = 15.0) -> float:
    """How long a text must stand still: a moment to find it, then 3.3 words or `cps` signs a second."""
    words = len(text.split())
    least = 1.0 if words <= 2 else 1.3
    return max(least, 0.4 + max(words / 3.3, len(text) / cps))
