"""Pages that follow a batch: a stream of server-sent events for the person who looks at it.

What is sent is a page's own: `look(seq)` says what to tell those who have seen everything up to `seq`. The browser's
EventSource comes back with Last-Event-ID after a break, so nothing is missed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from factory.doors.web.hub import hub_of

if TYPE_CHECKING:
    from starlette.requests import Request

PING_S: Final = 15.0
PACE_S: Final = 1.0
"""However much happens, a page is told once in so many seconds: calm, and many events become one change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What there is to tell: lines of the stream ("" for nothing), the last event they cover, and whether that is all."""

    text: str
    seq: int
    over: bool = False


def following(
    request: Request, batch: str, seq: int, look: Callable[[int], Look], *, pace_s: float = PACE_S
) -> StreamingResponse:
    """The stream's answer. `look` runs on a thread and opens its own connection."""
    lines = _lines(request, batch, seq, look, pace_s)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def start_of(request: Request, after: int) -> int:
    """From where on to tell: what the browser saw last, else what the page says."""
    told = request.headers.get("last-event-id", "")
    return int(told) if told.isdigit() and len(told) <= 18 else after


def event(name: str, data: str, seq: int | None = None) -> str:
    """One event; `data` has no line ends."""
    number = "" if seq is None else f"id: {seq}\n"
    return f"{number}event: {name}\ndata: {data}\n\n"


async def _lines(request: Request, batch: str, seq: int, look: Callable[[int], Look], pace_s: float) -> AsyncIterator[str]:
    yield "retry: 1500\n\n"
    spoke = time.monotonic()
    async with hub_of(request).watching(batch) as bell:
        while True:
            seen = await run_in_threadpool(look, seq)
            seq = seen.seq
            if seen.text:
                yield seen.text
                spoke = time.monotonic()
            if seen.over:
                yield event("over", "{}")
                return
            if time.monotonic() - spoke >= PING_S:
                yield ": ping\n\n"
                spoke = time.monotonic()
            if seen.text:
                await asyncio.sleep(pace_s)
            await bell.wait()
