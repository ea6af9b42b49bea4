"""Events: what happened to a batch, in the order in which it was written; webhooks and live pages read nothing else.

One happening has one id: an event is named by batch, type and subject, so telling it twice tells it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from factory.ids import canonical, digest
from factory.store.work import ring

if TYPE_CHECKING:
    from psycopg import Connection

TYPES: Final[Mapping[str, bool]] = {
    "batch.started": False, "batch.progress": True, "batch.completed": False, "batch.failed": False, "batch.cancelled": False,
    "batch.expired": False, "variant.ready": True, "variant.failed": False, "variant.updated": True, "review.decided": False,
    "bundle.ready": False, "bundle.failed": False, "bundle.recalled": False, "webhook.test": False,
}
"""Every type of event -> whether a webhook gets it only when it asks for it by name."""


def tell(db: Connection[dict[str, Any]], batch: str, type: str, subject: str, data: Mapping[str, Any]) -> str:
    """Write an event down, with a delivery for each webhook that wants it. Returns its id; a known event is not told again.

    Call within a transaction that holds the batch's row (`work.lock`), so that numbers follow commits.
    """
    name = f"evt_{digest([batch, type, subject])[:24]}"
    if db.execute("select 1 from events where id = %s", (name,)).fetchone():
        return name
    seq = db.execute("update batches set event_seq = event_seq + 1, updated_at = now() where id = %s returning event_seq",
                     (batch,)).fetchone()
    if seq is None:
        raise LookupError(batch)
    now = datetime.now(UTC)
    body = {"batch": batch, **data}
    db.execute("insert into events (batch, seq, id, type, data, at) values (%s, %s, %s, %s, %s, %s)",
               (batch, seq["event_seq"], name, type, canonical(body).decode(), now))
    send(db, name, type, body, now, batch)
    db.execute("select pg_notify('events', %s)", (batch,))
    return name


def send(db: Connection[dict[str, Any]], event: str, type: str, data: Mapping[str, Any], at: datetime,
         batch: str | None = None, *, only: str = "") -> int:
    """Write a delivery for each active webhook that wants this type (or for the one named). Returns how many."""
    hooks = db.execute("select id, events from webhooks where state = 'active' and (%(o)s = '' or id = %(o)s)", {"o": only})
    wanted = [h["id"] for h in hooks if only or (type in h["events"] if h["events"] else not TYPES[type])]
    body = canonical({"type": type, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}).decode()
    with db.cursor() as cursor:
        cursor.executemany("insert into deliveries (webhook, event, batch, type, body) values (%s, %s, %s, %s, %s) "
                           "on conflict do nothing", [(h, event, batch, type, body) for h in wanted])
    if wanted:
        ring(db, ["io"])
    return len(wanted)


def after(db: Connection[dict[str, Any]], batch: str, seq: int, limit: int = 200) -> list[dict[str, Any]]:
    """A batch's events that follow a number, in order."""
    return db.execute("select seq, id, type, data, at from events where batch = %s and seq > %s order by seq limit %s",
                      (batch, seq, limit)).fetchall()
