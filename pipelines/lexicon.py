"""A language as data: what counts as a number, a unit, a negation or a strong claim in it.

One file a language, `copydeck/grammar/<language>.yaml`; a language without a file gets `NEUTRAL`, which still knows
digits, signs and currencies. Words in the lists are compared folded (`fold`); a `*` stands for any letters.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "copydeck" / "grammar"
GIVEN = "\ufffc"
"""Stands in a text for words that were given and need no more proof."""

_TOKEN = re.compile(rf"\d+⁄\d+|\d+(?:[.,’'\u00a0\u202f]\d+)*|[^\W\d_]+|{GIVEN}|[^\w\s]|_")


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A word, a figure, a sign or a given phrase, with its place in the text."""

    text: str
    start: int
    end: int
    glued: bool = False
    """No space stands before it."""

    @property
    def is_word(self) -> bool:
        """Made of letters."""
        return self.text[0].isalpha()

    @property
    def is_figure(self) -> bool:
        """Made of digits."""
        return self.text[0].isdecimal()


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number as said in a text: its value (None: a numeral we cannot read) and the tokens `first` up to `last`."""

    value: Decimal | None
    first: int
    last: int
    spelled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """What the guard and the grammar must know of a language."""

    language: str
    script: str = ""
    quotes: tuple[str, str] = ("“", "”")
    numerals: Mapping[str, Decimal] = field(default_factory=dict)
    """Spelled numbers, folded: `eighteen`, `dix huit`, `achtzehn` (hyphens as spaces)."""
    fused: bool = False
    """Spelled numbers are written as one word (`hundertachtzig`)."""
    links: tuple[str, ...] = ()
    number_tails: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    """A unit's spellings, folded, to one key each."""
    negation: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strong: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)
    """Kind of claim (`superlative`, `free`, `health`, ...) to the words that make it."""
    common: frozenset[str] = frozenset()
    """Small words that tell the language from others."""


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Text for comparing: compatibility forms, no case, no accents, plain apostrophes and hyphens."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.translate({0x2019: "'", 0x2010: "-", 0x2011: "-", 0xA0: " ", 0x202F: " "})


def normal(text: str) -> str:
    """Compatibility forms sign by sign (`½`, `①`, full width), but for the spaces and signs that typesetting needs."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if c in "\u00a0\u202f\u2009…™" else unicodedata.normalize("NFKC", c) for c in composed)


def tokens(text: str) -> list[Token]:
    """Words (cut at hyphens and apostrophes), figures with their separators, and signs."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        glued = bool(found) and found[-1].end == match.start()
        found.append(Token(text=match.group(), start=match.start(), end=match.end(), glued=glued))
    return found


def same_noun(a: str, b: str) -> bool:
    """Whether two folded words are one noun but for an ending (`calorie`, `calories`)."""
    short, long = sorted((a, b), key=len)
    return short == long or (len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 2)


def language_of(locale: str) -> str:
    """The language of a BCP 47 tag."""
    return locale.replace("_", "-").split("-", maxsplit=1)[0].lower()


def known_languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.yaml")))


@lru_cache(maxsize=16)
def language_file(language: str) -> Mapping[str, Any]:
    """The whole file of a language as plain data; empty when there is none."""
    path = FOLDER / f"{language}.yaml"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not path.is_file():
        return {}
    data: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=16)
def lexicon(locale: str) -> Lexicon:
    """The lexicon of a locale's language; one that knows no words when the language has no file."""
    language = language_of(locale)
    data = language_file(language).get("lexicon")
    if data is None:
        return Lexicon(language=language)
    return Lexicon(
        language=language,
        script=str(data["script"]),
        quotes=(data["quotes"][0], data["quotes"][1]),
        numerals=_numerals(data),
        fused=bool(data.get("fused", False)),
        links=_folded(data.get("links", ())),
        number_tails=_folded(data.get("number_tails", ())),
        units={fold(w): key for key, words in data["units"].items() for w in (key, *words)},
        negation={k: tuple(v) if k == "idioms" else _folded(v) for k, v in data["negation"].items()},
        strong={k: tuple(wildcard(w) for w in v) for k, v in data["strong"].items()},
        common=frozenset(_folded(data["common"])),
    )


