"""Briefs: all of them, one to read, its plan, and the start of a batch. `brief_form` has the form."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Form as Field
from fastapi import Path, Query, Request
from starlette.responses import Response

from factory.doors.web import desk
from factory.doors.web.access import Actor, Needs
from factory.doors.web.paging import Cursor, decode, encode, when, word
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes import batches as api
from factory.doors.web.routing import BriefId
from factory.doors.web.site import briefdesk
from factory.doors.web.site.batchview import TONES, WORDS
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import go, page
from factory.doors.web.site.routes.brief_form import Creator, once, run_once
from factory.errors import Fault, InputError
from factory.store import briefs, library

if TYPE_CHECKING:
    from factory.records import Brief

router = Pages(tags=["briefs"])

A_PAGE = 50
Reader = Annotated[Actor, Needs()]
Priority = Literal["low", "normal", "high"]
FOR_GOOD = "private, max-age=31536000, immutable"


@router.get("/briefs")
def index(
    _: Reader, request: Request, web: Web, cursor: Cursor = None,
    brand: Annotated[str, Query(pattern="^brd_[0-9a-f]{20}$|^$")] = "",
) -> Response:
    """Every brief, newest first."""
    place = decode(cursor, when, word)
    with web.reading() as db:
        rows = briefs.listed(db, place and (place[0], place[1]), A_PAGE + 1, brand)
        brands = briefs.brands(db)
    more = encode(rows[A_PAGE - 1]["created_at"], rows[A_PAGE - 1]["id"]) if len(rows) > A_PAGE else ""
    return page(request, "briefs.html", title="Briefs", rows=rows[:A_PAGE], more=more, brands=brands, brand=brand,
                first=not cursor, words=WORDS, tones=TONES)


@router.get("/briefs/{brief:id}")
def show(_: Reader, request: Request, web: Web, brief: BriefId) -> Response:
    """A brief to read, with the batches that were made of it, and what making it takes."""
    row = _row(web, brief)
    with web.reading() as db:
        made = briefs.batches_of(db, brief)
    kit = desk.kit_of(web, row["kit"])
    read, matrix, faults = _today(web, row)
    return page(request, "brief.html", title=row["name"], row=row, read=read, faults=faults, matrix=matrix, batches=made,
                pictures=_pictures(row, read, list(kit.product_pictures)), places=_places(read), words=WORDS)


def _today(web: Parts, row: dict[str, Any]) -> tuple[Brief | None, briefdesk.Matrix | None, Sequence[Fault]]:
    """A brief as it reads today, its plan, and what is wrong with it by now (its offer may be over)."""
    read = None
    try:
        read = desk.read(web, row["body"], row["format"], row["pictures"], desk.kit_of(web, row["kit"]))
        return read, briefdesk.plan_of(web, row, variants=None, seed=0, video=True), ()
    except InputError as error:
        return read, None, error.faults


def _places(read: Brief | None) -> list[str]:
    from factory.placements import select

    return [p.title for p in select(read.placements)] if read else []


def _pictures(row: dict[str, Any], read: Brief | None, kit: list[str]) -> list[tuple[str, str]]:
    """Each product picture's name and address."""
    names = read.product.pictures if read else ()
    own = {n: f"/briefs/{row['id']}/picture/{n}" for n in row["pictures"]}
    kits = {n: f"/briefs/kit-picture/{row['brand']}/{row['brand_version']}/{n}" for n in kit}
    return [(n, {**kits, **own}[n]) for n in names if n in kits or n in own]


def _row(web: Parts, brief: str) -> dict[str, Any]:
    with web.reading() as db:
        row = briefs.shown(db, brief)
    if row is None:
        raise Problem("brief.unknown")
    return row


@router.get("/briefs/{brief:id}/text")
def text(_: Reader, web: Web, brief: BriefId) -> Response:
    """The brief as it was written, as a file."""
    row = _row(web, brief)
    kind = "application/json" if row["format"] == "json" else "application/yaml; charset=utf-8"
    name = f'attachment; filename="{brief}.{row["format"]}"'
    return Response(row["body"], media_type=kind, headers={"Content-Disposition": name, "Cache-Control": "no-store"})


# ------------------------------------------------------------------------------------------------ plan and start

Variants = Annotated[str, Query(pattern=r"^\s*\d{0,4}\s*$")]


@router.get("/briefs/{brief:id}/start")
def plan(
    _: Creator, request: Request, web: Web, brief: BriefId, variants: Variants = "",
    seed: Annotated[str, Query(pattern=r"^\s*\d{0,10}\s*$")] = "", films: str = "", priority: Priority = "normal",
) -> Response:
    """What the brief becomes with these choices, before anything is spent."""
    chosen = {"variants": variants.strip(), "seed": seed.strip() or "0", "films": films or "yes", "priority": priority}
    return _plan(request, web, _row(web, brief), chosen)


