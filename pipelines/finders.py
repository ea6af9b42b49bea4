"""What the guard looks for in a text, a function each: (what was found, what would have been right)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.evidence import Allowed, host, unit_after
from pipelines.lexicon import (
    GIVEN,
    Figure,
    Lexicon,
    Token,
    denying_tail,
    figures,
    fold,
    known_languages,
    lexicon,
    negations,
    normal,
    same_noun,
    tokens,
    wildcard,
)

Author = Literal["person", "grammar", "model"]
Hit = tuple[str, str]
"""What was found in the text, and what would have been right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A text under examination, read once: `open` is the text with given phrases covered."""

    text: str
    open: str
    tokens: tuple[Token, ...]
    figures: tuple[Figure, ...]
    allowed: Allowed
    lex: Lexicon
    author: Author


def read(text: str, allowed: Allowed, locale: str, author: Author = "model") -> Subject:
    """Cover what was given word for word, then cut the rest into tokens and numbers."""
    plain = normal(text)
    lex = lexicon(locale)
    covered = _cover(_cover(plain, lex.negation.get("idioms", ()), " "), allowed.phrases, GIVEN)
    words = tokens(covered)
    return Subject(
        text=plain, open=covered, tokens=tuple(words), figures=tuple(figures(words, locale)), allowed=allowed,
        lex=lex, author=author,
    )


def _cover(text: str, phrases: Iterable[str], stand_in: str) -> str:
    """Replace each given phrase, longest first, by a stand-in. `-free` after a phrase is not given with it."""
    for phrase in phrases:
        text = re.sub(rf"(?<!\w){phrase}(?![\w]|-\w)", stand_in, text, flags=re.IGNORECASE)
    return text


# ------------------------------------------------------------------------------------------------- numbers and money


def unknown_numbers(s: Subject) -> Iterator[Hit]:
    known = s.allowed.numbers | (s.allowed.spoken if s.author == "person" else frozenset())
    for figure in s.figures:
        if s.tokens[figure.first].text == "0":
            continue  # a denial, and judged as one
        if figure.value is None or figure.value not in known:
            yield _span(s, figure.first, figure.last), "a number that the brief gives"


def unknown_measures(s: Subject) -> Iterator[Hit]:
    """A given number with another unit: 18 hours given, 18 mg said."""
    for figure in s.figures:
        unit = unit_after(s.tokens, figure, s.allowed.units)
        known = figure.value is not None and figure.value in s.allowed.numbers
        if unit and known and (figure.value, unit) not in s.allowed.measures:
            right = sorted(f"{v.normalize():f} {u}" for v, u in s.allowed.measures if u == unit or v == figure.value)
            yield _span(s, figure.first, figure.last + 1), ", ".join(right) or "a measure that the brief gives"


def wrong_currency(s: Subject) -> Iterator[Hit]:
    for sign, codes in CURRENCIES.items():
        pattern = re.escape(sign) if not sign.isalpha() else rf"(?<!\w){sign}(?!\w)"
        if re.search(pattern, s.open) and not codes & s.allowed.currencies:
            yield sign, ", ".join(sorted(s.allowed.currencies)) or "no price"


CURRENCIES: Mapping[str, frozenset[str]] = {
    "€": frozenset({"EUR"}), "£": frozenset({"GBP"}), "¥": frozenset({"JPY", "CNY"}), "₩": frozenset({"KRW"}),
    "$": frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"}), "zł": frozenset({"PLN"}),
    "₺": frozenset({"TRY"}), "₹": frozenset({"INR"}), "₽": frozenset({"RUB"}), "₪": frozenset({"ILS"}),
    "฿": frozenset({"THB"}),
    **{code: frozenset({code}) for code in ("EUR", "GBP", "USD", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK")},
}


# ------------------------------------------------------------------------------------------------- negation


def _noun(s: Subject, at: int | None) -> str:
    """The folded noun at a place, without a denying tail (`zuckerfrei` is about sugar); two words if they are denied
    together (`hot water`)."""
    if at is None:
        return ""
    word = fold(s.tokens[at].text)
    if tail := denying_tail(word, s.lex):
        return word.removesuffix(tail)
    hedge = at > 0 and fold(s.tokens[at - 1].text) in s.lex.negation.get("partial", ())
    return _denied_at(s, at) or (hedge and _denied_at(s, at - 1)) or word


def _denied_at(s: Subject, at: int) -> str:
    """The denied noun, of one word or several, that begins at a token; "" when none does."""
    for noun in sorted(s.allowed.absent, key=len, reverse=True):
        parts = noun.split()
        here = [fold(t.text) for t in s.tokens[at : at + len(parts)]]
        if len(here) == len(parts) and all(same_noun(a, b) for a, b in zip(here, parts, strict=True)):
            return noun
    return ""


def _denies(s: Subject, at: int) -> bool:
    """Whether a noun that the brief denies begins within the next three words."""
    return any(_denied_at(s, i) for i in range(at, min(at + 3, len(s.tokens))))


def _denials(s: Subject) -> Iterator[tuple[str, str]]:
    """(words as said, folded noun) of each denial."""
    for at, noun in negations(s.tokens, s.lex):
        first, last = (at, at) if noun is None else (min(at, noun), max(at, noun))
        yield _span(s, first, last), _noun(s, noun)


def unknown_denials(s: Subject) -> Iterator[Hit]:
    for said, noun in _denials(s):
        if not any(same_noun(noun, n) for n in (*s.allowed.absent, *s.allowed.present)):
            yield said, ", ".join(sorted(s.allowed.absent)) or "no denial: the brief denies nothing"


def contradictions(s: Subject) -> Iterator[Hit]:
    for said, noun in _denials(s):
        if any(same_noun(noun, n) for n in s.allowed.present):
            yield said, f"{noun}: the brief says it is there"


def loose_denials(s: Subject) -> Iterator[Hit]:
    """`not`, `never` and their kin, unless a denied noun follows."""
    verbs = s.lex.negation.get("verbs", ())
    for at, token in enumerate(s.tokens):
        if fold(token.text) in verbs and not _denies(s, at + 1):
            yield token.text, "no negation but of " + (", ".join(sorted(s.allowed.absent)) or "nothing")


# ------------------------------------------------------------------------------------------------- words


def strong(kind: str) -> Callable[[Subject], Iterator[Hit]]:
    def find(s: Subject) -> Iterator[Hit]:
        text = fold(_undenied(s))
        for hit in (h for pattern in s.lex.strong.get(kind, ()) for h in pattern.findall(text)):
            if not wildcard(hit).search(s.allowed.given):
                yield hit, "words that the brief or the kit gives"
    return find


def _undenied(s: Subject) -> str:
    """The text without its denials: `sugar-free` promises nothing for free."""
    text = s.open
    for at, noun in reversed(list(negations(s.tokens, s.lex))):
        start, end = s.tokens[min(at, noun if noun is not None else at)].start, s.tokens[max(at, noun or at)].end
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def listed(field_name: str) -> Callable[[Subject], Iterator[Hit]]:
    def find(s: Subject) -> Iterator[Hit]:
        text = fold(s.text)
        for phrase in getattr(s.allowed, field_name):
            if phrase and wildcard(phrase).search(text):
                yield phrase, "other words"
    return find


def forbidden(s: Subject) -> Iterator[Hit]:
    text = fold(s.text)
    yield from ((word, instead) for word, instead in s.allowed.forbidden.items() if wildcard(word).search(text))


def urls(s: Subject) -> Iterator[Hit]:
    pattern = r"(?:https?://|www\.)\S+|(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|co|eu|de|fr|uk|ch|at|be|shop|app|dev|info|biz)\b\S*"
    for url in re.findall(pattern, s.open, flags=re.IGNORECASE):
        if host(url).strip(".,;:)") not in s.allowed.hosts:
            yield url, ", ".join(sorted(s.allowed.hosts)) or "no address"


# ------------------------------------------------------------------------------------------------- sanity of the text


def foreign_letters(s: Subject) -> Iterator[Hit]:
    if not s.lex.script:
        return
    for sign in s.text:
        name = unicodedata.name(sign, "")
        if sign.isalpha() and not name.startswith((s.lex.script.upper(), "MICRO SIGN")):
            yield sign, f"letters of the {s.lex.script} script"


def odd_signs(s: Subject) -> Iterator[Hit]:
    """Control characters, private use, pictographs: nothing of the kind is set in type."""
    for sign in s.text:
        category = unicodedata.category(sign)
        if category in ("Cc", "Cf", "Co", "Cn", "Cs") and sign != "\u00ad":
            yield f"U+{ord(sign):04X}", "printable signs"
        elif category in ("So", "Sk") and sign not in "°©®™´":
            yield sign, "words"


PAIRS: tuple[tuple[str, str], ...] = (("“", "”"), ("„", "“"), ("«", "»"), ("‹", "›"), ("(", ")"), ("[", "]"))


def open_quotes(s: Subject) -> Iterator[Hit]:
    text = s.text
    if "„" in text:
        balanced = text.count("„") == text.count("“") + (text.count("”") if "“" not in text else 0)
        pairs = PAIRS[2:]
        if not balanced:
            yield "„", "a closing “"
    else:
        pairs = PAIRS[:1] + PAIRS[2:]
    for left, right in pairs:
        if text.count(left) != text.count(right):
            yield (left if text.count(left) > text.count(right) else right), f"{left} and {right} in pairs"
    if text.count('"') % 2:
        yield '"', "quotation marks in pairs"


LEFTOVER = re.compile(
    r"[{}<>\\|`~^_]|\[[^\]]*\]|%[sd]\b|lorem ipsum|\bTODO\b|\bTBD\b|\bX{2,}\b|"
    r"^(?:headline|title|titre|titel|überschrift|slogan|option|output|answer|assistant|user|system)\s*\d*\s*:",
    re.IGNORECASE,
)


def leftovers(s: Subject) -> Iterator[Hit]:
    yield from ((match.group(), "words that are finished") for match in LEFTOVER.finditer(s.text))
    if not any(c.isalnum() for c in s.text):
        yield s.text or "nothing", "at least a word"


def stutter(s: Subject) -> Iterator[Hit]:
    for a, b in zip(s.tokens, s.tokens[1:], strict=False):
        alike = a.is_word and len(a.text) > 1 and fold(a.text) == fold(b.text)
        if alike and a.text[0].islower() == b.text[0].islower():
            yield f"{a.text} {b.text}", a.text


def shouting(s: Subject) -> Iterator[Hit]:
    if "!" in s.text:
        yield "!", "."
    capitals = re.search(r"[A-ZÀ-Þ]{3,}(?:\W+[A-ZÀ-Þ]{3,})+", s.open)
    if capitals:
        yield capitals.group(), capitals.group().capitalize()
    if re.search(r"[?.]{4,}|\?\?", s.text):
        yield "??", "?"


def babble(s: Subject) -> Iterator[Hit]:
    """A word that no language here has: no vowel, five letters of a kind, long runs of consonants."""
    for token in s.tokens:
        word = fold(token.text)
        if not token.is_word or len(word) < 4:
            continue
        crowded = re.search(rf"[^aeiouyœæø]{{{9 if s.lex.fused else 6},}}", word)
        if crowded or not re.search(r"[aeiouyœæø]", word) or re.search(r"(.)\1\1", word):
            yield token.text, "words of the language"


def unfinished(s: Subject) -> Iterator[Hit]:
    """A sentence that stops in the middle, as a model's does when its tokens run out."""
    end = s.text.rstrip()[-1:] or " "
    long = len(s.text.split()) > 6
    if end in ":,;-–(" or (long and end not in ".?…”“»"):
        yield s.text[-12:] or "nothing", "a sentence with an end"


def other_language(s: Subject) -> Iterator[Hit]:
    """More small words of another language than of its own."""
    words = [fold(t.text) for t in s.tokens if t.is_word]
    counts = {x: sum(w in lexicon(x).common for w in words) for x in known_languages()}
    own = counts.get(s.lex.language, 0)
    other = max((x for x in counts if x != s.lex.language), key=lambda x: (counts[x], x), default="")
    if s.lex.common and other and counts[other] > own:
        yield s.text, s.lex.language


def unfounded(s: Subject) -> Iterator[Hit]:
    """A sentence that shares no word with the brief is about something else."""
    words = {fold(t.text) for t in s.tokens if t.is_word and len(t.text) >= 4}
    known = GIVEN in s.open or bool(s.figures) or any(n in s.allowed.absent for _, n in _denials(s))
    if not known and not any(same_noun(w, k) for w in words for k in s.allowed.words):
        yield s.text or "nothing", "a word of the brief"


def _span(s: Subject, first: int, last: int) -> str:
    last = min(last, len(s.tokens) - 1)
    return s.open[s.tokens[first].start : s.tokens[last].end].replace(GIVEN, "…")
