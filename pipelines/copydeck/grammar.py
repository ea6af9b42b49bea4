"""Patterns of a language, read from its file, and the sentences they make of a concept's material.

A pattern is a row of `grammar/<language>.yaml`:

    {of: time, when: [slow], hook: number, for: [craft], say: ["{n}~{unit}. On purpose.", "..."]}

`of` is the topic (a fact's kind, or price, offer, deadline, rating, quote, reasons, product; `any` for all), `when`
names conditions, `hook` the way it opens, `for` the motives it suits, `say` one idea at several lengths. In `say`,
`{slot}` is filled from the brief, `{slot:cap}` begins it large, `{n:words}` spells a number, `{noun:de}` puts the
language's joint before it; `~` is a no-break space, and `<familiar|formal>` chooses by the kit's form of address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipelines.copydeck.facts import NBSP, Material
from pipelines.lexicon import fold, language_file, language_of, lexicon, wildcard

SLOT = re.compile(r"\{(\w+)((?::\w+)*)\}")
ADDRESS = re.compile(r"<([^<>|]*)\|([^<>|]*)>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """One idea of a sentence. `id` is its place in the file and names it in seeds and tests."""

    id: str
    field: str
    of: tuple[str, ...]
    when: tuple[str, ...]
    hook: str
    motives: tuple[str, ...]
    say: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grammar:
    """A language's patterns and habits."""

    language: str
    patterns: tuple[Pattern, ...]
    traits: Mapping[str, tuple[str, ...]]
    ctas: Mapping[str, tuple[str, ...]]
    marks: tuple[tuple[str, str], ...]
    joints: Mapping[str, tuple[str, str]]
    """A joint's name to (before a consonant, before a vowel): `de` is (`de `, `d’`)."""
    aspirated: tuple[str, ...]
    capital_nouns: bool
    formal: tuple[str, ...]

    def of_field(self, field: str) -> tuple[Pattern, ...]:
        """The patterns of a field, in the file's order."""
        return tuple(p for p in self.patterns if p.field == field)


@lru_cache(maxsize=16)
def grammar(locale: str) -> Grammar | None:
    """The grammar of a locale's language, or None when nobody has written one."""
    data = language_file(language_of(locale)).get("grammar")
    if data is None:
        return None
    return Grammar(
        language=language_of(locale),
        patterns=tuple(p for field, rows in data["lines"].items() for p in _patterns(field, rows)),
        traits={k: tuple(v) for k, v in data["traits"].items()},
        ctas={k: tuple(v) for k, v in data["cta"].items()},
        marks=tuple((a, b) for a, b in data.get("marks", ())),
        joints={k: (v[0], v[1]) for k, v in data.get("joints", {}).items()},
        aspirated=tuple(data.get("aspirated", ())),
        capital_nouns=bool(data.get("capital_nouns", False)),
        formal=tuple(fold(w) for w in data.get("formal", ())),
    )


def _patterns(field: str, rows: list[Mapping[str, Any]]) -> Iterator[Pattern]:
    for at, row in enumerate(rows):
        yield Pattern(
            id=f"{field}.{at}", field=field, of=_many(row.get("of", "any")), when=_many(row.get("when", ())),
            hook=str(row.get("hook", "")), motives=_many(row.get("for", ())), say=_many(row["say"]),
        )


