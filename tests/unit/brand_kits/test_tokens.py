"""Design tokens of either form become colours, and find their place in a kit's palette."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_kits.recolour import recoloured
from brand_kits.safe.yaml import parse_yaml
from brand_kits.tokens import MAX_TEXT, fitted, id_of, read_tokens

SAMPLE = Path(__file__).parents[3] / "brand_kits" / "samples" / "vesper" / "kit.yaml"


def colours(text: str) -> dict[str, str]:
    return {t.name: t.hex for t in read_tokens(text).colours}


def faults(text: str) -> dict[str, str]:
    return {f.where: f.fact for f in read_tokens(text).faults}


def test_tokens_of_the_2025_format_are_read_in_every_space() -> None:
    def of(space: str, *parts: object) -> dict[str, object]:
        return {"$value": {"colorSpace": space, "components": list(parts)}}

    tokens = {"color": {"$type": "color", "a": of("srgb", 1, 0, 0), "b": of("hsl", 120, 100, 50), "c": of("oklch", 1, "none", "none"),
                        "d": of("hwb", 240, 0, 0), "e": of("display-p3", 0.6, 0.6, 0.6), "f": of("lab", 0, 0, 0)}}
    assert colours(json.dumps(tokens)) == {
        "color.a": "#FF0000", "color.b": "#00FF00", "color.c": "#FFFFFF", "color.d": "#0000FF", "color.e": "#999999", "color.f": "#000000"}


def test_a_type_comes_from_the_token_or_the_nearest_group_and_other_kinds_are_counted() -> None:
    text = json.dumps({"$type": "dimension", "gap": {"$value": {"value": 4, "unit": "px"}},
                       "hue": {"$type": "color", "ink": {"$value": "#1c1a3b", "$description": "Ink"}, "step": {"$type": "number", "$value": 3}}})
    tokens = read_tokens(text)
    assert [(t.name, t.hex, t.title) for t in tokens.colours] == [("hue.ink", "#1C1A3B", "Ink")]
    assert tokens.others == 2
    assert not tokens.faults


@pytest.mark.parametrize("alias", ["{base.ink}", {"$ref": "#/base/ink"}, {"$ref": "#/base/ink/$value"}])
def test_an_alias_is_followed_and_brings_its_type(alias: object) -> None:
    text = json.dumps({"base": {"ink": {"$type": "color", "$value": "#102030"}}, "text": {"main": {"$value": alias}}})
    assert colours(text)["text.main"] == "#102030"


def test_a_groups_own_token_has_the_groups_name() -> None:
    text = json.dumps({"ink": {"$type": "color", "$root": {"$value": "#102030"}, "soft": {"$value": "{ink}"}}})
    assert colours(text) == {"ink": "#102030", "ink.soft": "#102030"}


def test_aliases_in_a_circle_or_to_nowhere_are_told_by_token() -> None:
    text = json.dumps({"$type": "color", "a": {"$value": "{b}"}, "b": {"$value": "{a}"}, "c": {"$value": "{gone}"}, "d": {"$value": "#010203"}})
    assert colours(text) == {"d": "#010203"}
    told = faults(text)
    assert "a → b → a" in told["a"]
    assert "gone" in told["c"]


def test_what_no_palette_holds_is_told_and_the_rest_is_read() -> None:
    text = json.dumps({"$type": "color", "veil": {"$value": {"colorSpace": "srgb", "components": [0, 0, 0], "alpha": 0.4}},
                       "odd": {"$value": {"colorSpace": "cmyk", "components": [0, 0, 0]}}, "two": {"$value": {"colorSpace": "srgb", "components": [0, 0]}},
                       "word": {"$value": "bluish"}, "fine": {"$value": "#ABCDEF"}})
    assert colours(text) == {"fine": "#ABCDEF"}
    assert set(faults(text)) == {"veil", "odd", "two", "word"}


def test_a_colour_outside_srgb_is_brought_in_and_marked() -> None:
    token = read_tokens(json.dumps({"x": {"$type": "color", "$value": {"colorSpace": "display-p3", "components": [0, 1, 0]}}})).colours[0]
    assert token.wide
    assert not read_tokens("--x: #00ff00;").colours[0].wide


def test_custom_properties_are_read_with_what_they_refer_to() -> None:
    text = """/* --old: #fff; */ :root { --brand-ink: #1C1A3B; --paper: rgb(247 237 224); --type: var(--brand-ink); --fall: var(--none, teal);
              --gap: 12px; --weight: bold; --ease: cubic-bezier(.2, 0, 0, 1); --font: "Inter", sans-serif; }"""
    assert colours(text) == {"--brand-ink": "#1C1A3B", "--paper": "#F7EDE0", "--type": "#1C1A3B", "--fall": "#008080"}
    assert read_tokens(text).others == 4
    assert not faults(text)


def test_a_property_counts_as_it_stands_first_and_a_broken_one_is_told() -> None:
    text = ":root { --ink: #111111; --bad: #12; --lost: var(--nowhere); --me: var(--me) } @media (prefers-color-scheme: dark) { :root { --ink: #eeeeee } }"
    assert colours(text) == {"--ink": "#111111"}
    assert set(faults(text)) == {"--bad", "--lost", "--me"}


@pytest.mark.parametrize(("text", "code"), [("", "tokens.none"), ("hello", "tokens.none"), ("{", "tokens.syntax"), ("[" * 9, "tokens.none"),
                                            ("{}", "tokens.none"), ("x" * (MAX_TEXT + 1), "tokens.size"), ('{"a":' * 60000, "tokens.depth")])
def test_a_text_without_colours_says_so(text: str, code: str) -> None:
    assert [f.code for f in read_tokens(text).faults] == [code]
    assert all(f.help for f in read_tokens(text).faults)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=6) | st.sampled_from(["{a}", "#fff", "none"]),
                    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["$value", "$type", "$ref", "colorSpace", "components", "alpha", "a", "$root"]), x, max_size=4)))
def test_no_json_breaks_the_reader(value: object) -> None:
    read_tokens(json.dumps({"a": value, "$type": "color"}))


@given(st.text(alphabet="-a:;{}#0()var, /*", max_size=60))
def test_no_css_breaks_the_reader(text: str) -> None:
    read_tokens("--x: " + text)


@pytest.mark.parametrize(("name", "wanted"), [("color.brand.deepInk", "deep-ink"), ("--brand-ink", "ink"), ("color.500", "c-500"), ("palette", "palette"),
                                              ("Primary/Blue 40", "primary-blue-40")])
def test_a_tokens_name_becomes_a_name_of_the_palette(name: str, wanted: str) -> None:
    assert id_of(name) == wanted


def test_tokens_find_the_palettes_names_first_and_none_is_taken_twice() -> None:
    tokens = read_tokens("--brand-ink: #111; --text-ink: #222; --rose: #f0f; --pale-paper: #eee;").colours
    got = [(f.into, f.known) for f in fitted(tokens, ["ink", "paper"])]
    assert got == [("ink", True), ("", False), ("rose", False), ("paper", True)]
    assert [f.into for f in fitted(tokens, ["ink", "paper"], most=2)] == ["ink", "", "", "paper"]


def test_a_kits_colours_change_and_every_other_line_stays() -> None:
    before = SAMPLE.read_text(encoding="utf-8")
    after = recoloured(before, {"ember": ("#AA2200", ""), "rose": ("#E8A0B4", 'Rose, "spring"')})
    old, new = before.splitlines(), after.splitlines()
    assert [line for line in new if line not in old] == [
        '    ember: {hex: "#AA2200", title: "Ember, persimmon deep enough to carry type"}', '    rose: {hex: "#E8A0B4", title: "Rose, \\"spring\\""}']
    assert len(new) == len(old) + 1
    table = parse_yaml(after, "kit.yaml").data["palette"]["colours"]
    assert list(table)[-1] == "rose"


@pytest.mark.parametrize("text", [
    'palette: {colours: {a: {hex: "#000000"}, b: {hex: "#ffffff", title: B}}, modes: {}}', "palette:\n  colours:\n    a:\n      hex: '#000000'\n    b:\n      hex: '#ffffff'\n      title: B # the second\n  # modes\n  modes: {}\n",
    '{"palette": {"colours": {"a": {"hex": "#000000"},\n "b": {"hex": "#ffffff", "title": "B"}}, "modes": {}}}', "palette:\n  modes: {}\n  colours:\n    a: {hex: '#000000'}\n    b: {title: B, hex: '#ffffff'}"])
def test_a_palette_in_any_form_takes_colours(text: str) -> None:
    data = parse_yaml(recoloured(text, {"a": ("#010101", ""), "c": ("#020202", ""), "d": ("#030303", "D: é")}), "kit.yaml").data["palette"]
    assert data["colours"] == {"a": {"hex": "#010101"}, "b": {"hex": "#ffffff", "title": "B"}, "c": {"hex": "#020202"}, "d": {"hex": "#030303", "title": "D: é"}}
    assert data["modes"] == {}


def test_a_text_without_a_palette_is_refused() -> None:
    with pytest.raises(ValueError, match="no palette"):
        recoloured("name: x", {"a": ("#000000", "")})
