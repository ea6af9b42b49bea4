"""Batches: put in, watched, stopped, tried again."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Header, Query, Request
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.batch_view import BatchOut, State, batch_out, etag, shown
from factory.doors.web.hub import hub_of
from factory.doors.web.idempotency import Answer, Once
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem, error
from factory.doors.web.routing import BatchId, Router, merged, told
from factory.doors.web.shapes import In, Out
from factory.states import ENDED
from factory.store import batches, progress
from factory.store import variants as variant_store
from factory.store.access import new_id, note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1/batches", tags=["batches"])

LONGEST_WAIT = 60


class NewBatch(In):
    """What to make."""

    brief: str = Field(pattern=r"^brf_[0-9a-f]{20}$", examples=["brf_0123456789abcdef0123"])
    variants: int | None = Field(None, ge=1, le=5000, description="Images and videos in all; else by the brief.")
    max_variants: int | None = Field(None, ge=1, le=5000, description="Never make more than this, whatever the brief says.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Another seed makes other choices.")
    video: bool = Field(True, description="Make videos where placements take them.")
    priority: Literal["low", "normal", "high"] = "normal"
    deadline_s: int | None = Field(None, ge=10, le=30 * 86400, description="Stop after so many seconds; what was made is kept.")
    custom_id: Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,64}$")] | None = Field(
        None, description="Your own name for it."
    )
    metadata: dict[
        Annotated[str, StringConstraints(min_length=1, max_length=64)], Annotated[str, StringConstraints(max_length=512)]
    ] = Field(default_factory=dict, max_length=16, description="Up to 16 texts of yours, given back as they are.")


class Rows(In):
    """Many batches, a row each."""

    rows: list[NewBatch] = Field(min_length=1, max_length=500)


class StartedRow(Out):
    """The batch of a row."""

    custom_id: str
    id: str
    status_url: str


class Started(Out):
    """Every row's batch, in the order of the request."""

    data: list[StartedRow]


class Cause(Out):
    """One cause, and the variants that it took along."""

    state: str
    reason: str
    count: int
    variants: list[str] = Field(description="Some of them: at most 20.")


class Causes(Out):
    """Everything that was not made, by cause, the most frequent first."""

    data: list[Cause]


@router.post(
    "",
    summary="Start a batch",
    status_code=202,
    response_model=BatchOut,
    responses=told("brief.unknown", *("idempotency.running", "idempotency.other")),
)
def create(body: NewBatch, actor: Annotated[Actor, Needs("creator")], once: Once, web: Web) -> Response:
    """Put a batch in. The answer names where to watch it; the same key sent again gives the same batch."""
    return once.run(lambda db: start(web, db, body, actor))


@router.post(
    ":many",
    summary="Start many batches",
    status_code=202,
    response_model=Started,
    responses=told("brief.unknown", *("idempotency.running", "idempotency.other")),
)
def create_many(body: Rows, actor: Annotated[Actor, Needs("creator")], once: Once, web: Web) -> Response:
    """Put a batch in for each row, all or none. Every row has a `custom_id` of its own."""
    seen = Counter(row.custom_id for row in body.rows)
    wrong = [
        error("request.invalid", "It is missing." if row.custom_id is None else "Another row has it too.", f"/rows/{n}/custom_id")
        for n, row in enumerate(body.rows) if row.custom_id is None or seen[row.custom_id] > 1
    ]  # fmt: skip
    if wrong:
        raise Problem("request.invalid", "Every row needs a custom_id of its own.", errors=wrong)

    def work(db: Connection[dict[str, Any]]) -> Answer:
        made = [started(web, db, row, actor) for row in body.rows]
        rows = [StartedRow(custom_id=str(out.custom_id), id=out.id, status_url=out.status_url) for out in made]
        return Answer(202, Started(data=rows))

    return once.run(work)