def _many(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


# ------------------------------------------------------------------------------------------------- conditions


def holds(condition: str, material: Material, lang: Grammar) -> bool:
    """Whether a condition of a pattern is true of the material. `not_x` is true when `x` is not."""
    if condition.startswith("not_"):
        return not holds(condition.removeprefix("not_"), material, lang)
    if condition in _TESTS:
        return _TESTS[condition](material)
    about = f"{material.slots.get('category', '')} {material.slots.get('product', '')}"
    told = fold(material.slots.get("fact", "") if condition in _OF_FACT else about)
    return any(_told(word, told) for word in lang.traits[condition])


_OF_FACT = ("slow", "fast", "lasting", "moment")
"""Traits of what the fact says; all others are traits of the product."""


def _told(word: str, text: str) -> bool:
    """Whether a folded text has a trait's word; `^word` must begin it."""
    hit = wildcard(word.removeprefix("^")).search(text)
    return hit is not None and (not word.startswith("^") or hit.start() == 0)


def _between(low: int, high: int) -> Callable[[Material], bool]:
    return lambda m: m.value is not None and Decimal(low) <= m.value <= Decimal(high)


_TESTS: Mapping[str, Callable[[Material], bool]] = {
    "several": lambda m: m.value is not None and m.value > 1,
    "few": _between(2, 3),
    "handful": _between(2, 12),
    "measured": lambda m: bool(m.slots.get("symbol")),
    "counted": lambda m: not m.slots.get("symbol") and m.value is not None and m.value == m.value.to_integral_value(),
    "singular": lambda m: not m.slots.get("noun", "s").endswith(("s", "x", "en")),
    "short": lambda m: len(m.slots.get("fact", "")) <= 34,
    "brief": lambda m: len(m.slots.get("fact", "")) <= 22,
    "named": lambda m: fold(m.slots.get("brand", "")) in fold(m.slots.get("product", "")),
}


# ------------------------------------------------------------------------------------------------- sentences


def sentences(pattern: Pattern, material: Material, lang: Grammar, *, formal: bool) -> tuple[str, ...]:
    """The pattern said of the material, longest first as the file has it; empty when it cannot be said."""
    if not all(holds(c, material, lang) for c in pattern.when):
        return ()
    said = (fill(text, material, lang, formal=formal) for text in pattern.say)
    return tuple(s for s in said if s)


def fill(text: str, material: Material, lang: Grammar, *, formal: bool) -> str:
    """A pattern's text with its slots filled; "" when a slot has no words, or a list would hold one with a comma."""
    text = ADDRESS.sub(lambda m: m.group(2 if formal else 1), text)
    parts = [_slot(name, marks, material, lang) for name, marks in SLOT.findall(text)]
    if not all(parts) or ("}, {fact" in text and any("," in p for p in parts)):
        return ""
    words = iter(parts)
    said = tidy(SLOT.sub(lambda _: next(words), text).replace("~", NBSP), lang)
    return "" if _tangled(said) else said


def _tangled(text: str) -> bool:
    """Two colons or four commas in a sentence: a fact that carries its own is told by itself."""
    return any(s.count(":") > 1 or s.count(",") > 3 for s in re.split(r"[.?!…](?:\s|$)", text))


def tidy(text: str, lang: Grammar) -> str:
    """One full stop where a filled slot brought its own, and the language's spaces before its marks."""
    text = re.sub(r"([.?!…])\.(?!\.)", r"\1", text)
    for plain, set_well in lang.marks:
        text = text.replace(plain, set_well)
    return text.strip()


def _slot(name: str, marks: str, material: Material, lang: Grammar) -> str:
    value = material.slots.get(name, "")
    for mark in marks.split(":")[1:]:
        value = value and _marked(value, mark, material, lang)
    return value


def _marked(value: str, mark: str, material: Material, lang: Grammar) -> str:
    if mark == "cap":
        return value[:1].upper() + value[1:]
    if mark == "words":
        return spelled(material.value, lang)
    if mark == "quoted":
        return lex_quotes(material.locale, value)
    if mark == "low":
        return value if lang.capital_nouns or value[1:2].isupper() else value[:1].lower() + value[1:]
    before, elided = lang.joints[mark]
    return elided + value if _vowel(value, lang) else before + value


def _vowel(value: str, lang: Grammar) -> bool:
    """Whether a word elides the one before it: it begins with a vowel, or an h that is not aspirated."""
    word = fold(value)
    mute_h = word.startswith("h") and not any(word.startswith(a) for a in lang.aspirated)
    return mute_h or word[:1] in "aeiouœ"


def spelled(value: Decimal | None, lang: Grammar) -> str:
    """A whole number below a hundred in words; "" for any other."""
    if value is None or value != value.to_integral_value() or not 0 <= value < 100:
        return ""
    return str(language_file(lang.language)["lexicon"]["numerals"][int(value)])


def says_formal(address: str, lang: Grammar) -> bool:
    """Whether a kit's form of address is the formal one; formal when the kit leaves it open."""
    return not address or fold(address) in lang.formal


def lex_quotes(locale: str, text: str) -> str:
    """A quotation in the locale's marks, unless it has its own."""
    if text[:1] in "“„«\"'‚‘":
        return text
    left, right = lexicon(locale).quotes
    inner = "\u202f" if left == "«" else ""
    return f"{left}{inner}{text}{inner}{right}"
