"""Variants as the service knows them: made, edited, decided on. Every version that stood once is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from factory.ids import canonical
from factory.states import before
from factory.store import events, work
from factory.store.rows import NewJob

if TYPE_CHECKING:
    from psycopg import Connection

RANK: Mapping[str, int] = {"pass": 0, "warn": 1, "fail": 2}


def worst(findings: Iterable[Mapping[str, Any]]) -> str:
    """The worst verdict among findings; "pass" when there is none."""
    return max((f["verdict"] for f in findings), key=RANK.__getitem__, default="pass")


def keep(db: Connection[dict[str, Any]], batch: str, result: Mapping[str, Any]) -> None:
    """What a compose or animate job made stands in its variants, as the first try that no check fails (else the last).

    A first choice: curating may take another try when all are made. Call within a transaction that holds the batch.
    """
    tries: dict[str, list[Mapping[str, Any]]] = {}
    for made in result.get("made", ()):
        tries.setdefault(made["cell"], []).append(made)
    for cell, made in tries.items():
        best = next((m for m in made if worst(m["findings"]) != "fail"), made[-1])
        _stand(db, batch, cell, best)
    for cell, error in result.get("errors", {}).items():
        if cell not in tries:
            failed(db, batch, [cell], error)


def _stand(db: Connection[dict[str, Any]], batch: str, cell: str, made: Mapping[str, Any]) -> None:
    verdict = worst(made["findings"])
    rows = db.execute(
        "update variants set state = 'ready', made = %s, verdict = %s, reason = '', updated_at = now() "
        "where batch = %s and id = %s and state = any(%s) returning version, kind",
        (_json(made), verdict, batch, cell, list(before("variant", "ready")))).fetchall()
    if rows:
        data = {"variant": cell, "version": rows[0]["version"], "kind": rows[0]["kind"], "verdict": verdict}
        events.tell(db, batch, "variant.ready", f"{cell}:{rows[0]['version']}", data)


def failed(db: Connection[dict[str, Any]], batch: str, cells: Iterable[str], reason: str) -> None:
    """These will not be made. Call within a transaction that holds the batch."""
    rows = db.execute(
        "update variants v set state = 'failed', reason = %s, updated_at = now() from batches b "
        "where b.id = v.batch and v.batch = %s and v.id = any(%s) and v.state = any(%s) returning v.id, b.round",
        (reason[:2000], batch, list(cells), list(before("variant", "failed")))).fetchall()
    for row in sorted(rows, key=lambda r: str(r["id"])):
        events.tell(db, batch, "variant.failed", f"{row['id']}:{row['round']}", {"variant": row["id"], "reason": reason[:500]})


def failed_jobs(db: Connection[dict[str, Any]], batch: str, jobs: Iterable[str], reason: str) -> None:
    """Jobs that failed take the variants that wait for them along."""
    rows = db.execute("select id from variants where batch = %s and job = any(%s)", (batch, list(jobs))).fetchall()
    failed(db, batch, [r["id"] for r in rows], reason)


def curated(db: Connection[dict[str, Any]], batch: str, chosen: Iterable[Mapping[str, Any]]) -> None:
    """After curating: `id`, `state` (ready, dropped, failed), `reason` and `made` (or None) of every variant."""
    for v in chosen:
        db.execute(
            "update variants set state = %(state)s, reason = %(reason)s, made = coalesce(%(made)s, made), "
            "verdict = %(verdict)s, updated_at = now() "
            "where batch = %(batch)s and id = %(id)s and version = 1 and (state = %(state)s or state = any(%(from)s))",
            {"state": v["state"], "reason": v["reason"], "made": _json(v["made"]) if v["made"] else None,
             "verdict": worst(v["made"]["findings"]) if v["made"] else "", "batch": batch, "id": v["id"],
             "from": list(before("variant", v["state"]))})


FILTERS = ("state", "review", "placement", "locale", "concept", "tribe", "kind", "verdict", "batch")
"""Columns that a page of variants may be narrowed by."""


def page(db: Connection[dict[str, Any]], limit: int, *, after: int = 0, **filters: Sequence[str]) -> list[dict[str, Any]]:
    """Variants in the order in which they came to be, from a number (`seq`) on; each filter names what it lets through.

    Stable while others are put in: a page never shows one twice.
    """
    wanted = {k: list(v) for k, v in filters.items() if v}
    unknown = set(wanted) - set(FILTERS)
    if unknown:
        raise ValueError(f"no filter is called {sorted(unknown)}")
    where = "".join(f" and {name} = any(%({name})s)" for name in wanted)
    return db.execute(f"select * from variants where seq > %(after)s{where} order by seq limit %(n)s",  # noqa: S608  (names of FILTERS)
                      {**wanted, "after": after, "n": limit}).fetchall()


def get(db: Connection[dict[str, Any]], batch: str, variant: str, *, hold: bool = False) -> dict[str, Any] | None:
    """A variant's row, or None. `hold`: nobody else changes it before the transaction ends."""
    return db.execute(f"select * from variants where batch = %s and id = %s{' for update' if hold else ''}",  # noqa: S608
                      (batch, variant)).fetchone()


