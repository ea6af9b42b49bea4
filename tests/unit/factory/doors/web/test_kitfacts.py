from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from brand_kits.load import load_kit
from factory.doors.web.kitfacts import differences, facts_of
from factory.ids import canonical

SAMPLE = Path(__file__).parents[5] / "brand_kits" / "samples" / "vesper"
PLAIN = st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda x: st.lists(x, max_size=2) | st.dictionaries(st.text(max_size=2), x, max_size=3))


def test_a_kit_is_told_in_plain_data() -> None:
    facts = facts_of(load_kit(SAMPLE))
    assert canonical(facts)
    assert facts["palette"]["colours"] and facts["claims"] and facts["type"] and facts["products"]


@given(PLAIN)
def test_nothing_differs_from_itself(value: object) -> None:
    assert list(differences(value, value)) == []


@given(st.dictionaries(st.text(max_size=2), PLAIN, max_size=3), st.dictionaries(st.text(max_size=2), PLAIN, max_size=3))
def test_differences_run_both_ways(a: object, b: object) -> None:
    assert [(w, y, x) for w, x, y in differences(a, b)] == list(differences(b, a))


def test_a_difference_names_its_place_and_both_values() -> None:
    assert list(differences({"a/b": {"c": 1, "d": 2}}, {"a/b": {"c": 3}, "e": 4})) == [
        ("/a~1b/c", 1, 3), ("/a~1b/d", 2, None), ("/e", None, 4)]


def test_named_things_are_compared_by_name_and_not_by_place() -> None:
    a, b = [{"name": "x", "hex": 1}, {"name": "y", "hex": 2}], [{"name": "y", "hex": 2}, {"name": "x", "hex": 3}]
    assert list(differences({"colours": a}, {"colours": b})) == [("/colours/x/hex", 1, 3)]
    assert list(differences([], a)) == [("/x", None, a[0]), ("/y", None, a[1])]
