"""The audit: who did what to what, append-only. For admins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.responses import StreamingResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, Limit, Page, decode, encode, number, page
from factory.doors.web.parts import Parts, Web
from factory.doors.web.routing import Router
from factory.doors.web.shapes import Out
from factory.ids import canonical
from factory.store import access as store

router = Router(prefix="/v1/audit", tags=["audit"])

Word = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_./:-]{1,120}$")]


class Entry(Out):
    """One thing that was done."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: dict[str, Any]


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**row)


@router.get("", summary="List what was done")
def index(
    _: Annotated[Actor, Needs("admin")], web: Web, limit: Limit = 50, cursor: Cursor = None,
    actor: Word = None, action: Word = None, object: Word = None,
) -> Page[Entry]:
    """Newest first; by who, what or on what, if asked."""
    place = decode(cursor, number)
    with web.reading() as db:
        rows = store.audit(db, before=place[0] if place else None, limit=limit + 1,
                           actor=actor or "", action=action or "", object=object or "")
    return page(rows, limit, lambda r: encode(r["seq"]), _entry)


LINES: Final[dict[int | str, dict[str, Any]]] = {200: {
    "description": "One JSON object a line, newest first.", "content": {"application/jsonl": {"schema": {"type": "string"}}},
}}


@router.get("/export", summary="Export all of it", response_class=StreamingResponse, responses=LINES)
def export(_: Annotated[Actor, Needs("admin")], web: Web) -> StreamingResponse:
    """Every entry as JSON lines."""
    return StreamingResponse(as_lines(entries(web)), media_type="application/jsonl",
                             headers={"Content-Disposition": 'attachment; filename="audit.jsonl"'})


def entries(web: Parts, *, actor: str = "", action: str = "", object: str = "") -> Iterator[list[dict[str, Any]]]:
    """Pages of entries, newest first, narrowed where a word is given; no connection is held while the reader reads."""
    before: int | None = None
    while True:
        with web.reading() as db:
            rows = store.audit(db, before=before, limit=1000, actor=actor, action=action, object=object)
        if not rows:
            return
        yield [{**r, "at": r["at"].isoformat()} for r in rows]
        before = rows[-1]["seq"]


def as_lines(pages: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    """Each entry as a JSON object on a line."""
    for rows in pages:
        yield b"".join(canonical(r) + b"\n" for r in rows)
