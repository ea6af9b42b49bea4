"""The table on which a brief is taken apart: its data, where each value stands, and the faults found so far."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brand_kits.safe.yaml import Document
from factory.errors import Fault

if TYPE_CHECKING:
    from brand_kits.kit import BrandKit

Path_ = tuple[str | int, ...]
NAMED = {"facts": "text", "proof": "source", "tribes": "name", "lines": "headline"}
"""Lists whose entries may leave their id out, and what it is then made from."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A brief under inspection. `data` holds only values of the right shape; `kit` may not be known yet.

    `misshapen` are the paths of what was taken out of it: nothing more is said of those (one fault, one report).
    """

    document: Document
    data: Mapping[str, Any]
    folder: Path
    kit: BrandKit | None = None
    misshapen: frozenset[Path_] = frozenset()
    faults: list[tuple[Path_, Fault]] = field(default_factory=list)

    def fault(self, code: str, path: Path_, fact: str, help: str) -> None:
        """Note one thing that is wrong at a path into the person's file."""
        self.faults.append((path, Fault(code=code, fact=fact, where=self.document.where(path), help=help)))

    def broken(self, *path: str | int) -> bool:
        """Whether the value at a path, or something in it, had the wrong shape."""
        return any(p[: len(path)] == path or path[: len(p)] == p for p in self.misshapen)

    def get(self, *path: str | int) -> Any:
        """The value at a path, or None."""
        value: Any = self.data
        for step in path:
            if isinstance(value, Mapping):
                value = value.get(str(step))
            elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
                value = value[step] if step < len(value) else None
            else:
                return None
        return value

    def entries(self, *path: str | int) -> Iterator[tuple[Path_, Any]]:
        """The entries of a list that have the right shape, each with its path."""
        found = self.get(*path)
        yield from (((*path, i), v) for i, v in enumerate(found or ()) if v is not None)

    def names(self, *path: str) -> dict[str, Path_]:
        """The ids of a list's entries, given or derived, each with the path of the first entry that has it."""
        found: dict[str, Path_] = {}
        for place, entry in self.entries(*path):
            if isinstance(entry, Mapping):
                found.setdefault(entry_id(path[-1], entry, int(place[-1])), place)
        return found


def texts(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every text under a value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, Sequence):
        for i, item in enumerate(value):
            yield from texts(item, (*path, i))


def entry_id(kind: str, entry: Mapping[str, Any], order: int) -> str:
    """The id of a fact, proof, tribe or line: as given, else made from its own words."""
    if entry.get("id"):
        return str(entry["id"])
    words = _first_headline(entry) if kind == "lines" else str(entry.get(NAMED[kind]) or "")
    return slug(words) or f"{kind.rstrip('s')}-{order + 1}"


def _first_headline(line: Mapping[str, Any]) -> str:
    for said in (line.get("texts") or {}).values():
        text = said if isinstance(said, str) else (said or {}).get("headline")
        if text:
            return str(text)
    return ""


def slug(text: str) -> str:
    """Lower-case words joined by hyphens, accents dropped, at most 40 characters; "" without any left."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    name = ""
    for word in re.findall(r"[a-z0-9]+", plain):
        if len(name) + len(word) + 1 > 40:
            break
        name = f"{name}-{word}" if name else word
    return name


def meant(word: str, known: Sequence[str], *, all_when_few: int = 16) -> str:
    """A sentence for a person who wrote `word`: the nearest known word, else the known ones when they are few."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    if 0 < len(known) <= all_when_few:
        return f"Known: {', '.join(known)}."
    return ""


def canonical_locale(tag: str) -> str:
    """A BCP 47 tag in its usual letters: `en`, `de-AT`, `zh-Hant-TW`."""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 or (len(part) == 3 and part.isdigit()) else part.lower()


def language_of(locale: str) -> str:
    """The language of a locale: `de` of `de-AT`."""
    return locale.split("-", maxsplit=1)[0].lower()
