"""Who belongs to this installation: invited, given roles, shut out; the last admin stays."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from factory.doors.web.access import ROLES, Actor
from factory.doors.web.parts import Parts
from factory.doors.web.problems import Problem
from factory.store import people
from factory.store.access import note

if TYPE_CHECKING:
    from psycopg import Connection

HOURS: Final = 72
"""How long an invitation is good."""

DOES: Final = (
    ("creator", "Creator: adds brands, writes briefs, starts batches"), ("reviewer", "Reviewer: approves and rejects"),
    ("ad_ops", "Ad operations: bundles and webhooks"), ("admin", "Admin: all of it, people and keys too"),
)  # fmt: skip
"""Roles with what they are for."""


def invite(web: Parts, actor: Actor, name: str, roles: Sequence[str]) -> tuple[dict[str, Any], str]:
    """A new person and the path of their invitation. Raises Problem person.taken, request.invalid."""
    from psycopg.errors import UniqueViolation

    token, sha256 = _token()
    wanted = _roles(roles)
    try:
        with web.changing() as db:
            row = people.put(db, name=name, roles=wanted, invitation=sha256, hours=HOURS, by=actor.id)
            note(db, actor.id, "person.invite", row["id"], {"name": name, "roles": wanted})
    except UniqueViolation:
        raise Problem("person.taken", f"Somebody here is called {name}.") from None
    return row, f"/join/{token}"


def invite_again(web: Parts, actor: Actor, person: str) -> tuple[dict[str, Any], str]:
    """A new invitation for somebody who has not joined or has lost their password. Raises Problem person.unknown."""
    token, sha256 = _token()
    with web.changing() as db:
        row = _known(db, person)
        if row["disabled_at"]:
            raise Problem("state.conflict", f"{row['name']} is shut out: let them in first.")
        people.invite(db, person, sha256, HOURS)
        note(db, actor.id, "person.invite", person, {"name": row["name"], "again": True})
    return row, f"/join/{token}"


def set_roles(web: Parts, actor: Actor, person: str, roles: Sequence[str]) -> dict[str, Any]:
    """Give a person these roles and no others. Raises Problem person.unknown, person.last, request.invalid."""
    wanted = _roles(roles)
    with web.changing() as db:
        row = _known(db, person)
        if "admin" not in wanted:
            _not_the_last(db, row)
        people.set_roles(db, person, wanted)
        note(db, actor.id, "person.roles", person, {"name": row["name"], "before": row["roles"], "roles": wanted})
    return row


def set_disabled(web: Parts, actor: Actor, person: str, disabled: bool) -> dict[str, Any]:
    """Shut a person out at once, or let them in again. Raises Problem person.unknown, person.last."""
    with web.changing() as db:
        row = _known(db, person)
        if disabled:
            _not_the_last(db, row)
        people.set_disabled(db, person, disabled)
        note(db, actor.id, "person.disable" if disabled else "person.enable", person, {"name": row["name"]})
    return row


def _token() -> tuple[str, bytes]:
    token = secrets.token_urlsafe(32)
    return token, hashlib.sha256(token.encode()).digest()


def _roles(roles: Sequence[str]) -> list[str]:
    wanted = [r for r in ROLES if r in roles]
    if not wanted:
        raise Problem("request.invalid", "Choose at least one role.")
    return wanted


def _known(db: Connection[dict[str, Any]], person: str) -> dict[str, Any]:
    people.admins(db)  # held first by everybody who changes one, so that two admins cannot shut each other out at once
    row = people.get(db, person, hold=True)
    if row is None:
        raise Problem("person.unknown")
    return row


def _not_the_last(db: Connection[dict[str, Any]], row: Mapping[str, Any]) -> None:
    if "admin" in row["roles"] and row["joined"] and not row["disabled_at"] and people.admins(db) == 1:
        raise Problem("person.last", f"{row['name']} is the only admin.")