def start(web: Parts, db: Connection[dict[str, Any]], body: NewBatch, actor: Actor) -> Answer:
    """Put a batch in, within a transaction, and say so. Raises Problem brief.unknown."""
    out = started(web, db, body, actor)
    return Answer(202, out, {"Location": out.status_url, "ETag": etag(out)})


def started(web: Parts, db: Connection[dict[str, Any]], body: NewBatch, actor: Actor) -> BatchOut:
    """Put a batch in, within a transaction. Raises Problem brief.unknown."""
    brief = db.execute("select id, body from briefs where id = %s", (body.brief,)).fetchone()
    if brief is None:
        raise Problem("brief.unknown")
    batch = new_id("bat")
    deadline = datetime.now(UTC) + timedelta(seconds=body.deadline_s) if body.deadline_s else None
    batches.insert(
        db,
        batch,
        body.brief,
        _options(web, body, brief["body"]),
        actor.id,
        priority=body.priority,
        metadata=body.metadata,
        deadline=deadline,
    )
    note(db, actor.id, "batch.create", batch, {"brief": body.brief, "seed": body.seed})
    return shown(web, db, batch)


def _options(web: Parts, body: NewBatch, brief: str) -> dict[str, Any]:
    wanted = body.variants
    if body.max_variants is not None:
        wanted = min(wanted or _of_brief(brief), body.max_variants)
    return {
        "variants": wanted,
        "seed": body.seed,
        "video": body.video,
        "image_model": web.settings.image_model,
        "copy_model": web.settings.copy_model,
        "custom_id": body.custom_id,
    }


def _of_brief(text: str) -> int:
    """How many variants a brief asks for (it was found right when it was put in), 48 when it says nothing."""
    found = re.search(r"""^\s*["']?variants["']?\s*:\s*(\d{1,4})\b""", text, re.M)
    return int(found[1]) if found else 48


