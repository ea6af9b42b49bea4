"""Reading a brief: what it becomes, and how every kind of fault is told."""



from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.brief import ended, load_brief, localized
from factory.brief.desk import canonical_locale, slug
from factory.brief.shape import brief_schema
from factory.errors import Fault, InputError
from factory.records import Money

SMALLEST = Path("tests/data/brief.yaml")
Change = Callable[[dict[str, Any]], None]


def written(tmp_path: Path, *changes: Change) -> Path:
    """The smallest brief, changed, as a file."""
    data = yaml.safe_load(SMALLEST.read_text())
    for change in changes:
        change(data)
    path = tmp_path / "brief.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False))
    return path


def put(*path: Any) -> Change:
    """Set what stands last at the path before it: put("product", "price", "3 EUR")."""
    *steps, last, value = path

    def change(data: dict[str, Any]) -> None:
        owner: Any = data
        for step in steps:
            owner = owner[step]
        owner[last] = value

    return change


def drop(*path: Any) -> Change:
    *steps, last = path

    def change(data: dict[str, Any]) -> None:
        owner: Any = data
        for step in steps:
            owner = owner[step]
        del owner[last]

    return change


def faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        load_brief(path)
    return caught.value.faults


def only(tmp_path: Path, *changes: Change) -> Fault:
    found = faults(written(tmp_path, *changes))
    assert len(found) == 1, found
    return found[0]


# -------------------------------------------------------------------------------------------- what it becomes


def test_what_is_left_out_has_a_default() -> None:
    brief = load_brief(SMALLEST)
    assert (brief.objective, brief.language, brief.cta, brief.concepts, brief.variants) == ("traffic", "en", "learn_more", 8, 48)
    assert brief.kinds == ("image", "video")
    assert (brief.offer, brief.proof, brief.must_say) == (None, (), ())


def test_ids_are_made_from_names() -> None:
    brief = load_brief(SMALLEST)
    assert [t.id for t in brief.tribes] == ["night-shift-crews"]
    assert [x.id for x in brief.lines] == ["slept-18-hours-woke-up-cold"]


def test_a_line_may_be_a_headline_alone() -> None:
    line = load_brief(SMALLEST).lines[0]
    assert line.texts["en"] == {"headline": "Slept 18 hours. Woke up cold."}
    assert line.texts["de"] == {"headline": "18 Stunden geschlafen.", "sub": "Und eiskalt wach."}


def test_money_and_figures_are_exact(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path, put("product", "price", "3.90 EUR"), put("product", "facts", 0, "value", 0.1)))
    assert brief.product.price == Money(amount=Decimal("3.90"), currency="EUR")
    assert brief.product.facts[0].value == Decimal("0.1")


def test_a_fact_with_a_value_is_a_number_unless_it_says_otherwise(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path, drop("product", "facts", 0, "kind"), drop("product", "facts", 1, "kind")))
    assert [f.kind for f in brief.product.facts] == ["number", "benefit"]


