"""People and their sessions. Passwords are kept as scrypt hashes, session tokens and invitations as sha256."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from factory.store.access import new_id

if TYPE_CHECKING:
    from psycopg import Connection

PUBLIC = ("id, name, roles, theme, keys_on, password is not null as joined, invited_until, disabled_at, created_at, created_by, "
          "seen_at")


def put(
    db: Connection[dict[str, Any]], *, name: str, roles: Sequence[str], invitation: bytes, hours: int, by: str
) -> dict[str, Any]:
    """A new person, who joins by an invitation and chooses a password then. UniqueViolation when the name is taken."""
    row = db.execute(
        "insert into people (id, name, roles, invitation, invited_until, created_by) "  # noqa: S608
        f"values (%s, %s, %s, %s, now() + make_interval(hours => %s), %s) returning {PUBLIC}",
        (new_id("per"), name, list(roles), invitation, hours, by)).fetchone()
    assert row is not None
    return row


def every(db: Connection[dict[str, Any]]) -> list[dict[str, Any]]:
    """All people, by name."""
    return db.execute(f"select {PUBLIC} from people order by lower(name)").fetchall()  # noqa: S608


def get(db: Connection[dict[str, Any]], person: str, *, hold: bool = False) -> dict[str, Any] | None:
    """A person without secrets; `hold` locks the row for the rest of the transaction."""
    return db.execute(f"select {PUBLIC} from people where id = %s{' for update' if hold else ''}", (person,)).fetchone()  # noqa: S608


def by_name(db: Connection[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """Who signs in under a name, with the password's hash; nobody who was disabled."""
    return db.execute("select id, name, password from people where lower(name) = lower(%s) and disabled_at is null",
                      (name,)).fetchone()


def invite(db: Connection[dict[str, Any]], person: str, invitation: bytes, hours: int) -> None:
    """A new invitation; the one before ends."""
    db.execute("update people set invitation = %s, invited_until = now() + make_interval(hours => %s) where id = %s",
               (invitation, hours, person))


def invited(db: Connection[dict[str, Any]], invitation: bytes) -> dict[str, Any] | None:
    """Whom an invitation that has not ended is for."""
    return db.execute(f"select {PUBLIC} from people where invitation = %s and invited_until > now() and disabled_at is null",  # noqa: S608
                      (invitation,)).fetchone()


def join(db: Connection[dict[str, Any]], person: str, password: str) -> None:
    """Set a password's hash and end the invitation and every session."""
    db.execute("update people set password = %s, invitation = null, invited_until = null where id = %s", (password, person))
    db.execute("delete from sessions where person = %s", (person,))


def set_roles(db: Connection[dict[str, Any]], person: str, roles: Sequence[str]) -> None:
    """What a person may do from now on."""
    db.execute("update people set roles = %s where id = %s", (list(roles), person))


def set_disabled(db: Connection[dict[str, Any]], person: str, disabled: bool) -> None:
    """Shut a person out, their sessions with them, or let them in again."""
    db.execute("update people set disabled_at = case when %s then now() end where id = %s", (disabled, person))
    if disabled:
        db.execute("delete from sessions where person = %s", (person,))


def set_taste(db: Connection[dict[str, Any]], person: str, *, theme: str, keys_on: bool) -> None:
    """How a person likes the pages: theme '' (as the system), 'light' or 'dark'; single-letter keys on or off."""
    db.execute("update people set theme = %s, keys_on = %s where id = %s", (theme, keys_on, person))


def admins(db: Connection[dict[str, Any]]) -> int:
    """How many admins can sign in with a password. Holds them for the rest of the transaction."""
    return len(db.execute("select id from people where 'admin' = any(roles) and disabled_at is null and password is not null "
                          "for update").fetchall())


# ------------------------------------------------------------------------------------------------ sessions


def open_session(
    db: Connection[dict[str, Any]], token: bytes, *, person: str | None = None, key: str | None = None, hours: int
) -> None:
    """A session of a person or of an API key, by its token's sha256."""
    db.execute("insert into sessions (token, person, key, expires_at) values (%s, %s, %s, now() + make_interval(hours => %s))",
               (token, person, key, hours))
    db.execute("update people set seen_at = now() where id = %s", (person,))


def session(db: Connection[dict[str, Any]], token: bytes) -> dict[str, Any] | None:
    """Who a session is for: `id`, `name`, `roles`, `theme`, `keys_on`. None when it, its person or its key has ended."""
    row = db.execute(
        "select coalesce(p.id, k.id) as id, coalesce(p.name, k.name) as name, coalesce(p.roles, k.roles) as roles, "
        "coalesce(p.theme, '') as theme, coalesce(p.keys_on, true) as keys_on, s.seen_at < now() - interval '1 minute' as stale "
        "from sessions s left join people p on p.id = s.person and p.disabled_at is null "
        "left join api_keys k on k.id = s.key and k.revoked_at is null and coalesce(k.expires_at > now(), true) "
        "where s.token = %s and s.expires_at > now() and coalesce(p.id, k.id) is not null", (token,)).fetchone()
    if row is not None and row["stale"]:  # written once a minute at most
        db.execute("update sessions set seen_at = now() where token = %s", (token,))
        db.execute("update people set seen_at = now() where id = %s", (row["id"],))
    return row


def close_session(db: Connection[dict[str, Any]], token: bytes) -> None:
    """End a session."""
    db.execute("delete from sessions where token = %s", (token,))


def sessions_of(db: Connection[dict[str, Any]], person: str) -> list[dict[str, Any]]:
    """Where a person is signed in, last seen first."""
    return db.execute("select token, created_at, seen_at, expires_at from sessions where person = %s and expires_at > now() "
                      "order by seen_at desc", (person,)).fetchall()


def close_others(db: Connection[dict[str, Any]], person: str, token: bytes) -> int:
    """End every session of a person but one. Returns how many."""
    rows = db.execute("delete from sessions where person = %s and token <> %s returning 1 as one", (person, token))
    return len(rows.fetchall())


def set_password(db: Connection[dict[str, Any]], person: str, password: str) -> None:
    """Set a password's hash."""
    db.execute("update people set password = %s where id = %s", (password, person))


def forget_sessions(db: Connection[dict[str, Any]]) -> int:
    """Drop sessions that have ended. Returns how many."""
    return len(db.execute("delete from sessions where expires_at < now() returning 1 as one").fetchall())


def names(db: Connection[dict[str, Any]], ids: Sequence[str]) -> dict[str, str]:
    """What people and keys are called, by id; an id that names nobody is left out."""
    rows = db.execute("select id, name from people where id = any(%(i)s) "
                      "union all select id, name from api_keys where id = any(%(i)s)", {"i": list(ids)}).fetchall()
    return {row["id"]: row["name"] for row in rows}
