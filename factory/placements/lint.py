"""Rules that the tables themselves keep, in the manner of a linter: one row here a rule.

A rule takes a table and gives the sentences that break it. The tests run them all; an exception that is no longer
needed (an `aged` source that is young or unused) is itself reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factory.placements.tables import Row, Table, safe_of

CONFIDENCES = ("high", "medium", "low")
CLASSES: Mapping[str, tuple[float, float]] = {
    "V": (0.5, 0.6), "Q": (0.75, 1.05), "W": (1.7, 2.0), "B": (1.1, 1.4), "T": (0.2, 0.55), "S": (3.5, 12.0),
}
"""Width over height that each layout class is drawn for, least and most."""
OLD_YEARS = 3
SIZES = ("canvas", "px_recommended", "px_min")
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "cta": ("platform", "draw", "phrase"), "logo": ("required", "optional", "none"), "text_on_image": (True, False),
    "clean": (True, False), "border": (True, False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing that a table must keep."""

    name: str
    says: str
    check: Callable[[Table], Iterator[str]]


def _figures(table: Table) -> Iterator[tuple[str, str, Row]]:
    """Every figure as (row, name, mapping); texts and whatever has nested figures come field by field."""
    for key, row in table.rows.items():
        for name, value in row.items():
            if name == "text":
                yield from ((key, f"text.{field}", figure) for field, figure in value.items())
            elif isinstance(value, Mapping):
                yield key, name, value


def _bare_numbers(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        for name, value in row.items():
            if isinstance(value, (int, float, bool)) or _has_number(value):
                yield f"{key} {name} is a number without a source"


def _has_number(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(v, (int, float)) for v in value)


def _sources(table: Table) -> Iterator[str]:
    for key, name, figure in _figures(table):
        for column in ("source", "hard_source", "fps_source"):
            if column in figure and figure[column] not in table.sources:
                yield f"{key} {name} names {column} {figure[column]!r}, which is not in sources"
        if "source" not in figure:
            yield f"{key} {name} has no source"
        if figure.get("confidence") not in CONFIDENCES:
            yield f"{key} {name} has confidence {figure.get('confidence')!r}, not one of {', '.join(CONFIDENCES)}"
        if figure.get("source") == "HOUSE" and not figure.get("note"):
            yield f"{key} {name} is our own choice without a reason in note"


def _unused(table: Table) -> Iterator[str]:
    used = _used(table)
    yield from (f"source {key} is used by no figure" for key in table.sources if key not in used)
    for key, source in table.sources.items():
        yield from (f"source {key} has no {part}" for part in ("title", "address", "as_of") if not source.get(part))


def _used(table: Table) -> set[str]:
    columns = ("source", "hard_source", "fps_source")
    return {figure[c] for _, _, figure in _figures(table) for c in columns if c in figure}


def _ages(table: Table) -> Iterator[str]:
    old = {key for key, source in table.sources.items() if _old(source["as_of"], table.reviewed)}
    for key in sorted(old - set(table.aged)):
        yield f"source {key} is over {OLD_YEARS} years older than the review and has no reason under aged"
    for key in sorted(set(table.aged) - old):
        yield f"aged excuses {key}, which needs no excuse; remove it"
    for row, name, figure in _figures(table):
        if table.sources.get(figure.get("source", ""), {}).get("as_of") == "undated" and figure["confidence"] == "high":
            yield f"{row} {name} is high confidence from a source without a date"


def _old(as_of: str, reviewed: str) -> bool:
    return as_of != "undated" and int(reviewed[:4]) - int(as_of[:4]) >= OLD_YEARS


def _safe_zones(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        safe = safe_of(row["safe"], *row["canvas"]["value"])
        edges = (safe.top, safe.right, safe.bottom, safe.left)
        if min(edges) < 0 or safe.top + safe.bottom >= 1 or safe.left + safe.right >= 1:
            yield f"{key} safe leaves nothing of the canvas: {edges}"


def _shapes(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        for name in SIZES:
            if name in row and not _size(row[name]["value"]):
                yield f"{key} {name} is no pair of whole pixels from 10 to 4096"
        width, height = row["canvas"]["value"]
        least, most = CLASSES[row["layout_class"]]
        if not least <= width / height <= most:
            yield f"{key} canvas {width}x{height} does not look like layout class {row['layout_class']}"
        if not 0.9 <= width / row["shown_pt"]["value"] <= 12:
            yield f"{key} shown_pt gives {width / row['shown_pt']['value']:.1f} pixels a point"
        lows = row.get("px_min", row["canvas"])["value"]
        if width < lows[0] or height < lows[1]:
            yield f"{key} canvas is smaller than px_min"


def _size(value: Sequence[Any]) -> bool:
    return len(value) == 2 and all(type(v) is int and 10 <= v <= 4096 for v in value)


def _bytes(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        budget, most = row["budget"]["value"], row["max_bytes"]["value"]
        if not 10_000 <= budget <= most:
            yield f"{key} budget of {budget} bytes is not between 10 kB and the platform's {most}"


def _texts(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        for field, figure in row.get("text", {}).items():
            limit, hard = figure["limit"], figure["hard"]
            if limit is not None and hard is not None and limit > hard:
                yield f"{key} text.{field} advises {limit}, more than the {hard} that are taken"


def _videos(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        if ("video" in row["media"]) != ("video" in row):
            yield f"{key} has a video rule without video among its media, or the other way round"
        video = row.get("video")
        if video and video["max_seconds"] is not None and not 0 <= video["min_seconds"] < video["max_seconds"]:
            yield f"{key} video lasts from {video['min_seconds']} to {video['max_seconds']} seconds"


def _words(table: Table) -> Iterator[str]:
    for key, row in table.rows.items():
        if not key.startswith(f"{table.platform}."):
            yield f"{key} does not begin with {table.platform}."
        for name, choices in CHOICES.items():
            if row[name]["value"] not in choices:
                yield f"{key} {name} is {row[name]['value']!r}, not one of {choices}"
        if not row["text_on_image"]["value"] and not row["clean"]["value"]:
            yield f"{key} takes no text on the picture and asks for no clean picture"
    yield from (f"{key} is offered and not offered" for key in table.not_offered if key in table.rows)


RULES: tuple[Rule, ...] = (
    Rule(name="figures", says="every number stands in a figure with a source", check=_bare_numbers),
    Rule(name="sources", says="sources resolve, confidence is a known word, our choices have reasons", check=_sources),
    Rule(name="unused", says="a source is complete and used", check=_unused),
    Rule(name="ages", says="an old source has a reason to be used still; a needless reason goes", check=_ages),
    Rule(name="safe", says="the safe zone lies inside the canvas", check=_safe_zones),
    Rule(name="shapes", says="sizes are whole pixels that suit class, shown width and minimum", check=_shapes),
    Rule(name="bytes", says="a budget is within what the platform takes", check=_bytes),
    Rule(name="texts", says="advice is not above what is refused", check=_texts),
    Rule(name="videos", says="a video rule stands where videos run, and its seconds ascend", check=_videos),
    Rule(name="words", says="ids and words are those of the records", check=_words),
)


def lint(table: Table) -> tuple[str, ...]:
    """Everything that a table breaks, as `rule: sentence`."""
    return tuple(f"{rule.name}: {text}" for rule in RULES for text in rule.check(table))