def _numerals(data: Mapping[str, Any]) -> dict[str, Decimal]:
    counted = {fold(w).replace("-", " "): Decimal(n) for n, w in enumerate(data["numerals"])}
    more = {fold(str(w)): Decimal(str(n)) for w, n in data["more_numerals"].items()}
    return {**counted, **more}


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(str(w)) for w in words)


@lru_cache(maxsize=4096)
def wildcard(phrase: str) -> re.Pattern[str]:
    """A pattern for a folded word or phrase: whole words, `*` for any letters, one or more spaces for a space."""
    body = re.escape(fold(phrase)).replace(r"\*", r"\w*").replace(r"\ ", r"[\s'-]+")
    return re.compile(rf"(?<!\w){body}(?!\w)")


# ------------------------------------------------------------------------------------------------- numbers


def figures(words: Sequence[Token], locale: str) -> list[Figure]:
    """Every number said, in digits or in words, in order. Ones in words are articles as often as numbers: left out."""
    lex = lexicon(locale)
    found: list[Figure] = []
    at = 0
    while at < len(words):
        figure = _digits(words, at, locale) or _spelled(words, at, lex)
        if figure is None:
            at += 1
            continue
        if not (figure.spelled and figure.value in (0, 1)):
            found.append(figure)
        at = figure.last + 1
    return found


def _digits(words: Sequence[Token], at: int, locale: str) -> Figure | None:
    if words[at].is_figure:
        return Figure(value=read_number(words[at].text, locale), first=at, last=at, spelled=False)
    if any(unicodedata.category(c) in ("Nl", "No") for c in words[at].text):
        return Figure(value=None, first=at, last=at, spelled=False)
    return None


def read_number(text: str, locale: str) -> Decimal | None:
    """The value of digits with separators as a locale writes them; None when they make no number."""
    if "⁄" in text:
        over, under = (Decimal(x) for x in text.split("⁄"))
        return over / under if under else None
    mark = decimal_mark(locale)
    whole, _, part = text.rpartition(mark) if mark in text else (text, "", "")
    groups = re.split(r"[.,’'\u00a0\u202f]", whole)
    if len(groups) > 1 and any(len(g) != 3 for g in groups[1:]):
        return _other_reading(text)
    digits = "".join(groups)
    return Decimal(f"{digits}.{part}" if part else digits)


def _other_reading(text: str) -> Decimal | None:
    """`4.8` in a locale that writes `4,8`: read as a decimal when that is the only sense it can have."""
    parts = re.split(r"[.,]", text)
    return Decimal(".".join(parts)) if len(parts) == 2 and all(p.isdecimal() for p in parts) else None


