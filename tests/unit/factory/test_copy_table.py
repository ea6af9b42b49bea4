"""copy.csv: what a copywriter reads in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.manifests.copy_table import HEADER, to_csv
from factory.manifests.rows import escaped
from factory.records import Batch, Placement, Text


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def saying(batch: Batch, text: str, field: str = "headline") -> Batch:
    first = replace(batch.variants[0], copy={field: Text(field=field, text=text, source="grammar")})
    return replace(batch, variants=(first, *batch.variants[1:]))


def test_it_has_the_columns_of_the_contract_and_a_mark_that_excel_needs(
    small_batch: Batch, placements: Mapping[str, Placement]
) -> None:
    data = to_csv(small_batch, placements)
    assert data.startswith(b"\xef\xbb\xbfvariant,concept,tribe,locale,placement,field,text,source,length,limit\r\n")
    assert HEADER[-1] == "limit"


def test_every_text_of_every_shipped_variant_is_a_row_and_the_lost_have_none(
    small_batch: Batch, placements: Mapping[str, Placement]
) -> None:
    found = {(r["variant"], r["field"], r["text"]) for r in rows(to_csv(small_batch, placements))}
    wanted = {(v.id, k, t.text) for v in small_batch.variants if v.status == "shipped" for k, t in v.copy.items()}
    assert found == wanted and len(wanted) > 12


def test_a_row_says_how_long_the_text_is_how_long_it_may_be_and_who_wrote_it(
    small_batch: Batch, placements: Mapping[str, Placement]
) -> None:
    row = next(r for r in rows(to_csv(saying(small_batch, "Déjà prêt ☕"), placements)) if r["source"] == "grammar")
    assert (row["length"], row["limit"], row["locale"], row["concept"]) == ("11", "27", "en", "c01")


def test_words_on_the_picture_have_no_limit_of_the_platform(small_batch: Batch, placements: Mapping[str, Placement]) -> None:
    assert {r["limit"] for r in rows(to_csv(small_batch, placements)) if r["field"].startswith("art_")} == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0=", "＝", "＋", "－", "＠"])
def test_a_text_that_would_start_a_formula_is_shown_and_not_run(
    start: str, small_batch: Batch, placements: Mapping[str, Placement]
) -> None:
    text = f'{start}HYPERLINK("https://evil.example","x")'
    cells = [r["text"] for r in rows(to_csv(saying(small_batch, text), placements))]
    assert f"'{text}" in cells and text not in cells


@pytest.mark.parametrize("text", ["18 hours = one night", "1 + 1", "Café -20 %", "a@b.example", "“=”", "'tis"])
def test_a_sign_inside_a_text_changes_nothing(text: str) -> None:
    assert escaped(text) == text


@settings(deadline=None)
@given(st.text(min_size=1))
def test_no_cell_ever_begins_like_a_formula_and_none_loses_a_letter(text: str) -> None:
    cell = escaped(text)
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == f"'{text}"
    assert cell.strip()[:1] not in set("=+-@＝＋－＠")


def test_quotes_commas_and_lines_in_a_text_come_back_as_they_went_in(
    small_batch: Batch, placements: Mapping[str, Placement]
) -> None:
    text = 'He said "wait", then\nwaited; « si »'
    assert text in [r["text"] for r in rows(to_csv(saying(small_batch, text), placements))]
