"""Batches: listed, watched while they are made, stopped, tried again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import Path, Query, Request
from starlette.responses import Response, StreamingResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, decode, encode, number, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes.batches import stop as stop_batch
from factory.doors.web.routes.batches import try_again
from factory.doors.web.site.batchview import PER_IDEA, TONES, WORDS, View, squarish, summary, tiles_of, told, view_of, wall_of
from factory.doors.web.site.live import Look, event, following, start_of
from factory.doors.web.site.pages import Here, Pages
from factory.doors.web.site.render import fragment, go, page
from factory.store import batches as store
from factory.store import events, people, progress, watching

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["batches"])

BatchId = Annotated[str, Path(pattern=r"^bat_[0-9a-f]{20}$")]
PER_PAGE: Final = 20
PER_LOG: Final = 100
ESTIMATE_S: Final = 5.0
"""Seconds after which a page is told the time left, though nothing was made."""

GROUPS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "": ("All", ()),
    "running": ("In the making", ("validating", "running", "finalizing", "cancelling")),
    "ready": ("Ready", ("completed", "completed_with_errors")),
    "stopped": ("Stopped or not made", ("cancelled", "expired", "failed")),
}
"""How the list is narrowed: key -> its name and the states it lets through."""


@router.get("/batches")
def listed(
    _: Annotated[Actor, Needs()], request: Request, web: Web, cursor: Cursor = None,
    state: Literal["", "running", "ready", "stopped"] = "", brief: Annotated[str, Query(pattern=r"^(brf_[0-9a-f]{20})?$")] = "",
) -> Response:
    """Batches, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = progress.page(db, PER_PAGE + 1, before=place and (place[0], place[1]), states=GROUPS[state][1], brief=brief)
        more = encode(rows[PER_PAGE - 1]["created_at"], rows[PER_PAGE - 1]["id"]) if len(rows) > PER_PAGE else None
        shown = rows_of(db, rows[:PER_PAGE])
        of_brief = shown[0]["name"] if brief and shown else ""
        start = watching.beginnings(db)
    return page(request, "batches.html", title="Batches", rows=shown, more=more, state=state, brief=brief, of_brief=of_brief,
                groups=[(k, name) for k, (name, _) in GROUPS.items()], first=place is None, start=start)


