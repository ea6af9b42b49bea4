"""What people watch: what runs, what waits for them, how far a batch is, part by part. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection


def titles(db: Connection[dict[str, Any]], batches: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What batches are called: `brief` (id), `name` of the brief, `brand` (its name), by batch."""
    rows = db.execute(
        "select b.id as batch, r.id as brief, r.name, n.name as brand from batches b join briefs r on r.id = b.brief "
        "join brands n on n.id = r.brand where b.id = any(%s)", (list(batches),))
    return {r["batch"]: r for r in rows}


def batch(db: Connection[dict[str, Any]], batch: str) -> dict[str, Any] | None:
    """A batch's row without its record, which is large; `recorded` says whether it has one."""
    return db.execute(
        "select id, brief, state, options, metadata, deadline_at, plan, open_jobs, round, ending, event_seq, figures, error, "
        "busy_seconds, created_by, created_at, started_at, ended_at, updated_at, record is not null as recorded "
        "from batches where id = %s", (batch,)).fetchone()


def sentences(db: Connection[dict[str, Any]], batch: str) -> dict[str, str]:
    """What each idea of a batch is, in a sentence; known once it has a record."""
    row = db.execute("select ideas from batches where id = %s", (batch,)).fetchone()
    return {c["id"]: c["idea"] for c in (row["ideas"] or ())} if row else {}


def covers(
    db: Connection[dict[str, Any]], batches: Sequence[str], placements: Sequence[str] = (), most: int = 4
) -> dict[str, list[str]]:
    """A few files of each batch that say what it is: the first finished one of each idea (at one of `placements`, where there
    is one), in the order of the plan."""
    rows = db.execute(
        "select w.id as batch, c.blob from unnest(%s::text[]) as w(id) cross join lateral ("
        "select v.blob, v.ordinal from (select distinct on (concept) blob, ordinal from variants "
        "where batch = w.id and state = 'ready' and kind = 'image' order by concept, placement <> all(%s), ordinal) v "
        "order by v.ordinal limit %s) c order by c.ordinal", (list(batches), list(placements), most))
    found: dict[str, list[str]] = {b: [] for b in batches}
    for row in rows:
        found[row["batch"]].append(row["blob"])
    return found


def stages(db: Connection[dict[str, Any]], batch: str) -> dict[str, dict[str, int]]:
    """Jobs of a batch by stage and state."""
    found: dict[str, dict[str, int]] = {}
    for row in db.execute("select stage, state, count(*) as n from jobs where batch = %s group by 1, 2", (batch,)):
        found.setdefault(row["stage"], {})[row["state"]] = row["n"]
    return found


def matrix(db: Connection[dict[str, Any]], batch: str) -> list[dict[str, Any]]:
    """Variants by placement and locale: how many are planned, made, and approved."""
    return db.execute(
        "select placement, locale, count(*) filter (where state <> 'cancelled') as planned, "
        "count(*) filter (where state = 'ready') as ready, "
        "count(*) filter (where state = 'ready' and review = 'approved') as approved, min(ordinal) as first "
        "from variants where batch = %s group by 1, 2 order by first", (batch,)).fetchall()


SHOWN = "batch, id, ordinal, kind, concept, placement, locale, state, review, verdict, version, reason, blob"


def wall(db: Connection[dict[str, Any]], batch: str, most: int) -> list[dict[str, Any]]:
    """The first `most` variants of each idea, in the order of the plan, without what belongs to the attempts."""
    return db.execute(
        f"select {SHOWN} from (select *, row_number() over (partition by concept order by ordinal, seq) as place "  # noqa: S608
        "from variants where batch = %s) v where place <= %s order by concept, ordinal, seq", (batch, most)).fetchall()


def tiles(db: Connection[dict[str, Any]], batch: str, variants: Sequence[str]) -> list[dict[str, Any]]:
    """Some variants, as `wall` gives them."""
    return db.execute(f"select {SHOWN} from variants where batch = %s and id = any(%s) order by ordinal, seq",  # noqa: S608
                      (batch, list(variants))).fetchall()


def ideas(db: Connection[dict[str, Any]], batch: str) -> dict[str, dict[str, int]]:
    """Variants of each idea: `all`, `ready`, `pending` (ready and not decided on), and its place in the plan (`first`)."""
    rows = db.execute(
        "select concept, count(*) as n, count(*) filter (where state = 'ready') as ready, "
        "count(*) filter (where state = 'ready' and review = 'pending') as pending, min(ordinal) as first "
        "from variants where batch = %s group by concept order by concept", (batch,))
    return {r["concept"]: {"all": r["n"], "ready": r["ready"], "pending": r["pending"], "first": r["first"]} for r in rows}