def test_json_is_read_like_yaml(tmp_path: Path) -> None:
    data = yaml.safe_load(SMALLEST.read_text())
    data["offer"] = {"text": "Two for one", "terms": "Once.", "end": "2030-01-31"}
    data["translations"]["fr"]["offer"] = {"text": "Deux pour un", "terms": "Une fois."}
    data["translations"]["de"]["offer"] = {"text": "Zwei für eins", "terms": "Einmal."}
    (tmp_path / "brief.json").write_text(json.dumps(data, indent="\t"))
    (tmp_path / "brief.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    one, two = load_brief(tmp_path / "brief.json"), load_brief(tmp_path / "brief.yaml")
    assert one == two
    assert one.offer and one.offer.end == date(2030, 1, 31)


def test_a_field_left_empty_is_a_field_left_out(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text(SMALLEST.read_text() + "\noffer:\nproof:\nlegal:\n")
    assert replace(load_brief(path), source_dir="") == replace(load_brief(SMALLEST), source_dir="")


def test_locales_are_written_in_their_usual_letters(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path, put("locales", ["EN", "fr", "de-at"])))
    assert brief.locales == ("en", "fr", "de-AT")


def test_the_folder_of_the_brief_is_known_for_its_pictures(tmp_path: Path) -> None:
    assert load_brief(written(tmp_path)).source_dir == str(tmp_path.resolve())


def test_the_schema_is_a_schema_and_every_field_tells_what_it_is_for() -> None:
    schema = brief_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    def fields(node: Any, path: str) -> None:
        for name, field in node.get("properties", {}).items():
            assert field.get("description"), f"{path}.{name} has no description"
            fields(field, f"{path}.{name}")
            fields(field.get("items", {}), f"{path}.{name}")

    fields(schema, "brief")


def test_every_example_of_the_schema_follows_it() -> None:
    def check(node: dict[str, Any]) -> None:
        for example in node.get("examples", ()):
            jsonschema.validate(example, node, cls=jsonschema.Draft202012Validator)
        for child in [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]:
            check(child)

    check(dict(brief_schema()))


def test_every_field_of_the_schema_is_in_the_docs() -> None:
    page = Path("docs/briefs.md").read_text()

    def names(node: dict[str, Any]) -> set[str]:
        found = set(node.get("properties", {}))
        for child in [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]:
            found |= names(child)
        for option in (node.get("additionalProperties") or {}).get("anyOf", ()) if isinstance(node.get("additionalProperties"), dict) else ():
            found |= names(option)
        return found

    missing = {n for n in names(dict(brief_schema())) if f"`{n}`" not in page and f"{n}:" not in page}
    assert missing == set()


def test_the_whole_example_of_the_docs_is_a_brief(tmp_path: Path) -> None:
    page = Path("docs/briefs.md").read_text()
    (tmp_path / "brief.yaml").write_text(page.split("```yaml\n", 1)[1].split("```", 1)[0])
    brief = load_brief(tmp_path / "brief.yaml")
    assert brief.offer and brief.proof and brief.lines and brief.utm


# ---------------------------------------------------------------------------------------------- in its languages


def test_a_locale_reads_its_translation() -> None:
    brief = localized(load_brief(SMALLEST), "fr")
    assert brief.message == "Un café infusé la nuit, pour un matin déjà prêt."
    assert [f.text for f in brief.product.facts] == ["infusé à froid 18 heures", "sans sucre"]
    assert (brief.language, brief.product.category, brief.product.name) == ("fr", "café froid", "Cold Brew")


def test_the_language_of_the_brief_reads_as_written() -> None:
    brief = load_brief(SMALLEST)
    assert localized(brief, "en") == brief


def test_a_region_reads_its_own_words_over_those_of_the_language(tmp_path: Path) -> None:
    path = written(tmp_path, put("locales", ["de-AT"]), put("translations", "de-AT", {"product": {"category": "Eiskaffee"}}))
    brief = localized(load_brief(path), "de-AT")
    assert brief.product.category == "Eiskaffee"
    assert brief.message.startswith("Kaffee, über Nacht")


def test_a_translated_list_replaces_the_whole_list(tmp_path: Path) -> None:
    path = written(
        tmp_path, put("must_not_say", ["energy drink", "hack"]), put("tribes", 0, "words", ["handover", "shift"]),
        put("translations", "fr", "must_not_say", ["boisson énergisante"]),
        put("translations", "fr", "tribes", {"night-shift-crews": {"words": ["relève", "garde", "service"], "name": "Équipes de nuit"}}),
    )
    brief = localized(load_brief(path), "fr")
    assert brief.must_not_say == ("boisson énergisante",)
    assert brief.tribes[0].words == ("relève", "garde", "service")
    assert brief.tribes[0].name == "Équipes de nuit"
    assert brief.tribes[0].values == ("calm", "fairness")


def test_a_language_with_missing_words_is_refused_with_all_of_them_named(tmp_path: Path) -> None:
    fault = only(tmp_path, drop("translations", "fr", "message"), drop("translations", "fr", "product", "facts", "hours"))
    assert fault.code == "brief.untranslated"
    assert fault.fact == "In fr these texts are missing: message, product.facts.hours.text, product.facts.hours.unit"
    assert fault.where.endswith("locales.1")


def test_a_language_without_a_grammar_needs_whole_lines(tmp_path: Path) -> None:
    fault = faults(written(tmp_path, put("locales", ["en", "ja"])))[-1]
    assert fault.code == "brief.language"
    assert "only de, en, fr have a grammar" in fault.fact


def test_a_language_with_whole_lines_by_a_person_needs_no_grammar(tmp_path: Path) -> None:
    said = {"headline": "一晩寝かせた。", "primary_text": "夜のあいだに淹れました。", "description": "十八時間。"}
    words = {"message": "夜に淹れる。", "product": {"category": "コーヒー", "facts": {
        "hours": {"text": "十八時間", "unit": "時間"}, "sugar": {"text": "無糖", "noun": "砂糖"}}}}
    path = written(tmp_path, put("locales", ["ja"]), put("concepts", 1), put("translations", {"ja": words}),
                   put("lines", 0, "texts", {"ja": said}))
    assert localized(load_brief(path), "ja").message == "夜に淹れる。"


# ------------------------------------------------------------------------------------------------------ faults


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cold.yaml"
    text = SMALLEST.read_text()
    text = text.replace("version: 1", "version: 2").replace("locales: [en, fr, de]", "locales: [en, frr, de]")
    text = text.replace("    values: [calm, fairness]", "    valeus: [calm]").replace("motive: wit", "motive: witty")
    path.write_text(text.replace("price: 3.90 EUR", "price: 3.90 €"))
    lines = [f"{f.where}: {f.fact}. {f.help}" for f in faults(path)]
    assert lines == [
        "cold.yaml:2 version: version 2 is not read here. Write 1.",
        "cold.yaml:7 locales.1: In frr these texts are missing: message, product.category, product.facts.hours.text, "
        "product.facts.hours.unit, product.facts.sugar.text, product.facts.sugar.noun. Write them under translations.frr, "
        "laid out as above, or take frr out of locales.",
        "cold.yaml:7 locales.1: Nothing can be written in frr: only de, en, fr have a grammar, and 0 of 1 lines are whole "
        "in it. Give at least 8 lines, every one with headline, primary_text, description in frr, or leave it out.",
        "cold.yaml:14 product.price: '3.90 €' is not well formed as price. Write an amount and a currency like 3.90 EUR.",
        "cold.yaml:28 tribes.0.values: values is missing. What matters to them, for example `values: [calm, fairness]`.",
        "cold.yaml:29 tribes.0.valeus: valeus is not a field of tribes. Did you mean values?",
        "cold.yaml:35 lines.0.motive: 'witty' is no choice for motive. Did you mean wit?",
    ]


def test_an_unknown_field_is_told_with_the_nearest_known_one(tmp_path: Path) -> None:
    fault = only(tmp_path, put("placement", ["meta.*"]))
    assert (fault.code, fault.fact, fault.help) == ("brief.unknown", "placement is not a field of a brief", "Did you mean placements?")


def test_a_missing_field_comes_with_an_example(tmp_path: Path) -> None:
    fault = only(tmp_path, drop("url"))
    assert fault.fact == "url is missing"
    assert fault.help == "The landing page, with https, for example `url: https://example.com/cold-brew`."


@pytest.mark.parametrize(
    ("changes", "code", "where", "fact"),
    [
        ([put("name", 7)], "brief.type", "name", "name must be a text, not 7"),
        ([put("name", "   ")], "brief.empty", "name", "name is empty"),
        ([put("concepts", 0)], "brief.range", "concepts", "concepts is 0"),
        ([put("concepts", True)], "brief.type", "concepts", "concepts must be a whole number, not true"),
        ([put("product", "facts", [])], "brief.empty", "product.facts", "facts is empty"),
        ([put("message", "x" * 301)], "brief.length", "message", "message has 301 characters"),
        ([put("kinds", ["image", "image"])], "brief.twice", "kinds", "kinds names something twice"),
        ([put("locales", ["en_US"])], "brief.form", "locales.0", "'en_US' is not well formed as locales entry 1"),
        ([put("locales", ["en", "en"])], "brief.locale", "locales.1", "The locale en stands twice"),
        ([put("locales", ["en", "en-ZZZ"])], "brief.locale", "locales.1", "There is no country 'zzz'"),
        ([put("lines", 0, "texts", {"english": "Hello."})], "brief.locale", "lines.0.texts.english", "'english' is no locale"),
        ([put("lines", 0, "texts", "en", {"hedline": "Hello."})], "brief.unknown", "lines.0.texts.en.hedline", "hedline is not a field of en"),
        ([put("product", "facts", 0, "value", 0)], "brief.range", "product.facts.0.value", "value is 0"),
        ([drop("product", "facts", 0, "value")], "brief.fact", "product.facts.0.value", "A fact of kind time has no value"),
        ([drop("product", "facts", 0, "unit"), drop("product", "facts", 0, "symbol"), drop("translations", "fr", "product", "facts", "hours", "unit"),
          drop("translations", "de", "product", "facts", "hours", "unit")], "brief.fact", "product.facts.0.unit", "A value has no unit"),
        ([drop("product", "facts", 1, "noun"), drop("translations", "fr", "product", "facts", "sugar", "noun"),
          drop("translations", "de", "product", "facts", "sugar", "noun")], "brief.fact", "product.facts.1.noun", "An absence does not say what is absent"),
        ([put("product", "facts", 1, "id", "hours"), put("translations", {}), put("locales", ["en"])], "brief.id", "product.facts.1.id", "The id 'hours' is taken"),
        ([put("product", "price", "3.9 XYZ")], "brief.money", "product.price", "There is no currency XYZ"),
        ([put("product", "price", "390.50 JPY")], "brief.money", "product.price", "390.50 JPY is no amount of JPY"),
        ([put("product", "gtin", "4006381333932")], "brief.gtin", "product.gtin", "4006381333932 is no bar code: its last digit does not check out"),
        ([put("url", "http://example.com/")], "brief.url", "url", "'http://example.com/' does not begin with https://"),
        ([put("url", "https://me@example.com/")], "brief.url", "url", "'https://me@example.com/' holds a user name"),
        ([put("url", "https://localhost/")], "brief.url", "url", "'https://localhost/' has no host"),
        ([put("url", "javascript:alert(1)")], "brief.url", "url", "'javascript:alert(1)' does not begin with https://"),
        ([put("placements", ["meta.storys.vertical"])], "placement.unknown", "placements.0", "There is no placement 'meta.storys.vertical'"),
        ([put("placements", ["iab.*"]), put("kinds", ["image", "video"])], "brief.kinds", "kinds.1", "None of the placements takes a video"),
        ([put("product", "pictures", ["../bottle.png"])], "file.outside", "product.pictures.0", "'../bottle.png' leads out of the folder"),
        ([put("product", "pictures", ["bottle.png"])], "file.missing", "product.pictures.0", "There is no file bottle.png"),
        ([put("product", "pictures", ["/etc/bottle"])], "brief.picture", "product.pictures.0", "There is no product picture '/etc/bottle'"),
        ([put("lines", 0, "fact", "hour")], "brief.reference", "lines.0.fact", "There is no fact 'hour'"),
        ([put("lines", 0, "tribe", "bakers")], "brief.reference", "lines.0.tribe", "There is no tribe 'bakers'"),
        ([put("lines", 0, "families", ["typo"])], "brief.reference", "lines.0.families.0", "There is no layout 'typo'"),
        ([put("lines", 0, "motive", "trust")], "brief.motive", "lines.0.motive", "A line of motive trust names no rating"),
        ([put("lines", 0, "motive", "reasons")], "brief.motive", "lines.0.motive", "A line of motive reasons needs three facts"),
        ([put("art", {"sets": ["papers"]})], "brief.art", "art.sets.0", "There is no set 'papers'"),
        ([put("translations", "fr", "mesage", "Bonjour")], "brief.translation", "translations.fr.mesage", "There is no text 'mesage' to translate"),
        ([put("translations", "fr", "product", "facts", "hour", {"text": "x"})], "brief.translation", "translations.fr.product.facts.hour", "There is no id 'hour' in facts to translate"),
        ([put("translations", "fr", "product", "name", 5)], "brief.type", "translations.fr.product.name", "name must be a text"),
        ([put("must_say", ["Made overnight"]), put("must_not_say", ["overnight"]), put("translations", "fr", "must_say", ["Fait la nuit"]),
          put("translations", "de", "must_say", ["Über Nacht"])], "brief.musts", "must_say.0", "'Made overnight' must be said and 'overnight' must not"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_place_and_fact(tmp_path: Path, changes: list[Change], code: str, where: str, fact: str) -> None:
    fault = only(tmp_path, *changes)
    assert (fault.code, fault.where.split(" ")[1], fault.fact) == (code, where, fact)
    assert fault.where.startswith("brief.yaml:")
    assert fault.help


OFFER = {"text": "Two for one", "terms": "Once.", "price": "7.80 EUR", "was": "11.70 EUR", "start": "2026-09-01", "end": "2026-12-31"}
SAID = {"text": "Deux pour un", "terms": "Une fois."}


@pytest.mark.parametrize(
    ("field", "value", "fact"),
    [
        ("end", "2026-08-31", "The offer ends on 2026-08-31, before it starts on 2026-09-01"),
        ("end", "2026-02-30", "2026-02-30 is no day of the calendar"),
        ("was", "7.80 EUR", "The price before, 7.80, is not above the offer's 7.80"),
        ("was", "11.70 USD", "The price before is in USD, the price in EUR"),
        ("price", None, "There is a price before but no price on offer"),
    ],
)
def test_an_offer_is_told_what_does_not_fit_in_it(tmp_path: Path, field: str, value: str | None, fact: str) -> None:
    changes = [put("offer", {**OFFER, field: value}), put("translations", "fr", "offer", SAID), put("translations", "de", "offer", SAID)]
    assert only(tmp_path, *changes).fact == fact


def test_an_offer_that_is_over_is_known_by_the_day_that_is_asked_about(tmp_path: Path) -> None:
    brief = load_brief(written(tmp_path, put("offer", OFFER), put("translations", "fr", "offer", SAID), put("translations", "de", "offer", SAID)))
    assert ended(brief, date(2026, 12, 31)) is None
    late = ended(brief, date(2027, 1, 1))
    assert late and (late.code, late.fact) == ("brief.ended", "The offer ended on 2026-12-31")
    assert ended(load_brief(SMALLEST), date(2999, 1, 1)) is None


def test_a_rating_is_within_its_scale(tmp_path: Path) -> None:
    proof = {"kind": "rating", "text": "9 of 5", "source": "Nobody", "value": 9}
    fr = put("translations", "fr", "proof", {"nobody": {"text": "9 sur 5"}})
    de = put("translations", "de", "proof", {"nobody": {"text": "9 von 5"}})
    assert only(tmp_path, put("proof", [proof]), fr, de).fact == "9 is more than the best possible 5"
    assert load_brief(written(tmp_path, put("proof", [{**proof, "out_of": 10}]), fr, de)).proof[0].out_of == 10


def test_a_device_finds_its_word_and_letter(tmp_path: Path) -> None:
    line = {"fact": "hours", "device": "fill_letters", "texts": {"en": {"headline": "It took its time.", "word": "slow", "letter": "u"}, "de": "Es dauert."}}
    found = [(f.code, f.fact) for f in faults(written(tmp_path, put("lines", [line])))]
    assert found == [
        ("brief.device", "The letter 'u' is not in the word 'slow'"),
        ("brief.device", "The device fill_letters draws a word, and none is given"),
    ]


def test_a_kit_of_another_brand_is_told(tmp_path: Path) -> None:
    from brand_kits.load import load_kit

    kit = load_kit(Path("brand_kits/samples/vesper"))
    path = written(tmp_path, put("brand", "Acme"))
    with pytest.raises(InputError) as caught:
        load_brief(path, kit)
    assert [f.fact for f in caught.value.faults] == [
        "The brief is for 'Acme', the kit is of 'Vesper'", "There is no product picture 'bottle'",
    ]


@pytest.mark.parametrize("name", ["cold-brew", "nitro-can"])
def test_the_sample_briefs_hold_against_their_kit(name: str) -> None:
    from brand_kits.load import load_kit

    root = Path("brand_kits/samples/vesper")
    brief = load_brief(root / "briefs" / f"{name}.yaml", load_kit(root))
    assert brief.locales == ("en", "fr", "de")


def test_a_file_that_is_no_brief_says_so(tmp_path: Path) -> None:
    (tmp_path / "list.yaml").write_text("- a\n- b\n")
    assert faults(tmp_path / "list.yaml")[0].fact == "The file holds no fields"
    assert faults(tmp_path / "brief.txt")[0].fact == "brief.txt is no YAML or JSON file"
    assert faults(tmp_path / "gone.yaml")[0].fact == "There is no file gone.yaml"


# -------------------------------------------------------------------------------------------------- properties

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False, width=16) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for k, v in below for p in places(v, (*path, k)))]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_stands_anywhere_a_brief_is_read_or_refused_with_places(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    brief = yaml.safe_load(SMALLEST.read_text())
    path = data.draw(st.sampled_from(places(brief)[1:]))
    put(*path, data.draw(PLAIN))(brief)
    file = tmp_path_factory.mktemp("any") / "brief.json"
    file.write_text(json.dumps(brief))
    try:
        load_brief(file)
    except InputError as error:
        assert all(f.fact and f.where and f.code for f in error.faults)


@given(st.text(max_size=60))
def test_a_slug_is_a_slug_of_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert len(slug(text)) <= 40


@pytest.mark.parametrize(("tag", "said"), [("EN", "en"), ("de-at", "de-AT"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")])
def test_a_locale_has_one_way_of_writing(tag: str, said: str) -> None:
    assert canonical_locale(tag) == said == canonical_locale(said)