def edit(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], edits: Mapping[str, str], by: str, *, rank: int = 0,
    lane: str = "preview",
) -> int:
    """A person writes other words: a new version waits to be composed anew. Returns its number.

    Of many that wait, those of the lowest `rank` are made first.

    Call within a transaction that holds the batch; `row` is the variant as held. Edits of earlier versions stay, unless
    the same field is written again.
    """
    merged = {**row["edits"], **edits}
    number = next_version(db, row, merged, None, by, "rendering", take=row["take"])
    args = {"variant": row["id"], "version": number, "edits": merged}
    put_recompose(db, row, args, take=row["take"], rank=rank, lane=lane)
    return number


def put_recompose(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], args: Mapping[str, Any], *, take: int, rank: int = 0,
    lane: str = "cpu",
) -> None:
    """The job that makes a version (`args`: variant, version, edits): on the plan's own plate, or once that of a take is made.

    A take's plate that could not be made before is tried again.
    """
    batch, plate = row["batch"], f"replate-{row['batch']}-{row['concept']}-{take}"
    jobs = [NewJob(id=recompose_job(batch, args["variant"], args["version"]), stage="recompose", lane=lane,
                   args={**args, "take": take} if take else args, needs={"plate": plate} if take else {}, rank=rank)]
    if take:
        told = {"concept": row["concept"], "take": take}
        jobs.append(NewJob(id=plate, stage="replate", lane="gpu", args=told, needs={}))
    work.put(db, batch, jobs)  # both at once: put looks for results of the jobs that it is given, and no others
    rows = db.execute("update jobs set state = 'ready', attempts = 0, error = '', ended_at = null, not_before = now() "
                      "where batch = %s and id = %s and state in ('failed', 'parked') returning lane", (batch, plate)).fetchall()
    if rows:
        work.ring(db, [rows[0]["lane"]])


def recompose_job(batch: str, variant: str, version: int) -> str:
    """The name of the job that makes an edited version."""
    return f"recompose-{batch}-{variant}-{version}"


def revert(db: Connection[dict[str, Any]], row: Mapping[str, Any], to: Mapping[str, Any], by: str) -> int:
    """An earlier version (a row of `versions`, made) stands again, under a new number, to be decided on anew."""
    number = next_version(db, row, to["edits"], to["made"], by, "ready", take=to.get("take", 0))
    data = {"variant": row["id"], "version": number, "kind": row["kind"], "verdict": worst(to["made"]["findings"])}
    events.tell(db, row["batch"], "variant.ready", f"{row['id']}:{number}", data)
    return number


def next_version(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], edits: Mapping[str, str], made: Any, by: str, state: str, *, take: int
) -> int:
    """Keep the version that stood, write the next one down, and let the variant be that one."""
    batch, variant, number = row["batch"], row["id"], int(row["version"]) + 1
    db.execute(
        "insert into variant_versions (batch, variant, version, edits, made, by, take) "
        "select batch, id, version, edits, made, 'factory', take from variants where batch = %s and id = %s "
        "on conflict (batch, variant, version) do nothing", (batch, variant))
    db.execute(
        "insert into variant_versions (batch, variant, version, edits, made, by, take) values (%s, %s, %s, %s, %s, %s, %s) "
        "on conflict (batch, variant, version) do nothing",
        (batch, variant, number, _json(edits), _json(made) if made else None, by, take))
    db.execute(
        "update variants set version = %(n)s, edits = %(edits)s, take = %(take)s, state = %(state)s, review = 'pending', "
        "reason = '', "
        "updated_at = now(), made = coalesce(%(made)s, made), verdict = coalesce(%(verdict)s, verdict) "
        "where batch = %(batch)s and id = %(id)s",
        {"n": number, "edits": _json(edits), "take": take, "state": state, "made": _json(made) if made else None,
         "verdict": worst(made["findings"]) if made else None, "batch": batch, "id": variant})
    events.tell(db, batch, "variant.updated", f"{variant}:{number}", {"variant": variant, "version": number, "by": by})
    return number


def recomposed(db: Connection[dict[str, Any]], batch: str, variant: str, version: int, made: Mapping[str, Any]) -> bool:
    """An edited version was made: it stands, whatever its checks say, as a person asked for it.

    Call within a transaction that holds the batch. False: a newer version was asked for meanwhile; this one is kept in
    the history only.
    """
    _made_version(db, batch, variant, version, made)
    verdict = worst(made["findings"])
    rows = db.execute(
        "update variants set state = 'ready', made = %s, verdict = %s, reason = '', updated_at = now() "
        "where batch = %s and id = %s and version = %s and state = 'rendering' returning kind",
        (_json(made), verdict, batch, variant, version)).fetchall()
    if rows:
        data = {"variant": variant, "version": version, "kind": rows[0]["kind"], "verdict": verdict}
        events.tell(db, batch, "variant.ready", f"{variant}:{version}", data)
    return bool(rows)


def _made_version(db: Connection[dict[str, Any]], batch: str, variant: str, version: int, made: Mapping[str, Any]) -> None:
    db.execute("update variant_versions set made = %s where batch = %s and variant = %s and version = %s",
               (_json(made), batch, variant, version))


