"""A batch as its page shows it: how far it is, stage by stage; its pictures by idea; what went wrong, by cause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web.batch_view import BatchOut, batch_out
from factory.doors.web.problems import Problem
from factory.placements import load_placements
from factory.states import ENDED
from factory.store import people, progress, variants, watching

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.doors.web.parts import Parts

PER_IDEA: Final = 24
"""Pictures of an idea that the page shows; the review shows all."""

LOGGED: Final = 8

STAGES: Final = (
    ("plan", "Plan"), ("plate", "Backgrounds"), ("copy", "Texts"), ("compose", "Layouts"), ("animate", "Films"),
    ("finish", "Final check"),
)  # fmt: skip
"""Stages as people call them, in their order. Every picture is checked as it is laid out; the last compares them all."""

TONES: Final[Mapping[str, str]] = {
    "validating": "live", "running": "live", "finalizing": "live", "cancelling": "warn", "completed": "good",
    "completed_with_errors": "warn", "failed": "bad", "cancelled": "", "expired": "warn",
}  # fmt: skip
WORDS: Final[Mapping[str, str]] = {
    "validating": "planning", "running": "in the making", "finalizing": "final check", "cancelling": "stopping",
    "completed": "ready", "completed_with_errors": "ready, with gaps", "failed": "not made", "cancelled": "stopped",
    "expired": "out of time",
}  # fmt: skip
"""States as people say them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of the timeline; `mark` is done, live, waiting or bad."""

    name: str
    done: int
    of: int
    failed: int
    mark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """A variant, small."""

    cell: str
    id: str
    concept: str
    blob: str
    kind: str
    state: str
    review: str
    verdict: str
    reason: str
    size: tuple[int, int]
    where: str
    locale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Idea:
    """The variants of one idea: all, and those that are shown."""

    id: str
    title: str
    look: str
    sentence: str
    ready: int
    all: int
    tiles: Sequence[Tile]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """What there is by placement and locale: (ready, planned, approved), or None where nothing is planned."""

    locales: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[tuple[int, int, int] | None]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What the page tells beside its pictures."""

    out: BatchOut
    name: str
    brand: str
    who: str
    tone: str
    word: str
    live: bool
    seq: int
    stages: Sequence[Stage]
    matrix: Matrix
    causes: Sequence[Mapping[str, Any]]
    again: int
    remaking: int
    log: Sequence[Mapping[str, Any]]
    recorded: bool


def view_of(web: Parts, db: Connection[dict[str, Any]], batch: str) -> View:
    """A batch as it is now. Raises Problem batch.unknown."""
    row = watching.batch(db, batch)
    if row is None:
        raise Problem("batch.unknown")
    counted = progress.counts(db, [batch])[batch]
    planned = progress.planned_at(db, [batch]).get(batch)
    out = batch_out(web, row, counted, planned, progress.pace(db, row, counted.get("ready", 0)))
    title = watching.titles(db, [batch])[batch]
    remaking = watching.rendering(db, batch) if row["state"] in ENDED else 0
    return View(
        out=out, name=title["name"], brand=title["brand"], who=people.names(db, [row["created_by"]]).get(row["created_by"], ""),
        tone=TONES[out.state], word=WORDS[out.state], live=out.state not in ENDED or remaking > 0, seq=row["event_seq"],
        stages=_stages(watching.stages(db, batch), out.state), matrix=_matrix(watching.matrix(db, batch)),
        causes=_causes(variants.errors(db, batch)), remaking=remaking,
        again=watching.failed_jobs(db, batch) if out.state == "completed_with_errors" else 0,
        log=[told(e) for e in watching.log(db, batch, LOGGED)], recorded=row["recorded"],
    )


def _stages(jobs: Mapping[str, Mapping[str, int]], state: str) -> list[Stage]:
    found = []
    for key, name in STAGES:
        counts = jobs.get(key, {})
        if not counts and (key == "animate" or state == "failed") and key != "plan":
            continue  # no films in this batch; nothing at all in one that was refused
        failed = counts.get("failed", 0) + counts.get("parked", 0)
        done, of = counts.get("done", 0), sum(counts.values()) - counts.get("cancelled", 0)
        found.append(Stage(name=name, done=done, of=of, failed=failed, mark=_mark(counts, done, of, failed)))
    return found


def _mark(counts: Mapping[str, int], done: int, of: int, failed: int) -> str:
    if of and done == of:
        return "done"
    if counts.get("leased") or (done and counts.get("ready")):
        return "live"
    return "bad" if failed and failed + done == of else "live" if done and done < of - failed else "waiting"


def _matrix(rows: Sequence[Mapping[str, Any]]) -> Matrix:
    locales = list(dict.fromkeys(r["locale"] for r in sorted(rows, key=lambda r: r["first"])))
    cells = {(r["placement"], r["locale"]): (r["ready"], r["planned"], r["approved"]) for r in rows}
    places = list(dict.fromkeys(r["placement"] for r in rows))
    places.sort(key=lambda p: (platform_order(p), p))
    return Matrix(locales=locales, rows=[(p, placement_title(p), [cells.get((p, x)) for x in locales]) for p in places])


