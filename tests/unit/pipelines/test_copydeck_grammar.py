"""Patterns: what a file may say, and the sentences that come of it."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from copy_samples import LOCALES, brief_in, concept, kit

from pipelines.claims import allowed_from, guard
from pipelines.copydeck.facts import gather
from pipelines.copydeck.grammar import SLOT, Grammar, fill, grammar, holds, lex_quotes, says_formal, sentences, spelled
from pipelines.lexicon import fold, known_languages, language_file


def lang(locale: str) -> Grammar:
    found = grammar(locale)
    assert found is not None
    return found


def said(text: str, locale: str, *, formal: bool = False, fact: str = "rest") -> str:
    return fill(text, gather(brief_in(locale), concept(fact=fact), locale), lang(locale), formal=formal)


@pytest.mark.parametrize(
    ("locale", "pattern", "expected"),
    [
        ("en", "{n}~{unit}. On purpose.", "36\u00a0hours. On purpose."),
        ("en", "{fact:cap}.", "Rested for 36 hours."),
        ("en", "{n:words:cap} {unit}.", "Thirty-six hours."),
        ("fr", "Combien ? {figure}.", "Combien\u202f? 36\u00a0h."),
        ("fr", "À retenir : {figure}.", "À retenir\u00a0: 36\u00a0h."),
        ("de", "{n:words:cap} {unit}.", "Sechsunddreißig Stunden."),
        ("en", "{code}", ""),
    ],
)
def test_a_pattern_is_filled(locale: str, pattern: str, expected: str) -> None:
    assert said(pattern, locale) == expected


def test_the_address_follows_the_kit() -> None:
    assert said("<Prends|Prenez> ton temps", "fr") == "Prends ton temps"
    assert said("<Prends|Prenez> ton temps", "fr", formal=True) == "Prenez ton temps"
    assert says_formal("", lang("fr"))
    assert says_formal("Sie", lang("de"))
    assert not says_formal("tu", lang("fr"))


@pytest.mark.parametrize(
    ("noun", "joined"),
    [("sucre", "de sucre"), ("alcool", "d’alcool"), ("huile", "d’huile"), ("houblon", "de houblon"), ("œuf", "d’œuf")],
)
def test_french_elides_before_a_vowel_and_a_mute_h(noun: str, joined: str) -> None:
    material = gather(brief_in("fr"), concept(fact="rye"), "fr")
    material = replace(material, slots={**material.slots, "noun": noun})
    assert fill("{noun:de}", material, lang("fr"), formal=False) == joined


def test_facts_that_bring_their_own_colon_go_into_no_second_one() -> None:
    material = gather(brief_in("en"), concept(), "en")
    material = replace(material, slots={**material.slots, "fact": "two things: flour and water"})
    assert fill("{product}: {fact}.", material, lang("en"), formal=False) == ""
    assert fill("{fact:cap}.", material, lang("en"), formal=False) == "Two things: flour and water."


def test_a_fact_with_a_comma_goes_into_no_list() -> None:
    material = gather(brief_in("en"), concept(fact="recipe"), "en")
    assert material.slots["fact"] == "flour, water and salt"
    assert fill("{product}: {fact}, {fact2}.", material, lang("en"), formal=False) == ""
    assert fill("{product}: {fact}.", material, lang("en"), formal=False) == "Long Loaf: flour, water and salt."


def test_a_sentence_ends_once() -> None:
    assert said("“So.”. Yes?.", "en") == "“So.”. Yes?"


@pytest.mark.parametrize(
    ("condition", "fact", "expected"),
    [
        ("slow", "rest", True), ("slow", "rye", False), ("not_slow", "rye", True), ("measured", "rye", True),
        ("few", "recipe", True), ("counted", "recipe", True), ("moment", "supper", True), ("moment", "mill", False),
        ("food", "rest", True), ("drink", "rest", False),
    ],
)
def test_a_condition_holds_of_what_the_fact_says(condition: str, fact: str, expected: bool) -> None:
    assert holds(condition, gather(brief_in("en"), concept(fact=fact), "en"), lang("en")) is expected


def test_numbers_above_ninety_nine_and_fractions_are_not_spelled() -> None:
    assert [spelled(Decimal(x), lang("en")) for x in ("18", "180", "1.5")] == ["eighteen", "", ""]


def test_a_quotation_takes_the_locales_marks_once() -> None:
    assert lex_quotes("fr", "Oui.") == "«\u202fOui.\u202f»"
    assert lex_quotes("de", "„Ja.“") == "„Ja.“"


# ---------------------------------------------------------------------------------------- every language's file

TOPICS = {
    "any", "time", "number", "absence", "benefit", "origin", "ingredient", "occasion", "price", "deadline", "offer",
    "rating", "quote", "reasons", "product",
}
SLOTS = {
    "product", "brand", "category", "message", "tribe", "price", "own", "was", "offer", "code", "end", "rating", "best",
    "count", "source", "role", "quote", "fact", "fact2", "fact3", "noun", "unit", "symbol", "figure", "n", "figure2",
    "absence", "time", "hours",
}
MOTIVES = {
    "desire", "fact", "trust", "voice", "attitude", "habit", "craft", "reasons", "price", "wit", "presence", "absence",
    "deadline",
}
HOOKS = {"", "statement", "question", "contrast", "command", "number", "absence", "scene"}
WORN = ("unlock", "elevate", "discover", "game-changer", "unleash", "journey", "experience", "reimagin", "indulg",
        "découvr", "incontournable", "sublime", "entdeck", "genuss", "erleb", "verwöhn", "einzigartig")


@pytest.mark.parametrize("language", known_languages())
def test_every_pattern_names_only_what_there_is(language: str) -> None:
    for pattern in lang(language).patterns:
        assert set(pattern.of) <= TOPICS, pattern
        assert set(pattern.motives) <= MOTIVES, pattern
        assert pattern.hook in HOOKS, pattern
        assert {n for text in pattern.say for n, _ in SLOT.findall(text)} <= SLOTS, pattern
        assert list(pattern.say) == sorted(pattern.say, key=len, reverse=True), pattern
        for condition in pattern.when:
            holds(condition, gather(brief_in("en"), concept(), "en"), lang(language))


@pytest.mark.parametrize("language", known_languages())
def test_a_language_has_a_headline_for_every_topic_and_motive(language: str) -> None:
    lines = lang(language).of_field("headline")
    assert {t for p in lines for t in p.of} >= TOPICS - {"any", "quote"}
    assert {m for p in lines for m in p.motives} == MOTIVES - {"voice"}
    assert len(lines) >= 40


@pytest.mark.parametrize("language", known_languages())
def test_no_pattern_shouts_or_says_a_worn_word(language: str) -> None:
    for pattern in lang(language).patterns:
        for text in pattern.say:
            assert "!" not in text
            assert not [w for w in WORN if fold(w) in fold(text)], text
            assert "'" not in text, f"a straight apostrophe in {text}"
            assert not re.search(r"  |\s[.,]", text), text


@pytest.mark.parametrize("language", known_languages())
def test_a_button_has_at_most_eighteen_characters(language: str) -> None:
    actions = language_file("en")["grammar"]["cta"]
    assert lang(language).ctas.keys() >= actions.keys()
    assert all(len(w) <= 18 for words in lang(language).ctas.values() for w in words)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("formal", [False, True])
def test_everything_the_grammar_says_passes_the_guard(locale: str, formal: bool) -> None:
    """Not by being dropped: the patterns themselves claim nothing, whatever fact they speak of."""
    allowed = allowed_from(brief_in(locale), kit(), locale)
    for fact in brief_in(locale).product.facts:
        for motive, proof in (("craft", ""), ("deadline", ""), ("trust", "stars"), ("voice", "postman")):
            material = gather(brief_in(locale), concept(motive, fact.id, proof=proof), locale)
            for pattern in (p for p in lang(locale).patterns if {"any", *material.topics} & set(p.of)):
                for text in sentences(pattern, material, lang(locale), formal=formal):
                    wrong = [f for f in guard(text, allowed, locale, author="grammar") if f.verdict == "fail"]
                    assert not wrong, (pattern.id, text, wrong)
