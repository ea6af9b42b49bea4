"""The review of a batch: its grid, decisions from it, and what others do meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import Form, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import BatchId
from factory.doors.web.site import reviewing as shape
from factory.doors.web.site.pages import Here, Pages
from factory.doors.web.site.render import go, page
from factory.doors.web.site.reviewing import View
from factory.doors.web.site.reviewlive import Watcher
from factory.store import batches, reviewing, work

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["review"])

Words = Annotated[list[Annotated[str, Query(max_length=80)]], Query(max_length=50)]
Cell = Annotated[str, Query(pattern=r"^([0-9a-f]{16})?$")]


@router.get("/batches/{batch}/review")
def grid(
    batch: BatchId, _: Annotated[Actor, Needs()], request: Request, web: Web, visit: Here,
    review: Words = [], verdict: Words = [], check: Words = [], placement: Words = [], locale: Words = [], kind: Words = [],  # noqa: B006
    tribe: Words = [], concept: Words = [], state: Words = [],  # noqa: B006  (read only)
    group: Literal["on", "off"] = "on", after: Cell = "", at: Cell = "", part: bool = False,
) -> Response:
    """Every variant of a batch as a card; `part` is the next cards only, for the page that has the others."""
    given = {"review": review, "verdict": verdict, "check": check, "placement": placement, "locale": locale, "kind": kind,
             "tribe": tribe, "concept": concept, "state": state}
    view = View(narrowed={k: tuple(v for v in values if v) for k, values in given.items() if values}, grouped=group == "on")
    with web.reading() as db:
        facts = _facts(db, batch, view, after)
        facts |= {} if part else _around(db, batch, view, facts)
    shown = "review_cards.html" if part else "review.html"
    return page(request, shown, title=f"Review {facts.get('name', '')}", at=at, after=after, keys_on=visit.keys_on,
                may_decide=visit.actor.has("reviewer"), reasons=shape.REASONS, **facts)


def _facts(db: Connection[dict[str, Any]], batch: str, view: View, after: str) -> dict[str, Any]:
    """Cards and the concepts they stand under."""
    row = reviewing.batch(db, batch)
    if row is None:
        raise Problem("batch.unknown")
    rows = reviewing.cards(db, batch, view.narrowed, shape.PER_PAGE + 1, after=after, grouped=view.grouped)
    more = len(rows) > shape.PER_PAGE
    rows = rows[: shape.PER_PAGE]
    talk = reviewing.talked(db, batch)
    groups: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        groups.setdefault(r["concept"] if view.grouped else "", []).append(shape.card(r, talk))
    return {"batch": row, "groups": groups, "next": rows[-1]["id"] if more else "", "view": view,
            "concepts": reviewing.concepts(db, batch, view.narrowed), "ideas": shape.idea_of(row),
            "open": reviewing.open_ones(db, batch, view.narrowed)}


def _around(db: Connection[dict[str, Any]], batch: str, view: View, facts: dict[str, Any]) -> dict[str, Any]:
    """What stands around the cards: the batch's name, counts, filters."""
    ideas = {c: row["headline"] for c, row in facts["concepts"].items()}
    return {"name": facts["batch"]["name"], "tally": shape.tally(facts["concepts"]), "names": shape.NAMES,
            "chips": shape.chips(view, reviewing.facets(db, batch), ideas), "named": lambda n, v: shape.named(n, v, ideas)}


@router.post("/batches/{batch}/review/decide")
def decide(
    batch: BatchId, actor: Annotated[Actor, Needs("reviewer")], request: Request, web: Web,
    verdict: Annotated[Literal["approved", "rejected", "changes_requested", "pending"], Form()],
    v: Annotated[list[Annotated[str, Form(max_length=60)]], Form(max_length=1000)] = [],  # noqa: B006  (read only)
    seen: Annotated[str, Form(max_length=80_000)] = "", reason: Annotated[str, Form(max_length=100)] = "",
    other: Annotated[str, Form(max_length=100)] = "", comment: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[str, Form(max_length=4000)] = "", accept: Annotated[str, Header()] = "",
) -> Response:
    """Decide on variants as they were seen: `v` each, or `seen` all in one text."""
    wanted = shape.seen_of([*v, seen])
    with web.changing() as db:
        outcome = shape.decide(db, web, actor, batch, wanted, verdict, other.strip() or reason, comment.strip())
    if accept.startswith("application/json"):
        return JSONResponse({"said": outcome.said(verdict), "decided": outcome.decided, "before": dict(outcome.before),
                             "refused": dict(outcome.refused), "cards": _cards(web, batch, list(outcome.refused))})
    return go(request, _back(batch, wanted[0][0], back), outcome.said(verdict), "bad" if outcome.refused else "good")


def _cards(web: Parts, batch: str, cells: list[str]) -> list[dict[str, Any]]:
    """Cards as they stand now, for a page that was wrong about them."""
    if not cells:
        return []
    with web.reading() as db:
        talk = reviewing.talked(db, batch)
        return [shape.card(r, talk) for r in reviewing.some(db, batch, cells)]


def _back(batch: str, cell: str, back: str) -> str:
    """Where a form came from: the variant's page, or the grid as it was narrowed."""
    if back == "variant":
        return f"/variants/{batch}.{cell}"
    query = urlencode(parse_qsl(back, max_num_fields=200))
    return f"/batches/{batch}/review" + (f"?{query}" if query else "")


@router.get("/batches/{batch}/review/cards")
def some(batch: BatchId, _: Annotated[Actor, Needs()], web: Web, c: Annotated[list[str], Query(max_length=200)]) -> Response:
    """Cards as they stand now, as data."""
    return JSONResponse(_cards(web, batch, c))


@router.get("/batches/{batch}/review/live")
async def live(
    batch: BatchId, actor: Annotated[Actor, Needs()], request: Request, web: Web,
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^\d{1,18}$")] = None,
) -> Response:
    """Cards as others change them, from an event's number on."""
    if await run_in_threadpool(_missing, web, batch, actor.has("creator", "reviewer")):
        raise Problem("batch.unknown")
    start = int(last_event_id) if last_event_id is not None else after
    watcher = Watcher(request, web, batch, start, actor.id)
    return StreamingResponse(watcher.lines(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _missing(web: Parts, batch: str, may_edit: bool) -> bool:
    """Whether there is no such batch. Who may edit rings the workers ahead: their first edit finds them warm."""
    with web.changing() as db:
        there = batches.get(db, batch) is not None
        if there and may_edit:
            work.ring(db, ["preview"])
    return not there
