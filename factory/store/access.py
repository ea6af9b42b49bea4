"""Who may come in, what they did, and what they have asked already: API keys, audit, idempotency, rates."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from factory.ids import canonical

if TYPE_CHECKING:
    from psycopg import Connection

PUBLIC = "id, name, prefix, roles, scopes, created_at, created_by, expires_at, revoked_at, last_used_at"


def new_id(kind: str) -> str:
    """A fresh id, such as `brf_` and 20 hex digits: for things that a person starts, which content does not name."""
    return f"{kind}_{secrets.token_hex(10)}"


# ------------------------------------------------------------------------------------------------ keys


def put_key(
    db: Connection[dict[str, Any]], *, name: str, prefix: str, sha256: bytes, roles: Sequence[str], scopes: Sequence[str],
    expires_at: datetime | None, by: str,
) -> dict[str, Any]:
    """Keep a new key's hash. Returns its row without the hash."""
    row = db.execute(
        "insert into api_keys (id, name, prefix, sha256, roles, scopes, expires_at, created_by) "  # noqa: S608
        f"values (%s, %s, %s, %s, %s, %s, %s, %s) returning {PUBLIC}",
        (new_id("key"), name, prefix, sha256, list(roles), list(scopes), expires_at, by)).fetchone()
    assert row is not None
    return row


def find(db: Connection[dict[str, Any]], prefix: str) -> dict[str, Any] | None:
    """The key that starts like this, with its hash and whether it has expired."""
    return db.execute("select *, coalesce(expires_at <= now(), false) as expired from api_keys where prefix = %s",
                      (prefix,)).fetchone()


def used(db: Connection[dict[str, Any]], key: str) -> None:
    """A key was used: written once a minute at most."""
    db.execute("update api_keys set last_used_at = now() where id = %s "
               "and (last_used_at is null or last_used_at < now() - interval '1 minute')", (key,))


def keys(db: Connection[dict[str, Any]], before: tuple[datetime, str] | None, limit: int) -> list[dict[str, Any]]:
    """Keys without their hashes, newest first; `before` is the created_at and id of the last one seen."""
    at, id = before or (None, "")
    return db.execute(
        f"select {PUBLIC} from api_keys where %(at)s::timestamptz is null or (created_at, id) < (%(at)s, %(id)s) "  # noqa: S608
        "order by created_at desc, id desc limit %(n)s", {"at": at, "id": id, "n": limit}).fetchall()


def get_key(db: Connection[dict[str, Any]], key: str) -> dict[str, Any] | None:
    """A key without its hash, held for the rest of the transaction."""
    return db.execute(f"select {PUBLIC} from api_keys where id = %s for update", (key,)).fetchone()  # noqa: S608


def revoke(db: Connection[dict[str, Any]], key: str) -> bool:
    """End a key. Returns False when it had ended already."""
    rows = db.execute("update api_keys set revoked_at = now() where id = %s and revoked_at is null returning id", (key,))
    return bool(rows.fetchall())


def rotate(db: Connection[dict[str, Any]], key: str, prefix: str, sha256: bytes) -> None:
    """Give a key a new secret: the old one ends at once; who it is stays the same."""
    db.execute("update api_keys set prefix = %s, sha256 = %s where id = %s", (prefix, sha256, key))


def admins(db: Connection[dict[str, Any]]) -> int:
    """How many unscoped admin keys still open. Holds them for the rest of the transaction."""
    rows = db.execute("select id from api_keys where 'admin' = any(roles) and revoked_at is null and scopes = '{}' "
                      "and expires_at is null for update").fetchall()
    return len(rows)


# ------------------------------------------------------------------------------------------------ rates


def take_token(db: Connection[dict[str, Any]], key: str, *, burst: int, per_second: float) -> float | None:
    """Take a token from a key's bucket. Returns how many are left, or None when there was none to take.

    A bucket is kept as the time at which it is full again (the generic cell rate algorithm of ATM networks).
    """
    row = db.execute(
        "insert into rate_buckets as b (key, full_at) values (%(k)s, clock_timestamp() + make_interval(secs => %(step)s)) "
        "on conflict (key) do update set full_at = greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(step)s) "
        "where greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(step)s) "
        "<= clock_timestamp() + make_interval(secs => %(whole)s) "
        "returning extract(epoch from full_at - clock_timestamp())::float8 as empty_s",
        {"k": key, "step": 1 / per_second, "whole": burst / per_second}).fetchone()
    return None if row is None else max(0.0, burst - row["empty_s"] * per_second)


# ------------------------------------------------------------------------------------------------ audit


def note(db: Connection[dict[str, Any]], actor: str, action: str, object: str, detail: Mapping[str, Any] | None = None) -> None:
    """Write down who did what to what, in the transaction that does it. No secret belongs into `detail`."""
    db.execute("insert into audit (actor, action, object, detail) values (%s, %s, %s, %s)",
               (actor, action, object, canonical(detail or {}).decode()))


def audit(
    db: Connection[dict[str, Any]], *, before: int | None, limit: int, actor: str = "", action: str = "", object: str = "",
) -> list[dict[str, Any]]:
    """What was done, newest first, before a number; narrowed where a word is given."""
    return db.execute(
        "select seq, at, actor, action, object, detail from audit where (%(b)s::bigint is null or seq < %(b)s) "
        "and (%(actor)s = '' or actor = %(actor)s) and (%(action)s = '' or action = %(action)s) "
        "and (%(object)s = '' or object = %(object)s) order by seq desc limit %(n)s",
        {"b": before, "n": limit, "actor": actor, "action": action, "object": object}).fetchall()


def actions(db: Connection[dict[str, Any]]) -> list[str]:
    """What was done lately, by the words of the audit."""
    rows = db.execute("select distinct action from (select action from audit order by seq desc limit 5000) q order by action")
    return [r["action"] for r in rows]


# ------------------------------------------------------------------------------------------------ idempotency


def begin(db: Connection[dict[str, Any]], *, actor: str, route: str, key: str, body_sha256: str) -> dict[str, Any] | None:
    """Write down that a request is being served. Returns None when it is the first, else the row of the first.

    Waits while another transaction serves it; psycopg.errors.LockNotAvailable after three seconds.
    """
    db.execute("set local lock_timeout = '3s'")
    mine = db.execute("insert into idempotency (actor, route, key, body_sha256) values (%s, %s, %s, %s) on conflict do nothing "
                      "returning key", (actor, route, key, body_sha256)).fetchone()
    db.execute("reset lock_timeout")
    if mine:
        return None
    return db.execute("select * from idempotency where actor = %s and route = %s and key = %s", (actor, route, key)).fetchone()


def answered(
    db: Connection[dict[str, Any]], *, actor: str, route: str, key: str, status: int, response: Mapping[str, Any]
) -> None:
    """Keep what a request was answered, to answer it again."""
    db.execute("update idempotency set status = %s, response = %s where actor = %s and route = %s and key = %s",
               (status, canonical(response).decode(), actor, route, key))


def forget(db: Connection[dict[str, Any]], hours: int = 48) -> int:
    """Drop answers that nobody will ask for again, and buckets that are full anyway. Returns how many answers."""
    db.execute("delete from rate_buckets where full_at < now() - interval '1 hour'")
    return len(db.execute("delete from idempotency where created_at < now() - make_interval(hours => %s) returning 1 as one",
                          (hours,)).fetchall())
