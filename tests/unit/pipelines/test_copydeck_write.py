"""Copy decks: a person's words first, options that fit everywhere, nothing that depends on other decks."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from copy_samples import LOCALES, PLACEMENTS, brief_in, concept, kit, placement, plan

from factory.errors import StageError
from factory.records import CopyDeck, Fact, Line, Product
from pipelines.claims import allowed_from, guard
from pipelines.copydeck.engine import assign, first_word
from pipelines.copydeck.ranker import WordRanker
from pipelines.copydeck.write import review, write, write_told

GOLDEN = Path(__file__).parents[2] / "data" / "copy-decks.json"
WORDS = WordRanker()


@lru_cache(maxsize=64)
def deck(locale: str, at: int) -> CopyDeck:
    return fresh_deck(locale, at)


def fresh_deck(locale: str, at: int) -> CopyDeck:
    return write(
        brief_in(locale), plan()[at], locale, kit(), PLACEMENTS, ranker=WORDS, concepts=plan(), category="rye bread"
    )


def all_decks() -> dict[str, dict[str, list[list[str]]]]:
    decks: dict[str, dict[str, list[list[str]]]] = {}
    for locale in LOCALES:
        for at, c in enumerate(plan()):
            texts: dict[str, list[list[str]]] = {}
            for text in deck(locale, at).texts:
                texts.setdefault(text.field, []).append([text.text, text.source])
            decks[f"{locale} {c.id}"] = texts
    return decks


def test_the_decks_are_those_that_a_person_last_read() -> None:
    """Set COPY_GOLDEN=write to write the file anew, then read it aloud before it is committed."""
    made = json.dumps(all_decks(), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("COPY_GOLDEN") == "write":
        GOLDEN.write_text(made, encoding="utf-8")
    assert made == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_persons_line_stands_first_word_for_word(locale: str) -> None:
    brief = brief_in(locale)
    own = deck(locale, 13)
    for name, field in (("headline", "art_headline"), ("sub", "art_sub"), ("primary_text", "primary_text")):
        if name in brief.lines[0].texts[locale]:
            first = own.options(field)[0]
            assert (first.text, first.source, first.facts) == (brief.lines[0].texts[locale][name], "brief", ("rest",))


def test_a_persons_line_that_fails_is_dropped_with_a_reason() -> None:
    told = write_told(brief_in("en"), concept("attitude", "crust", line="boast"), "en", kit(), PLACEMENTS, ranker=WORDS)
    assert [(f.code, f.where) for f in told.findings] == [("claims.superlative", "lines.boast.texts.en.headline")]
    assert "best" not in " ".join(t.text for t in told.deck.texts)
    assert told.deck.options("art_sub")[0].text == "Listen."


def test_review_tells_what_is_wrong_with_lines_before_anything_is_made() -> None:
    assert [f.where for f in review(brief_in("en"), kit(), "en")] == ["lines.boast.texts.en.headline"]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_that_was_not_given_passes_the_guard(locale: str) -> None:
    for at in range(len(plan())):
        brief = brief_in(locale)
        allowed = allowed_from(brief, kit(), locale, brief.tribes[0])
        for text in deck(locale, at).texts:
            if text.source == "grammar":
                assert not [f for f in guard(text.text, allowed, locale, author="grammar") if f.verdict == "fail"]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_limit_of_every_placement_is_met(locale: str) -> None:
    for at in range(len(plan())):
        for place in PLACEMENTS:
            for field, rule in place.text.items():
                assert deck(locale, at).first(field, rule.limit), (plan()[at].id, place.id, field)


def test_a_limit_that_nothing_meets_says_which_and_what_to_do() -> None:
    with pytest.raises(StageError) as caught:
        write(brief_in("en"), concept(), "en", kit(), [placement("tiny", headline=3)], ranker=WORDS)
    assert str(caught.value) == (
        "No headline of concept 'c01-craft' in 'en' has at most 3 characters (the shortest has 9) (tiny). "
        "Give a shorter fact, product name or brand name, or write a line for it."
    )


def test_a_deck_does_not_depend_on_which_others_were_made_before() -> None:
    before = fresh_deck("de", 4)
    for at in (0, 9, 2):
        fresh_deck("fr", at)
    assert fresh_deck("de", 4) == before


def test_headlines_of_a_batch_open_differently() -> None:
    for locale in LOCALES:
        openings = Counter(first_word(deck(locale, at).options("art_headline")[0].text) for at in range(len(plan())))
        assert openings.most_common(1)[0][1] <= 2, openings
        assert sum(n - 1 for n in openings.values()) <= 2, openings


def test_shares_follow_from_the_plan_alone() -> None:
    shares = assign(brief_in("en"), plan(), "en")
    silent = [c.id for c in plan() if c.line != "tomorrow"]
    assert [shares[i].index for i in silent] == list(range(len(silent)))
    assert shares == assign(brief_in("en"), plan(), "en")


def test_told_fields_say_what_the_brief_says() -> None:
    price, trust, voice = deck("fr", 5), deck("fr", 9), deck("fr", 12)
    number = deck("fr", 0)
    shown = {f: [t.text for t in d.options(f)] for d, fs in (
        (number, ("art_number", "art_unit")), (price, ("art_price", "art_legal")),
        (trust, ("art_rating", "art_source")), (voice, ("art_quote", "art_role")),
    ) for f in fs}
    assert shown == {
        "art_number": ["36"], "art_unit": ["h", "heures"], "art_price": ["5,20\u00a0€"],
        "art_legal": ["Pain de 1 kg. Contient du gluten. Prix conseillé.", "Contient du gluten. Prix conseillé."],
        "art_rating": ["4,6"], "art_source": ["312 acheteurs, exemple, mai 2026"],
        "art_quote": ["«\u202fJe venais pour un pain.\u202f»"], "art_role": ["facteur"],
    }


def test_an_offer_shows_its_own_price_old_price_code_and_terms() -> None:
    offer = deck("de", 6)
    assert [offer.options(f)[0].text for f in ("art_price", "art_was", "art_code", "art_date")] == [
        "9\u00a0€", "10,40\u00a0€", "CRUMB", "30.\u00a0November",
    ]
    assert offer.options("art_legal")[0].text.startswith("Bis 30. November 2026, in beiden Läden.")


def test_an_offers_price_is_never_said_to_be_the_products() -> None:
    for locale in LOCALES:
        for text in deck(locale, 6).texts:
            assert not ("Long Loaf" in text.text and "9" in text.text.replace("10,40", "").replace("30", "")), text


def test_items_are_short_different_and_each_on_a_fact_of_its_own() -> None:
    for locale in LOCALES:
        points = deck(locale, 7).options("art_item")
        assert 3 <= len(points) <= 4
        assert all(len(p.text) <= 28 for p in points)
        assert len({p.facts for p in points}) == len(points)


@pytest.mark.parametrize(("locale", "words"), [("en", "Shop now"), ("fr", "Acheter"), ("de", "Jetzt kaufen")])
def test_the_button_is_told_by_the_action_and_the_locale(locale: str, words: str) -> None:
    assert deck(locale, 0).options("art_cta")[0].text == words


def test_formal_address_changes_the_grammar() -> None:
    silent = concept("desire", "", id="c00")
    brief = brief_in("fr", lines=())
    decks = {f: write(brief, silent, "fr", kit(formality={"fr": f}), PLACEMENTS, ranker=WORDS) for f in ("tu", "vous")}
    texts = {form: " ".join(t.text for t in made.texts) for form, made in decks.items()}
    assert texts["tu"] != texts["vous"]
    assert " toi" not in texts["vous"]


def test_the_provenance_says_who_judged_and_who_drafted() -> None:
    told = write_told(brief_in("en"), concept(), "en", kit(), PLACEMENTS, ranker=WORDS)
    assert told.provenance == {"ranker": "words", "drafts": "none"}


def test_a_language_without_grammar_is_served_by_lines_alone() -> None:
    own = "昨日のパン。"
    texts = {"headline": own, "primary_text": "ゆっくり。", "description": "パン。", "long_headline": own}
    line = Line(id="ja", texts={"ja": texts}, fact="rest")
    made = write(brief_in("en", lines=(line,)), concept(line="ja"), "ja", kit(), PLACEMENTS, ranker=WORDS)
    assert made.options("art_headline")[0].text == "昨日のパン。"
    assert made.options("headline")[0].text == "昨日のパン。"


def test_a_language_without_grammar_and_without_lines_is_refused_with_a_remedy() -> None:
    with pytest.raises(StageError, match=r"written a line in 'ja'.*grammar/ja\.yaml \(de, en, fr are there\)"):
        write(brief_in("en"), concept(), "ja", kit(), PLACEMENTS, ranker=WORDS)


def test_what_must_be_said_stands_in_the_legal_line() -> None:
    made = write(brief_in("en", must_say=("Bake again.",)), concept(), "en", kit(), PLACEMENTS, ranker=WORDS)
    assert "Bake again." in made.options("art_legal")[0].text


def test_the_barest_brief_still_gets_a_deck() -> None:
    bare = Product(name="Loaf", category="bread", facts=(Fact(id="a", kind="benefit", text="it keeps"),), pictures=())
    brief = brief_in("en", product=bare, offer=None, proof=(), lines=(), must_not_say=())
    made = write(brief, replace(concept("presence", ""), tribe="slow"), "en", kit(), PLACEMENTS, ranker=WORDS)
    assert made.options("art_headline")
    assert all(made.options(f) for f in ("primary_text", "headline", "long_headline", "description"))