def rendering(db: Connection[dict[str, Any]], batch: str) -> int:
    """How many variants are being made anew."""
    row = db.execute("select count(*) as n from variants where batch = %s and state = 'rendering'", (batch,)).fetchone()
    return int(row["n"]) if row else 0


def log(db: Connection[dict[str, Any]], batch: str, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """What happened to a batch, newest first, before a number."""
    return db.execute(
        "select seq, type, data, at from events where batch = %(b)s and (%(s)s::bigint is null or seq < %(s)s) "
        "order by seq desc limit %(n)s", {"b": batch, "s": before, "n": limit}).fetchall()


# ------------------------------------------------------------------------------------------------ the start


def running(db: Connection[dict[str, Any]], most: int = 8) -> list[dict[str, Any]]:
    """Batches at work, the newest first."""
    return db.execute("select * from batches where state in ('validating', 'running', 'finalizing', 'cancelling') "
                      "order by created_at desc, id desc limit %s", (most,)).fetchall()


def undecided(db: Connection[dict[str, Any]], most: int = 8) -> list[dict[str, Any]]:
    """Batches with variants to decide on: `batch`, `pending`, `decided`, `since` (when it ended or began), oldest first."""
    return db.execute(
        "select v.batch, count(*) filter (where v.review = 'pending') as pending, "
        "count(*) filter (where v.review <> 'pending') as decided, coalesce(b.ended_at, b.created_at) as since "
        "from variants v join batches b on b.id = v.batch where v.state = 'ready' "
        "and v.batch in (select batch from variants where review = 'pending' and state = 'ready') "
        "group by v.batch, b.ended_at, b.created_at order by since, v.batch limit %s", (most,)).fetchall()


def unpublished(db: Connection[dict[str, Any]], most: int = 8) -> list[dict[str, Any]]:
    """Batches with approved versions that are in no bundle that stands: `batch`, `approved` (such ones), `pending`, `since`."""
    return db.execute(
        "with fit as (select v.batch, count(*) as approved from variants v where v.state = 'ready' and v.review = 'approved' "
        "and not exists (select 1 from bundles u where u.batch = v.batch and u.state in ('published', 'publishing', 'queued') "
        "and (u.selection -> 'variants' -> v.id ->> 'version')::int = v.version) group by v.batch) "
        "select f.batch, f.approved, count(*) filter (where v.review = 'pending') as pending, max(v.updated_at) as since "
        "from fit f join batches b on b.id = f.batch join variants v on v.batch = f.batch and v.state = 'ready' "
        "where b.record is not null group by f.batch, f.approved order by since desc limit %s", (most,)).fetchall()


def troubled(db: Connection[dict[str, Any]], days: int = 7, most: int = 6) -> list[dict[str, Any]]:
    """Batches that ended badly of late: failed ones, and those that ended with errors; newest first."""
    return db.execute(
        "select * from batches where state in ('failed', 'completed_with_errors', 'expired') "
        "and ended_at > now() - make_interval(days => %s) order by ended_at desc limit %s", (days, most)).fetchall()


def published(db: Connection[dict[str, Any]], most: int = 5) -> list[dict[str, Any]]:
    """Bundles that were published, the newest first."""
    return db.execute("select * from bundles where published_at is not null order by published_at desc limit %s",
                      (most,)).fetchall()


def beginnings(db: Connection[dict[str, Any]]) -> dict[str, bool]:
    """Whether there is anything yet: `brands`, `briefs`, `batches`, `others` (people beside the first)."""
    row = db.execute("select exists (select 1 from brands) as brands, exists (select 1 from briefs) as briefs, "
                     "exists (select 1 from batches) as batches, (select count(*) from people) > 1 as others").fetchone()
    return dict(row or {})


def failed_jobs(db: Connection[dict[str, Any]], batch: str) -> int:
    """Jobs of a batch that failed or were parked: what can be tried again."""
    row = db.execute("select count(*) as n from jobs where batch = %s and state in ('failed', 'parked') "
                     "and stage in ('plate', 'copy', 'compose', 'animate')", (batch,)).fetchone()
    return int(row["n"]) if row else 0
