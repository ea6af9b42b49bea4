"""The signs of each language. · is U+00A0, ~ is U+202F in the tables here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compose.punctuation import capitals, may_be_capitals, typographic

CASES = [
    ("en", "It's late", "It’s late"),
    ("en", 'He said "no" twice', "He said “no” twice"),
    ("en", "\"Don't 'worry' now...\"", "“Don’t ‘worry’ now…”"),
    ("en", "18 hours' work since the '90s", "18·hours’ work since the ’90s"),
    ("en", "2 x 330 ml", "2·×·330·ml"),
    ("en", "4-6 pm", "4–6·pm"),
    ("en", "call 555-0192-22", "call 555-0192-22"),
    ("en", "Made slow - sold fast", "Made slow·— sold fast"),
    ("en-GB", "Made slow - sold fast", "Made slow·– sold fast"),
    ("en", "20% off", "20% off"),
    ("en", "-20% today", "−20% today"),
    ("en", "cold-brew", "cold-brew"),
    ("en", "Room 4 in the house", "Room 4 in the house"),
    ("en", "until 31 December 2026", "until 31·December 2026"),
    ("de", "bis 31. Dezember", "bis 31.·Dezember"),
    ("fr", "L'attente est comprise !", "L’attente est comprise~!"),
    ("fr", "Ça va? Oui; très bien", "Ça va~? Oui~; très bien"),
    ("fr", "Prix: 3 €", "Prix·: 3·€"),
    ("fr", "à 7:30", "à·7:30"),
    ("fr", '"Bonjour"', "«~Bonjour~»"),
    ("fr", "« Vous dormez ? »", "«~Vous dormez~?~»"),
    ("fr", "-20%", "−20·%"),
    ("fr", "https://vesper.example/?a=1", "https://vesper.example/?a=1"),
    ("fr-CA", "Ça va ?", "Ça va?"),
    ("de", '"Der Kaffee ist fertig."', "„Der Kaffee ist fertig.“"),
    ("de", "'Ich' nicht", "‚Ich‘ nicht"),
    ("de", "z.B. 20% weniger", "z.~B. 20·% weniger"),
    ("de", "ab 3,90 €", "ab 3,90·€"),
    ("de-CH", '"Ja"', "«Ja»"),
    ("pl", "kawa w nocy", "kawa w·nocy"),
]


@pytest.mark.parametrize(("locale", "given_text", "expected"), CASES)
def test_text_is_set_as_the_locale_sets_it(locale: str, given_text: str, expected: str) -> None:
    shown = typographic(given_text, locale).replace("\u00a0", "·").replace("\u202f", "~")
    assert shown == expected


@pytest.mark.parametrize(("locale", "given_text", "expected"), CASES)
def test_setting_twice_changes_nothing(locale: str, given_text: str, expected: str) -> None:
    once = typographic(given_text, locale)
    assert typographic(once, locale) == once


@given(st.text(alphabet="aéZ 18.,!?:;'\"-%€x…«»", max_size=30), st.sampled_from(["en", "fr", "de", "es", "pl"]))
def test_letters_and_figures_are_never_touched(text: str, locale: str) -> None:
    kept = [c for c in typographic(text, locale) if c in "aéZ18"]
    assert kept == [c for c in text if c in "aéZ18"]


def test_capitals_follow_the_language() -> None:
    assert capitals("Straße", "de") == "STRAẞE"
    assert capitals("Straße", "de", has_sharp_s=False) == "STRASSE"
    assert capitals("istanbul", "tr") == "İSTANBUL"
    assert capitals("Καλημέρα", "el") == "ΚΑΛΗΜΕΡΑ"
    assert capitals("été", "fr") == "ÉTÉ"


def test_capitals_are_for_short_shouts() -> None:
    assert may_be_capitals("cold brew")
    assert not may_be_capitals("slept eighteen hours today")
    assert not may_be_capitals("Nachtschichtverlängerung")
