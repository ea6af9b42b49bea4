"""Lists by cursor: an opaque text that names the last row seen, so that a page is stable while rows are added."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import Field

from factory.doors.web.problems import Problem
from factory.doors.web.shapes import Out

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
Cursor = Annotated[str | None, Query(
    min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_-]+$", description="`next_cursor` of the page before.")]


class Page(Out, Generic[T]):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None = Field(description="Where the next page begins; null on the last.")
    has_more: bool


def encode(*place: Any) -> str:
    """A cursor that names a place: numbers, texts and times."""
    text = json.dumps([p.isoformat() if isinstance(p, datetime) else p for p in place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str | None, *kinds: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The place that a cursor names, each part read by its kind (`int`, `str`, `when`). Raises Problem 422."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(place, list) or len(place) != len(kinds):
            raise ValueError(cursor)
        return tuple(kind(p) for kind, p in zip(kinds, place, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError) as wrong:
        raise Problem("cursor.invalid") from wrong


def number(value: Any) -> int:
    """A whole number that the database can hold."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def word(value: Any) -> str:
    """A short text of plain characters."""
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise ValueError(value)
    return value


def when(value: Any) -> datetime:
    """A time with its zone."""
    at = datetime.fromisoformat(word(value))
    if at.tzinfo is None:
        raise ValueError(value)
    return at


def page(
    rows: Sequence[dict[str, Any]], limit: int, place: Callable[[dict[str, Any]], str], out: Callable[[dict[str, Any]], T]
) -> Page[T]:
    """A page from `limit + 1` rows: the one too many tells that there are more."""
    more = len(rows) > limit
    shown = rows[:limit]
    return Page(data=[out(r) for r in shown], next_cursor=place(shown[-1]) if more else None, has_more=more)