def _plan(request: Request, web: Parts, row: dict[str, Any], chosen: dict[str, str]) -> Response:
    faults: Any = ()
    matrix = None
    wrong = _wrong(chosen)
    if not wrong:
        try:
            matrix = briefdesk.plan_of(web, row, variants=_number(chosen["variants"]), seed=int(chosen["seed"]),
                                       video=chosen["films"] != "no")
        except InputError as error:
            faults = error.faults
    return page(request, "brief_plan.html", status=422 if wrong else 200, title=f"Start: {row['name']}", row=row, matrix=matrix,
                faults=faults, chosen=chosen, key=secrets.token_urlsafe(16), wrong=wrong)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _wrong(chosen: dict[str, str]) -> dict[str, str]:
    """What cannot be made, by field: the limits are those of the API's request."""
    found = {}
    if chosen["variants"] and not (chosen["variants"].isdigit() and 1 <= int(chosen["variants"]) <= 5000):
        found["variants"] = "Write a number from 1 to 5,000, or nothing."
    if not (chosen["seed"].isdigit() and int(chosen["seed"]) < 2**31):
        found["seed"] = "Write a whole number from 0 to 2,147,483,647."
    return found


Short = Annotated[str, Field(max_length=60)]


@router.post("/briefs/{brief:id}/start")
def start(
    actor: Creator, request: Request, web: Web, brief: BriefId, key: Short = "", variants: Short = "", seed: Short = "0",
    films: Short = "yes", priority: Annotated[Priority, Field()] = "normal", do: Short = "start",
) -> Response:
    """Start a batch, or show what other choices become; the same form sent again leads to the same batch."""
    row = _row(web, brief)
    chosen = {"variants": variants.strip(), "seed": seed.strip() or "0", "films": films, "priority": str(priority)}
    if _wrong(chosen):
        return _plan(request, web, row, chosen)
    if do == "show":
        return go(request, f"/briefs/{brief}/start?{urlencode(chosen)}")
    asked = {"brief": brief, "variants": _number(chosen["variants"]), "seed": int(chosen["seed"]), "video": films != "no",
             "priority": priority}
    body = api.NewBatch.model_validate(asked)
    keyed = once(web, actor, f"POST /briefs/{brief}/start", key, body.model_dump_json())
    answer = run_once(keyed, lambda db: api.start(web, db, body, actor))
    batch = json.loads(bytes(answer.body))["id"]
    return go(request, f"/batches/{batch}", "The batch has started.")


# ------------------------------------------------------------------------------------------------ product pictures


@router.get("/briefs/{brief:id}/picture/{path:path}")
def picture(_: Reader, web: Web, brief: BriefId, path: Annotated[str, Path(max_length=200)]) -> Response:
    """A picture that came with a brief, small."""
    key = _row(web, brief)["pictures"].get(path)
    if key is None:
        raise Problem("page.unknown")
    return _small(briefdesk.small(web, key, lambda: web.storage.get(key)))


@router.get("/briefs/upload-picture/{upload}")
def uploaded(_: Creator, web: Web, upload: Annotated[str, Path(pattern="^upl_[0-9a-f]{20}$")]) -> Response:
    """A picture that was dropped on the form, small."""
    with web.reading() as db:
        row = library.get_upload(db, upload)
    if row is None or row["kind"] != "picture" or row["state"] != "ready":
        raise Problem("page.unknown")
    key = row["storage_key"]
    return _small(briefdesk.small(web, key, lambda: web.storage.get(key)))


@router.get("/briefs/kit-picture/{brand}/{version}/{name}")
def kits(
    _: Reader, web: Web, brand: Annotated[str, Path(pattern="^brd_[0-9a-f]{20}$")],
    version: Annotated[int, Path(ge=1, le=1_000_000)], name: Annotated[str, Path(max_length=120)],
) -> Response:
    """A product picture of a kit, small."""
    with web.reading() as db:
        row = library.get_version(db, brand, version)
    found = desk.kit_of(web, row["digest"]).product_pictures.get(name) if row else None
    if row is None or found is None:
        raise Problem("page.unknown")
    return _small(briefdesk.small(web, f"{row['digest']}/{name}", found.file.read_bytes))


def _small(data: bytes) -> Response:
    return Response(data, media_type="image/webp", headers={"Cache-Control": FOR_GOOD})
