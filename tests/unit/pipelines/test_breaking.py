"""Where lines end."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compose.breaking import (
    AFTER_HYPHEN,
    SOFT_HYPHEN,
    Align,
    Broken,
    _line_cost,
    _measured,
    _pair_cost,
    _Rules,
    break_lines,
    ends_phrase,
    join_words,
    leans,
    split_words,
)
from pipelines.compose.compounds import cut_word


def typewriter(line: str) -> float:
    return float(len(line))


def lines_of(text: str, k: int, locale: str = "en", poster: bool = False, align: Align = "left") -> tuple[str, ...]:
    broken = break_lines(split_words(text), typewriter, k, locale, poster, align)
    assert broken is not None
    return broken.lines


def test_a_sentence_end_is_the_best_place_to_break() -> None:
    assert lines_of("Slept 18\u00a0hours. Woke up cold.", 2) == ("Slept 18\u00a0hours.", "Woke up cold.")


def test_an_article_goes_down_to_its_noun() -> None:
    assert lines_of("Coffee that made the night shorter", 2) == ("Coffee that made", "the night shorter")


def test_a_german_article_is_not_left_at_the_end() -> None:
    assert not lines_of("Wir machen die Nacht zum Tag", 2, "de")[0].endswith("die")


def test_an_article_holds_its_noun_tighter_than_a_preposition_holds_the_two() -> None:
    assert lines_of("Here for the handover.", 2, poster=True) == ("Here for", "the handover.")
    assert lines_of("Zeit für die Übergabe.", 2, "de", poster=True) == ("Zeit für", "die Übergabe.")


def test_a_number_made_an_adjective_stays_with_its_noun() -> None:
    assert lines_of("Just off an 18-hour shift.", 2) == ("Just off", "an 18-hour shift.")


def test_a_poster_opens_with_two_words_rather_than_a_short_one() -> None:
    assert lines_of("Kommt gerade aus der Nachtschicht.", 3, "de", poster=True)[0] == "Kommt gerade"


def test_no_break_spaces_never_break() -> None:
    for k in (2, 3):
        lines = lines_of("Dort 18\u00a0h et se lève tôt", k, "fr")
        assert all("18\u00a0h" in line or "18" not in line for line in lines)


def test_a_last_word_alone_is_avoided_when_another_break_is_as_even() -> None:
    assert lines_of("one two three four five six", 2) == ("one two three", "four five six")


def test_a_centred_pair_has_its_longer_line_above_and_a_flush_one_below() -> None:
    text = "aaaaa aaaa bb aaaa aaaaa"
    assert lines_of(text, 2, align="centre") == ("aaaaa aaaa bb", "aaaa aaaaa")
    assert lines_of(text, 2, align="left") == ("aaaaa aaaa", "bb aaaa aaaaa")


def test_a_short_phrase_may_have_a_line_of_its_own() -> None:
    assert lines_of("Creamy. Cows deny it.", 2) == ("Creamy.", "Cows deny it.")


def test_a_sentence_keeps_its_last_word_and_its_first() -> None:
    assert lines_of("Sieht nach Feierabend aus. Ist Frühstück.", 2, "de")[0] == "Sieht nach Feierabend aus."
    assert lines_of("Never late again. Always the last to go", 2)[0] == "Never late again."


def test_a_number_stays_with_what_it_counts() -> None:
    assert lines_of("We waited 90 hours for it", 2) == ("We waited", "90 hours for it")


def test_more_lines_than_words_cannot_be_had() -> None:
    assert break_lines(("one",), typewriter, 2) is None
    assert break_lines(("one",), typewriter, 0) is None


def test_one_line_costs_nothing() -> None:
    assert break_lines(("any", "thing"), typewriter, 1) == Broken(cost=0.0, lines=("any thing",), widths=(9.0,))


def test_a_poster_may_give_a_word_its_own_line() -> None:
    words = split_words("Never sleep again early")
    plain, poster = (break_lines(words, typewriter, 4, "en", p) for p in (False, True))
    assert plain is not None and poster is not None
    assert poster.cost < plain.cost


def test_a_long_legal_line_is_broken_too() -> None:
    text = " ".join(f"word{i}" for i in range(60))
    broken = break_lines(split_words(text), typewriter, 3)
    assert broken is not None
    assert " ".join(broken.lines) == text
    assert broken.evenness > 0.9


@pytest.mark.parametrize(
    ("word", "locale", "expected"),
    [
        ("the", "en", True), ("The", "en", True), ("it.", "en", False), ("night", "en", False),
        ("und", "de", True), ("ist", "de", True), ("à", "fr", True), ("„der", "de", True), ("do,", "en", False),
        ("y", "es-MX", True), ("90", "en", True), ("90.", "en", False), ("18-hour", "en", True), ("18-Stunden-Schicht", "de", False),
    ],
)
def test_words_that_lean_on_the_next(word: str, locale: str, expected: bool) -> None:
    assert leans(word, locale) is expected


def test_a_phrase_ends_inside_closing_quotes_too() -> None:
    assert ends_phrase("nicht.“")
    assert ends_phrase("pas.\u202f»")
    assert not ends_phrase("nicht“")


@given(
    st.lists(st.sampled_from(["a", "the", "night", "coffee.", "is", "made", "slow,", "early"]), min_size=1, max_size=8),
    st.integers(1, 4), st.booleans(), st.sampled_from(["left", "centre"]), st.sampled_from([12.0, 20.0, 1e9]),
)
@settings(max_examples=150, deadline=None)
def test_the_search_finds_what_trying_everything_finds(
    words: list[str], k: int, poster: bool, align: Align, limit: float
) -> None:
    broken = break_lines(words, typewriter, k, "en", poster, align, limit)
    ways = [cuts for cuts in combinations(range(1, len(words)), k - 1) if _widest(words, cuts) <= limit]
    costs = [_cost_of(words, cuts, k, poster, align) for cuts in ways]
    if not costs:
        assert broken is None
    else:
        assert broken is not None
        assert broken.cost == pytest.approx(min(costs))
        assert " ".join(broken.lines) == " ".join(words)
        assert len(broken.lines) == k


def _widest(words: list[str], cuts: tuple[int, ...]) -> float:
    return max(typewriter(" ".join(words[i:j])) for i, j in zip((0, *cuts), (*cuts, len(words)), strict=True))


def _cost_of(words: list[str], cuts: tuple[int, ...], k: int, poster: bool, align: Align) -> float:
    """The cost of one way of breaking, added up line by line."""
    text, rules = _measured(tuple(words), typewriter, "en"), _Rules(k, poster, align)
    ends = (*cuts, len(words))
    spans = list(zip((0, *cuts), ends, strict=True))
    widest = max(text.width(i, j) for i, j in spans)
    lines = sum(_line_cost(text, i, j, widest, rules) + _pair_cost(text, j, rules) for i, j in spans)
    return lines + 6 * (k - 1)


# -------------------------------------------------------------------------------------------------- cutting words


@pytest.mark.parametrize(
    ("word", "left", "right"),
    [
        ("Nachtschichtkaffee", "Nachtschicht", "kaffee"),
        ("Geschwindigkeitsbegrenzung", "Geschwindigkeits", "begrenzung"),
        ("Kaffeebohnenlager", "Kaffee", "bohnenlager"),
        ("Lieblingsgetränk.", "Lieblings", "getränk."),
        ("Nachtschichtverlängerung", "Nachtschicht", "verlängerung"),
    ],
)
def test_a_german_compound_is_cut_at_its_joint(word: str, left: str, right: str) -> None:
    assert cut_word(word, "de") == (left + SOFT_HYPHEN, right)


@pytest.mark.parametrize("word", ["Bäckerei", "Kellerei", "Gesundheit", "Freundschaft", "Achtung"])
def test_a_word_without_a_joint_stays_whole(word: str) -> None:
    assert cut_word(word, "de") is None


def test_other_languages_are_cut_at_their_own_hyphens_only() -> None:
    assert cut_word("nightshiftcoffee", "en") is None
    assert cut_word("Cold-Brew-Kaffee", "fr") == ("Cold-Brew-" + AFTER_HYPHEN, "Kaffee")


def test_a_soft_hyphen_in_the_text_is_obeyed_in_every_language() -> None:
    assert cut_word("extra\u00adordinaire", "fr") == ("extra" + SOFT_HYPHEN, "ordinaire")


def test_halves_join_again_inside_a_line_and_show_a_hyphen_at_its_end() -> None:
    halves = ("Nacht" + SOFT_HYPHEN, "kaffee")
    assert join_words(halves) == "Nachtkaffee"
    assert join_words(halves[:1]) == "Nacht-"
    assert join_words(("Cold-" + AFTER_HYPHEN, "Brew")) == "Cold-Brew"
    assert join_words(("Cold-" + AFTER_HYPHEN,)) == "Cold-"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=30))
def test_a_cut_loses_no_letter_and_leaves_four_on_each_side(word: str) -> None:
    halves = cut_word(word, "de")
    if halves is not None:
        assert "".join(halves).replace(SOFT_HYPHEN, "") == word
        assert min(len(halves[0]) - 1, len(halves[1])) >= 4
