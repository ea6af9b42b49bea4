from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from brand_kits.kit import BrandKit, Claim, LegalLine, Logo, Palette, TypeRole, Voice, by_locale

VOICE = Voice(
    is_=("dry",),
    is_not=("loud",),
    do=(),
    dont=(),
    formality={"de": "du", "fr": "tu", "fr-CA": "vous"},
    banned_words={"*": ("hack",), "fr": ("booster",), "fr-CA": ("cool",)},
)
ROLE = TypeRole(name="text", family="F", files={400: Path("a"), 600: Path("b"), 700: Path("c")})


def logo(name: str, kind: str, *grounds: str) -> Logo:
    return Logo(
        name=name, kind=kind, file=Path(name), grounds=grounds, colours=(), clear_space=0.5, min_width=90, size=(40, 20)
    )  # type: ignore[arg-type]


def kit(**parts: object) -> BrandKit:
    whole: dict[str, object] = {
        "name": "Lamp",
        "version": "1",
        "digest": "0",
        "root": Path(),
        "palette": Palette(colours={}, modes={}, proportion={}),
        "type": {},
        "logos": {},
        "voice": VOICE,
    } | parts
    return BrandKit(**whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("weight", "file"), [(400, "a"), (450, "a"), (500, "b"), (600, "b"), (650, "c"), (900, "c"), (100, "a")]
)
def test_the_nearest_weight_is_taken_and_the_heavier_of_two(weight: int, file: str) -> None:
    assert ROLE.file(weight) == Path(file)


def test_weights_are_listed_light_to_heavy() -> None:
    assert ROLE.weights == (400, 600, 700)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("hack",)),
        ("fr", ("hack", "booster")),
        ("fr-BE", ("hack", "booster")),
        ("fr-CA", ("hack", "booster", "cool")),
    ],
)
def test_banned_words_add_up_from_everywhere_to_the_locale(locale: str, words: tuple[str, ...]) -> None:
    assert VOICE.banned(locale) == words


@pytest.mark.parametrize(
    ("locale", "form"), [("fr", "tu"), ("fr-CA", "vous"), ("fr-BE", "tu"), ("de-AT", "du"), ("ja", "")]
)
def test_the_form_of_address_is_that_of_the_locale_or_its_language(locale: str, form: str) -> None:
    assert VOICE.address(locale) == form


def test_a_table_by_locale_falls_back_to_every_language() -> None:
    assert by_locale({"*": 1, "fr": 2}, "de-CH") == 1
    assert by_locale({"*": 1, "fr": 2}, "fr-CH") == 2
    assert by_locale({"fr": 2}, "de") is None


def test_legal_lines_answer_to_market_category_and_occasion() -> None:
    lines = (
        LegalLine(id="a", market="*", category="coffee", when="always", texts={"en": "Contains caffeine."}),
        LegalLine(id="b", market="FR", category="*", when="price", texts={"fr": "Prix conseillé."}),
        LegalLine(id="c", market="*", category="*", when="offer", texts={"en": "While stocks last."}),
    )
    got = kit(legal=lines).legal_lines(market="GB", category="coffee", locale="en-GB", when=("offer",))
    assert got == ("Contains caffeine.", "While stocks last.")
    assert kit(legal=lines).legal_lines(market="FR", category="tea", locale="fr", when=("price",)) == (
        "Prix conseillé.",
    )


def test_a_logo_is_offered_only_on_its_grounds_and_in_the_kits_order() -> None:
    logos = {
        n: logo(n, k, *g)
        for n, k, g in [
            ("primary", "logo", ("paper",)),
            ("mono", "logo", ("paper", "red")),
            ("mark", "mark", ("paper",)),
        ]
    }
    assert [x.name for x in kit(logos=logos).logos_on("paper")] == ["primary", "mono"]
    assert [x.name for x in kit(logos=logos).logos_on("red")] == ["mono"]
    assert [x.name for x in kit(logos=logos).logos_on("paper", "mark")] == ["mark"]


def test_a_claim_stands_until_its_evidence_expires() -> None:
    claims = (
        Claim(id="x", texts={}, evidence="lab", expires=date(2026, 12, 31)),
        Claim(id="y", texts={}, evidence="log"),
    )
    assert [c.id for c in kit(claims=claims).claims_on(date(2026, 12, 31))] == ["x", "y"]
    assert [c.id for c in kit(claims=claims).claims_on(date(2027, 1, 1))] == ["y"]


@pytest.mark.parametrize(
    ("day", "runs"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2027, 1, 2), False)]
)
def test_a_kit_runs_between_its_dates(day: date, runs: bool) -> None:
    dated = kit(effective_from=date(2026, 1, 1), effective_until=date(2027, 1, 1))
    assert dated.effective_on(day) is runs
    assert kit().effective_on(day)
