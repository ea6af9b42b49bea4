"""Reading the tables. A new placement is a new row in a YAML file; nothing here names one.

A row is made of figures (`canvas`, `safe`, `text`, ...). A figure comes from the row itself, from the row that
`same_as` names, or from the file's `defaults`, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from factory.errors import StoreError
from factory.records import Placement, Safe, TextLimit, VideoRule

Row = Mapping[str, Any]
FIGURES = (
    "canvas", "px_recommended", "px_min", "shown_pt", "safe", "text", "video", "formats", "max_bytes", "budget", "cta",
    "text_on_image", "text_share", "clean", "border", "logo",
)
"""Columns that are figures, in the order in which they are shown."""
OPTIONAL = frozenset({"px_recommended", "px_min", "text", "video"})
PROVENANCE = frozenset({"source", "hard_source", "fps_source", "confidence", "note"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One value of a table with where it comes from. `as_of` is a date, a month or a year, or "undated"."""

    name: str
    value: Any
    source: str
    title: str
    address: str
    as_of: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One platform's file: its rows by id with every `same_as` and default put in, and its sources."""

    platform: str
    title: str
    reviewed: str
    sources: Mapping[str, Mapping[str, str]]
    aged: Mapping[str, str]
    not_offered: Mapping[str, str]
    rows: Mapping[str, Row]

    def figures(self, row: str) -> tuple[Figure, ...]:
        """Every figure of a row with its source, texts field by field."""
        return tuple(self._figure(name, value) for name, value in _flat(self.rows[row]))

    def _figure(self, name: str, value: Row) -> Figure:
        source = self.sources[value["source"]]
        body = {k: v for k, v in value.items() if k not in PROVENANCE}
        return Figure(
            name=name, value=body["value"] if set(body) == {"value"} else body, source=value["source"],
            title=source["title"], address=source["address"], as_of=source["as_of"],
            confidence=value["confidence"], note=value.get("note", ""),
        )


def _flat(row: Row) -> Iterator[tuple[str, Row]]:
    for name in FIGURES:
        if name == "text":
            yield from ((f"text.{field}", value) for field, value in row.get("text", {}).items())
        elif name in row:
            yield name, row[name]


@lru_cache(maxsize=1)
def load_tables() -> tuple[Table, ...]:
    """Every platform's table, by file name. StoreError names a row that lacks a column."""
    folder = files("factory.placements")
    places = sorted((p for p in folder.iterdir() if p.name.endswith(".yaml")), key=lambda p: p.name)
    return tuple(read_table(p.read_text(encoding="utf-8"), p.name) for p in places)


@lru_cache(maxsize=1)
def load_placements() -> dict[str, Placement]:
    """Every placement by id, in the order of the tables."""
    return {name: _placement(t.platform, row) for t in load_tables() for name, row in t.rows.items()}


def read_table(text: str, name: str) -> Table:
    """One platform's table from its YAML; `name` stands in messages."""
    data = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader that leaves dates as they are written)
    raw = {r["id"]: r for r in data["placements"]}
    rows = {key: _whole(row, raw, data.get("defaults", {}), name) for key, row in raw.items()}
    return Table(
        platform=data["platform"], title=data["title"], reviewed=str(data["reviewed"]),
        sources={k: {n: str(v) for n, v in s.items()} for k, s in data["sources"].items()},
        aged=data.get("aged", {}), not_offered=data.get("not_offered", {}), rows=rows,
    )


_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # the C loader where it is there
    """Dates stay text: a source may be of a month or a year."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own protocol)
        first: [(tag, form) for tag, form in rules if not tag.endswith(":timestamp")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _whole(row: Row, raw: Mapping[str, Row], defaults: Row, file: str) -> Row:
    """A row with each column found: its own, another row's by `same_as`, or the file's default."""
    own = {k: v for k, v in row.items() if k not in FIGURES}
    for name in FIGURES:
        value = _column(name, row, raw, defaults, (), file)
        if value is not None:
            own[name] = value
    missing = [n for n in FIGURES if n not in own and n not in OPTIONAL]
    if missing:
        raise StoreError(f"Placement {row['id']} has no {', '.join(missing)}", code="placement.row", where=file,
                         help="Give each with its source, or by `same_as: <another row>`.")
    return own


def _column(name: str, row: Row, raw: Mapping[str, Row], defaults: Row, seen: Sequence[str], file: str) -> Any:
    value = row.get(name, defaults.get(name))
    if not isinstance(value, Mapping) or "same_as" not in value:
        return value
    other = value["same_as"]
    if other not in raw or other in seen:
        raise StoreError(f"Placement {row['id']} takes {name} from {other}, which has none", code="placement.row",
                         where=file, help="Name a row of the same file that gives the column itself.")
    return _column(name, raw[other], raw, defaults, (*seen, row["id"]), file)


def _placement(platform: str, row: Row) -> Placement:
    def given(name: str) -> Any:
        return row[name]["value"]

    width, height = given("canvas")
    return Placement(
        id=row["id"], platform=platform, title=row["title"], media=tuple(row["media"]), canvas=(width, height),
        layout_class=cast(Any, row["layout_class"]), shown_pt=float(given("shown_pt")),
        safe=safe_of(row["safe"], width, height), text={f: _limit(v) for f, v in row.get("text", {}).items()},
        cta=given("cta"), text_on_image=given("text_on_image"), text_share=given("text_share"), clean=given("clean"),
        max_bytes=min(given("budget"), given("max_bytes")), formats=tuple(given("formats")), border=given("border"),
        logo=given("logo"), video=_video(row.get("video")), surfaces=tuple(row.get("surfaces", ())),
    )


def safe_of(figure: Row, width: int, height: int) -> Safe:
    """Fractions to keep free at each edge; `short_side` is one margin as a fraction of the short side."""
    if "short_side" in figure:
        margin = figure["short_side"] * min(width, height)
        across, down = round(margin / width, 4), round(margin / height, 4)
        return Safe(top=down, right=across, bottom=down, left=across)
    return Safe(top=figure["top"], right=figure["right"], bottom=figure["bottom"], left=figure["left"])


def _limit(figure: Row) -> TextLimit:
    return TextLimit(limit=figure["limit"], hard=figure["hard"])


def _video(figure: Row | None) -> VideoRule | None:
    if figure is None:
        return None
    longest = figure["max_seconds"]
    return VideoRule(
        min_seconds=float(figure["min_seconds"]), max_seconds=None if longest is None else float(longest),
        max_bytes=figure["max_bytes"], max_fps=figure["max_fps"],
    )
