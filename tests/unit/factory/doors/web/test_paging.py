from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.doors.web.paging import decode, encode, number, page, when, word
from factory.doors.web.problems import Problem

NUMBERS = st.integers(min_value=0, max_value=2**63 - 1)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=100)


@given(NUMBERS, WORDS, st.datetimes(timezones=st.just(UTC)))
def test_a_cursor_names_its_place_again(n: int, w: str, at: datetime) -> None:
    assert decode(encode(n, w, at), number, word, when) == (n, w, at)


@given(st.text(st.sampled_from("ABCxyz019-_"), min_size=1, max_size=60))
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    try:
        place = decode(text, number)
    except Problem as problem:
        assert problem.code == "cursor.invalid"
    else:
        assert place is not None and type(place[0]) is int


@pytest.mark.parametrize("place", [[-1], [2**63], [True], [1.0], ["1"], [1, 2], [], {"a": 1}, None, [[1]], [10**400]])
def test_a_place_of_another_form_is_refused(place: Any) -> None:
    text = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    with pytest.raises(Problem):
        decode(text, number)


@pytest.mark.parametrize("value", ["2026-11-25T00:00:00", "yesterday", 5, "x\n"])
def test_a_time_needs_its_zone(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        when(value)


def test_no_cursor_names_no_place() -> None:
    assert decode(None, number) is None


def test_the_row_too_many_tells_that_there_are_more() -> None:
    rows = [{"n": n} for n in range(3)]
    first = page(rows, 2, lambda r: encode(r["n"]), lambda r: r["n"])
    assert (first.data, first.has_more) == ([0, 1], True) and decode(first.next_cursor, number) == (1,)
    last = page(rows, 3, lambda r: encode(r["n"]), lambda r: r["n"])
    assert (last.data, last.has_more, last.next_cursor) == ([0, 1, 2], False, None)
