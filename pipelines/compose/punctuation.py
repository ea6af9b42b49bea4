"""Typographic signs as each language sets them: quotes, apostrophes, spaces that do not break, minus and times.

Everything here may be applied twice without harm, and leaves words alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

NBSP, THIN = "\u00a0", "\u202f"
_ANY_SPACE = "[ \u00a0\u202f]"
_OPENING = r"(^|[\s(\[{–—\u00a0\u202f])"

QUOTES = {
    "en": ("“", "”", "‘", "’"),
    "de": ("„", "“", "‚", "‘"),
    "de-CH": ("«", "»", "‹", "›"),
    "fr": (f"«{THIN}", f"{THIN}»", "“", "”"),
    "es": ("«", "»", "“", "”"),
    "it": ("«", "»", "“", "”"),
    "pt": ("«", "»", "“", "”"),
    "pt-BR": ("“", "”", "‘", "’"),
    "nl": ("“", "”", "‘", "’"),
    "pl": ("„", "”", "«", "»"),
    "cs": ("„", "“", "‚", "‘"),
    "ru": ("«", "»", "„", "“"),
    "uk": ("«", "»", "„", "“"),
    "sv": ("”", "”", "’", "’"),
    "da": ("»", "«", "›", "‹"),
}
UNITS = (
    "°C °F ° % ‰ € $ £ ¥ ₽ zł kr CHF EUR USD GBP h min s ms kg g mg µg l L dl cl ml fl oz lb km m cm mm mi ft "
    "kWh W kcal kJ cal am pm a.m. p.m. Uhr hours hour heures heure Stunden Stunde minutes minute Minuten Minute "
    "seconds second secondes seconde Sekunden Sekunde weeks week semaines semaine Wochen Woche sec Sek. Std. Min. mn "
    "days day jours jour Tage Tag Tagen years year ans Jahre Jahr nights night nuits nuit Nächte Nacht"
)
SHORT_WORDS = {
    "fr": ("à", "y", "a", "ô"),
    "pl": ("a", "i", "o", "u", "w", "z"),
    "cs": ("a", "i", "k", "o", "s", "u", "v", "z"),
    "ru": ("а", "в", "и", "к", "о", "с", "у", "я"),
    "uk": ("а", "в", "з", "і", "й", "о", "у", "я"),
}


def language_of(locale: str) -> str:
    """`de` of `de-AT`."""
    return locale.split("-", maxsplit=1)[0].lower()


def typographic(text: str, locale: str) -> str:
    """`text` with the signs a typesetter of the locale would use."""
    for rule in (_dots, _quotes, _apostrophes, _numbers, _dashes, _spaces):
        text = rule(text, locale)
    return SPACING.get(language_of(locale), _as_is)(text, locale)


def _as_is(text: str, locale: str) -> str:
    del locale
    return text


def _dots(text: str, locale: str) -> str:
    del locale
    return re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", text)


def _quotes(text: str, locale: str) -> str:
    """Straight double quotes, and single ones around words, become the locale's pairs."""
    outer_open, outer_close, inner_open, inner_close = QUOTES.get(locale) or QUOTES.get(
        language_of(locale), QUOTES["en"]
    )
    text = re.sub(_OPENING + r'"(?=\S)', rf"\1{outer_open}", text)
    text = re.sub(r'(?<=[^\s])"', outer_close, text)
    return re.sub(
        _OPENING + r"'(?=\S)((?:[^']|(?<=\w)'(?=\w))*?[^\s'])'(?=$|[\s.,;:!?)\]…”»“])",
        rf"\1{inner_open}\2{inner_close}", text,
    )


def _apostrophes(text: str, locale: str) -> str:
    """What is left of straight single quotes: apostrophes within, before (’90s) and after words (hours’)."""
    del locale
    return re.sub(r"(?<=\w)'|'(?=[\w])", "’", text)


def _numbers(text: str, locale: str) -> str:
    """A true minus before figures, a true times between them, and no break between a number and its unit."""
    text = re.sub(r"(^|[\s(\u00a0\u202f])-(?=\d)", r"\1−", text)
    text = re.sub(rf"(?<=\d){_ANY_SPACE}?[xX×]{_ANY_SPACE}?(?=\d)", f"{NBSP}×{NBSP}", text)
    text = _unit_pattern().sub(rf"\1{NBSP}\2", text)
    text = _day_pattern(language_of(locale)).sub(NBSP, text)
    text = re.sub(r"([€$£¥₽]|CHF|R\$|EUR|USD|GBP) (?=\d)", rf"\1{NBSP}", text)
    if language_of(locale) in ("fr", "de", "es", "sv", "ru", "cs"):
        text = re.sub(r"(?<=\d)%", f"{NBSP}%", text)
    return re.sub(r"\b(No\.?|Nr\.|n°|N°|№|p\.|S\.) (?=\d)", rf"\1{NBSP}", text)


