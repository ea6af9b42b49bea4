"""One variant: looked at closely, decided on, its words changed, talked about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from fastapi import Form, Header, Path, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from factory.doors.web import again
from factory.doors.web.access import Actor, Needs
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routes.variants import back_to
from factory.doors.web.site import reviewing as grid
from factory.doors.web.site import variantview as shape
from factory.doors.web.site.pages import Pages
from factory.doors.web.site.render import counted, go, page
from factory.doors.web.variant_view import VARIANT, found
from factory.placements import load_placements
from factory.store import library, people, reviewing, variants
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["variants"])

VariantId = Annotated[str, Path(pattern=VARIANT)]
Version = Annotated[int, Form(ge=1, le=10**6)]
Accept = Annotated[str, Header()]
JSON = "application/json"


@router.get("/variants/{variant}")
def one(variant: VariantId, _: Annotated[Actor, Needs()], request: Request, web: Web) -> Response:
    """Everything of a variant; a fragment of it stands over the grid."""
    return _shown(request, web, variant)


def _shown(
    request: Request, web: Parts, variant: str, *, status: int = 200, fault: str = "", faults: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with web.reading() as db:
        row = found(db, variant)
        facts = _facts(db, row)
        known = _said_by(facts["brief"]["body"] if facts["brief"] else "")
        facts["fields"] = shape.fields_of(row, known, faults or {}, typed or {})
    visit = request.state.visit
    return page(
        request, "variant.html", status=status, title=grid.titled(row["placement"]), id=variant, row=row,
        fault=fault, findings=shape.findings_of(row), state=shape.state_words(row),
        may_decide=visit.actor.has("reviewer"), may_edit=visit.actor.has("creator", "reviewer"), keys_on=visit.keys_on,
        reasons=grid.REASONS, **facts)


def _facts(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept beside a variant's row."""
    batch = reviewing.batch(db, row["batch"])
    assert batch is not None
    brief = library.get_brief(db, batch["brief"])
    kept = variants.versions(db, row)
    decided, said = variants.decisions(db, row["batch"], row["id"]), reviewing.comments(db, row)
    shown = shape.versions_of(kept, row)
    before, after = reviewing.beside(db, row)
    sizes = reviewing.sizes_of(db, row)
    idea = grid.idea_of(batch).get(row["concept"], {})
    placement = load_placements().get(row["placement"])
    ids = {d["by"] for d in decided} | {v["by"] for v in shown} | {c["by"] for c in said} | {c["resolved_by"] for c in said}
    who = people.names(db, [i for i in ids if i]) | {"factory": "The factory"}
    return {"batch": batch, "brief": brief, "versions": shown, "comments": said, "idea": idea, "who": who, "before": before,
            "after": after, "shared": shape.shared(sizes, row), "last": decided[-1] if decided else None,
            "history": shape.history_of(decided, shown, said), "overlay": shape.overlay(placement) if placement else None}


@lru_cache(maxsize=64)
def _said_by(body: str) -> Mapping[str, str]:
    """The facts of a brief, by id. To read it takes longer than all else of a page, and a brief never changes."""
    try:
        told = yaml.safe_load(body)
        return {str(f["id"]): str(f["text"]) for f in told["product"]["facts"] if "id" in f and "text" in f}
    except (yaml.YAMLError, KeyError, TypeError):
        return {}


def _done(request: Request, variant: str, said: str, accept: str, **more: Any) -> Response:
    """A change that was taken: said to a script, or on the variant's page."""
    if accept.startswith(JSON):
        return JSONResponse({"said": said, **more})
    return go(request, f"/variants/{variant}", said)


# ------------------------------------------------------------------------------------------------ words


