"""Webhooks and their deliveries: who is told, what is due, how each try went."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from factory.ids import canonical
from factory.store import events
from factory.store.work import ring

if TYPE_CHECKING:
    from psycopg import Connection

WAITS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
"""Seconds before the second and each later try (the first goes out at once)."""

JITTER: Final = 0.1
"""Waits are lengthened by up to this share, so that a receiver that comes back is not met by all at once."""

PATIENCE: Final = timedelta(days=5)
"""A receiver that has failed for this long is disabled."""

ROTATION: Final = timedelta(hours=24)
"""A replaced secret signs beside the new one for this long."""

GONE: Final = 410
ENDED: Final = ("disabled", "deleted")
PER_HOOK: Final = 5
"""Deliveries of one webhook in a claim: a slow receiver holds up its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How one try went. `status` is None when no answer came; `error` says why."""

    status: int | None
    seconds: float
    response: str = ""
    error: str = ""

    @property
    def delivered(self) -> bool:
        """Only 2xx counts."""
        return self.status is not None and 200 <= self.status < 300


def active(held: Sequence[Mapping[str, Any]], now: datetime) -> list[str]:
    """The secrets of a webhook that sign today: those without an end, or whose end is yet to come."""
    return [s["secret"] for s in held if not s.get("until") or datetime.fromisoformat(s["until"]) > now]


def wait_after(tries: int) -> float | None:
    """Seconds until the next try after so many; None when that was the last."""
    if tries > len(WAITS):
        return None
    return WAITS[tries - 1] * (1 + JITTER * randomness.randbelow(1000) / 1000)


def insert(db: Connection[dict[str, Any]], hook: str, url: str, types: Sequence[str], secret: str, by: str) -> dict[str, Any]:
    """Put a webhook in. `types` empty: every event but those that must be asked for."""
    return _one(db.execute(
        "insert into webhooks (id, url, events, secrets, created_by) values (%s, %s, %s, %s, %s) returning *",
        (hook, url, list(types), _json([{"secret": secret, "until": None}]), by)).fetchone())


def get(db: Connection[dict[str, Any]], hook: str) -> dict[str, Any] | None:
    """A webhook that was not deleted, or None."""
    return db.execute("select * from webhooks where id = %s and state <> 'deleted'", (hook,)).fetchone()


def page(db: Connection[dict[str, Any]], limit: int, before: tuple[datetime, str] | None = None) -> list[dict[str, Any]]:
    """Webhooks, newest first, from a place (`created_at`, `id`) on."""
    at, hook = before or (None, "")
    return db.execute(
        "select * from webhooks where state <> 'deleted' "
        "and (%(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s)) "
        "order by created_at desc, id desc limit %(n)s", {"at": at, "id": hook, "n": limit}).fetchall()


def change(db: Connection[dict[str, Any]], hook: str, *, url: str | None = None, types: Sequence[str] | None = None,
           state: str | None = None) -> dict[str, Any] | None:
    """Change a webhook; what is None stays. One that is active again starts without a past. None when there is none."""
    row = db.execute(
        "update webhooks set url = coalesce(%(url)s, url), events = coalesce(%(events)s, events), "
        "state = coalesce(%(state)s, state), "
        "failing_since = case when %(state)s = 'active' then null else failing_since end "
        "where id = %(id)s and state <> 'deleted' returning *",
        {"url": url, "events": None if types is None else list(types), "state": state, "id": hook}).fetchone()
    if row and row["state"] == "active":
        ring(db, ["io"])
    return row


def delete(db: Connection[dict[str, Any]], hook: str) -> bool:
    """Nothing is sent there any more; its log is kept. Returns False when there is none."""
    rows = db.execute("update webhooks set state = 'deleted', secrets = '[]' where id = %s and state <> 'deleted' returning id",
                      (hook,)).fetchall()
    if rows:
        _give_up(db, hook, "the webhook was deleted")
    return bool(rows)


def rotate(db: Connection[dict[str, Any]], hook: str, secret: str, now: datetime | None = None) -> dict[str, Any] | None:
    """A new secret signs first; the newest old one signs beside it for a day. None when there is no such webhook."""
    row = db.execute("select secrets from webhooks where id = %s and state <> 'deleted' for update", (hook,)).fetchone()
    if row is None:
        return None
    today = now or datetime.now(UTC)
    old = active(row["secrets"], today)[:1]
    held = [{"secret": secret, "until": None}, *({"secret": s, "until": (today + ROTATION).isoformat()} for s in old)]
    return db.execute("update webhooks set secrets = %s where id = %s returning *", (_json(held), hook)).fetchone()


def test(db: Connection[dict[str, Any]], hook: str, event: str, at: datetime) -> int:
    """Write a delivery of `webhook.test` to an active webhook. Returns how many were written: 1 or 0."""
    return events.send(db, event, "webhook.test", {"webhook": hook}, at, only=hook)


def deliveries(
    db: Connection[dict[str, Any]], hook: str, limit: int, *, before: int | None = None, state: str = ""
) -> list[dict[str, Any]]:
    """A webhook's deliveries, newest first, from a number on."""
    return db.execute(
        "select * from deliveries where webhook = %(h)s and (%(b)s::bigint is null or id < %(b)s) "
        "and (%(s)s = '' or state = %(s)s) order by id desc limit %(n)s",
        {"h": hook, "b": before, "s": state, "n": limit}).fetchall()


def delivery(db: Connection[dict[str, Any]], number: int) -> dict[str, Any] | None:
    """A delivery, or None."""
    return db.execute("select * from deliveries where id = %s", (number,)).fetchone()


