"""Who may do what: API keys, roles, scopes. A route that says nothing is closed to everybody.

A route says whom it serves by a parameter: `actor: Annotated[Actor, Needs("creator", "reviewer")]`. An admin may do
everything; `Needs()` without a role serves every valid key; `Public()` serves anybody. `routing.GuardedRoute` reads the
declaration and asks `admit` before it reads the body or anything else of the request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from fastapi import Depends, Request

from factory.doors.web import limits
from factory.doors.web.problems import Problem
from factory.doors.web.rates import Rate
from factory.store import access as store

if TYPE_CHECKING:
    from psycopg import Connection

    from factory.doors.web.parts import Parts

ROLES: Final = ("creator", "reviewer", "ad_ops", "admin")
"""creator: briefs, batches, edits; reviewer: decisions; ad_ops: bundles, webhooks; admin: all, keys and audit too."""

KEY_START: Final = "cf_live_"
PREFIX_LENGTH: Final = len(KEY_START) + 8
KEY_LENGTH: Final = len(KEY_START) + 43
"""32 random bytes in base 64: too many to guess, so a fast hash keeps them well."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who asks: an API key. `id` is what the store keeps as `created_by`, `by` and `actor`."""

    id: str
    name: str
    roles: frozenset[str]
    scopes: tuple[str, ...] = ()

    def has(self, *roles: str) -> bool:
        """Whether the actor has one of these roles; an admin has all."""
        return bool(self.roles & {*roles, "admin"})


@dataclass(frozen=True)
class Gate:
    """What a route declares: the roles that it serves (empty: every valid key), or that it is open to anybody."""

    roles: tuple[str, ...] = ()
    public: bool = False

    async def __call__(self, request: Request) -> Actor | None:
        return getattr(request.state, "actor", None)


def Needs(*roles: str) -> Any:  # noqa: N802  (it stands where FastAPI has its Depends, Query, Header)
    """Declares whom a route serves: keys with one of these roles, and admins; without roles every valid key."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"No role is called {sorted(unknown)}")
    return Depends(Gate(roles=roles))


def Public() -> Any:  # noqa: N802
    """Declares that a route serves anybody, without a key."""
    return Depends(Gate(public=True))


def admit(parts: Parts, gate: Gate | None, authorization: str | None, scope: str) -> tuple[Actor | None, Rate | None]:
    """The actor, if the gate lets it pass. Raises Problem 401, 403 or 429.

    `scope` is what the request does, as "briefs:write": a key with scopes must have one that fits.
    """
    if gate is None:
        raise Problem("access.closed")
    if gate.public:
        return None, None
    with parts.reading() as db:
        actor = _known(db, authorization)
        rate = limits.take(db, actor.id)
    if gate.roles and not actor.has(*gate.roles):
        raise Problem("access.role", f"This takes a key with the role {' or '.join([*gate.roles, 'admin'])}.", rate=rate)
    if actor.scopes and not any(fnmatchcase(scope, s) for s in actor.scopes):
        raise Problem("access.scope", f"This key's scopes do not hold {scope}.", rate=rate)
    return actor, rate


def _known(db: Connection[dict[str, Any]], authorization: str | None) -> Actor:
    if not authorization:
        raise Problem("access.missing")
    kind, _, key = authorization.partition(" ")
    if kind.lower() != "bearer" or not key.strip():
        raise Problem("access.missing")
    row = store.find(db, key.strip()[:PREFIX_LENGTH])
    known = row["sha256"] if row else bytes(32)
    if not hmac.compare_digest(hashed(key.strip()), known) or row is None:
        raise Problem("access.unknown")
    if row["revoked_at"] or row["expired"]:
        raise Problem("access.ended")
    store.used(db, row["id"])
    return Actor(id=row["id"], name=row["name"], roles=frozenset(row["roles"]), scopes=tuple(row["scopes"]))


def hashed(key: str) -> bytes:
    """sha256 of a key: what the store keeps of it."""
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


def new_key() -> tuple[str, str, bytes]:
    """A fresh key, its prefix, its hash. The key itself is shown once and kept nowhere."""
    key = KEY_START + secrets.token_urlsafe(32)
    return key, key[:PREFIX_LENGTH], hashed(key)


def bootstrap_key(db: Connection[dict[str, Any]], roles: Iterable[str], name: str) -> str:
    """Make a key without a door, as the installation's first: returns it, to be shown once. Commits by itself."""
    key, prefix, sha256 = new_key()
    wanted = sorted(set(roles))
    if not wanted or set(wanted) - set(ROLES):
        raise ValueError(f"Roles are {', '.join(ROLES)}, not {wanted}")
    with db.transaction():
        made = store.put_key(db, name=name, prefix=prefix, sha256=sha256, roles=wanted, scopes=(), expires_at=None, by="system")
        store.note(db, "system", "api-key.create", made["id"], {"name": name, "roles": wanted})
    return key
