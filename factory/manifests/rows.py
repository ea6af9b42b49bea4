"""What every writer needs: a platform's shipped variants, their links, tables as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from factory.records import Batch, Brief, Placement, Variant

Sheets = dict[str, bytes]
"""A platform's files by name."""


def shipped(batch: Batch, platform: str, placements: Mapping[str, Placement]) -> list[Variant]:
    """The shipped variants of a platform, in the order of the plan."""
    return [v for v in batch.variants if v.status == "shipped" and placements[v.placement].platform == platform]


def utm(brief: Brief, variant: Variant, platform: str) -> dict[str, str]:
    """The brief's UTM pattern for a variant; `utm_content` is the variant's id, so that reports come back to it."""
    words = {"platform": platform, "concept": variant.concept, "tribe": variant.tribe, "locale": variant.locale,
             "placement": variant.placement, "variant": variant.id}
    tags = {f"utm_{k.removeprefix('utm_')}": _filled(v, words) for k, v in brief.utm.items()}
    return {**tags, "utm_content": variant.id}


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern with its `{names}` put in; unknown names stay as they are."""
    for name, word in words.items():
        pattern = pattern.replace("{" + name + "}", word)
    return pattern


def with_query(url: str, tags: Mapping[str, str]) -> str:
    """A URL with tags added to its query; tags of the same name are replaced."""
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in tags]
    return urlunsplit(parts._replace(query=urlencode([*kept, *tags.items()])))


def table(header: Sequence[str], rows: Iterable[Mapping[str, str]], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """Rows under a header, RFC 4180; cells that a row does not give stay blank."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, header, restval="", delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue().encode("utf-8-sig" if bom else "utf-8")


def text_of(variant: Variant, field: str) -> str:
    """A field's words, or ""."""
    return variant.copy[field].text if field in variant.copy else ""


def name_of(variant: Variant) -> str:
    """A name that people and reports can read: concept, placement, locale, then the id."""
    return f"{variant.concept}_{variant.placement.split('.', 1)[1]}_{variant.locale}_{variant.id}"


def file_name(variant: Variant) -> str:
    """The asset's file name as it lies in `assets/`."""
    return variant.files[0].path.rsplit("/", 1)[-1]