@lru_cache(maxsize=1)
def _unit_pattern() -> re.Pattern[str]:
    units = "|".join(sorted(map(re.escape, UNITS.split()), key=len, reverse=True))
    return re.compile(rf"(\d)[ \u00a0](?={units})({units})(?![\w])")


@lru_cache(maxsize=32)
def _day_pattern(language: str) -> re.Pattern[str]:
    """The space between a day and its month, as CLDR names them."""
    from babel.core import UnknownLocaleError
    from babel.dates import get_month_names

    try:
        names = "|".join(re.escape(name) for name in get_month_names("wide", locale=language).values())
    except (UnknownLocaleError, ValueError):
        return re.compile(r"(?!)")
    return re.compile(rf"(?:(?<=\d)|(?<=\d\.))[ ](?=(?:{names})(?!\w))")


def _dashes(text: str, locale: str) -> str:
    """A range takes an en dash; a hyphen between spaces is a dash and does not begin a line."""
    text = re.sub(r"(?<![\d–-])(\d{1,4})-(\d{1,4})(?![\d–-])", r"\1–\2", text)
    dash = "—" if language_of(locale) == "en" and locale != "en-GB" else "–"
    return re.sub(rf"{_ANY_SPACE}(?:--?|[–—])(?= )", lambda found: NBSP + _kept(found.group(), dash), text)


def _kept(found: str, dash: str) -> str:
    """A dash that the writer chose stays; a hyphen becomes the locale's."""
    return found[-1] if found[-1] in "–—" else dash


def _spaces(text: str, locale: str) -> str:
    """No break after one-letter words that would hang at a line's end, where the language minds."""
    words = SHORT_WORDS.get(language_of(locale))
    if not words:
        return text
    return re.sub(rf"(?<![\w’])({'|'.join(words)}) (?=\w)", rf"\1{NBSP}", text, flags=re.IGNORECASE)


def _french(text: str, locale: str) -> str:
    """U+202F before ; ? ! and inside « », U+00A0 before : — Swiss and Canadian French only space the guillemets."""
    text = re.sub(rf"«{_ANY_SPACE}*", f"«{THIN}", text)
    text = re.sub(rf"{_ANY_SPACE}*»", f"{THIN}»", text)
    if locale in ("fr-CA", "fr-CH"):
        return re.sub(rf"{_ANY_SPACE}+(?=[;?!])", "" if locale == "fr-CA" else THIN, text)
    text = re.sub(rf"(?<=[\w%€»”’)\]…]){_ANY_SPACE}*([;?!]+)(?=$|[\s»”)\]])", rf"{THIN}\1", text)
    return re.sub(rf"(?<=[\w%€»”’)\]…]){_ANY_SPACE}*:(?=\s|$)", f"{NBSP}:", text)


def _german(text: str, locale: str) -> str:
    """Abbreviations of two parts hold together (z. B., d. h., u. a.)."""
    del locale
    return re.sub(r"\b(z|d|u|i|o|s)\. ?(?=(B|h|a|d|R|T|Ä|o|u)\.)", rf"\1.{THIN}", text)


SPACING: dict[str, Callable[[str, str], str]] = {"fr": _french, "de": _german}


# -------------------------------------------------------------------------------------------------------- case


def capitals(text: str, locale: str, has_sharp_s: bool = True) -> str:
    """`text` in capitals as the language writes them: ẞ (or SS), Turkish İ and I, Greek without tonos."""
    language = language_of(locale)
    if language in ("tr", "az"):
        text = text.replace("i", "İ").replace("ı", "I")
    if language == "de":
        text = text.replace("ß", "ẞ" if has_sharp_s else "SS")
    upper = text.upper()
    return upper.translate(str.maketrans("ΆΈΉΊΌΎΏ", "ΑΕΗΙΟΥΩ")) if language == "el" else upper


def may_be_capitals(text: str) -> bool:
    """Capitals are for shouts and kickers: at most three words and 18 signs."""
    return len(text.split()) <= 3 and len(text) <= 18
