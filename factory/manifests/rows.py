"""What every writer needs: a platform's shipped variants, their links, tables as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote_plus, urlencode, urlsplit, urlunsplit

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
    """A pattern with its `{names}` put in, in one pass. Unknown names and a platform's own `{{macros}}` stay."""
    return re.sub(r"(?<!\{)\{(\w+)\}(?!\})", lambda m: words.get(m[1], m[0]), pattern)


def query(tags: Mapping[str, str]) -> str:
    """Tags as the query of a URL. Braces stand as they are: platforms fill their `{{macros}}` in themselves."""
    return urlencode(tags, quote_via=quote, safe="{}")


def with_query(url: str, tags: Mapping[str, str]) -> str:
    """A URL with tags added to its query; tags of the same name are replaced, everything else stands as it was."""
    parts = urlsplit(url)
    kept = [p for p in parts.query.split("&") if p and unquote_plus(p.split("=", 1)[0]) not in tags]
    return urlunsplit(parts._replace(query="&".join([*kept, query(tags)])))


FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that a spreadsheet may run: the signs, also full width and after blanks (OWASP: CSV injection)."""


def escaped(cell: str) -> str:
    """A cell for a table that people open: a spreadsheet shows it and never runs it."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def one_line(cell: str) -> str:
    """A cell without line breaks and tabs; the no-break spaces of good typography stay."""
    return re.sub(r"[ ]*[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+[ ]*", " ", cell).strip(" ")


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


def place_of(variant: Variant) -> str:
    """The placement within its platform: `feed.portrait`."""
    return variant.placement.split(".", 1)[-1]


def name_of(variant: Variant) -> str:
    """A name that people and reports can read: concept, placement, locale, kind, then the id."""
    return "_".join((variant.concept, place_of(variant), variant.locale, variant.kind, variant.id))


def file_name(variant: Variant) -> str:
    """The asset's file name as it lies in `assets/`."""
    return variant.files[0].path.rsplit("/", 1)[-1]
