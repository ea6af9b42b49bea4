"""Whom a brief may be for, and what must not stand in it: sensitive traits and personal data, with lookalikes."""



from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from factory.brief import load_brief
from factory.brief.personal import personal
from factory.brief.sensitive import matches, traits
from factory.errors import InputError

DEFINED = {
    "age": """Young professionals|Seniors|Over 50s|People over 60|Aged 18-24|25-34 year olds|Gen Z|millennials|kids|16 to 24s
        people in their thirties|the elderly|Jeunes actifs|Les retraités|moins de 30 ans|18-25 ans|Junge Erwachsene|Rentner
        30-Jährige|Ü50|Jugendliche|middle-aged men|Older adults|Personnes âgées|Senioren|Minderjährige""",
    "sex": "Women who run|busy working woman|women-only gyms|Femmes actives|Frauen ab 40|Girls who code|Men|Messieurs|Damen|non-binary",
    "origin": """Turkish community|African Americans|Latinos|Black women|Immigrés|Migranten|Expats|people of color|refugees
        Menschen mit Migrationshintergrund|personnes noires|Asians|of Polish descent|d’origine maghrébine""",
    "religion": "Muslims|Christian families|Jews|Chrétiens pratiquants|Katholiken|churchgoers|halal eaters|muslimische Frauen|athées",
    "health": """Diabetics|People who want to lose weight|Insomniacs|Wheelchair users|Depressed people|pregnant women
        diabétiques|Menschen mit Behinderung|femmes enceintes|Allergiker|cancer survivors|hospital patients|chronic pain""",
    "orientation": "Gay city breakers|LGBTQ+ travellers|Schwule Männer|lesbiennes|straight men|trans people|queere Menschen",
    "politics": "Conservative voters|Union members|left-wing readers|électeurs|Gewerkschafter|socialists|gens de gauche|Wähler",
    "family": """Moms on the go|Single mothers|New parents|mères célibataires|Alleinerziehende|newlyweds|divorcés|Singles
        stay-at-home dads|families with small children|Eltern""",
    "income": "High earners|The unemployed|foyers aisés|Geringverdiener|low-income shoppers|the rich|working-class folks|millionaires",
    "record": "ex-offenders|Straftäter|anciens détenus",
}
INNOCENT = """Old-fashioned bartenders|age-old recipes|vintage collectors|young wine|young at heart|a mature cheddar
    healthy skepticism|single origin purists|single malt|single-speed cyclists|vinyl singles|rich flavour|the rich smell of roasting
    riches en goût|reiche Crema|poor sleepers|night nurses|Krankenpfleger auf Nachtschicht|Sages-femmes de nuit
    Schwüle Sommernächte|wählerische Esser|senior engineers|blind tasting|tone-deaf karaoke singers|conservative with sugar
    liberal with the butter|coffee addicts|religiously punctual|religious about grinding|Christian Dior collectors
    black coffee drinkers|cafés noirs|schwarzer Kaffee|straight talkers|transport nerds|parent company|mother tongue|mother dough
    their parents' record collection|leurs parents|Hochstämmige Kaffeebäume|les langues étrangères|garçons de café
    enceintes acoustiques|over 50 miles a week|under 30 minutes|12-year-old whisky|open 18-22 every day|24-36 hour brews
    race cyclists|Krebse|den Deckel abnehmen|dégustation à l'aveugle|plus de 20 ans d'expérience|12 ans d'âge
    non-alcoholic drinks|Rive gauche|great depression photographs|women's football fans|French press purists
    Italian food lovers|roma tomatoes|Cuisiniers patients|kinder words|labour of love|Alte Schule|human beings|menswear
    handicap race|manual cameras|craftsmanship|Christmas bakers|Herkunft der Bohnen|union of flavours|gentlemen's agreement
    Night-shift crews|Cold-water swimmers|Slow cooks|Bicycle commuters|Équipes de nuit|Nageurs d’eau froide|Nachtschichtler"""


def words(block: str) -> list[str]:
    return [w.strip() for row in block.splitlines() for w in row.split("|")]


@pytest.mark.parametrize(("trait", "phrase"), [(t, p) for t, block in DEFINED.items() for p in words(block)])
def test_a_phrase_that_names_a_trait_is_found(trait: str, phrase: str) -> None:
    assert trait in {m.trait.name for m in matches(phrase)}


@pytest.mark.parametrize("phrase", words(INNOCENT))
def test_a_phrase_that_only_looks_like_one_is_not(phrase: str) -> None:
    assert [(m.trait.name, m.word) for m in matches(phrase)] == []


def test_every_trait_has_examples_and_words_in_every_language() -> None:
    assert {t.name for t in traits()} == set(DEFINED)
    assert all(set(t.words) == {"en", "fr", "de"} for t in traits())


