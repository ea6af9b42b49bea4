"""The start: what waits for you, what runs, what went wrong, what went out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Request
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Parts, Web
from factory.doors.web.site.batchview import squarish
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import page
from factory.doors.web.site.routes.batches import rows_of
from factory.store import figures, progress, watching, work

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["home"])

SCARCE: Final = 0.1
"""Share of the disk below which an admin is told."""
STANDSTILL_S: Final = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How the service is, for admins. `waiting` counts ready steps, `age` is how long the oldest has waited in seconds;
    `workers` are at work now; `stands`: seconds for which nothing has moved although work waits."""

    free: int
    total: int
    scarce: bool
    waiting: int
    age: float
    workers: int
    stands: float


@router.get("/")
def home(actor: Annotated[Actor, Needs()], request: Request, web: Web) -> Response:
    """The start, by what the person does here."""
    with web.reading() as db:
        facts: dict[str, Any] = {
            "start": watching.beginnings(db), "running": rows_of(db, watching.running(db)),
            "waiting": _waiting(db) if actor.has("reviewer") else [],
            "fit": _named(db, watching.unpublished(db)) if actor.has("ad_ops") else [],
            "trouble": rows_of(db, watching.troubled(db)) if actor.has("creator") else [],
            "bundles": _named(db, watching.published(db)),
            "lately": rows_of(db, progress.page(db, 4, states=("completed",))) if actor.has("creator") else [],
        }
        health = _health(web, db) if actor.has("admin") else None
    return page(request, "home.html", title="Start", health=health, first=_first(actor, facts["start"]), **facts)


@router.get("/running")
def running(_: Annotated[Actor, Needs()], request: Request, web: Web) -> Response:
    """What runs, alone: the start asks for it anew every few seconds."""
    with web.reading() as db:
        rows = rows_of(db, watching.running(db))
    headers = {} if rows else {"HX-Refresh": "true"}  # what ran has ended: the rest of the start reads otherwise now
    return page(request, "running.html", title="In the making", running=rows, headers=headers)


def _waiting(db: Connection[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = _named(db, watching.undecided(db))
    covers = watching.covers(db, [r["batch"] for r in rows], squarish())
    return [{**r, "covers": covers[r["batch"]]} for r in rows]


def _named(db: Connection[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    titles = watching.titles(db, [r["batch"] for r in rows])
    return [{**r, "name": titles[r["batch"]]["name"], "brand": titles[r["batch"]]["brand"]} for r in rows]


def _health(web: Parts, db: Connection[dict[str, Any]]) -> Health:
    disk = shutil.disk_usage(web.settings.home if web.settings.home.exists() else "/")
    lanes = work.waiting(db).values()
    return Health(
        free=disk.free, total=disk.total, scarce=disk.free < SCARCE * disk.total, waiting=sum(x["jobs"] for x in lanes),
        age=max((x["age"] for x in lanes), default=0.0), workers=sum(w["job"] is not None for w in work.workers(db, 90.0)),
        stands=figures.standstill(db, STANDSTILL_S),
    )


def _first(actor: Actor, there: dict[str, bool]) -> str:
    """The first step that somebody who has just come should take; "" when things are under way."""
    if there["batches"]:
        return ""
    if actor.has("creator"):
        return "brief" if there["brands"] and not there["briefs"] else "batch" if there["briefs"] else "brand"
    return "review" if actor.has("reviewer") else "ads" if actor.has("ad_ops") else "wait"
