"""A batch's events as a stream: in order, each once, resumed where a connection broke."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.batch_view import shown
from factory.doors.web.hub import hub_of
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import BatchId, Router, told
from factory.states import ENDED
from factory.store import batches, events

router = Router(prefix="/v1/batches", tags=["events"])

PING_S: Final = 15.0
PROGRESS_S: Final = 0.5
"""Progress is told at most this often, however much happens."""

CHUNK: Final = 200
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events. `id` counts up by one; `event` is the type; `data` is `{id, type, timestamp, data}` "
        "as in webhooks. `event: progress` without an id carries counts; a comment comes every 15 s.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}

Seq = Annotated[int | None, Query(ge=0, le=2**62, description="Only events after this number (as Last-Event-ID).")]


@router.get(
    "/{batch:id}/events",
    summary="Follow a batch",
    response_class=StreamingResponse,
    responses={**told("batch.unknown"), **STREAM},
)
async def follow(
    request: Request,
    web: Web,
    batch: BatchId,
    _: Annotated[Actor, Needs()],
    after: Seq = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,18}$")] = None,
    until: Annotated[
        Literal["ended"] | None, Query(description="`ended`: close once the batch has ended and all is told.")
    ] = None,
) -> StreamingResponse:
    """Everything that happened since the event that was seen last, then what happens."""
    start = int(last_event_id) if last_event_id is not None else after or 0
    if await run_in_threadpool(_state, web, batch) is None:
        raise Problem("batch.unknown")
    follower = _Follower(request, web, batch, start, stops=until == "ended")
    return StreamingResponse(follower.lines(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _state(web: Parts, batch: str) -> str | None:
    with web.reading() as db:
        row = batches.get(db, batch)
    return str(row["state"]) if row else None


class _Follower:
    """One reader of one batch."""

    def __init__(self, request: Request, web: Parts, batch: str, seq: int, *, stops: bool) -> None:
        self.request, self.web, self.batch, self.seq, self.stops = request, web, batch, seq, stops
        self.progress, self.stale, self.told_at, self.spoke_at = "", True, 0.0, time.monotonic()

    async def lines(self) -> AsyncIterator[str]:
        """The stream's text, until the reader goes away or the batch has ended and the reader asked for no more."""
        yield "retry: 1000\n\n"
        async with hub_of(self.request).watching(self.batch) as bell:
            while True:
                state, rows = await run_in_threadpool(self._next)
                for row in rows:
                    yield self._event(row)
                self.stale = self.stale or bool(rows)
                last = self.stops and state in ENDED and not rows
                if self.stale and (counts := await self._progress(now=last)):
                    yield counts
                if len(rows) == CHUNK:
                    continue
                if last:
                    return
                if time.monotonic() - self.spoke_at >= PING_S:
                    yield self._said(": ping\n\n")
                if rows:
                    await asyncio.sleep(PROGRESS_S / 2)
                await bell.wait()

    def _next(self) -> tuple[str | None, list[dict[str, Any]]]:
        """The state is read before the events: when it has ended, the event that tells so is among them."""
        with self.web.reading() as db:
            row = batches.get(db, self.batch)
            return row["state"] if row else None, events.after(db, self.batch, self.seq, CHUNK)

    def _event(self, row: Mapping[str, Any]) -> str:
        self.seq = row["seq"]
        body = {
            "id": row["id"],
            "type": row["type"],
            "timestamp": row["at"].isoformat().replace("+00:00", "Z"),
            "data": row["data"],
        }
        return self._said(f"id: {row['seq']}\nevent: {row['type']}\ndata: {_json(body)}\n\n")

    async def _progress(self, *, now: bool) -> str:
        """Counts, if they have changed; "" if so, or if they were told a moment ago (they are told a moment later)."""
        if not now and time.monotonic() - self.told_at < PROGRESS_S:
            return ""
        out, self.stale = await run_in_threadpool(self._counts), False
        if out == self.progress:
            return ""
        self.progress, self.told_at = out, time.monotonic()
        return self._said(f"event: progress\ndata: {out}\n\n")

    def _counts(self) -> str:
        with self.web.reading() as db:
            out = shown(self.web, db, self.batch)
        return _json(out.model_dump(mode="json", include={"state", "counts", "progress", "per_minute", "seconds_left"}))

    def _said(self, text: str) -> str:
        self.spoke_at = time.monotonic()
        return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
