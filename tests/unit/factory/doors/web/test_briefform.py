"""A brief as fields of a form, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from factory.brief import load_brief
from factory.brief.shape import as_json, shaped
from factory.doors.web.site.briefform import KINDS, SPOKEN, entered, kind_of, order, written
from factory.doors.web.site.briefview import Form, changed, loaded
from factory.doors.web.site.places import choices, draw, known
from factory.errors import InputError
from factory.placements import load_placements

BASE: dict[str, list[str]] = {
    "name": ["n"], "message": ["m"], "url": ["https://a.example"], "locales": ["en"], "placements": ["meta.feed.square"],
    "product.name": ["p"], "product.category": ["c"], "product.pictures": ["bottle"], "product.facts.0.text": ["cold"],
    "tribes.0.name": ["Rowers"], "tribes.0.values": ["calm"], "tribes.0.passions": ["rivers"], "tribes.0.story": ["They row."],
}  # fmt: skip


def faults(sent: dict[str, list[str]], tmp_path: Path) -> dict[str, str]:
    """Where the reader of briefs finds what, by field of the form."""
    brief = written(entered(sent), "Vesper")
    path = tmp_path / "brief.yaml"
    path.write_text(brief.body, encoding="utf-8")
    try:
        load_brief(path)
    except InputError as error:
        return {brief.place(f.where): f.code for f in error.faults}
    return {}


def test_a_filled_form_is_a_brief(tmp_path: Path):
    assert faults(BASE, tmp_path) == {}


def test_texts_that_look_like_something_else_stay_texts(tmp_path: Path):
    for odd in ("no", "1e3", "2026-01-01", "08", "null", "- a", "a: b", "#x", "'", '"', "*a", "& b", "é\x85", "ja\tnein"):
        path = tmp_path / "brief.yaml"
        path.write_text(written(entered({**BASE, "message": [odd]}), "Vesper").body, encoding="utf-8", newline="")
        assert load_brief(path).message == odd.strip(), odd


@pytest.mark.parametrize(("field", "text", "code"), [
    ("product.price", "3.9", "brief.form"), ("product.gtin", "12", "brief.form"), ("url", "http://x", "brief.url"),
    ("product.facts.0.value", "many", "brief.type"), ("offer.text", "x", "brief.missing"), ("tribes.0.name", "Young mothers", "brief.sensitive"),
    ("concepts", "900", "brief.range"), ("proof.0.text", "good", "brief.missing"), ("must_say", "x" * 200, "brief.length"), ("must_say", "x\n" * 20, "brief.count"),
])  # fmt: skip
def test_a_fault_stands_at_its_field(field: str, text: str, code: str, tmp_path: Path):
    found = faults({**BASE, field: [text]}, tmp_path)
    assert code in found.values()
    at = next(name for name, c in found.items() if c == code)
    assert at.rpartition(".")[0] == field.rpartition(".")[0]


def test_blank_rows_are_left_out_and_faults_still_stand_at_the_right_one(tmp_path: Path):
    sent = {**BASE, "product.facts.0.text": [""], "product.facts.1.text": [""], "product.facts.2.text": ["cold"],
            "product.facts.2.value": ["x"], "proof.0.id": [""]}  # fmt: skip
    assert faults(sent, tmp_path) == {"product.facts.2.value": "brief.type"}


def test_an_untouched_form_tells_each_field_that_is_missing(tmp_path: Path):
    found = faults({"product.facts.0.id": [""], "tribes.0.id": [""]}, tmp_path)
    assert {"name", "url", "product.name", "product.facts.0.text", "tribes.0.story", "placements"} <= set(found)
    assert sorted(found, key=order)[0] == "name"


def test_two_rows_of_the_same_words_get_ids_of_their_own(tmp_path: Path):
    assert faults({**BASE, "product.facts.1.text": ["cold"], "product.facts.2.text": ["cold"]}, tmp_path) == {}


def test_translations_follow_their_rows_and_vanish_with_them(tmp_path: Path):
    sent = {**BASE, "product.facts.1.text": ["wet"], "translations.fr.product.facts.1.text": ["mouillé"],
            "translations.fr.product.facts.0.text": ["froid"], "translations.fr.offer.text": ["rien"]}  # fmt: skip
    doc = entered(sent)
    assert doc["translations"] == {"fr": {"product": {"facts": {"cold": {"text": "froid"}, "wet": {"text": "mouillé"}}}}}
    changed(doc, "remove-fact-0")
    assert Form(doc=doc).text("translations.fr.product.facts.0.text") == "mouillé"
    assert "cold" not in str(doc["translations"])


def test_a_fault_of_a_translation_stands_at_its_row(tmp_path: Path):
    sent = {**BASE, "locales": ["en", "fr"], "tribes.0.id": ["rowers"], "translations.fr.tribes.0.story": ["Les femmes enceintes."]}
    assert faults(sent, tmp_path)["translations.fr.tribes.0.story"] == "brief.sensitive"


def test_rows_are_added_and_removed_by_what_buttons_say():
    doc: dict[str, Any] = {"tribes": [{"name": "a", "id": "a"}], "lines": [{"tribe": "a"}]}
    assert changed(doc, "add-tribe") == "tribes.1.name"
    assert changed(doc, "remove-tribe-9") == "add-tribe"
    assert changed(doc, "remove-tribe-0") == "add-tribe"
    assert doc == {"tribes": [{}], "lines": [{}]}
    for nonsense in ("", "add-", "add-king", "drop-tribe-0", "remove-tribe-x"):
        assert changed(doc, nonsense) in ("", "add-tribe")


def test_data_of_any_shape_can_be_shown():
    from brand_kits.safe.yaml import parse_yaml

    for text in ("product: 3\n", "tribes: [1, {name: x}]\n", "lines: [{texts: {en: hello}}]\n", "translations: {fr: 3}\n",
                 "placements: [meta.feed.*, nowhere]\nlocales: [EN-gb]\n"):  # fmt: skip
        doc = loaded(shaped(parse_yaml(text, "brief.yaml"))[0])
        form = Form(doc=doc)
        for name in KINDS:
            form.text(name.replace("#", "0").replace("@", "en"))
        list(form.spoken())
        written(doc, "x").body  # noqa: B018
    assert doc["locales"] == ["en-GB"]
    assert doc["placements"][-1] == "nowhere"
    assert len(doc["placements"]) > 3


def test_what_is_loaded_is_not_shared_with_what_it_came_from():
    data: dict[str, Any] = as_json({"tribes": [{"name": "a"}], "product": {"facts": [{}]}})
    changed(loaded(data), "add-fact")
    assert data == {"tribes": [{"name": "a"}], "product": {"facts": [{}]}}


def test_only_fields_are_read_from_a_form():
    assert kind_of("lines.3.texts.de-AT.headline") == "text"
    assert kind_of("translations.fr.tribes.2.values") == "list"
    assert all(kind_of(n) is None for n in ("_mark", "key", "version", "brand", "product.facts.0.colour", "translations.fr.url"))
    assert "product.facts.#.text" in SPOKEN
    assert entered({"__class__.x": ["y"], "version": ["9"], "tribes.x.name": ["z"]}).keys() == {"locales", "translations"}


def test_every_placement_is_drawn_with_its_ad_inside_the_picture():
    assert set(known()) == set(load_placements())
    for placement in load_placements().values():
        picture = draw(placement)
        ads = [b for b in picture.boxes if b.kind == "ad"]
        assert len(ads) == 1, placement.id
        assert ads[0].x >= 0
        assert ads[0].y >= 0
        assert ads[0].x + ads[0].w <= picture.width + 0.01, placement.id
        assert ads[0].y + ads[0].h <= picture.height + 0.01, placement.id
    assert next(iter(choices())) == "Meta"