def recompose_failed(db: Connection[dict[str, Any]], batch: str, variant: str, version: int, reason: str) -> bool:
    """An edited version cannot be made (its words do not fit): the variant waits for other words or for `revert`."""
    rows = db.execute(
        "update variants set state = 'failed', reason = %s, updated_at = now() "
        "where batch = %s and id = %s and version = %s and state = 'rendering' returning id",
        (reason[:2000], batch, variant, version)).fetchall()
    if rows:
        events.tell(db, batch, "variant.failed", f"{variant}:v{version}",
                    {"variant": variant, "version": version, "reason": reason[:500]})
    return bool(rows)


def versions(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every version of a variant, oldest first, the one that stands among them."""
    kept = db.execute("select version, edits, made, by, at, take from variant_versions where batch = %s and variant = %s "
                      "order by version", (row["batch"], row["id"])).fetchall()
    if not kept:
        return [{"version": row["version"], "edits": row["edits"], "made": row["made"], "by": "factory", "at": row["updated_at"],
                 "take": row["take"]}]
    return kept


def made_at(db: Connection[dict[str, Any]], batch: str, wanted: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """The very attempts of a selection: variant -> its row with `version`, `edits`, `made` and `verdict` of that version.

    Variants whose version was never made are left out.
    """
    rows = db.execute("select * from variants where batch = %s and id = any(%s)", (batch, list(wanted))).fetchall()
    old = {(r["variant"], r["version"]): r for r in db.execute(
        "select * from variant_versions where batch = %s and variant = any(%s) and made is not null", (batch, list(wanted)))}
    found = {}
    for row in rows:
        number = wanted[row["id"]]
        kept = old.get((row["id"], number)) or (row if row["version"] == number and row["state"] != "rendering" else None)
        if kept and kept["made"]:
            found[row["id"]] = {**row, "version": number, "edits": kept["edits"], "made": kept["made"],
                                "verdict": worst(kept["made"]["findings"])}
    return found


def decide(
    db: Connection[dict[str, Any]], row: Mapping[str, Any], verdict: str, by: str, *, reason: str = "", comment: str = ""
) -> int | None:
    """A person's verdict on a variant's version that stands; "pending" takes the last one back.

    Call within a transaction that holds the batch; tell of it once with `decided`. Returns the decision's number, or
    None when that is the verdict already.
    """
    if row["review"] == verdict:
        return None
    made = db.execute(
        "insert into decisions (batch, variant, version, verdict, reason, comment, by) values (%s, %s, %s, %s, %s, %s, %s) "
        "returning seq",
        (row["batch"], row["id"], row["version"], verdict, reason, comment, by)).fetchone()
    db.execute("update variants set review = %s, updated_at = now() where batch = %s and id = %s",
               (verdict, row["batch"], row["id"]))
    return int(made["seq"]) if made else None


def decided(db: Connection[dict[str, Any]], batch: str, by: str, made: Sequence[Mapping[str, Any]]) -> None:
    """Tell of decisions (`seq`, `variant`, `version`, `verdict`) that one request made in a batch, as one event."""
    if made:
        told = [{k: m[k] for k in ("variant", "version", "verdict")} for m in made]
        events.tell(db, batch, "review.decided", str(made[0]["seq"]), {"by": by, "decisions": told})


def decisions(db: Connection[dict[str, Any]], batch: str, variant: str) -> list[dict[str, Any]]:
    """Every decision on a variant, oldest first."""
    return db.execute("select seq, version, verdict, reason, comment, by, at from decisions where batch = %s and variant = %s "
                      "order by seq", (batch, variant)).fetchall()


def selected(db: Connection[dict[str, Any]], batch: str, *, unreviewed: bool = False) -> list[dict[str, Any]]:
    """What may enter a bundle: ready, its checks passed, approved (or undecided too), in the order of the plan."""
    reviews = ["approved", "pending"] if unreviewed else ["approved"]
    return db.execute("select * from variants where batch = %s and state = 'ready' and verdict <> 'fail' and review = any(%s) "
                      "order by ordinal, id", (batch, reviews)).fetchall()


def errors(db: Connection[dict[str, Any]], batch: str) -> list[dict[str, Any]]:
    """What went wrong in a batch, by cause: reason, how many, and some of the variants."""
    return db.execute(
        "select state, reason, count(*) as n, (array_agg(id order by ordinal))[1:20] as variants from variants "
        "where batch = %s and state in ('failed', 'dropped') group by state, reason order by n desc, reason", (batch,)).fetchall()


def holding(db: Connection[dict[str, Any]], blob: str) -> dict[str, Any] | None:
    """A variant of which some version is this file (`<sha256>.<ext>`), or None."""
    return db.execute(
        "select v.batch, v.id from variants v where v.blob = %(b)s union all "
        "select w.batch, w.variant from variant_versions w where w.made is not null and w.made ->> 'blob' = %(b)s limit 1",
        {"b": blob}).fetchone()


def _json(value: Any) -> str:
    return canonical(value).decode()