@lru_cache(maxsize=64)
def decimal_mark(locale: str) -> str:
    """The decimal sign of a locale; a point when the locale is unknown."""
    from babel import UnknownLocaleError
    from babel.numbers import get_decimal_symbol

    try:
        return str(get_decimal_symbol(locale.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "."


def _spelled(words: Sequence[Token], at: int, lex: Lexicon) -> Figure | None:
    """A run of number words: the longest table entries first, then hundreds and thousands built up."""
    values: list[Decimal] = []
    last, here = at - 1, at
    while here < len(words):
        hit = _longest(words, here, lex)
        if hit and _joins(values, hit[0]):
            values.extend(hit[0])
            last, here = hit[1], hit[1] + 1
        elif values and values[-1] >= 100 and here == last + 1 and fold(words[here].text) in (*lex.links, "-"):
            here += 1
        else:
            break
    return Figure(value=_sum(values), first=at, last=last, spelled=True) if values else None


def _joins(before: Sequence[Decimal], after: Sequence[Decimal]) -> bool:
    """Whether a numeral goes on with the one before it: only hundreds and thousands take or make company."""
    return not before or before[-1] >= 100 or after[0] >= 100


def _longest(words: Sequence[Token], at: int, lex: Lexicon) -> tuple[list[Decimal], int] | None:
    """The longest numeral that starts at a token, as (values, last token)."""
    for size in range(7, 0, -1):
        run = words[at : at + size]
        if len(run) < size or not run[-1].is_word or not run[0].is_word:
            continue
        phrase = " ".join(fold(t.text) for t in run if t.text not in "-‐‑")
        if phrase in lex.numerals:
            return [lex.numerals[phrase]], at + size - 1
    values = _fused(fold(words[at].text), lex) if words[at].is_word else []
    return (values, at) if values else None


def _fused(word: str, lex: Lexicon) -> list[Decimal]:
    """Numbers inside one word: `hundertachtzig`, `zehnmal`, `tenfold`; empty when the word is no number."""
    stem = next((word[: -len(t)] for t in lex.number_tails if word.endswith(t) and len(word) > len(t) + 2), word)
    if stem in lex.numerals:
        return [lex.numerals[stem]]
    if not lex.fused:
        return []
    for cut in range(len(stem) - 1, 2, -1):
        head, tail = stem[:cut], stem[cut:]
        tail = next((tail[len(k) :] for k in lex.links if tail.startswith(k)), tail)
        if head in lex.numerals and (rest := _fused(tail, lex)):
            return [lex.numerals[head], *rest]
    return []


def _sum(values: Sequence[Decimal]) -> Decimal:
    """`two hundred (and) eighty` as 280: hundreds multiply what stands before, thousands close a group."""
    total = current = Decimal(0)
    for value in values:
        if value == 100:
            current = max(current, Decimal(1)) * value
        elif value >= 1000:
            total += max(current, Decimal(1)) * value
            current = Decimal(0)
        else:
            current += value
    return total + current


# ------------------------------------------------------------------------------------------------- denials


def negations(words: Sequence[Token], lex: Lexicon) -> Iterator[tuple[int, int | None]]:
    """(the denying word, the noun it denies or None when none can be told), for each denial of a thing."""
    before, after, of = (lex.negation.get(k, ()) for k in ("before", "after", "of"))
    for at, token in enumerate(words):
        word = fold(token.text)
        turned = word in after and at + 1 < len(words) and fold(words[at + 1].text) in of
        if word in before or turned or token.text == "0":
            yield from ((at, noun) for noun in _nouns_after(words, at + 1, lex))
        elif word in after and at > 0:
            yield at, _noun_before(words, at)
        elif denying_tail(word, lex):
            yield at, at


def hedged(text: str, noun: str, lex: Lexicon) -> bool:
    """Whether a fact denies less than its noun: `no added sugar` does not say that there is no sugar."""
    partial = lex.negation.get("partial", ())
    own = fold(noun).split()
    return any(fold(t.text) in partial and fold(t.text) not in own for t in tokens(text))


def denies(text: str, lex: Lexicon) -> bool:
    """Whether a text denies the presence of anything."""
    return next(negations(tokens(text), lex), None) is not None


def denied_words(text: str, lex: Lexicon) -> str:
    """The folded words after the first denying word of a text, up to a sign: all that a hedged fact denies."""
    words = tokens(text)
    before = lex.negation.get("before", ())
    start = next((at + 1 for at, t in enumerate(words) if fold(t.text) in before), len(words))
    run = itertools.takewhile(lambda t: t.is_word, words[start : start + 4])
    return " ".join(fold(t.text) for t in run)


def denying_tail(word: str, lex: Lexicon) -> str:
    """The ending by which a folded word denies its own stem (`frei` in `zuckerfrei`), or ""."""
    tails, innocent = lex.negation.get("tails", ()), lex.negation.get("innocent", ())
    tail = next((t for t in tails if word.endswith(t) and len(word) > len(t) + 2), "")
    return "" if word in innocent else tail


def _nouns_after(words: Sequence[Token], at: int, lex: Lexicon) -> list[int | None]:
    """The nouns under a denial, over `or` and `nor`; modifiers (`added`, `de`, `mg`) are stepped over."""
    nouns: list[int | None] = []
    between, joins = lex.negation.get("between", ()), lex.negation.get("joins", ())
    starts = (*lex.negation.get("before", ()), *lex.negation.get("starts", ()))
    while at < len(words):
        word = fold(words[at].text)
        if word in between or words[at].text in "'’-%":
            at += 1
            continue
        nouns.append(at if words[at].is_word else None)
        joined = at + 2 < len(words) and fold(words[at + 1].text) in joins
        if not joined or not words[at + 2].is_word or fold(words[at + 2].text) in starts:
            return nouns
        at += 2
    return nouns or [None]


def _noun_before(words: Sequence[Token], at: int) -> int | None:
    step = at - 1
    while step >= 0 and words[step].text in "-‐‑?:":
        step -= 1
    return step if step >= 0 and words[step].is_word else None
