"""Variants as the service knows them: made, edited, decided on. Every version that stood once is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from factory.ids import canonical
from factory.states import before
from factory.store import events

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


def _json(value: Any) -> str:
    return canonical(value).decode()
