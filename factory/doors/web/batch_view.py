"""A batch as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from factory.doors.web.parts import Parts
from factory.doors.web.problems import Problem
from factory.doors.web.shapes import Fault as FaultOut
from factory.doors.web.shapes import Out
from factory.ids import short
from factory.states import BATCH
from factory.store import batches, progress

if TYPE_CHECKING:
    from psycopg import Connection

State = Literal[
    "validating", "running", "finalizing", "completed", "completed_with_errors", "failed", "cancelling", "cancelled", "expired"
]
assert set(State.__args__) == set(BATCH)  # type: ignore[attr-defined]


class Counts(Out):
    """Variants by what they are, and the ready ones by review."""

    total: int
    queued: int
    rendering: int
    ready: int
    dropped: int = Field(description="Made, but a check or a twin forbids to ship them.")
    failed: int
    cancelled: int
    pending: int
    approved: int
    rejected: int
    changes_requested: int


class Moments(Out):
    """When the batch came into each state; null: it has not."""

    created: datetime
    running: datetime | None
    ended: datetime | None
    deadline: datetime | None


class BatchOut(Out):
    """A batch and how far it is."""

    id: str
    state: State
    brief: str
    custom_id: str | None
    metadata: dict[str, str]
    options: dict[str, Any]
    counts: Counts
    progress: float = Field(ge=0, le=1, description="Share of the work that is done.")
    per_minute: float | None = Field(description="Finished variants a minute, as measured in this batch.")
    seconds_left: float | None = Field(description="Estimate from what this batch's jobs took so far.")
    at: Moments
    worker_seconds: float
    figures: dict[str, Any] | None = Field(description="What came out, once the batch has ended.")
    errors: list[FaultOut] = Field(description="Why a batch failed before anything was made: all faults of its input.")
    created_by: str
    status_url: str
    events_url: str
    variants_url: str
    cancel_url: str


def batch_out(
    web: Parts, row: Mapping[str, Any], counted: Mapping[str, int], planned: datetime | None, pace: progress.Pace
) -> BatchOut:
    """A row as the API shows it."""
    here = f"{web.settings.url}/v1/batches/{row['id']}"
    return BatchOut(
        id=row["id"],
        state=row["state"],
        brief=row["brief"],
        custom_id=row["options"].get("custom_id"),
        metadata=row["metadata"],
        options={k: row["options"].get(k) for k in ("variants", "seed", "video")},
        counts=_counts(counted),
        progress=round(pace.share, 4),
        per_minute=_rounded(pace.per_minute),
        seconds_left=_rounded(pace.seconds_left),
        at=Moments(created=row["created_at"], running=planned, ended=row["ended_at"], deadline=row["deadline_at"]),
        worker_seconds=round(row["busy_seconds"], 3),
        figures=row["figures"],
        errors=_faults(row["error"]),
        created_by=row["created_by"],
        status_url=here,
        events_url=f"{here}/events",
        variants_url=f"{web.settings.url}/v1/variants?batch={row['id']}",
        cancel_url=f"{here}:cancel",
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _counts(counted: Mapping[str, int]) -> Counts:
    states = {s: counted.get(s, 0) for s in ("queued", "rendering", "ready", "dropped", "failed", "cancelled")}
    reviews = {r: counted.get(f"review.{r}", 0) for r in ("pending", "approved", "rejected", "changes_requested")}
    return Counts(total=sum(states.values()), **states, **reviews)


def _faults(error: Any) -> list[FaultOut]:
    """A batch's error as faults, whether it was written as one, as many, or as a text."""
    if not error:
        return []
    if isinstance(error, str):
        error = [{"fact": error}]
    rows = error.get("faults", [error]) if isinstance(error, Mapping) else error
    return [
        FaultOut(
            pointer=f.get("where") or None,
            code=f.get("code") or "batch.failed",
            detail=f.get("fact") or "",
            help=f.get("help") or None,
        )
        for f in rows
    ]


def shown(web: Parts, db: Connection[dict[str, Any]], batch: str) -> BatchOut:
    """A batch as it is now. Raises Problem batch.unknown."""
    row = batches.get(db, batch)
    if row is None:
        raise Problem("batch.unknown")
    counted = progress.counts(db, [batch])[batch]
    return batch_out(
        web, row, counted, progress.planned_at(db, [batch]).get(batch), progress.pace(db, row, counted.get("ready", 0))
    )


def etag(batch: BatchOut) -> str:
    """Changes with everything but the estimates."""
    told_now = batch.model_dump(mode="json", exclude={"per_minute", "seconds_left"})
    return f'W/"{short(told_now)}"'
