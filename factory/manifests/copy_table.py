"""`copy.csv`: every text of every shipped variant, a row each, with where it came from and how long it may be."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from factory.manifests.rows import escaped
from factory.records import Batch, Placement

HEADER = ("variant", "concept", "tribe", "locale", "placement", "field", "text", "source", "length", "limit")


def to_csv(batch: Batch, placements: Mapping[str, Placement]) -> bytes:
    """Comma-separated, UTF-8 with a byte order mark: without it Excel takes a CSV for its own old code page and breaks
    every accent. Cells that would start a formula are escaped; `length` counts characters of the text itself."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([escaped(str(c)) for c in row] for row in _rows(batch, placements))
    return sheet.getvalue().encode("utf-8-sig")


def _rows(batch: Batch, placements: Mapping[str, Placement]) -> Iterator[tuple[object, ...]]:
    for v in batch.variants:
        for field, text in sorted(v.copy.items()) if v.status == "shipped" else ():
            rule = placements[v.placement].text.get(field)
            limit = "" if rule is None or rule.limit is None else rule.limit
            yield v.id, v.concept, v.tribe, v.locale, v.placement, field, text.text, text.source, len(text.text), limit