def attempts(db: Connection[dict[str, Any]], numbers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Every try of these deliveries, in order."""
    found: dict[int, list[dict[str, Any]]] = {n: [] for n in numbers}
    rows = db.execute("select * from delivery_attempts where delivery = any(%s) order by delivery, attempt", (list(numbers),))
    for row in rows:
        found[row["delivery"]].append(row)
    return found


def replay(db: Connection[dict[str, Any]], number: int) -> bool:
    """Send a delivery that has ended once more, under the id that it had. Returns False when it has not ended."""
    rows = db.execute(
        "update deliveries set state = 'due', attempts = 0, due_at = now(), ended_at = null "
        "where id = %s and state in ('delivered', 'failed') returning id", (number,)).fetchall()
    if rows:
        ring(db, ["io"])
    return bool(rows)


READY = ("w.state = 'active' and ((d.state = 'due' and d.due_at <= coalesce(%(now)s, now())) "
         "or (d.state = 'leased' and d.leased_until < coalesce(%(now)s, now())))")
"""What may be claimed: due, or held by somebody who has died."""


def due(db: Connection[dict[str, Any]], now: datetime | None = None) -> int:
    """How many deliveries could be sent now."""
    row = db.execute(f"select count(*) as n from deliveries d join webhooks w on w.id = d.webhook where {READY}",  # noqa: S608
                     {"now": now}).fetchone()
    return int(row["n"]) if row else 0


CLAIM = f"""
with few as (
  select id from (
    select d.id, d.due_at, row_number() over (partition by d.webhook order by d.due_at, d.id) as n
    from deliveries d join webhooks w on w.id = d.webhook where {READY}) q
  where n <= %(per)s order by due_at, id limit %(limit)s),
mine as (
  select d.id from deliveries d join webhooks w on w.id = d.webhook
  where d.id in (select id from few) and {READY} for update of d skip locked)
update deliveries d set state = 'leased', token = d.token + 1, attempts = d.attempts + 1,
  leased_until = coalesce(%(now)s, now()) + make_interval(secs => %(lease)s)
from mine, webhooks w where d.id = mine.id and w.id = d.webhook
returning d.*, w.url, w.secrets"""  # noqa: S608


def claim(db: Connection[dict[str, Any]], limit: int, lease_s: float, now: datetime | None = None) -> list[dict[str, Any]]:
    """Take deliveries that are due under a lease, with the url and secrets of their webhooks. Call within a transaction."""
    rows = db.execute(CLAIM, {"now": now, "per": PER_HOOK, "limit": limit, "lease": lease_s}).fetchall()
    return sorted(rows, key=lambda r: int(r["id"]))


def record(db: Connection[dict[str, Any]], claimed: Mapping[str, Any], outcome: Outcome, now: datetime | None = None) -> bool:
    """Write down how a try went, and what follows. Returns False when the claim is stale, and then nothing is written."""
    today = now or datetime.now(UTC)
    hook = db.execute("select * from webhooks where id = %s for update", (claimed["webhook"],)).fetchone()
    mine = db.execute("select id from deliveries where id = %s and token = %s and state = 'leased' for update",
                      (claimed["id"], claimed["token"])).fetchone()
    if hook is None or mine is None:
        return False
    disabled = _judge(db, hook, outcome, today)
    wait = None if outcome.delivered or disabled or hook["state"] in ENDED else wait_after(claimed["attempts"])
    state = "delivered" if outcome.delivered else ("failed" if wait is None else "due")
    db.execute(
        "update deliveries set state = %(state)s, leased_until = null, status = %(status)s, response = %(response)s, "
        "error = %(error)s, due_at = %(now)s::timestamptz + make_interval(secs => %(wait)s), "
        "ended_at = case when %(state)s = 'due' then null else %(now)s::timestamptz end where id = %(id)s",
        {"state": state, "status": outcome.status, "response": outcome.response, "error": outcome.error, "now": today,
         "wait": wait or 0.0, "id": claimed["id"]})
    db.execute(
        "insert into delivery_attempts (delivery, attempt, at, status, seconds, response, error) "
        "select %s, coalesce(max(attempt), 0) + 1, %s, %s, %s, %s, %s from delivery_attempts where delivery = %s",
        (claimed["id"], today, outcome.status, outcome.seconds, outcome.response, outcome.error, claimed["id"]))
    if disabled:
        _give_up(db, hook["id"], "the webhook was disabled")
    return True


def _judge(db: Connection[dict[str, Any]], hook: Mapping[str, Any], outcome: Outcome, now: datetime) -> bool:
    """Keep since when a receiver has failed; disable one that is gone or has failed for days. Returns whether it was."""
    if hook["state"] in ENDED:
        return False
    if outcome.delivered:
        db.execute("update webhooks set failing_since = null where id = %s", (hook["id"],))
        return False
    since = hook["failing_since"] or now
    over = outcome.status == GONE or now - since >= PATIENCE
    db.execute("update webhooks set failing_since = %s, state = case when %s then 'disabled' else state end where id = %s",
               (since, over, hook["id"]))
    if over:
        why = "it answered 410" if outcome.status == GONE else f"it has failed since {since.isoformat()}"
        db.execute("insert into audit (actor, action, object, detail) values ('system', 'webhook.disabled', %s, %s)",
                   (hook["id"], _json({"reason": why})))
    return over


def _give_up(db: Connection[dict[str, Any]], hook: str, why: str) -> None:
    db.execute("update deliveries set state = 'failed', error = %s, ended_at = now() where webhook = %s and state = 'due'",
               (why, hook))


def _one(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        raise LookupError("no row came back")
    return row


def _json(value: Any) -> str:
    return canonical(value).decode()
