"""`copy.csv`: every text of every shipped variant, a row each, with where it came from and how long it may be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from factory.records import Batch, Placement

HEADER = ("variant", "concept", "tribe", "locale", "placement", "field", "text", "source", "length", "limit")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(batch: Batch, placements: Mapping[str, Placement]) -> bytes:
    """UTF-8 with a byte order mark, as Excel reads UTF-8 only so; cells that would start a formula are escaped."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([escaped(str(c)) for c in row] for row in _rows(batch, placements))
    return sheet.getvalue().encode("utf-8-sig")


def escaped(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _rows(batch: Batch, placements: Mapping[str, Placement]) -> Iterator[tuple[object, ...]]:
    for v in batch.variants:
        for field, text in sorted(v.copy.items()) if v.status == "shipped" else ():
            rule = placements[v.placement].text.get(field)
            limit = rule.limit if rule and rule.limit is not None else ""
            yield v.id, v.concept, v.tribe, v.locale, v.placement, field, text.text, text.source, len(text.text), limit