@router.get("", summary="List batches")
def listed(
    web: Web,
    _: Annotated[Actor, Needs()],
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[list[State] | None, Query(max_length=9, description="Only in these states.")] = None,
    brief: Annotated[str | None, Query(pattern=r"^brf_[0-9a-f]{20}$")] = None,
    custom_id: Annotated[str | None, Query(pattern=r"^[\x20-\x7e]{1,64}$")] = None,
) -> Page[BatchOut]:
    """Batches, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = progress.page(
            db, limit + 1, before=place and (place[0], place[1]), states=state or (), brief=brief or "", custom_id=custom_id or ""
        )
        ids = [r["id"] for r in rows[:limit]]
        counted, planned = progress.counts(db, ids), progress.planned_at(db, ids)
        data = [
            batch_out(web, r, counted[r["id"]], planned.get(r["id"]), progress.pace(db, r, counted[r["id"]].get("ready", 0)))
            for r in rows[:limit]
        ]
    more = len(rows) > limit
    return Page(
        data=data, next_cursor=encode(rows[limit - 1]["created_at"], rows[limit - 1]["id"]) if more else None, has_more=more
    )


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed since the ETag that was sent."}}


@router.get(
    "/{batch:id}",
    summary="Show a batch, or wait for it",
    response_model=BatchOut,
    responses=merged(told("batch.unknown"), NOT_MODIFIED),
)
async def one(
    request: Request,
    web: Web,
    batch: BatchId,
    _: Annotated[Actor, Needs()],
    if_none_match: Annotated[
        str | None, Header(alias="If-None-Match", max_length=400, description="An ETag that you have.")
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            alias="Prefer",
            max_length=100,
            examples=["wait=30"],
            description="`wait=30`: answer when it has changed (with If-None-Match) or ended, or after 30 s.",
        ),
    ] = None,
) -> Response:
    """State, counts, pace, and what the batch came to. `Prefer: wait=N` holds the answer back for at most N seconds."""
    seconds = _wait(prefer)
    until = time.monotonic() + seconds
    out = await run_in_threadpool(_read, web, batch)
    if seconds and not _worth_telling(out, if_none_match):
        async with hub_of(request).watching(batch) as bell:
            while not _worth_telling(out, if_none_match) and (left := until - time.monotonic()) > 0:
                await asyncio.sleep(min(left, 0.2))
                await bell.wait(left)
                if await request.is_disconnected():
                    break
                out = await run_in_threadpool(_read, web, batch)
    headers = {"ETag": etag(out), **({"Preference-Applied": f"wait={seconds}"} if seconds else {})}
    if if_none_match and etag(out) in if_none_match:
        return Response(status_code=304, headers=headers)
    return JSONResponse(out.model_dump(mode="json"), headers=headers)


def _read(web: Parts, batch: str) -> BatchOut:
    with web.reading() as db:
        return shown(web, db, batch)


def _worth_telling(out: BatchOut, known: str | None) -> bool:
    return etag(out) not in known if known else out.state in ENDED


def _wait(prefer: str | None) -> int:
    found = re.search(r"(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])", prefer or "")
    return min(int(found[1]), LONGEST_WAIT) if found else 0


@router.post(
    "/{batch:id}:cancel",
    summary="Stop a batch",
    status_code=202,
    response_model=BatchOut,
    responses=told("batch.unknown", "state.conflict"),
)
def cancel(batch: BatchId, actor: Annotated[Actor, Needs("creator")], web: Web) -> BatchOut:
    """What waits is not made any more; what was made is kept. Asked twice, it is stopped once."""
    with web.changing() as db:
        stop(db, batch, actor)
        return shown(web, db, batch)


def stop(db: Connection[dict[str, Any]], batch: str, actor: Actor) -> None:
    """Stop a batch, within a transaction. Raises Problem batch.unknown or state.conflict."""
    row = _held(db, batch)
    if row["ending"] == "cancelled" or row["state"] == "cancelled":
        return
    if not batches.stop(db, batch, "cancelled"):
        raise Problem("state.conflict", f"The batch is {row['state']}: there is nothing to stop.")
    note(db, actor.id, "batch.cancel", batch)


@router.post(
    "/{batch:id}:retry-failed",
    summary="Try what failed once more",
    status_code=202,
    response_model=BatchOut,
    responses=told("batch.unknown", "state.conflict"),
)
def retry_failed(batch: BatchId, actor: Annotated[Actor, Needs("creator")], web: Web) -> BatchOut:
    """Jobs that failed are tried again from nothing; what was made stays as it is."""
    with web.changing() as db:
        try_again(db, batch, actor)
        return shown(web, db, batch)


def try_again(db: Connection[dict[str, Any]], batch: str, actor: Actor) -> int:
    """Try a batch's failed jobs once more, within a transaction; returns how many. Raises Problem batch.unknown or
    state.conflict."""
    row = _held(db, batch)
    if row["state"] != "completed_with_errors":
        raise Problem("state.conflict", f"The batch is {row['state']}; only one that ended with errors is tried again.")
    jobs = batches.again(db, batch)
    if not jobs:
        raise Problem("state.conflict", "No job of the batch failed: what is missing was dropped by its checks.")
    note(db, actor.id, "batch.retry", batch, {"jobs": len(jobs)})
    return len(jobs)


def _held(db: Connection[dict[str, Any]], batch: str) -> Mapping[str, Any]:
    from factory.store import work

    try:
        return work.lock(db, batch)
    except LookupError:
        raise Problem("batch.unknown") from None


@router.get("/{batch:id}/errors", summary="Tell what went wrong, by cause", responses=told("batch.unknown"))
def causes(batch: BatchId, _: Annotated[Actor, Needs()], web: Web) -> Causes:
    """Variants that failed or were dropped, grouped by their reason."""
    with web.reading() as db:
        if batches.get(db, batch) is None:
            raise Problem("batch.unknown")
        rows = variant_store.errors(db, batch)
    return Causes(
        data=[
            Cause(state=r["state"], reason=r["reason"], count=r["n"], variants=[f"{batch}.{v}" for v in r["variants"]])
            for r in rows
        ]
    )
