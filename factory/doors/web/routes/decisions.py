"""Decisions: a person's verdict on the version that stands, one by one or in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StringConstraints
from starlette.responses import Response

from factory.doors.web.access import Actor, Needs
from factory.doors.web.idempotency import Answer, MaybeOnce
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.routing import Router, told
from factory.doors.web.shapes import In, Out
from factory.doors.web.variant_view import VARIANT, Review, VariantId, found, parts_of
from factory.store import variants as store
from factory.store import work
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

router = Router(prefix="/v1", tags=["decisions"])

MOST = 500
Text = Annotated[str, StringConstraints(max_length=2000)]


class Decision(In):
    """A verdict. `pending` takes the last one back."""

    verdict: Review
    version: int = Field(ge=1, le=10**6, description="The version that was looked at.")
    reason: Annotated[str, StringConstraints(max_length=100)] = ""
    comment: Text = ""


class DecisionOf(Decision):
    """A verdict on one of many."""

    variant: str = Field(pattern=VARIANT)


class Bulk(In):
    """Many verdicts."""

    decisions: list[DecisionOf] = Field(min_length=1, max_length=MOST)


class DecisionOut(Out):
    """A verdict that was given."""

    variant: str
    version: int
    verdict: Review
    reason: str
    comment: str
    by: str
    at: datetime


class DecisionsOut(Out):
    """Every verdict on a variant, oldest first."""

    data: list[DecisionOut]


class Result(Out):
    """How one of many went."""

    variant: str
    status: Literal["decided", "unchanged", "refused"]
    code: str | None = Field(description="Of the problem, when it was refused.")
    detail: str | None


class BulkOut(Out):
    """How each went, in the order of the request."""

    data: list[Result]
    decided: int
    unchanged: int
    refused: int


REFUSALS = ("variant.unknown", "variant.version", "variant.unmade", "variant.check", "review.four_eyes")


@router.post(
    "/variants/{variant:id}/decisions",
    summary="Decide on a variant",
    status_code=201,
    response_model=DecisionOut,
    responses=told(*REFUSALS),
)
def decide(variant: VariantId, body: Decision, actor: Annotated[Actor, Needs("reviewer")], once: MaybeOnce, web: Web) -> Response:
    """The verdict stands for this version only. The verdict that stands already is no new decision."""

    def work_(db: Connection[dict[str, Any]]) -> Answer:
        row = found(db, variant, hold=True)
        seq = _decide(db, web, actor, row, body)
        if seq is not None:
            store.decided(db, row["batch"], actor.id, [_made(seq, row, body)])
            note(db, actor.id, "variant.decide", variant, {"verdict": body.verdict, "version": body.version})
        last = store.decisions(db, row["batch"], row["id"])
        return Answer(201, _out(variant, last[-1]) if last else _nothing(variant, row, body, actor))

    return once.run(work_)


@router.get("/variants/{variant:id}/decisions", summary="List a variant's decisions", responses=told("variant.unknown"))
def decisions(variant: VariantId, _: Annotated[Actor, Needs()], web: Web) -> DecisionsOut:
    """Every verdict, oldest first, whichever version it was on."""
    with web.reading() as db:
        row = found(db, variant)
        rows = store.decisions(db, row["batch"], row["id"])
    return DecisionsOut(data=[_out(variant, r) for r in rows])


@router.post("/decisions", summary="Decide on many variants", response_model=BulkOut)
def decide_many(body: Bulk, actor: Annotated[Actor, Needs("reviewer")], once: MaybeOnce, web: Web) -> Response:
    """Each is decided for itself: what cannot be decided is told, and the others are."""

    def work_(db: Connection[dict[str, Any]]) -> Answer:
        data = decide_all(db, web, actor, body.decisions)
        tally = {s: sum(r.status == s for r in data) for s in ("decided", "unchanged", "refused")}
        return Answer(200, BulkOut(data=data, **tally))

    return once.run(work_)


def decide_all(db: Connection[dict[str, Any]], web: Parts, actor: Actor, wanted: Sequence[DecisionOf]) -> list[Result]:
    """How each decision went, in the order given; what one rule forbids stops no other. Call within a transaction."""
    told_of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    held = _hold(db, {parts_of(d.variant)[0] for d in wanted})
    results = []
    for d in wanted:
        batch, cell = parts_of(d.variant)
        row = store.get(db, batch, cell, hold=True) if batch in held else None
        results.append(_one(db, web, actor, row, d, told_of[batch]))
    for batch, made in sorted(told_of.items()):
        store.decided(db, batch, actor.id, made)
        if made:
            note(db, actor.id, "variant.decide", batch, {"decisions": len(made)})
    return results


def _hold(db: Connection[dict[str, Any]], batches: set[str]) -> set[str]:
    """Hold batches in the order in which everybody holds them; those that do not exist are left out."""
    there = set()
    for batch in sorted(batches):
        try:
            work.lock(db, batch)
        except LookupError:
            continue
        there.add(batch)
    return there


def _one(
    db: Connection[dict[str, Any]],
    web: Parts,
    actor: Actor,
    row: Mapping[str, Any] | None,
    d: DecisionOf,
    made: list[dict[str, Any]],
) -> Result:
    try:
        if row is None:
            raise Problem("variant.unknown")
        seq = _decide(db, web, actor, row, d)
    except Problem as problem:
        return Result(variant=d.variant, status="refused", code=problem.code, detail=problem.detail)
    if seq is not None:
        made.append(_made(seq, row, d))
    return Result(variant=d.variant, status="unchanged" if seq is None else "decided", code=None, detail=None)


def _decide(db: Connection[dict[str, Any]], web: Parts, actor: Actor, row: Mapping[str, Any], d: Decision) -> int | None:
    """Decide, or raise the Problem that forbids it."""
    if row["version"] != d.version:
        raise Problem("variant.version", f"Version {row['version']} stands, not {d.version}.")
    if d.verdict != "pending" and row["state"] != "ready":
        raise Problem("variant.unmade", f"The variant is {row['state']}: only finished ones are decided on.")
    if d.verdict == "approved":
        if row["verdict"] == "fail":
            raise Problem("variant.check")
        if web.settings.four_eyes and actor.id in _authors(db, row):
            raise Problem("review.four_eyes")
    return store.decide(db, row, d.verdict, actor.id, reason=d.reason, comment=d.comment)


def _authors(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> set[str]:
    """Who started the batch, and who wrote the version that stands."""
    rows = db.execute(
        "select created_by as who from batches where id = %(b)s union select by from variant_versions "
        "where batch = %(b)s and variant = %(v)s and version = %(n)s",
        {"b": row["batch"], "v": row["id"], "n": row["version"]},
    )
    return {r["who"] for r in rows}


def _made(seq: int, row: Mapping[str, Any], d: Decision) -> dict[str, Any]:
    return {"seq": seq, "variant": row["id"], "version": row["version"], "verdict": d.verdict}


def _out(variant: str, row: Mapping[str, Any]) -> DecisionOut:
    return DecisionOut(variant=variant, **{k: row[k] for k in ("version", "verdict", "reason", "comment", "by", "at")})


def _nothing(variant: str, row: Mapping[str, Any], d: Decision, actor: Actor) -> DecisionOut:
    """What was never decided and shall stay so."""
    return DecisionOut(
        variant=variant, version=d.version, verdict="pending", reason="", comment="", by=actor.id, at=row["updated_at"]
    )
