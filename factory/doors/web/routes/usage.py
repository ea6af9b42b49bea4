"""What was used: variants, worker seconds, money; by day or by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field

from factory.doors.web.access import Actor, Needs
from factory.doors.web.desk import money
from factory.doors.web.paging import Cursor, Limit, decode, encode, when, word
from factory.doors.web.parts import Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Router, told
from factory.doors.web.shapes import Day, Out
from factory.store import figures

router = Router(prefix="/v1/usage", tags=["usage"])

MOST_DAYS = 400


class Money(Out):
    """An amount of money."""

    amount: str
    currency: str


class Used(Out):
    """Figures of a day or a batch."""

    day: date | None = Field(description="UTC; the day on which the batch was started.")
    batch: str | None
    batches: int
    variants: int = Field(description="Made and kept.")
    approved: int
    worker_seconds: float
    cost: Money


class Usage(Out):
    """Use over some days. `total` sums the rows of this page."""

    since: date
    until: date
    total: Used
    data: list[Used]
    next_cursor: str | None
    has_more: bool


@router.get("", summary="Show what was used", responses=told("cursor.invalid"))
def index(
    _: Annotated[Actor, Needs("ad_ops")], web: Web, by: Literal["day", "batch"] = "day",
    since: Annotated[Day | None, Query(description="First day; by default 30 days ago.")] = None,
    until: Annotated[Day | None, Query(description="Last day; by default today.")] = None,
    limit: Limit = 200, cursor: Cursor = None,
) -> Usage:
    """By day: all of up to 400 days. By batch: newest first, by cursor."""
    last = until or datetime.now(UTC).date()
    first = since or date.fromordinal(max(1, last.toordinal() - 30))
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise Problem("request.invalid", f"`until` is {(last - first).days} days after `since`; 0 to {MOST_DAYS} are shown.")
    per_hour = web.settings.money_per_hour
    place = decode(cursor, when, word)
    with web.reading() as db:
        if by == "day":
            return _whole(first, last, [_used(r, per_hour) for r in figures.usage_by_day(db, first, last)], per_hour)
        rows = figures.usage_by_batch(db, first, last, place, limit + 1)
    shown = rows[:limit]
    after = encode(shown[-1]["created_at"], shown[-1]["batch"]) if len(rows) > limit else None
    return _whole(first, last, [_used(r, per_hour) for r in shown], per_hour, after)


def _used(row: Mapping[str, Any], per_hour: str) -> Used:
    counts = {name: row[name] for name in ("batches", "variants", "approved")}
    return Used(**counts, day=row.get("day"), batch=row.get("batch"), worker_seconds=round(row["worker_seconds"], 3),
                cost=Money(**money(per_hour, row["worker_seconds"])))


def _whole(first: date, last: date, rows: Sequence[Used], per_hour: str, after: str | None = None) -> Usage:
    sums = {name: sum(getattr(r, name) for r in rows) for name in ("batches", "variants", "approved", "worker_seconds")}
    return Usage(since=first, until=last, total=_used(sums, per_hour), data=list(rows), next_cursor=after,
                 has_more=after is not None)
