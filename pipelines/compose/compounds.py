"""Where a word may be cut when it is wider than its box: at its own hyphen, or at the joint of a German compound."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipelines.compose.breaking import AFTER_HYPHEN, SOFT_HYPHEN

SUFFIXES = """keit heit ung schaft lich isch tion sion chen lein sam bar ität ig end ern eln rin nin in en er es ende
    enden ische ischen liche lichen"""
"""No part of a compound begins with one of these as its first syllable."""
PREFIXES = "be ge ver ent er zer un an ein auf aus ab vor zu über unter miss emp"
"""No part of a compound ends in one of these: it belongs to what follows."""
WEAK = re.compile(r"(?!ver|zer|her)[bcdfghjklmnpqrstvwxz]{1,2}e[nrlms]")
"""A syllable without stress (-nen, -den, -mer): it ends a part and never begins one."""
LINKS = ("keits", "heits", "ungs", "tions", "sions", "schafts", "täts", "igkeits")
LEAST = 4


def cut_word(word: str, locale: str) -> tuple[str, str] | None:
    """A word in two pieces for `break_lines`, or None when it must stay whole.

    An own hyphen (Cold-Brew-Kaffee) is used in every language, the one nearest to the middle; a soft hyphen in the
    text is obeyed; else German compounds only are cut.
    """
    return _at_own_hyphen(word) or _at_soft_hyphen(word) or (at_joint(word) if locale.startswith("de") else None)


def _at_own_hyphen(word: str) -> tuple[str, str] | None:
    places = [at + 1 for at, sign in enumerate(word) if sign == "-" and LEAST <= at + 1 <= len(word) - LEAST]
    if not places:
        return None
    at = min(places, key=lambda place: abs(place - len(word) / 2))
    return word[:at] + AFTER_HYPHEN, word[at:]


def _at_soft_hyphen(word: str) -> tuple[str, str] | None:
    if SOFT_HYPHEN not in word.strip(SOFT_HYPHEN):
        return None
    left, right = word.split(SOFT_HYPHEN, 1)
    return left + SOFT_HYPHEN, right.replace(SOFT_HYPHEN, "")


def at_joint(word: str) -> tuple[str, str] | None:
    """A German compound in two at its likeliest joint, at least four letters a side; None when none is likely.

    A joint is a point of hyphenation after which no suffix begins and before which no bare prefix stands; one after a
    linking s (Geschwindigkeits-) is surest, else the one nearest to the middle.
    """
    letters = word.strip(".,:;!?…„“”»«()")
    joint = _best_joint(letters) if letters.isalpha() else None
    if joint is None:
        return None
    at = word.find(letters) + joint
    return word[:at] + SOFT_HYPHEN, word[at:]


def _best_joint(word: str) -> int | None:
    points = [0, *(int(at) for at in _hyphenator().positions(word)), len(word)]
    ranked = [
        (not word[:at].lower().endswith(LINKS), abs(at - len(word) / 2), at)
        for (before, at), after in zip(pairwise(points), points[2:], strict=False)
        if _is_joint(word.lower(), before, at, after)
    ]
    return min(ranked)[2] if ranked else None


def _is_joint(word: str, before: int, at: int, after: int) -> bool:
    """Whether a part may end and the next begin between the syllables before..at and at..after.

    A doubled consonant (schwim-mer, Son-ne) is nearly always inside a part.
    """
    if not LEAST <= at <= len(word) - LEAST or word[before:at] in _words(PREFIXES):
        return False
    syllable = word[at:after]
    if word[at - 1] == word[at] or syllable in _words(SUFFIXES) or WEAK.fullmatch(syllable):
        return False
    return not word[at:].startswith(("keit", "heit", "schaft", "ung"))


@lru_cache(maxsize=4)
def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


@lru_cache(maxsize=1)
def _hyphenator() -> Any:
    import pyphen

    return pyphen.Pyphen(lang="de_DE", left=2, right=2)