def platform_order(placement: str) -> int:
    """Placements in the order of their tables."""
    return list(load_placements()).index(placement) if placement in load_placements() else 999


@lru_cache(maxsize=1)
def squarish() -> list[str]:
    """Placements whose pictures stand well beside others when they are small."""
    return [p.id for p in load_placements().values() if 0.7 <= p.canvas[0] / p.canvas[1] <= 1.4]


def placement_title(placement: str) -> str:
    """A placement's name as people know it."""
    row = load_placements().get(placement)
    return row.title if row else placement


NEEDED: Final = re.compile(r"^(?:it needs [\w.-]+, which failed: )+")


def _causes(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Causes in words, without the way by which they reached a variant; equal ones are one."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        reason = NEEDED.sub("", row["reason"] or "").strip() or "It was not told why."
        own = found.setdefault((row["state"], reason), {"state": row["state"], "reason": reason, "count": 0, "variants": []})
        own["count"] += row["n"]
        own["variants"] += row["variants"][:3]
    return sorted(found.values(), key=lambda c: (c["state"] != "failed", -c["count"], c["reason"]))


# ------------------------------------------------------------------------------------------------------ pictures


def wall_of(db: Connection[dict[str, Any]], batch: str) -> list[Idea]:
    """The batch's pictures, idea by idea."""
    sentences = watching.sentences(db, batch)
    tiles: dict[str, list[Tile]] = {}
    for t in watching.wall(db, batch, PER_IDEA):
        tiles.setdefault(t["concept"], []).append(tile_of(t))
    return [
        Idea(id=c, title=idea_title(c)[0], look=idea_title(c)[1], sentence=sentences.get(c, ""), ready=n["ready"], all=n["all"],
             tiles=tiles.get(c, []))
        for c, n in watching.ideas(db, batch).items()
    ]


def tiles_of(db: Connection[dict[str, Any]], batch: str, cells: Sequence[str]) -> list[Tile]:
    """Some of a batch's variants."""
    return [tile_of(t) for t in watching.tiles(db, batch, cells)]


def tile_of(row: Mapping[str, Any]) -> Tile:
    """A row of `watching.wall` as a tile."""
    place = load_placements().get(row["placement"])
    return Tile(
        cell=row["id"], id=f"{row['batch']}.{row['id']}", concept=row["concept"], blob=row["blob"] or "", kind=row["kind"],
        state=row["state"], review=row["review"], verdict=row["verdict"], reason=row["reason"],
        size=place.canvas if place else (1, 1), where=placement_title(row["placement"]), locale=row["locale"],
    )


@lru_cache(maxsize=512)
def idea_title(concept: str) -> tuple[str, str]:
    """An idea's name for people, and the look it takes: `c03-presence-scene` as "3. Presence", "Scene"."""
    from factory.catalogue import load_catalogue

    found = re.fullmatch(r"c(\d+)-([a-z_]+)-([a-z_]+)", concept)
    if found is None:
        return concept, ""
    family = next((f.title for f in load_catalogue().families if f.name == found[3]), found[3])
    return f"{int(found[1])}. {found[2].replace('_', ' ').capitalize()}", family


# ----------------------------------------------------------------------------------------------------------- log

SAYINGS: Final[Mapping[str, str]] = {
    "batch.started": "Planned: {total} variants", "batch.completed": "Ready", "batch.failed": "Not made",
    "batch.cancelled": "Stopped", "batch.expired": "Ran out of time", "variant.ready": "Made",
    "variant.failed": "Not made: {reason}", "variant.updated": "Version {version} was asked for",
    "review.decided": "{many} decided", "bundle.ready": "A bundle was published",
    "bundle.failed": "A bundle was not published", "bundle.recalled": "A bundle was recalled",
}  # fmt: skip


def told(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event in words: `seq`, `at`, `text`, `variant` (its public id, or "")."""
    data = {"total": "", "reason": "", "version": "", **event["data"]}
    data["many"] = len(data.get("decisions") or ())
    text = SAYINGS.get(event["type"], event["type"]).format(**data)
    if event["type"] == "variant.ready":
        text = f"{'Film' if data.get('kind') == 'video' else 'Picture'} made"
        text += f", version {data['version']}" if data["version"] not in ("", 1) else ""
    cell = data.get("variant", "")
    return {"seq": event["seq"], "at": event["at"], "text": text, "type": event["type"],
            "variant": f"{data.get('batch', '')}.{cell}" if cell else ""}


def summary(view: View) -> str:
    """How far a batch is, in a sentence to be read aloud."""
    c, out = view.out.counts, view.out
    if out.state == "validating":
        return "It is being planned."
    if out.state not in ENDED:
        left = f", {minutes(out.seconds_left)} left" if out.seconds_left else ""
        return f"{c.ready} of {c.total} made{left}."
    return f"{WORDS[out.state].capitalize()}: {c.ready} of {c.total} variants."


def minutes(seconds: float) -> str:
    """About how long, in words."""
    return "less than a minute" if seconds < 50 else f"about {max(1, round(seconds / 60))} min"
