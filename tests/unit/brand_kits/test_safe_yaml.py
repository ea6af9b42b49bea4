from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_kits.errors import KitError
from brand_kits.safe.yaml import MAX_DEPTH, MAX_VALUES, parse_yaml, read_yaml

WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters="\u0085"), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def code_of(text: str, name: str = "kit.yaml") -> tuple[str, str]:
    with pytest.raises(KitError) as caught:
        parse_yaml(text, name)
    return caught.value.code, caught.value.where


@given(PLAIN)
def test_plain_data_comes_back_as_it_was_written(data: object) -> None:
    assert parse_yaml(json.dumps(data), "x.json").data == data


def test_every_key_and_item_knows_its_line() -> None:
    marks = parse_yaml("name: a\nlist:\n  - x\n  - y:\n      z: 1\n", "kit.yaml").marks
    assert marks["name",] == 1
    assert marks["list", 1] == 4
    assert marks["list", 1, "y", "z"] == 5


def test_a_place_is_told_as_file_line_and_path_even_of_a_field_that_is_not_there() -> None:
    document = parse_yaml("a:\n  b: 1\n", "kit.yaml")
    assert document.where(("a", "b")) == "kit.yaml:2 a.b"
    assert document.where(("a", "missing", 3)) == "kit.yaml:1 a.missing.3"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("18:30", "18:30"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("0.5", 0.5),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-01-31 10:00", "2026-01-31 10:00"),
        ("'2026-01-31'", "2026-01-31"),
        ("<<", "<<"),
    ],
)
def test_words_stay_words_and_only_plain_values_are_read(text: str, value: object) -> None:
    assert parse_yaml(f"x: {text}", "kit.yaml").data == {"x": value}


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("a: &x 1\nb: *x", "yaml.alias", "kit.yaml:1"),
        ("a: 1\nb: &deep [1]", "yaml.alias", "kit.yaml:2"),
        ("a: !!python/object/apply:os.system [ls]", "yaml.tag", "kit.yaml:1"),
        ("a: !!str 7", "yaml.tag", "kit.yaml:1"),
        ("a: 1\na: 2", "yaml.twice", "kit.yaml:2"),
        ("? [1, 2]\n: x", "yaml.key", "kit.yaml:1"),
        ("a: 1\n---\nb: 2", "yaml.documents", "kit.yaml:2"),
        ("a: 2026-02-30", "yaml.value", "kit.yaml:1"),
        ("a: [1, 2", "yaml.syntax", "kit.yaml:2"),
        ("a: 1\n b: 2", "yaml.syntax", "kit.yaml:2"),
        ("a:\tb: c: d", "yaml.syntax", "kit.yaml:1"),
        ("a: \x00", "yaml.syntax", "kit.yaml:1"),
    ],
)
def test_what_plain_data_does_not_need_is_refused_with_its_line(text: str, code: str, where: str) -> None:
    got, place = code_of(text)
    assert got == code
    assert place.startswith("kit.yaml")
    if code != "yaml.syntax":
        assert place == where


def test_nesting_is_bounded() -> None:
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "a.yaml").data
    assert code_of("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[0] == "yaml.depth"
    assert code_of("[" * 100_000)[0] == "yaml.depth"


def test_the_number_of_values_is_bounded() -> None:
    assert code_of("[" + "1," * (MAX_VALUES + 1) + "]")[0] == "yaml.size"


def test_several_doubled_keys_are_told_at_once() -> None:
    with pytest.raises(KitError) as caught:
        parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}", "kit.yaml")
    assert [f.where for f in caught.value.faults] == ["kit.yaml:2", "kit.yaml:3"]


def test_json_with_tabs_is_read_and_keeps_its_lines() -> None:
    document = parse_yaml('{\n\t"a": 1,\n\t"b": [true, null]\n}', "brief.json")
    assert document.data == {"a": 1, "b": [True, None]}
    assert document.marks["b",] == 3


def test_a_file_is_utf8_with_or_without_a_mark(tmp_path: Path) -> None:
    file = tmp_path / "kit.yaml"
    file.write_bytes("\ufeffname: Größe".encode())
    assert read_yaml(file).data == {"name": "Größe"}
    file.write_bytes("name: Größe".encode("latin-1"))
    with pytest.raises(KitError) as caught:
        read_yaml(file)
    assert caught.value.code == "yaml.encoding"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "kit.yaml"
    file.write_text("a: " + "x" * 600_000, encoding="utf-8")
    with pytest.raises(KitError) as caught:
        read_yaml(file)
    assert caught.value.code == "file.size"