def test_the_case_of_letters_does_not_matter() -> None:
    assert [m.trait.name for m in matches("MUSLIMS")] == [m.trait.name for m in matches("muslims")] == ["religion"]


def test_a_word_of_one_language_may_be_innocent_in_another() -> None:
    assert [m.word for m in matches("Das ist krank", "de")] == ["krank"]
    assert list(matches("les malades imaginaires", "de")) == []


def brief_with(tmp_path: Path, **tribe: object) -> Path:
    data = yaml.safe_load(Path("tests/data/brief.yaml").read_text())
    data["tribes"][0].update(tribe)
    path = tmp_path / "brief.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True))
    return path


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Seniors"), ("values", ["calm", "being over the age of 60s"]), ("passions", ["being retired"]),
     ("story", "They are retired and up at six."), ("words", ["pensioners"])],
)  # fmt: skip
def test_a_tribe_is_refused_wherever_the_trait_stands(tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        load_brief(brief_with(tmp_path, **{field: value}))
    (fault,) = caught.value.faults
    assert fault.code == "brief.sensitive"
    assert f"tribes.0.{field}" in fault.where
    assert fault.fact.startswith("This tribe is defined by age (")
    assert "values and passions. Say what they do" in fault.help


def test_a_trait_is_told_once_a_tribe(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_brief(brief_with(tmp_path, name="Retired Catholics", story="Retired for ten years. Catholic for sixty."))
    assert [f.fact for f in caught.value.faults] == [
        "This tribe is defined by age ('Retired')", "This tribe is defined by faith ('Catholics')",
    ]


def test_words_to_avoid_may_name_what_the_tribe_is_not(tmp_path: Path) -> None:
    assert load_brief(brief_with(tmp_path, avoid=["millennials", "ladies"])).tribes[0].avoid == ("millennials", "ladies")


def test_a_translation_of_a_tribe_is_read_too(tmp_path: Path) -> None:
    path = brief_with(tmp_path)
    data = yaml.safe_load(path.read_text())
    data["translations"]["de"]["tribes"] = {"night-shift-crews": {"name": "Rentner"}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True))
    with pytest.raises(InputError) as caught:
        load_brief(path)
    assert "translations.de.tribes.night-shift-crews.name" in caught.value.faults[0].where


# ------------------------------------------------------------------------------------------------ personal data


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Write to mara@example.com", "an e-mail address"),
        ("mara @ example.co.uk", "an e-mail address"),
        ("https://example.com/?to=mara@example.com", "an e-mail address"),
        ("Call +49 30 1234567", "a telephone number"),
        ("Call 0049 (0)30 1234567", "a telephone number"),
        ("06 12 34 56 78", "a telephone number"),
        ("Tel. 030/1234567", "a telephone number"),
        ("(555) 010-2030", "a telephone number"),
        ("555-010-2030", "a telephone number"),
        ("4111 1111 1111 1111", "a card number"),
        ("Card 5500-0000-0000-0004.", "a card number"),
        ("DE89 3704 0044 0532 0130 00", "an account number"),
    ],
)
def test_personal_data_is_found(text: str, what: str) -> None:
    assert what in personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,204 buyers", "1 204 000 bouteilles", "1.204.000 Flaschen", "from 2026-09-01 to 2026-12-31", "31.12.2026", "18 000 000 beans",
        "3.90 EUR for 330 ml", "180 mg", "open 07:30 to 18:00", "24/7", "4.7 of 5 from 12345 ratings", "DIN EN 13432-2000-12",
        "https://example.com/p/0612345678", "batch 0042", "@ 4 °C", "two @ the price of one", "Lot 123 456", "5 000 000 000",
    ],
)  # fmt: skip
def test_what_only_looks_like_personal_data_is_not(text: str) -> None:
    assert list(personal(text)) == []


def test_a_card_number_must_check_out() -> None:
    assert list(personal("4111 1111 1111 1112")) == []


def test_a_bar_code_is_no_card_number(tmp_path: Path) -> None:
    data = yaml.safe_load(Path("tests/data/brief.yaml").read_text())
    data["product"]["gtin"] = "4006381333931"
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(data))
    assert load_brief(tmp_path / "brief.yaml").product.gtin == "4006381333931"


@pytest.mark.parametrize("path", [("message",), ("product", "facts", 0, "text"), ("tribes", 0, "story"), ("lines", 0, "texts", "en"),
                                  ("translations", "fr", "message")])  # fmt: skip
def test_no_field_may_hold_personal_data(tmp_path: Path, path: tuple[str | int, ...]) -> None:
    data = yaml.safe_load(Path("tests/data/brief.yaml").read_text())
    owner = data
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = "Ask mara@example.com"
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(InputError) as caught:
        load_brief(tmp_path / "brief.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.where.split(" ")[1]) == ("brief.personal", ".".join(map(str, path)))