def rows_of(db: Connection[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Batches as lines of a list: name, state in words, counts, pace, who, and a few pictures."""
    ids = [r["id"] for r in rows]
    titles, counted, covers = watching.titles(db, ids), progress.counts(db, ids), watching.covers(db, ids, squarish())
    who = people.names(db, [r["created_by"] for r in rows])
    lines = []
    for r in rows:
        counts = counted[r["id"]]
        total = sum(n for k, n in counts.items() if "." not in k)
        pace = progress.pace(db, r, counts.get("ready", 0))
        lines.append({
            **titles[r["id"]], "id": r["id"], "state": r["state"], "word": WORDS[r["state"]], "tone": TONES[r["state"]],
            "ready": counts.get("ready", 0), "failed": counts.get("failed", 0), "total": total, "pace": pace,
            "pending": counts.get("review.pending", 0), "approved": counts.get("review.approved", 0),
            "rejected": counts.get("review.rejected", 0) + counts.get("review.changes_requested", 0),
            "at": r["created_at"], "ended": r["ended_at"], "who": who.get(r["created_by"], ""), "covers": covers[r["id"]],
        })  # fmt: skip
    return lines


@router.get("/batches/{batch}")
def one(_: Annotated[Actor, Needs()], request: Request, web: Web, batch: BatchId) -> Response:
    """A batch: how far it is, and what there is of it."""
    with web.reading() as db:
        view, wall = view_of(web, db, batch), wall_of(db, batch)
    return page(request, "batch.html", title=view.name, v=view, wall=wall, per_idea=PER_IDEA)


@router.get("/batches/{batch}/log")
def log(_: Annotated[Actor, Needs()], request: Request, web: Web, batch: BatchId, cursor: Cursor = None) -> Response:
    """Everything that happened to a batch, newest first."""
    place = decode(cursor, number)
    with web.reading() as db:
        titles = watching.titles(db, [batch])
        if batch not in titles:
            raise Problem("batch.unknown")
        rows = watching.log(db, batch, PER_LOG + 1, place[0] if place else None)
    more = encode(rows[PER_LOG - 1]["seq"]) if len(rows) > PER_LOG else None
    return page(request, "batch_log.html", title=f"Log of {titles[batch]['name']}", batch=batch, name=titles[batch]["name"],
                log=[told(r) for r in rows[:PER_LOG]], more=more)


@router.post("/batches/{batch}/stop")
def stop(_: Annotated[None, Needs("creator")], request: Request, web: Web, visit: Here, batch: BatchId) -> Response:
    """Make no more of it; what was made stays."""
    with web.changing() as db:
        stop_batch(db, batch, visit.actor)
    return go(request, f"/batches/{batch}", "Stopped. What was made stays.")


@router.post("/batches/{batch}/retry")
def retry(_: Annotated[None, Needs("creator")], request: Request, web: Web, visit: Here, batch: BatchId) -> Response:
    """Try what failed once more."""
    with web.changing() as db:
        jobs = try_again(db, batch, visit.actor)
    return go(request, f"/batches/{batch}", f"Trying {jobs} {'step' if jobs == 1 else 'steps'} again.")


# ---------------------------------------------------------------------------------------------------------- live


@router.get("/batches/{batch}/live")
def live(
    _: Annotated[Actor, Needs()], request: Request, web: Web, batch: BatchId, after: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> StreamingResponse:
    """What changes on a batch's page while it is looked at."""
    with web.reading() as db:
        if store.get(db, batch) is None:
            raise Problem("batch.unknown")
    return following(request, batch, start_of(request, after), _Watcher(request, web, batch).look)


class _Watcher:
    """What one page has been told."""

    def __init__(self, request: Request, web: Parts, batch: str) -> None:
        self.request, self.web, self.batch = request, web, batch
        self.parts, self.at = "", 0.0

    def look(self, seq: int) -> Look:
        """Tiles that changed since `seq`, and the parts of the page around them when they read otherwise than before."""
        with self.web.reading() as db:
            rows = events.after(db, self.batch, seq)
            if not rows and time.monotonic() - self.at < ESTIMATE_S:
                return Look(text="", seq=seq)
            view = view_of(self.web, db, self.batch)
            cells = [r["data"]["variant"] for r in rows if "variant" in r["data"]]
            cells += [d["variant"] for r in rows for d in r["data"].get("decisions", ())]
            tiles = tiles_of(db, self.batch, list(dict.fromkeys(cells)))
            ideas = watching.ideas(db, self.batch) if rows else {}
            wall = wall_of(db, self.batch) if any(r["type"] == "batch.started" for r in rows) else None
        self.at = time.monotonic()
        last = rows[-1]["seq"] if rows else seq
        data: dict[str, Any] = self._around(view)
        if tiles:
            data["tiles"] = [{"cell": t.cell, "concept": t.concept, "html": fragment("batch_tile.html", self.request, t=t)}
                             for t in tiles]
        if ideas:
            data["ideas"] = {k: f"{n['ready']} of {n['all']}" for k, n in ideas.items()}
        if wall is not None:
            data["wall"] = fragment("batch_wall.html", self.request, v=view, wall=wall, per_idea=PER_IDEA)
        said = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        text = event("change", said, last if rows else None) if data else ""
        return Look(text=text, seq=last, over=not view.live and not rows)

    def _around(self, view: View) -> dict[str, Any]:
        parts = fragment("batch_parts.html", self.request, v=view)
        if parts == self.parts:
            return {}
        self.parts = parts
        return {"parts": parts, "say": summary(view), "state": view.out.state}
