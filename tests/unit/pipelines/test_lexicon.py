"""Numbers, denials and words as each language says them."""

from decimal import Decimal

import pytest

from pipelines.lexicon import figures, fold, known_languages, lexicon, negations, read_number, same_noun, tokens


def values(text: str, locale: str) -> list[Decimal | None]:
    return [f.value for f in figures(tokens(text), locale)]


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("en-GB", "18 hours", [18]),
        ("en-GB", "eighteen hours", [18]),
        ("en-GB", "twenty-four or thirty two", [24, 32]),
        ("en-GB", "two hundred and eighty thousand", [280000]),
        ("en-GB", "two and three", [2, 3]),
        ("en-GB", "eight four", [8, 4]),
        ("en-GB", "tenfold", [10]),
        ("en-GB", "1,234.90", [Decimal("1234.90")]),
        ("en-GB", "one or a", []),
        ("fr-FR", "dix-huit heures", [18]),
        ("fr-FR", "quatre-vingt-dix-neuf", [99]),
        ("fr-FR", "deux cents", [200]),
        ("fr-FR", "1 234,90", [1, Decimal("234.90")]),
        ("fr-FR", "1\u202f234,90", [Decimal("1234.90")]),
        ("fr-FR", "4.8", [Decimal("4.8")]),
        ("de-DE", "achtzehn Stunden", [18]),
        ("de-DE", "hundertachtzig", [180]),
        ("de-DE", "zweihundertvierundzwanzig", [224]),
        ("de-DE", "zehnmal", [10]),
        ("de-DE", "1.234,90", [Decimal("1234.90")]),
        ("de-DE", "eine Flasche", []),
        ("ja-JP", "18 achtzehn", [18]),
    ],
)
def test_a_number_is_read_as_its_language_says_it(locale: str, text: str, expected: list[object]) -> None:
    assert values(text, locale) == [Decimal(str(e)) for e in expected]


def test_a_numeral_nobody_can_read_is_a_number_without_a_value() -> None:
    assert values("፲ hours", "en-GB") == [None]


def test_a_number_with_ragged_groups_has_no_value() -> None:
    assert read_number("12,34,5", "en-GB") is None


@pytest.mark.parametrize(
    ("locale", "text", "nouns"),
    [
        ("en-GB", "no added sugar or milk", ["sugar", "milk"]),
        ("en-GB", "sugar-free, free of milk", ["sugar", "milk"]),
        ("en-GB", "sugarless but timeless", ["sugarless"]),
        ("en-GB", "0 g sugar", ["sugar"]),
        ("fr-FR", "sans sucre et d’alcool", ["sucre", "alcool"]),
        ("de-DE", "ohne Zucker und Milch, alkoholfrei", ["Zucker", "Milch", "alkoholfrei"]),
        ("fr-FR", "sans sucre et avec du lait", ["sucre"]),
        ("de-DE", "ohne Zucker und ohne Milch", ["Zucker", "Milch"]),
        ("de-DE", "mühelos", []),
    ],
)
def test_a_denial_names_what_it_denies(locale: str, text: str, nouns: list[str]) -> None:
    words = tokens(text)
    assert [words[at].text for _, at in negations(words, lexicon(locale)) if at is not None] == nouns


def test_folding_forgets_case_accents_and_typographic_signs() -> None:
    assert fold("L’Été\u00a0ﬁn") == "l'ete fin"


@pytest.mark.parametrize(
    ("a", "b", "same"), [("calorie", "calories", True), ("zusatz", "zusatze", True), ("su", "sugar", False)]
)
def test_a_noun_is_the_same_but_for_its_ending(a: str, b: str, same: bool) -> None:
    assert same_noun(a, b) is same


def test_every_language_file_counts_to_ninety_nine() -> None:
    for language in known_languages():
        lex = lexicon(language)
        assert {Decimal(n) for n in range(100)} <= set(lex.numerals.values()), language
