"""Coming in and going out: sign-in by password or key, invitations, sign-out."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Form, Request
from starlette.responses import Response

from factory.doors.web.access import PREFIX_LENGTH, Needs, Public, hashed
from factory.doors.web.parts import Parts, Web
from factory.doors.web.problems import Problem
from factory.doors.web.site import passwords, visits
from factory.doors.web.site.pages import Here, MaybeHere, Pages
from factory.doors.web.site.render import go, page
from factory.store import access, people

if TYPE_CHECKING:
    from psycopg import Connection

router = Pages(tags=["visit"])

Text = Annotated[str, Form(max_length=200)]

TRIES, EVERY_S = 6, 20
"""Tries of a name at once, and the seconds after which there is another."""


@router.get("/sign-in")
def sign_in(_: Annotated[None, Public()], request: Request, visit: MaybeHere, next: str = "/") -> Response:
    """The door."""
    return go(request, _inside(next)) if visit else _door(request, next)


@router.post("/sign-in")
def enter(
    _: Annotated[None, Public()], request: Request, web: Web,
    next: Text = "/", name: Text = "", password: Annotated[str, Form(max_length=1024)] = "", key: Text = "",
) -> Response:
    """Open a session for a name and its password, or for an API key without scopes."""
    try:
        who = _by_key(web, key) if key else _by_password(web, name, password)
    except Problem as refused:
        return _door(request, next, name=name, by_key=bool(key), fault=refused.detail, status=refused.status)
    answer = go(request, _inside(next))
    visits.start(web, answer, **who)
    return answer


def _by_password(web: Parts, name: str, password: str) -> dict[str, Any]:
    with web.changing() as db:
        _turn(db, f"sign-in:{name.lower()[:80]}")
    with web.reading() as db:
        row = people.by_name(db, name.strip())
    if not passwords.holds(password, row["password"] if row else None) or row is None:
        raise Problem("visit.refused", "This name and password are not known here.")
    return {"person": row["id"]}


def _by_key(web: Parts, key: str) -> dict[str, Any]:
    with web.changing() as db:
        _turn(db, f"sign-in:{key.strip()[:PREFIX_LENGTH]}")
        row = access.find(db, key.strip()[:PREFIX_LENGTH])
        known = row["sha256"] if row else bytes(32)
        if not hmac.compare_digest(hashed(key.strip()), known) or row is None or row["revoked_at"] or row["expired"]:
            raise Problem("visit.refused", "This key is not known here, or it has ended.")
        if row["scopes"]:
            raise Problem("visit.refused", "This key is for programs: it has scopes. Sign in with one that has none.")
        access.used(db, row["id"])
    return {"key": row["id"]}


def _turn(db: Connection[dict[str, Any]], what: str) -> None:
    """Slow guessing down, whoever guesses and from wherever."""
    if access.take_token(db, what, burst=TRIES, per_second=1 / EVERY_S) is None:
        raise Problem("rate.limit", "Too many tries. Wait half a minute.", retry_after=30)


def _inside(where: str) -> str:
    """A path of ours, never another site's address."""
    return where if where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable() else "/"


def _door(request: Request, next: str, *, name: str = "", by_key: bool = False, fault: str = "", status: int = 200) -> Response:
    return page(request, "sign_in.html", status=status, title="Sign in", next=_inside(next), name=name, by_key=by_key,
                fault=fault)


@router.post("/sign-out")
def leave(_: Annotated[None, Needs()], request: Request, web: Web, _visit: Here) -> Response:
    """End the session."""
    answer = go(request, "/sign-in")
    visits.end(web, request, answer)
    return answer


INVITATION: Final = r"^[A-Za-z0-9_-]{20,60}$"


@router.get("/join/{invitation}")
def invitation(_: Annotated[None, Public()], request: Request, web: Web, invitation: str) -> Response:
    """A person's first visit."""
    row = _invited(web, invitation)
    return page(request, "join.html", title="Welcome", name=row["name"], fault="", least=passwords.LEAST)


@router.post("/join/{invitation}")
def join(
    _: Annotated[None, Public()], request: Request, web: Web, invitation: str,
    password: Annotated[str, Form(max_length=1024)], again: Annotated[str, Form(max_length=1024)],
) -> Response:
    """Choose a password; the person is in."""
    row = _invited(web, invitation)
    fault = "It is too short." if len(password) < passwords.LEAST else "" if password == again else "The two are not the same."
    if fault:
        return page(request, "join.html", status=422, title="Welcome", name=row["name"], fault=fault, least=passwords.LEAST)
    with web.changing() as db:
        people.join(db, row["id"], passwords.hashed(password))
        access.note(db, row["id"], "person.join", row["id"])
    answer = go(request, "/", f"You are in, {row['name']}.")
    visits.start(web, answer, person=row["id"])
    return answer


def _invited(web: Parts, invitation: str) -> dict[str, Any]:
    with web.reading() as db:
        row = people.invited(db, hashlib.sha256(invitation.encode("utf-8", "replace")).digest())
    if row is None:
        raise Problem("visit.refused", "This invitation has ended. Ask an admin for a new one.")
    return row
