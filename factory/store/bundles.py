"""Bundles: asked for, published, zipped, recalled. What each holds is fixed when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factory.ids import canonical, short
from factory.states import before
from factory.store import events, work
from factory.store.rows import NewJob

if TYPE_CHECKING:
    from psycopg import Connection


def name_of(batch: str, selection: Mapping[str, Any]) -> str:
    """A bundle's id: the same selection of the same batch is the same bundle."""
    return short([batch, selection])


def ask(
    db: Connection[dict[str, Any]], batch: str, selection: Mapping[str, Any], by: str, *, archive: bool
) -> tuple[dict[str, Any], bool]:
    """Ask for a bundle. Returns its row and whether something was set going.

    Asked twice, it is the same bundle; one that failed is tried again; an archive may be asked for later. Call within a
    transaction that holds the batch.
    """
    bundle = name_of(batch, selection)
    fresh = db.execute(
        "insert into bundles (id, batch, selection, archive, created_by) values (%s, %s, %s, %s, %s) "
        "on conflict do nothing returning *",
        (bundle, batch, _json(selection), "wanted" if archive else "", by)).fetchone()
    if fresh:
        _put(db, fresh, "publish")
        return fresh, True
    going = False
    if archive:
        going = bool(db.execute("update bundles set archive = 'wanted' where id = %s and archive in ('', 'failed') returning id",
                                (bundle,)).fetchall())
    row = _held(db, bundle)
    if row["state"] == "failed":
        move(db, bundle, "queued")
        _put(db, row, "publish")
        return _held(db, bundle), True
    if going and row["state"] == "published":
        _put(db, row, "archive")
    return row, going


def _put(db: Connection[dict[str, Any]], row: Mapping[str, Any], stage: str) -> None:
    """Put the next try of a stage in as a job."""
    name = f"{stage}-{row['id']}-{_tries(db, row, stage) + 1}"
    work.put(db, row["batch"], [NewJob(id=name, stage=stage, lane="io", args={"bundle": row["id"]}, needs={})])


def _tries(db: Connection[dict[str, Any]], row: Mapping[str, Any], stage: str) -> int:
    found = db.execute("select count(*) as n from jobs where batch = %s and stage = %s and args ->> 'bundle' = %s",
                       (row["batch"], stage, row["id"])).fetchone()
    return int(found["n"]) if found else 0


def _held(db: Connection[dict[str, Any]], bundle: str) -> dict[str, Any]:
    row = db.execute("select * from bundles where id = %s for update", (bundle,)).fetchone()
    if row is None:
        raise LookupError(bundle)
    return row


def get(db: Connection[dict[str, Any]], bundle: str) -> dict[str, Any] | None:
    """A bundle's row, or None."""
    return db.execute("select * from bundles where id = %s", (bundle,)).fetchone()


def page(
    db: Connection[dict[str, Any]], limit: int, *, before_this: tuple[datetime, str] | None = None, batch: str = ""
) -> list[dict[str, Any]]:
    """Bundles, newest first, from a place (`created_at`, `id`) on."""
    at, bundle = before_this or (None, "")
    return db.execute(
        "select * from bundles where (%(b)s = '' or batch = %(b)s) "
        "and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) order by created_at desc, id desc limit %(n)s",
        {"b": batch, "at": at, "id": bundle, "n": limit}).fetchall()


def move(db: Connection[dict[str, Any]], bundle: str, state: str) -> bool:
    """Ask for a move of `factory.states.BUNDLE`. Returns False when it may not be made."""
    rows = db.execute("update bundles set state = %s, error = '' where id = %s and state = any(%s) returning id",
                      (state, bundle, list(before("bundle", state)))).fetchall()
    return bool(rows)


def published(db: Connection[dict[str, Any]], bundle: str, facts: Mapping[str, Any]) -> bool:
    """A bundle stands in the bucket, its mark written. Puts its archive in when one is wanted.

    Call within a transaction that holds the batch. False: it was published or recalled already.
    """
    if not move(db, bundle, "published"):
        return False
    db.execute("update bundles set published_at = now(), facts = facts || %s::jsonb where id = %s", (_json(facts), bundle))
    row = _held(db, bundle)
    told = {k: facts[k] for k in ("digest", "files", "bytes") if k in facts}
    events.tell(db, row["batch"], "bundle.ready", bundle, {"bundle": bundle, **told})
    if row["archive"] == "wanted":
        _put(db, row, "archive")
    return True


def failed(db: Connection[dict[str, Any]], bundle: str, reason: str) -> bool:
    """A bundle could not be published; asking for it again tries again. Call within a transaction that holds the batch."""
    if not move(db, bundle, "failed"):
        return False
    db.execute("update bundles set error = %s where id = %s", (reason[:2000], bundle))
    row = _held(db, bundle)
    subject = f"{bundle}:{_tries(db, row, 'publish')}"
    events.tell(db, row["batch"], "bundle.failed", subject, {"bundle": bundle, "reason": reason[:500]})
    return True


def archived(db: Connection[dict[str, Any]], bundle: str, facts: Mapping[str, Any]) -> None:
    """The bundle's zip stands in the bucket: `key`, `bytes`, `sha256`."""
    db.execute("update bundles set archive = 'ready', facts = facts || %s::jsonb where id = %s",
               (_json({"archive": facts}), bundle))


def archive_failed(db: Connection[dict[str, Any]], bundle: str, reason: str) -> None:
    """The zip could not be made; asking for it again tries again."""
    db.execute("update bundles set archive = 'failed', error = %s where id = %s", (reason[:2000], bundle))


def recalled(db: Connection[dict[str, Any]], bundle: str, reason: str, by: str) -> bool:
    """A published bundle must not be used any more. Call within a transaction that holds the batch, after the mark was
    written beside it. False: it was not published, or is recalled already."""
    if not move(db, bundle, "recalled"):
        return False
    row = db.execute("update bundles set recalled_at = now(), facts = facts || %s::jsonb where id = %s returning batch",
                     (_json({"recalled": {"reason": reason, "by": by}}), bundle)).fetchone()
    if row:
        events.tell(db, row["batch"], "bundle.recalled", bundle, {"bundle": bundle, "reason": reason[:500]})
    return True


def fetched(db: Connection[dict[str, Any]], bundle: str, what: str, by: str) -> None:
    """Somebody took something of a bundle: `archive`, or a manifest's path."""
    db.execute("insert into downloads (bundle, what, by) values (%s, %s, %s)", (bundle, what, by))


def downloads(db: Connection[dict[str, Any]], bundle: str, limit: int = 100) -> list[dict[str, Any]]:
    """Who took what of a bundle, newest first."""
    return db.execute("select what, by, at from downloads where bundle = %s order by seq desc limit %s",
                      (bundle, limit)).fetchall()


def _json(value: Any) -> str:
    return canonical(value).decode()
