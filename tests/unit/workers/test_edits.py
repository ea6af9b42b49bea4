"""A person's words in a deck, before anything is composed."""

from __future__ import annotations

from factory.records import CopyDeck, Text
from workers.edits import base_of, edited, kept, otherwise
from workers.stages import spare


def text(field: str, words: str, source: str = "grammar") -> Text:
    return Text(field=field, text=words, source=source, facts=("f",))


DECK = CopyDeck(concept="c", locale="en", texts=(
    text("art_headline", "Long one"), text("art_headline", "Short"), text("art_sub", "Sub"),
    text("art_item", "One"), text("art_item", "Two"), text("art_item", "Three"), text("headline", "Ad"),
))  # fmt: skip


def shown(**copy: str) -> dict[str, dict[str, object]]:
    return {k: {"field": base_of(k), "text": v, "source": "grammar", "facts": ["f"]} for k, v in copy.items()}


def said(deck: CopyDeck, field: str) -> list[tuple[str, str]]:
    return [(t.text, t.source) for t in deck.options(field)]


def test_a_persons_words_are_the_only_option_of_their_field() -> None:
    deck = edited(DECK, {"art_headline": "Mine"}, shown(art_headline="Long one"))
    assert said(deck, "art_headline") == [("Mine", "person")]
    assert said(deck, "art_sub") == [("Sub", "grammar")] and len(deck.texts) == len(DECK.texts) - 1


def test_an_empty_text_leaves_the_field_out() -> None:
    assert said(edited(DECK, {"art_sub": ""}, shown(art_sub="Sub")), "art_sub") == []


def test_the_second_of_several_texts_is_changed_in_its_place() -> None:
    deck = edited(DECK, {"art_item_2": "Mine"}, shown(art_item="One", art_item_2="Two", art_item_3="Three"))
    assert said(deck, "art_item") == [("One", "grammar"), ("Mine", "person"), ("Three", "grammar")]


def test_a_field_that_was_not_there_is_added() -> None:
    assert said(edited(DECK, {"art_body": "New"}, shown()), "art_body") == [("New", "person")]


def test_a_field_that_was_not_shown_is_replaced_all_the_same() -> None:
    assert said(edited(DECK, {"headline": "Mine"}, shown()), "headline") == [("Mine", "person")]


def test_facts_stay_with_untouched_words_and_not_with_a_persons() -> None:
    deck = edited(DECK, {"art_item_2": "Mine"}, shown(art_item="One", art_item_2="Two"))
    assert [t.facts for t in deck.options("art_item")] == [("f",), ()]


def test_a_calmer_try_keeps_what_a_person_wrote() -> None:
    deck = edited(DECK, {"art_sub": "Mine"}, shown(art_sub="Sub"))
    assert said(spare(deck), "art_sub") == [("Mine", "person")] and said(spare(DECK), "art_sub") == []


def test_numbers_belong_to_fields_on_the_picture_only() -> None:
    assert [base_of(n) for n in ("art_item_2", "art_item", "headline", "long_headline", "art_word_10")] == [
        "art_item", "art_item", "headline", "long_headline", "art_word"]


def options(deck, field):
    return [t.text for t in deck.options(field)]


LONG = CopyDeck(concept="c", locale="en", texts=(
    Text(field="art_headline", text="Slept 18 hours.", source="brief"), Text(field="art_headline", text="Slept in.", source="grammar"),
    Text(field="art_headline", text="18 h.", source="grammar"), Text(field="art_item", text="Cold", source="brief"),
    Text(field="art_item", text="Slow", source="brief"), Text(field="art_cta", text="Shop", source="kit"),
))  # fmt: skip
SAYS = {"art_headline": {"text": "Slept in.", "source": "grammar", "facts": []}, "art_item": {"text": "Cold", "source": "brief", "facts": []}}


def test_on_another_plate_a_variant_says_what_it_said():
    deck = kept(LONG, SAYS)
    assert options(deck, "art_headline") == ["Slept in."]
    assert options(deck, "art_item") == ["Cold", "Slow"], "texts that stand together stay together"


def test_a_persons_words_stay_on_another_plate():
    deck = kept(LONG, {**SAYS, "art_headline": {"text": "Mine.", "source": "person", "facts": []}})
    assert [(t.text, t.source) for t in deck.options("art_headline")] == [("Mine.", "person")]


def test_one_more_says_something_else_first():
    firsts = [options(otherwise(LONG, SAYS, n), "art_headline") for n in (1, 2, 3)]
    assert [f[0] for f in firsts] == ["18 h.", "Slept 18 hours.", "18 h."]
    assert all(sorted(f) == sorted(options(LONG, "art_headline")) for f in firsts)
    assert options(otherwise(LONG, SAYS, 1), "art_item") == ["Cold", "Slow"]


def test_where_there_is_one_text_one_more_says_it_too():
    only = CopyDeck(concept="c", locale="en", texts=(Text(field="art_headline", text="Slept in.", source="brief"),))
    assert otherwise(only, SAYS, 5) == only