@router.post("/variants/{variant}/texts")
async def texts(
    variant: VariantId, actor: Annotated[Actor, Needs("creator", "reviewer")], request: Request, web: Web, accept: Accept = "",
) -> Response:
    """Other words: a new version of this variant, and of its other sizes where that is ticked."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form(max_fields=200)
    return await run_in_threadpool(_written, request, web, variant, actor, form, accept)


def _written(request: Request, web: Parts, variant: str, actor: Actor, form: FormData, accept: str) -> Response:
    typed = {k.removeprefix("t."): str(v).replace("\r\n", "\n").strip() for k, v in form.multi_items() if k.startswith("t.")}
    version, everywhere = str(form.get("version", "")), form.get("everywhere") == "yes"
    try:
        with web.changing() as db:
            row = found(db, variant, hold=True)
            if str(row["version"]) != version:
                raise Problem("variant.version", "Somebody changed this variant meanwhile. Your words are still here: look at "
                                                 "the picture, then save again.")
            made = shape.rewrite(db, row, typed, actor, everywhere=everywhere)
    except Problem as refused:
        return _unwritten(request, web, variant, refused, typed, accept)
    said = "These are the words that stand." if made is None else _said(made)
    more = {} if made is None else {"version": made.version, "others": made.others}
    return _done(request, variant, said, accept, **more)


def _said(made: shape.Written) -> str:
    size = f" and {counted(len(made.others), 'other size')}" if made.others else ""
    long = f" {counted(len(made.long), 'size takes', 'sizes take')} less text and stay as they are." if made.long else ""
    return f"Composing this{size} anew.{long}"


def _unwritten(request: Request, web: Parts, variant: str, refused: Problem, typed: Mapping[str, str], accept: str) -> Response:
    """What was wrong with the words, each at its field; nothing typed is lost."""
    if refused.code == "variant.unknown":
        raise refused
    faults = {e["pointer"].removeprefix("/texts/"): f"{e['detail']} {e.get('help', '')}".strip() for e in refused.errors}
    fault = "" if faults else refused.detail
    if accept.startswith(JSON):
        return JSONResponse({"said": fault or "Some words cannot stand there.", "faults": faults}, status_code=refused.status)
    return _shown(request, web, variant, status=refused.status, fault=fault, faults=faults, typed=typed)


@router.post("/variants/{variant}/revert")
def revert(
    variant: VariantId, actor: Annotated[Actor, Needs("creator", "reviewer")], request: Request, web: Web, version: Version,
    to: Version, accept: Accept = "",
) -> Response:
    """An earlier version stands again."""
    with web.changing() as db:
        row = found(db, variant, hold=True)
        if row["version"] != version:
            raise Problem("variant.version", f"Version {row['version']} stands now. Look at it first.")
        number = back_to(db, row, to, actor)
    return _done(request, variant, f"Version {to} stands again, as version {number}.", accept, version=number)


@router.post("/variants/{variant}/again")
def once_more(
    variant: VariantId, actor: Annotated[Actor, Needs("creator", "reviewer")], request: Request, web: Web,
    what: Annotated[Literal["plate", "like"], Form()] = "plate", accept: Accept = "",
) -> Response:
    """The same idea on another plate, in every size; or a few new variants like this one."""
    with web.changing() as db:
        made = again.another_plate(db, variant, actor) if what == "plate" else again.more_like(db, variant, actor)
    said = {"plate": f"Another plate is being made for {counted(len(made), 'variant')} of this idea.",
            "like": f"Making {counted(len(made), 'variant')} more like this one."}
    return _done(request, variant, said[what], accept)


# ------------------------------------------------------------------------------------------------ comments


@router.post("/variants/{variant}/comments")
def comment(
    variant: VariantId, actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], request: Request, web: Web,
    text: Annotated[str, Form(max_length=2000)] = "", x: Annotated[str, Form(max_length=20)] = "",
    y: Annotated[str, Form(max_length=20)] = "", accept: Accept = "",
) -> Response:
    """Say something about a variant, at a place of it or as a whole."""
    if not text.strip():
        if accept.startswith(JSON):
            return JSONResponse({"said": "Write something first.", "faults": {}}, status_code=422)
        return _shown(request, web, variant, status=422, fault="A comment has words: write something first.")
    at = _pin(x, y)
    with web.changing() as db:
        row = found(db, variant, hold=True)
        number = reviewing.comment(db, row, text.strip(), actor.id, x=at[0] if at else None, y=at[1] if at else None)
        note(db, actor.id, "variant.comment", variant, {"comment": number})
    return _done(request, variant, "The comment is kept.", accept)


def _pin(x: str, y: str) -> tuple[float, float] | None:
    """Shares of width and height, or no pin."""
    try:
        at = float(x), float(y)
    except ValueError:
        return None
    return at if 0 <= at[0] <= 1 and 0 <= at[1] <= 1 else None


@router.post("/variants/{variant}/comments/{number}")
def settle(
    variant: VariantId, number: Annotated[int, Path(ge=1, le=2**62)],
    actor: Annotated[Actor, Needs("creator", "reviewer", "ad_ops")], request: Request, web: Web,
    resolved: Annotated[bool, Form()] = True, accept: Accept = "",
) -> Response:
    """Mark a comment as settled, or open it again. It stays where it is."""
    with web.changing() as db:
        row = found(db, variant, hold=True)
        if not reviewing.resolve(db, row, number, actor.id, resolved=resolved):
            raise Problem("page.unknown", "There is no such comment.")
        note(db, actor.id, "variant.comment", variant, {"comment": number, "resolved": resolved})
    return _done(request, variant, "Settled." if resolved else "Open again.", accept)
