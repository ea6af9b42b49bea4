"""Whether a tribe is defined by a trait that no audience may be chosen by: the table is `sensitive.yaml`.

Words are matched whole and in any case. A hyphen before a word makes it another word (`sages-femmes`, `tone-deaf`);
one after it does not (`women-only`). Phrases that only look like it are taken out of the text before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from factory.brief.desk import Desk, Path_, language_of, texts

LOOKED_AT = ("name", "values", "passions", "story", "words")
"""Fields that say who a tribe is. Words to avoid say who it is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trait:
    """One sensitive trait: what it is called, what to say instead, and how its words are found, by language."""

    name: str
    title: str
    instead: str
    words: Mapping[str, re.Pattern[str]]
    lookalikes: re.Pattern[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A word that gives a trait away."""

    trait: Trait
    word: str


@lru_cache(maxsize=1)
def traits() -> tuple[Trait, ...]:
    """The table, with its patterns compiled."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table = yaml.load((files("factory.brief") / "sensitive.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return tuple(_trait(row, table["people"]) for row in table["traits"])


def _trait(row: Any, people: dict[str, str]) -> Trait:
    words = {lang: _whole([w.replace("{people}", people[lang]) for w in rows]) for lang, rows in row["words"].items()}
    return Trait(
        name=row["name"], title=row["title"], instead=row["instead"], words=words,
        lookalikes=_whole(row["lookalikes"]) if row["lookalikes"] else None,
    )


def _whole(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def matches(text: str, language: str = "") -> Iterator[Match]:
    """The first word of each sensitive trait that a text names, by the words of its language or else of all."""
    plain = " ".join(text.split()).replace("’", "'")
    for trait in traits():
        rest = trait.lookalikes.sub("·", plain) if trait.lookalikes else plain
        patterns = [trait.words[language]] if language in trait.words else trait.words.values()
        found = next((m for p in patterns if (m := p.search(rest))), None)
        if found:
            yield Match(trait=trait, word=found.group(0))


def check_tribes(desk: Desk) -> None:
    """Refuse every tribe that is defined by a sensitive trait, in the brief's own words or in a translation.

    The brief's own words are read in every language of the table, as people leave `language` out.
    """
    for path, tribe in desk.entries("tribes"):
        _check(desk, path, tribe, "")
    for locale, translation in (desk.get("translations") or {}).items():
        tribes = translation.get("tribes") if isinstance(translation, dict) else None
        for name, tribe in (tribes.items() if isinstance(tribes, dict) else ()):
            _check(desk, ("translations", locale, "tribes", name), tribe, language_of(str(locale)))


def _check(desk: Desk, path: Path_, tribe: Any, language: str) -> None:
    known: set[str] = set()
    for field in LOOKED_AT:
        for at, text in texts(tribe.get(field) if isinstance(tribe, dict) else None, (*path, field)):
            for match in matches(text, language):
                if match.trait.name not in known:
                    known.add(match.trait.name)
                    _refuse(desk, at, match)


def _refuse(desk: Desk, path: Path_, match: Match) -> None:
    desk.fault(
        "brief.sensitive", path, f"This tribe is defined by {match.trait.title} ({match.word!r})",
        f"Nobody is chosen by a sensitive trait here: a tribe shares values and passions. {match.trait.instead}",
    )
